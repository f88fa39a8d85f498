"""The page's API: for programs that keep the sandbox in another process."""

from typing import Any

import pytest

from sandbox.clock import MovableClock, seconds_until_morning
from tests.sandbox.bench import Bench


async def post(api: Bench, path: str, **body: Any) -> tuple[int, Any]:
    async with api.http.post(f"{api.base}/api/{path}", json=body) as answer:
        return answer.status, await answer.json(content_type=None) if answer.status == 200 else await answer.text()


async def test_acting_as_a_person(api: Bench) -> None:
    _, made = await post(api, "people", name=" Chị Thu ", role="người dân")
    person = f"people/{made['id']}"
    status, sent = await post(api, f"{person}/type", text="xin chào")
    assert (status, sent["result"]["text"]) == (200, "xin chào")
    await api.ok("sendMessage", chat_id=made["id"], text="Chào", reply_markup={"keyboard": [["Có"]]})
    assert (await post(api, f"{person}/press", label="Có"))[0] == 200
    for action, body in (
        ("link", {"payload": "a"}), ("voice", {}), ("sticker", {}), ("contact", {}), ("block", {}),
    ):  # fmt: skip
        assert (await post(api, f"{person}/{action}", **body))[0] == 200
    kinds = [next(key for key in item if key != "update_id") for item in api.world.bot.updates.history]
    assert kinds == ["message"] * 7 + ["my_chat_member"]
    assert (await post(api, f"{person}/type", text="x"))[0] == 409, "blocked"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("people", {"name": " "}, 400),
        ("people/9/type", {"text": "a"}, 404),
        ("people/{}/dance", {}, 404),
        ("people/{}/type", {}, 409),
        ("people/{}/type", {"text": " "}, 409),
        ("people/{}/tap", {"message_id": 99, "button": "x"}, 409),
        ("clock", {"seconds": -1}, 400),
        ("clock", {"seconds": 1e12}, 400),
        ("faults", {"kind": "earthquake"}, 400),
        ("faults", {"kind": "throttle", "colour": 1}, 400),
        ("inject", {"update_id": "x"}, 400),
        ("repeat", {"update_id": 5}, 404),
    ],
)
async def test_what_cannot_be_done(api: Bench, path: str, body: dict[str, Any], status: int) -> None:
    assert (await post(api, path.format(api.hoa.id), **body))[0] == status


async def test_raw_updates_and_repeats(api: Bench) -> None:
    _, made = await post(api, "inject", message={"odd": True})
    await post(api, "repeat", update_id=made["update_id"])
    updates = await api.ok("getUpdates")
    assert [item["update_id"] for item in updates][1:] == [made["update_id"]] * 2
    assert updates[-1]["message"] == {"odd": True}


async def test_state_and_troubles(api: Bench) -> None:
    await post(api, "faults", kind="network_down")
    async with api.http.get(f"{api.base}/api/state") as answer:
        state = await answer.json()
    assert (state["faults"], state["people"][0]["started"]) == (["drop"], True)
    await post(api, "faults", clear=True)
    assert not api.world.faults.cut_off
    assert (await api.ok("getMe"))["id"] == 1000000001


def test_the_clock_only_goes_forward_and_finds_the_morning() -> None:
    clock = MovableClock(frozen=True)
    with pytest.raises(ValueError, match="forward"):
        clock.move(-1)
    wait = seconds_until_morning(clock.now())
    assert 0 < wait <= 24 * 3600
    clock.move(wait)
    assert seconds_until_morning(clock.now()) == 24 * 3600
    assert clock.now().hour == 1, "eight in Vietnam is one in UTC"
