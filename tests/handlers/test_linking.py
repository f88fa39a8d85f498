"""Another chat becomes somebody's by a code alone; from then on each letter reaches them once, where they prefer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text

from bot.features import registry
from bot.turns import Desk
from conversation.messages import Address, Heard, Rejected, Said
from conversation.speech import plain
from handlers import policy
from handlers.actor import Actor
from handlers.feature import perform
from handlers.invites.commands import ConfirmOffice, Invite
from handlers.linking import texts
from handlers.linking.commands import Link, MakeLinkCode, Prefer, TryLinkCode, Unlink
from handlers.members.commands import OpenList
from handlers.policy import Action
from handlers.roles.commands import EndOffice
from storage import audit as audit_log
from storage import invites, linking, outbox, people, rights, units
from storage.branches import add_branch
from storage.database import Database, open_database
from storage.ids import random_id
from storage.invites import hash_of
from storage.memberships import Joining
from storage.memberships import join as join_branch
from storage.schema import audit, deliveries, link_codes
from storage.schema import outbox as outbox_rows
from storage.schema import people as people_rows
from storage.times import VIETNAM, to_ms

NOW = datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
TELEGRAM, ZALO, ZALO_OA = "telegram:1", "zalo_bot:7", "zalo_oa:9"
WARD, KP4, KP5 = "26878", "26878-01", "26878-02"
REGISTRY = registry()
HOA = Address(TELEGRAM, "hoa")
HOA_ON_ZALO = Address(ZALO, "z-hoa")


@pytest.fixture
async def database(loaded_database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(loaded_database_url, tmp_path / "data", now=NOW)
    await database.write(lambda tx: [units.add_unit(tx, WARD, name) for name in ("Khu phố 4", "Khu phố 5")])
    yield database
    await database.close()


class Phones:
    """Whoever types at this or that phone, in one transaction."""

    def __init__(self, tx: Connection) -> None:
        self.tx, self.desk, self.updates = tx, Desk(REGISTRY), 0

    def settle(self, address: Address, name: str, unit: str = KP4) -> int:
        person = people.register(self.tx, address, "bac", unit, NOW - timedelta(days=1))
        people.change(self.tx, person, name=name)
        people.consent(self.tx, person, "news", "Đồng ý", address, "0", NOW)
        return person

    def type(self, address: Address, *words: str) -> str:
        """What the bot says to the last of them; letters to others stay in the outbox."""
        for each in words:
            self.updates += 1
            self.desk.take(self.tx, Heard(address, str(self.updates), NOW, each))
        return "\n".join(self.read(address))

    def read(self, address: Address) -> list[str]:
        here = (outbox_rows.c.account == address.account, outbox_rows.c.chat == address.chat)
        rows = self.tx.execute(select(outbox_rows.c.payload).where(*here).order_by(outbox_rows.c.id)).scalars()
        said = [Said.from_json(row) for row in rows]
        self.tx.execute(outbox_rows.delete().where(*here))
        return ["\n".join([plain(each.text), *(choice.label for choice in each.choices)]) for each in said]

    def code(self, person: int, by: int | None = None) -> str:
        return perform(REGISTRY, self.tx, Actor(NOW, by or person), MakeLinkCode(person if by else None))

    def link(self, address: Address, code: str, at: datetime = NOW) -> None:
        here = people.person_at(self.tx, address)
        perform(REGISTRY, self.tx, Actor(at, here.id if here else None, address, "1"), Link(hash_of(code)))

    def accounts(self, person: int) -> list[str]:
        return [chat.address.account for chat in linking.chats_of(self.tx, person)]


def written_to(tx: Connection, person: int, key: str) -> str:
    """The account a letter is on its way by."""
    outbox.post(tx, person, Said("Mai họp ạ."), key=key, at=NOW)
    delivery = select(deliveries.c.id).where(deliveries.c.key == key).scalar_subquery()
    return str(tx.scalar(select(outbox_rows.c.account).where(outbox_rows.c.delivery_id == delivery)))


async def test_a_letter_comes_once_where_the_person_prefers(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        hoa = phones.settle(HOA, "Nguyễn Thị Hoa")
        said = phones.type(HOA_ON_ZALO, phones.code(hoa))
        assert str(texts.ASK_PREFERRED).split()[0] in said
        assert "Telegram\nỞ đây" in said
        assert written_to(tx, hoa, "newest") == ZALO
        phones.type(HOA_ON_ZALO, "1")
        assert written_to(tx, hoa, "preferred") == TELEGRAM
        people.set_blocked(tx, HOA, NOW)
        assert written_to(tx, hoa, "blocked") == ZALO

    await database.write(work)


async def test_a_code_works_once_for_a_quarter_of_an_hour_and_the_newest_only(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        hoa = phones.settle(HOA, "Hoa")
        old, code = phones.code(hoa), phones.code(hoa)
        assert code not in str(tx.execute(select(link_codes)).all()) + str(tx.execute(select(audit)).all())
        for refused, at in ((old, NOW), (code, NOW + timedelta(minutes=15))):
            with pytest.raises(Rejected):
                phones.link(HOA_ON_ZALO, refused, at)
        phones.link(HOA_ON_ZALO, code, NOW + timedelta(minutes=14))
        with pytest.raises(Rejected):
            phones.link(Address(ZALO, "somebody"), code)
        assert phones.accounts(hoa) == [TELEGRAM, ZALO]

    await database.write(work)


async def test_guessing_ends_after_five_tries(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        code = phones.code(phones.settle(HOA, "Hoa"))
        guesser = Actor(NOW, None, Address(ZALO, "guesser"), "1")
        tries = [perform(REGISTRY, tx, guesser, TryLinkCode(f"2345-ABC{letter}")) for letter in "DEFGH"]
        assert tries == [*["wrong"] * 4, "too_many"]
        assert perform(REGISTRY, tx, guesser, TryLinkCode(code)) == "too_many"

    await database.write(work)


async def test_who_was_entered_without_a_phone_is_asked_for_consent_in_their_first_chat(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones, elder = Phones(tx), random_id()
        lan = phones.settle(HOA, "Trần Thị Lan")
        people.grant(tx, lan, "branch_leader", KP4, NOW)
        tx.execute(
            insert(people_rows).values(
                id=elder, name="Sáu Mạnh", honorific="bac", unit_code=KP4, registered_at=to_ms(NOW), entered_by=lan
            )
        )
        said = phones.type(HOA_ON_ZALO, phones.code(elder, by=lan))
        assert "có đồng ý không" in said
        assert not people.agrees(tx, elder, "news")
        phones.type(HOA_ON_ZALO, "1")
        assert people.agrees(tx, elder, "news")

    await database.write(work)


async def test_an_officer_makes_codes_for_the_people_of_their_unit_only(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        lan, ba = (phones.settle(Address(TELEGRAM, name), name, unit) for name, unit in (("Lan", KP4), ("Ba", KP5)))
        nam = phones.settle(Address(TELEGRAM, "Nam"), "Nam")
        for officer in (lan, nam):
            people.grant(tx, officer, "branch_leader", KP4, NOW)
        words = []
        for whom in (ba, 7):
            with pytest.raises(Rejected) as refusal:
                phones.code(whom, by=lan)
            words.append(refusal.value.words)
        assert [each.template for each in words] == [texts.NOT_FOUND_NOW] * 2
        refused = select(audit.c.object_id).where(audit.c.action == "refused")
        assert tx.execute(refused).scalars().all() == [str(ba)]
        with pytest.raises(Rejected) as holds_office:
            phones.code(nam, by=lan)
        assert holds_office.value.words.template == texts.HOLDS_OFFICE

    await database.write(work)


async def test_a_code_that_another_made_for_somebody_dies_when_they_take_up_an_office(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        lan, nam = (phones.settle(Address(TELEGRAM, name), name) for name in ("Lan", "Nam"))
        people.grant(tx, lan, "branch_leader", KP4, NOW)
        code = phones.code(nam, by=lan)
        people.grant(tx, nam, "ward_admin", WARD, NOW)
        thief = Address(ZALO, "second-phone-of-lan")
        assert perform(REGISTRY, tx, Actor(NOW, None, thief, "1"), TryLinkCode(code)) == "wrong"
        with pytest.raises(Rejected):
            phones.link(thief, code)
        phones.link(HOA_ON_ZALO, phones.code(nam))  # their own still holds
        assert phones.accounts(nam) == [TELEGRAM, ZALO]

    await database.write(work)


async def test_an_office_is_not_had_in_chats_from_before_it_until_a_code_proves_them(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        hoa = phones.settle(HOA, "Nguyễn Thị Hoa")
        phones.link(HOA_ON_ZALO, phones.code(hoa))
        old_code = perform(REGISTRY, tx, Actor(NOW, hoa, HOA_ON_ZALO, "1"), MakeLinkCode())
        invite = perform(REGISTRY, tx, Actor(NOW, operator="cli"), Invite("branch_leader", KP4))
        phones.read(HOA_ON_ZALO)
        phones.type(HOA, invite, "1")
        here, there = (Actor(NOW, hoa, address, "1") for address in (HOA, HOA_ON_ZALO))
        assert Action.PEOPLE_ENTER in policy.doable(tx, here)
        assert policy.doable(tx, there) == frozenset()
        on = policy.Object(KP4)
        assert [policy.may(tx, each, Action.MEMBERS_READ, on) for each in (here, there)] == [True, False]
        assert [len(policy.offices(tx, each, Action.MEMBERS_READ)) for each in (here, there)] == [1, 0]
        assert "nhắn NỐI ở nơi kia" in phones.type(HOA_ON_ZALO)
        assert written_to(tx, hoa, "to the leader") == TELEGRAM
        outbox.block(tx, HOA, NOW)
        assert (phones.read(HOA_ON_ZALO), written_to(tx, hoa, "to nobody")) == ([], "None")
        people.set_blocked(tx, HOA, None)
        assert "chưa cấp mã được" in phones.type(HOA_ON_ZALO, "nối")
        assert str(texts.WRONG)[:20] in phones.type(HOA_ON_ZALO, old_code)
        assert "nhiệm vụ của mình" in phones.type(HOA_ON_ZALO, phones.code(hoa))
        assert policy.may(tx, there, Action.MEMBERS_READ, on)
        assert "nơi nhắn tin nữa" in phones.type(HOA)

    await database.write(work)


async def test_chats_that_come_along_with_another_carry_no_office_and_all_do_when_there_is_none(
    database: Database,
) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        hoa, second = phones.settle(HOA, "Hoa"), phones.settle(HOA_ON_ZALO, "Hoa Nguyễn")
        third = Address(ZALO_OA, "in whose hands?")
        phones.link(third, phones.code(second))
        people.grant(tx, hoa, "branch_leader", KP4, NOW)
        phones.link(HOA_ON_ZALO, phones.code(hoa))
        unproven = {chat.address: chat.unproven for chat in linking.chats_of(tx, hoa)}
        assert unproven == {HOA: False, HOA_ON_ZALO: False, third: True}
        perform(REGISTRY, tx, Actor(NOW, hoa, HOA, "1"), EndOffice(rights.held_by(tx, hoa)[0].id))
        assert not any(chat.unproven for chat in linking.chats_of(tx, hoa))

    await database.write(work)


async def test_a_chat_in_other_hands_neither_cuts_off_an_officer_nor_comes_by_their_office(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        hoa, lan = phones.settle(HOA, "Hoa"), phones.settle(Address(TELEGRAM, "lan"), "Lan")
        phones.link(HOA_ON_ZALO, phones.code(hoa))
        here, there = (Actor(NOW, hoa, address, "1") for address in (HOA, HOA_ON_ZALO))
        invite = perform(REGISTRY, tx, Actor(NOW, operator="cli"), Invite("admin", WARD))
        phones.type(HOA, invite, "1")
        for actor, chat in ((there, HOA), (here, HOA)):
            with pytest.raises(Rejected, match="giữ nhiệm vụ"):
                perform(REGISTRY, tx, actor, Unlink(linking.key_of(chat)))
        helping = perform(REGISTRY, tx, Actor(NOW, lan), Invite("helper", KP4, helps=lan))
        assert "chưa nhận thêm được" in phones.type(HOA_ON_ZALO, helping)
        assert [held.office.role for held in rights.held_by(tx, hoa)] == ["admin"]
        # the phone is lost: only the operator's code for the same office is proof enough
        lesser = perform(REGISTRY, tx, Actor(NOW, operator="cli"), Invite("branch_leader", KP4))
        assert "chưa nhận thêm được" in phones.type(HOA_ON_ZALO, lesser)
        again = perform(REGISTRY, tx, Actor(NOW, operator="cli"), Invite("admin", WARD))
        phones.type(HOA_ON_ZALO, again, "1")
        assert [bool(policy.doable(tx, each)) for each in (here, there)] == [False, True]
        perform(REGISTRY, tx, there, Unlink(linking.key_of(HOA)))

    await database.write(work)


async def test_a_chat_in_other_hands_lends_no_office_by_choosing_helpers(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        hoa = phones.settle(HOA, "Hoa")
        phones.link(HOA_ON_ZALO, phones.code(hoa))
        there, choosing = Actor(NOW, hoa, HOA_ON_ZALO, "1"), Invite("helper", KP4, helps=hoa)
        used, kept = (perform(REGISTRY, tx, there, choosing) for _ in "ab")
        nam, accomplice = Address(TELEGRAM, "nam"), Address(TELEGRAM, "accomplice")
        helpers = [phones.settle(each, each.chat) for each in (nam, accomplice)]
        phones.type(nam, used, "1")
        invite = perform(REGISTRY, tx, Actor(NOW, operator="cli"), Invite("branch_leader", KP4))
        phones.type(HOA, invite, "1")
        phones.type(accomplice, kept, "1")
        with pytest.raises(Rejected, match="chưa mời được"):
            perform(REGISTRY, tx, there, choosing)
        helping = Actor(NOW, helpers[0], nam, "1", on_behalf_of=hoa)
        assert policy.may(tx, helping, Action.TICKETS_OWN, policy.Object(person=hoa))
        assert not policy.may(tx, helping, Action.MEMBERS_READ, policy.Object(KP4))
        assert not rights.held_by(tx, helpers[1])
        own = perform(REGISTRY, tx, Actor(NOW, hoa, HOA, "1"), choosing)
        phones.type(accomplice, own, "1")
        helping = Actor(NOW, helpers[1], accomplice, "1", on_behalf_of=hoa)
        assert policy.may(tx, helping, Action.MEMBERS_READ, policy.Object(KP4))

    await database.write(work)


async def test_an_office_that_waits_to_be_confirmed_comes_to_no_other_chat_either(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        hoa, chief = phones.settle(HOA, "Hoa"), phones.settle(Address(TELEGRAM, "chief"), "Chánh")
        people.grant(tx, chief, "admin", WARD, NOW)
        phones.link(HOA_ON_ZALO, phones.code(hoa))
        codes = [perform(REGISTRY, tx, Actor(NOW, chief), Invite("commune_officer", WARD)) for _ in "ab"]
        for code in codes:
            phones.type(HOA, code, "1")
        first, second = map(hash_of, codes)
        with pytest.raises(Rejected):
            phones.code(hoa, by=chief)
        with pytest.raises(Rejected):
            phones.link(HOA, phones.code(chief))  # who waits for an office is nobody's other chat
        perform(REGISTRY, tx, Actor(NOW, chief), ConfirmOffice(first, right=False))
        perform(REGISTRY, tx, Actor(NOW, chief), ConfirmOffice(second, right=True))
        held = [policy.doable(tx, Actor(NOW, hoa, address, "1")) for address in (HOA, HOA_ON_ZALO)]
        assert [bool(each) for each in held] == [True, False]

    await database.write(work)


async def test_an_unlinked_chat_is_nobodys_and_its_letters_go_to_the_other(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        hoa = phones.settle(HOA, "Hoa")
        phones.link(HOA_ON_ZALO, phones.code(hoa))
        actor = Actor(NOW, hoa, HOA, "1")
        perform(REGISTRY, tx, actor, Prefer(ZALO))
        assert written_to(tx, hoa, "a") == ZALO
        assert perform(REGISTRY, tx, actor, Unlink(linking.key_of(HOA_ON_ZALO))) is False
        assert "Mai họp ạ." in phones.read(HOA)
        assert "chỗ này được bỏ nối" in "".join(phones.read(HOA_ON_ZALO))
        assert people.person_at(tx, HOA_ON_ZALO) is None
        assert linking.preferred(tx, hoa) is None
        for refused in (Unlink(linking.key_of(HOA)), Unlink("forged"), Prefer(ZALO)):
            with pytest.raises(Rejected):
                perform(REGISTRY, tx, actor, refused)

    await database.write(work)


async def test_what_is_asked_of_lists_logs_and_offices_is_answered_by_both_databases(database: Database) -> None:
    def work(tx: Connection) -> None:
        phones = Phones(tx)
        hoa, lan = phones.settle(HOA, "Hoa"), phones.settle(HOA_ON_ZALO, "Trần Thị Lan")
        branch = add_branch(tx, "pn", KP4)
        join_branch(tx, Joining(hoa, branch.id, "2020-01-01"), "2026-11-23", "import")
        people.grant(tx, lan, "branch_leader", KP4, NOW, organisation="pn")
        reads = Actor(NOW, lan, HOA_ON_ZALO, "1")
        perform(REGISTRY, tx, reads, OpenList(branch.id))
        assert [each.reason for each in audit_log.lists_opened(tx, hoa)] == ["1"]
        for organisation in ("", "pn", "nd"):
            acts = [each.action for each in audit_log.in_place(tx, WARD, organisation, None, 9)]
            assert acts == ([] if organisation == "nd" else ["listed"])
        found = [
            rights.reached(tx, rights.Wanted(hoa, {WARD}, words), 0, 9) for words in ("", "lan", "kp", "khu pho 4")
        ]
        assert [len(each) for each in found] == [1, 1, 0, 1]
        code = hash_of(invites.issue(tx, rights.held_by(tx, lan)[0].office, "person", NOW, lan))
        assert invites.use_up(tx, code, hoa, NOW, decided=False)
        assert [(each.code_hash, each.invite.used_by) for each in invites.undecided(tx, NOW)] == [(code, hoa)]

    await database.write(work)


async def test_two_chats_that_let_each_other_go_at_once_are_not_both_gone(database: Database) -> None:
    def settle(tx: Connection) -> int:
        phones = Phones(tx)
        hoa = phones.settle(HOA, "Hoa")
        phones.link(HOA_ON_ZALO, phones.code(hoa))
        return hoa

    def let_go(tx: Connection, here: Address, there: Address) -> None:
        perform(REGISTRY, tx, Actor(NOW, hoa, here, "1"), Unlink(linking.key_of(there)))
        loop.call_soon_threadsafe(first.set)
        if tx.dialect.name == "postgresql":  # SQLite has one writer
            tx.execute(text("SELECT pg_sleep(0.2)"))

    hoa, first, loop = await database.write(settle), asyncio.Event(), asyncio.get_running_loop()
    letting_go = asyncio.create_task(database.write(let_go, HOA, HOA_ON_ZALO))
    await first.wait()
    with pytest.raises(Rejected):
        await database.write(let_go, HOA_ON_ZALO, HOA)
    await letting_go
    assert [chat.address for chat in await database.read(linking.chats_of, hoa)] == [HOA]


@pytest.mark.parametrize(
    "typed", ["59X-123456", "7KQ4-M2XP-9TRC", "4729-1836", "den duong", "hoa 1960", "26878-04", "0912 345 678"]
)
def test_other_words_are_no_link_codes(typed: str) -> None:
    assert not linking.is_code(typed)
    assert linking.is_code(invites.new_code(linking.GROUPS).lower().replace("-", " "))
