"""What an inspector reads of the log: acts of officers, about nobody by name, and no further than their own affairs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.features import registry
from conversation.speech import Speaker, Speech, plain
from handlers.actor import Actor
from handlers.auditing.queries import LogOf
from handlers.auditing.script import in_words
from handlers.feature import look
from handlers.languages import SOURCE, translator
from storage import audit, branches, memberships, people
from storage.audit import FETCHED
from storage.memberships import Joining
from tests.policy_world import FARMERS, HAMLET, MONDAY, WARD, WOMEN, World, open_world

REGISTRY = registry()


@pytest.fixture
def world() -> Iterator[World]:
    yield from open_world()


def log(world: World, actor: Actor, organisation: str = "") -> str:
    """Oldest first."""
    speech = Speech(Speaker(0), translator(SOURCE))
    lines = look(REGISTRY, world.tx, actor, LogOf(WARD, organisation))
    return "\n".join(plain(speech.render(in_words(line))).partition(": ")[2] for line in reversed(lines))


def test_it_tells_officers_acts_in_words_and_nobody_who_is_helped(world: World) -> None:
    tx, auditor = world.tx, world.actor("auditor")
    tam, helper = world.resident("Bà Tám", HAMLET), world.resident("Cháu Nam", HAMLET)
    people.grant(tx, helper, "helper", HAMLET, MONDAY, helps=tam)
    audit.note(tx, helper, MONDAY, "helped", "errand", "OpenTicket", subject=tam, on_behalf_of=tam)
    audit.note(tx, "timer", MONDAY, "office_lapsed", "office", f"branch_leader@{HAMLET}", subject=tam)
    audit.note(tx, "link", MONDAY, FETCHED, "person", str(tam), subject=tam)
    audit.note(tx, "cli", MONDAY, "imported", "member_list", f"{WOMEN}@{HAMLET}", reason="500: abc")
    assert log(world, auditor).splitlines() == [
        "một người làm giúp một người dân.",
        "Cầu Nối để hết hạn nhiệm vụ người phụ trách 26878-01.",
        "người vận hành nhập danh sách 26878-01.",
    ]


def test_acts_on_somebody_and_on_what_is_kept_of_them_read_as_people_say_it(world: World) -> None:
    tx, auditor = world.tx, world.actor("auditor")
    tam, officer = world.resident("Bà Tám", HAMLET), world.actor("commune_officer").person or 0
    for act in ("corrected", "moved", "made_link_code", "erased"):
        audit.note(tx, officer, MONDAY, act, "person", str(tam), subject=tam)
    assert [line.partition(") ")[2] for line in log(world, auditor).splitlines()] == [
        "sửa thông tin một người dân.",
        "đổi nơi ở của một người dân.",
        "cấp mã nối cho một người dân.",
        "xóa hết thông tin một người dân.",
    ]


def test_of_an_organisation_it_tells_no_affairs_of_others(world: World) -> None:
    tx, auditor = world.tx, world.actor("auditor", "same")
    branch, lan = branches.add_branch(tx, WOMEN, HAMLET), world.resident("Lan", HAMLET)
    memberships.join(tx, Joining(lan, branch.id, "2020-01-01"), "2026-11-23", "import")
    officer = world.actor("commune_officer").person or 0
    audit.note(tx, officer, MONDAY, "view", "ticket", "PA 2611-0001", subject=lan, reason="xử lý")
    audit.note(tx, officer, MONDAY, "ended_office", "office", f"branch_leader@{HAMLET}", subject=lan)
    audit.note(tx, "cli", MONDAY, "imported", "member_list", f"{FARMERS}@{HAMLET}", reason="500: abc")
    audit.note(tx, officer, MONDAY, "view", "person", str(lan), subject=lan)
    assert log(world, auditor, WOMEN).endswith("xem thông tin một người dân.")
    assert log(world, auditor, WOMEN).count("\n") == 0
