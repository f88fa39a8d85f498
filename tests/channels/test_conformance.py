"""What every channel promises, run on each; a channel without buttons or files is asked only what it has."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.attached import LACKING
from bot.channels.channel import ChannelError, Misconfigured, Refused, Throttled, Unreachable
from bot.channels.telegram import SECRET_HEADER
from conversation.messages import BOLD, PLAIN, Address, Choice, Contact, FileRef, Heard, Joined, Json, Left, Said
from sandbox.faults import FILE, Garbled
from tests.channels.benches import HAS, Bench

MANNERS = (
    ("enveloped", True),
    ("photo", "photo"),
    ("seconds", True),
    ("signed", "oa_id"),
    ("timestamp_header", False),
    ("numbers", True),
    ("message_id", "message_id"),
)
NOWHERE = "http://127.0.0.1:9"
CHOICES = (Choice("r1:coming:yes", "Tôi đi"), Choice("r1:coming:no", "Tôi bận"))


def having(what: str) -> pytest.MarkDecorator:
    """Run a test on the channels that have this."""
    return pytest.mark.parametrize("bench", [name for name, has in HAS.items() if getattr(has, what)], indirect=True)


def lacking(what: str) -> pytest.MarkDecorator:
    """Run a test on the channels that do not have this."""
    names = [name for name, has in HAS.items() if not getattr(has, what)]
    return pytest.mark.parametrize("bench", names, indirect=True)


def words_on(bench: Bench) -> str:
    """Everything the bot said, one message after another."""
    return "\n\n".join(message.get("text") or message.get("caption") or "" for message in bench.hoa.heard)


# --- hearing --------------------------------------------------------------------------------------------------------


async def test_words_are_heard(bench: Bench) -> None:
    bench.hoa.type("Đường hẻm 47 hư")
    event = await bench.only()
    assert (event.text, event.address, event.edited) == ("Đường hẻm 47 hư", bench.to_hoa, False)


@having("buttons")
async def test_a_press_is_heard_and_acknowledged(bench: Bench) -> None:
    await bench.channel.send(bench.to_hoa, Said("Bác có đi không ạ?", CHOICES))
    bench.hoa.tap(None, "2. Tôi bận")
    event = await bench.only()
    assert (event.tap, event.address) == ("r1:coming:no", bench.to_hoa)
    await bench.channel.acknowledge(event.callback)
    await bench.channel.acknowledge(event.callback)  # twice, or too late, is no error
    await bench.channel.acknowledge("never heard of")


async def test_a_photo_is_heard_and_fetched(bench: Bench) -> None:
    bench.hoa.send_photo(caption="Ổ gà")
    event = await bench.only()
    assert event.text == "Ổ gà"
    assert event.file is not None
    content = await bench.channel.fetch(event.file, 2**20)
    assert content.startswith(b"\xff\xd8")
    with pytest.raises(Refused):
        await bench.channel.fetch(event.file, len(content) - 1)
    with pytest.raises(Refused):
        await bench.channel.fetch(FileRef("photo", event.file.ref), len(content) - 1)


@pytest.mark.parametrize("fault", ["half", "junk", "html 502"])
async def test_a_file_that_did_not_arrive_whole_may_be_asked_for_again(bench: Bench, fault: str) -> None:
    await asked_for_again(bench, fault)


@having("sizes")
@pytest.mark.parametrize("fault", ["broken", "empty", "html 200", "html 403"])
async def test_nor_may_one_be_shorter_than_was_told(bench: Bench, fault: str) -> None:
    await asked_for_again(bench, fault)


async def asked_for_again(bench: Bench, fault: str) -> None:
    bench.hoa.send_photo()
    event = await bench.only()
    assert event.file is not None
    match fault.split():
        case ["html", code]:
            bench.faults.html(1, code=int(code), methods=[FILE])
        case [kind]:
            bench.faults.garble(kind, methods=[FILE])  # type: ignore[arg-type]
    with pytest.raises(Unreachable):
        await bench.channel.fetch(event.file, 2**20)
    assert (await bench.channel.fetch(event.file, 2**20)).startswith(b"\xff\xd8")


async def test_a_voice_message_and_a_sticker_are_heard(bench: Bench) -> None:
    bench.hoa.send_voice()
    bench.hoa.send_sticker()
    voice, sticker = [event for event in await bench.events() if isinstance(event, Heard)]
    assert voice.file is not None
    assert voice.file.kind == "voice"
    assert sticker.other == "sticker"


@having("contacts")
async def test_a_contact_is_heard_with_whose_it_is(bench: Bench) -> None:
    bench.hoa.share_contact()
    bench.hoa.share_contact(own=False)
    own, other = [event for event in await bench.events() if isinstance(event, Heard)]
    assert own.contact == Contact(bench.hoa.phone, own=True)
    assert other.contact is not None
    assert not other.contact.own


@lacking("polls")
async def test_what_is_posted_twice_has_the_same_id(bench: Bench) -> None:
    bench.hoa.account.manner.times = 2
    bench.hoa.type("một")
    first, second = [event for event in await bench.events() if isinstance(event, Heard)]
    assert (first.update, first.text) == (second.update, second.text)


@lacking("polls")
async def test_it_is_heard_in_every_manner_of_which_the_sources_tell(bench: Bench) -> None:
    manner = bench.hoa.account.manner
    for name, value in MANNERS:
        if hasattr(manner, name):
            setattr(manner, name, value)
            bench.hoa.type(name)
            bench.hoa.send_photo()
            words, photo = [event for event in await bench.events() if isinstance(event, Heard)]
            assert (words.text, words.address) == (name, bench.to_hoa)
            assert photo.file is not None
            assert photo.file.kind == "photo"


@lacking("polls")
async def test_what_it_never_heard_of_is_left_alone(bench: Bench) -> None:
    for event in ({"event_name": "user_send_dance", "message": {}}, {"event_name": "message.dance.received"}, {}):
        bench.hoa.account.inject({**event, "timestamp": "1795406400123"})
    assert await bench.events() == [None, None, None]


@lacking("polls")
async def test_what_is_not_proven_is_turned_away(bench: Bench) -> None:
    for forged in ("wrong", "missing"):
        setattr(bench.hoa.account.manner, "proof" if hasattr(bench.hoa.account.manner, "proof") else "signed", forged)
        bench.hoa.type("giả")
        assert await bench.events() == []


@having("leaving")
async def test_somebody_leaves_and_comes_back(bench: Bench) -> None:
    bench.hoa.block()
    bench.hoa.unblock()
    left, joined = await bench.events()
    assert isinstance(left, Left)
    assert isinstance(joined, Joined)


def texts(updates: list[Json]) -> list[str]:
    return [update["message"]["text"] for update in updates]


@having("polls")
async def test_updates_come_again_until_they_are_confirmed(bench: Bench) -> None:
    bench.hoa.type("một")
    assert texts(await bench.channel.updates()) == ["một"]
    bench.hoa.type("hai")
    async with bench.another() as restarted:
        assert texts(await restarted.updates()) == ["một", "hai"]
    assert texts(await bench.channel.updates()) == ["một", "hai"]
    bench.channel.confirm()
    bench.hoa.type("ba")
    assert texts(await bench.channel.updates()) == ["ba"]


# --- speaking -------------------------------------------------------------------------------------------------------


async def test_words_arrive_with_their_bold_letters(bench: Bench) -> None:
    receipt = await bench.channel.send(bench.to_hoa, Said(f"📅 Họp {BOLD}19 giờ 30{PLAIN} <b>&"))
    message = bench.hoa.last
    assert str(message["message_id"]) == receipt.message_id
    assert message["text"] == "📅 Họp 19 giờ 30 <b>&"
    bold = [(each["type"], each["offset"], each["length"]) for each in message.get("entities", [])]
    assert bold == ([("bold", 7, 9)] if bench.has.bold else [])


def choices_on(bench: Bench) -> list[str]:
    """The choices under the newest message, or the numbered lines at its end and how to answer."""
    if bench.has.buttons:
        return list(bench.hoa.buttons())
    *lines, hint = [line for line in bench.hoa.last["text"].split("\n") if line][-len(CHOICES) - 1 :]
    assert hint == "Trả lời bằng số ạ."
    return lines


async def test_choices_have_numbers(bench: Bench) -> None:
    await bench.channel.send(bench.to_hoa, Said("Bác đi không ạ?", CHOICES))
    assert bench.hoa.last["text"].startswith("Bác đi không ạ?")
    assert choices_on(bench) == ["1. Tôi đi", "2. Tôi bận"]


async def test_a_long_text_arrives_whole_with_the_choices_last(bench: Bench) -> None:
    paragraphs = [f"Đoạn {number}. " + "à" * 1500 for number in range(5)]
    await bench.channel.send(bench.to_hoa, Said("\n\n".join(paragraphs), CHOICES))
    assert words_on(bench).startswith("\n\n".join(paragraphs))
    assert choices_on(bench) == ["1. Tôi đi", "2. Tôi bận"]
    assert [len(bench.hoa.buttons(message["message_id"])) for message in bench.hoa.heard[:-1]].count(0) > 1


async def test_a_photo_arrives_with_its_words(bench: Bench) -> None:
    await bench.channel.send(bench.to_hoa, Said(f"Ảnh {BOLD}đây{PLAIN} ạ.", CHOICES, file="1"))
    assert [message for message in bench.hoa.heard if "photo" in message]
    assert words_on(bench).strip().startswith("Ảnh đây ạ.")
    if not bench.has.buttons:
        assert "1. Tôi đi\n2. Tôi bận" in words_on(bench)


async def test_without_a_file_that_is_no_more_its_words_arrive_and_why(bench: Bench) -> None:
    await bench.channel.send(bench.to_hoa, Said("Bác đi không ạ?", CHOICES, file="404"))
    assert bench.hoa.last["text"].startswith("Bác đi không ạ?")
    assert LACKING in bench.hoa.last["text"]
    assert choices_on(bench) == ["1. Tôi đi", "2. Tôi bận"]
    await bench.channel.send(bench.to_hoa, Said("", file="404"))
    assert bench.hoa.last["text"] == LACKING


@having("documents")
async def test_without_a_file_that_the_platform_does_not_take_its_words_arrive_and_why(bench: Bench) -> None:
    await bench.channel.send(bench.to_hoa, Said("Bác đi không ạ?", CHOICES, file="3"))
    bench.forgive()
    assert bench.hoa.last["text"] == f"Bác đi không ạ?\n\n{LACKING}"
    assert choices_on(bench) == ["1. Tôi đi", "2. Tôi bận"]


@having("documents")
async def test_other_files_arrive_with_their_words(bench: Bench) -> None:
    await bench.channel.send(bench.to_hoa, Said("Ghi âm ạ.", file="2"))
    assert "voice" in bench.hoa.last
    await bench.channel.send(
        bench.to_hoa, Said("a" * 2000, CHOICES, document=("dữ liệu.json", '{"tên": "Hoa"}'.encode()))
    )
    document, words = bench.hoa.heard[-2:]
    assert document["document"]["file_name"] == "dữ liệu.json"
    assert "reply_markup" not in document
    assert words["text"] == "a" * 2000


@lacking("documents")
async def test_instead_of_other_files_their_words_arrive_and_why(bench: Bench) -> None:
    for said in (Said("Ghi âm ạ.", file="2"), Said("Đây ạ.", document=("dữ liệu.json", b"{}"))):
        await bench.channel.send(bench.to_hoa, said)
        assert bench.hoa.last["text"].startswith(said.text)
        assert "Zalo chưa gửi được tệp này." in bench.hoa.last["text"]


@having("contacts")
async def test_the_own_number_is_asked_with_one_button(bench: Bench) -> None:
    skip = Choice("r1:phone:skip", "Bỏ qua")
    await bench.channel.send(bench.to_hoa, Said("Số của bác ạ?", (skip,), asks_contact="Gửi số"))
    bench.hoa.press("Gửi số")
    event = await bench.only()
    assert event.contact == Contact(bench.hoa.phone, own=True)


@lacking("contacts")
async def test_the_own_number_is_typed_where_there_is_no_such_button(bench: Bench) -> None:
    await bench.channel.send(bench.to_hoa, Said("Số của bác ạ?", asks_contact="Gửi số"))
    assert bench.hoa.last["text"] == "Số của bác ạ?\n\nBác gõ số điện thoại vào đây giúp ạ."


async def test_nothing_to_say_is_nothing_sent(bench: Bench) -> None:
    assert (await bench.channel.send(bench.to_hoa, Said(""))).message_id == ""
    assert bench.hoa.heard == []


# --- errors ---------------------------------------------------------------------------------------------------------


async def refusal(bench: Bench, said: Said | None = None, to: Address | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await bench.channel.send(to or bench.to_hoa, said or Said("x"))
    error: BaseException | None = caught.value
    while error is not None:  # what a log would print of it
        assert bench.secret not in f"{error!r}"
        error = error.__cause__ or error.__context__
    return caught.value


async def test_each_fault_is_one_of_the_closed_set(bench: Bench) -> None:
    bench.faults.throttle(1, retry_after=7)
    throttled = await refusal(bench)
    assert isinstance(throttled, Throttled)
    assert throttled.after == bench.has.asks_for_silence
    assert isinstance(await refusal(bench, to=Address(bench.channel.account, "987654321")), bench.has.stranger)
    bench.hoa.block()
    assert isinstance(await refusal(bench), bench.has.blocked)


async def test_a_throttle_in_the_middle_of_a_letter_tells_that_some_of_it_was_said(bench: Bench) -> None:
    sending = asyncio.create_task(refusal(bench, Said("à" * 5000)))
    while not bench.hoa.heard:  # noqa: ASYNC110 - a phone tells nobody
        await asyncio.sleep(0)
    bench.faults.throttle(1)
    assert (await sending).partly
    bench.faults.throttle(1)
    assert not (await refusal(bench)).partly


@having("buttons")
async def test_what_the_platform_will_never_take_is_refused(bench: Bench) -> None:
    assert isinstance(await refusal(bench, Said("x", (Choice("ế" * 30, "x"),))), Refused)
    bench.forgive()


@pytest.mark.parametrize("fault", ["false_ok", "gateway", "redirect", "reset", "drop"])
async def test_after_these_faults_the_words_may_have_arrived(bench: Bench, fault: str) -> None:
    if fault == "gateway":
        bench.faults.network_down(gateway=True)
    else:
        getattr(bench.faults, fault)(1)
    await is_uncertain(bench)


@pytest.mark.parametrize("kind", ["swallow", "half", "broken", "junk", "empty"])
async def test_words_whose_receipt_cannot_be_read_have_arrived(bench: Bench, kind: Garbled) -> None:
    bench.faults.garble(kind)
    await is_uncertain(bench)
    assert len(bench.hoa.heard) == 1


@pytest.mark.parametrize("code", [307, 400, 401, 403, 404, 409, 413, 418, 500, 502, 503, 504])
async def test_a_page_between_us_and_the_platform_says_nothing_about_the_person_or_the_token(
    bench: Bench, code: int
) -> None:
    bench.faults.html(1, code=code)
    await is_uncertain(bench)


async def test_a_redirection_is_not_followed(bench: Bench) -> None:
    bench.faults.redirect(code=307)
    await is_uncertain(bench)
    assert bench.hoa.heard == []


async def is_uncertain(bench: Bench) -> None:
    error = await refusal(bench)
    assert isinstance(error, Unreachable)
    assert error.maybe_sent
    bench.faults.clear()


async def test_a_throttle_in_a_page_of_its_own_is_one_too(bench: Bench) -> None:
    bench.faults.html(1, code=429)
    throttled = await refusal(bench)
    assert isinstance(throttled, Throttled)
    assert throttled.after == 5


async def test_where_no_connection_is_made_nothing_was_sent(bench: Bench) -> None:
    async with bench.another(api=NOWHERE) as channel:
        with pytest.raises(Unreachable) as caught:
            await channel.send(bench.to_hoa, Said("x"))
    assert not caught.value.maybe_sent
    assert bench.secret not in f"{caught.value!r} {caught.value.__context__!r} {caught.value.__cause__!r}"


@having("token")
async def test_a_wrong_token_is_the_operators_to_mend(bench: Bench) -> None:
    async with bench.another(token="999:sai-token") as stranger:
        with pytest.raises(Misconfigured) as caught:
            await stranger.open()
    assert "sai-token" not in f"{caught.value!r} {caught.value.__context__!r}"


@having("polls")
async def test_a_second_poller_is_the_operators_to_mend(bench: Bench) -> None:
    async with bench.another() as second:
        first = asyncio.create_task(bench.channel.updates())
        await asyncio.sleep(0.1)
        with pytest.raises(Misconfigured):
            await asyncio.gather(second.updates(), first)
        first.cancel()


# --- opening --------------------------------------------------------------------------------------------------------


@having("commands")
async def test_the_commands_are_set_once(bench: Bench) -> None:
    await bench.channel.open()
    [call] = bench.world.calls("setMyCommands")
    assert [each["command"] for each in call["commands"]] == ["phananh", "trogiup"]


@having("polls")
async def test_a_webhook_is_set_with_its_secret_and_compared_in_whole(bench: Bench) -> None:
    url = "https://127.0.0.1:8443/tg"
    async with bench.another(webhook_url=url, webhook_secret="mat_khau") as channel:
        await channel.open()
        assert channel.webhook is not None
        assert channel.webhook.authentic({SECRET_HEADER: "mat_khau"}, b"")
        wrong = [{}, *({SECRET_HEADER: secret} for secret in ["mat_kha", "", "ế", "\ud800"])]
        assert not [headers for headers in wrong if channel.webhook.authentic(headers, b"")]
    [call] = bench.world.calls("setWebhook")
    assert (call["url"], call["secret_token"]) == (url, "mat_khau")
    assert "callback_query" in call["allowed_updates"]
    async with bench.another(webhook_url=url) as unguarded:
        assert unguarded.webhook is not None
        assert not unguarded.webhook.authentic({SECRET_HEADER: ""}, b"")


@having("polls")
async def test_a_webhook_that_is_refused_is_the_operators_to_mend(bench: Bench) -> None:
    async with bench.another(webhook_url="ftp://example.vn") as channel:
        with pytest.raises(Misconfigured):
            await channel.open()
