"""The engine's own promises, told as short stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from conversation.chat import AskBack, AskedAfterDo, Chat
from conversation.messages import N_, Command, FileRef, Opening, Phrase, phrase
from conversation.state import Offer
from conversation.talks import Talk
from tests.conversation.phone import Phone

TOPICS = {"road": "Đường sá", "waste": "Rác thải"}


@dataclass(frozen=True)
class Send(Command[None]):
    topic: str
    text: str


def feedback(chat: Chat) -> None:
    topic = chat.choose("topic", N_("Việc gì ạ?"), TOPICS)
    told = chat.text("text", N_("{You} kể giúp ạ."), at_least=5)
    if not chat.confirm(
        "send",
        phrase(N_("Gửi «{text}» về {topic}?"), text=told.text, topic=TOPICS[topic]),
        about=(topic, told),
        yes=N_("Gửi"),
        no=N_("Thôi"),
    ):
        return chat.say(N_("Đã bỏ."))
    chat.do(Send(topic, told.text))
    return chat.say(N_("Đã nhận."))


@pytest.fixture
def phone() -> Phone:
    return Phone(feedback)


def reach_the_end(phone: Phone) -> None:
    phone.hear("/it")
    phone.hear("2")
    phone.hear("Rác đầy hẻm 47")


def test_words_and_numbers_alone_reach_the_end(phone: Phone) -> None:
    reach_the_end(phone)
    assert phone.hear("1") == "Đã nhận."
    assert phone.records.done == [Send("waste", "Rác đầy hẻm 47")]


def test_a_second_tap_is_silent_and_does_nothing(phone: Phone) -> None:
    reach_the_end(phone)
    phone.tap("Gửi")
    assert phone.tap("Gửi") == ""
    assert len(phone.records.done) == 1


def test_an_old_button_corrects_its_answer_and_the_yes_is_asked_again(phone: Phone) -> None:
    reach_the_end(phone)
    said = phone.tap("Đường sá")
    assert "đã sửa lại" in said
    assert "về Đường sá?" in said
    assert phone.records.done == []


def test_an_old_yes_does_not_confirm_new_words(phone: Phone) -> None:
    reach_the_end(phone)
    old_yes = next(data for data, label in phone.buttons if label == "Gửi")
    phone.tap("Đường sá")
    assert "xem lại" in phone.hear(tap=old_yes)
    assert phone.records.done == []


def test_a_typed_number_means_the_list_as_it_was_shown(phone: Phone) -> None:
    phone.hear("/it")

    def newer(chat: Chat) -> None:
        picked = chat.choose("topic", N_("Việc gì ạ?"), {"water": "Nước", **TOPICS})
        chat.say(phrase(N_("Chọn {picked}"), picked=picked))

    phone.becomes(newer)
    assert phone.hear("1") == "Chọn road"


def test_an_option_withdrawn_meanwhile_is_said_and_asked_again(phone: Phone) -> None:
    phone.hear("/it")

    def newer(chat: Chat) -> None:
        chat.choose("topic", N_("Việc gì ạ?"), {"waste": "Rác thải"})

    phone.becomes(newer)
    assert "không còn nữa" in phone.hear("1")
    assert phone.labels == ["Rác thải"]


def test_going_back_reopens_the_last_answer(phone: Phone) -> None:
    reach_the_end(phone)
    assert "kể giúp" in phone.hear("quay lai")
    assert "Việc gì" in phone.hear("quay lại")
    assert "câu đầu tiên" in phone.hear("QUAY LẠI")


def test_cancel_drops_without_effect(phone: Phone) -> None:
    reach_the_end(phone)
    assert "đã bỏ việc \x02làm việc ấy" in phone.hear("hủy")
    assert phone.records.done == []


def test_huy_at_a_free_text_question_is_asked_about() -> None:
    phone = Phone(lambda chat: chat.say(phrase(N_("Chào {name}."), name=chat.text("name", N_("Tên gì ạ?")).text)))
    phone.hear("/it")
    assert "«Huy» là ý gì" in phone.hear("Huy")
    assert phone.hear("2") == "Chào Huy."


def test_cancel_with_its_mark_is_no_name() -> None:
    phone = Phone(lambda chat: chat.say(phrase(N_("Chào {name}."), name=chat.text("name", N_("Tên gì ạ?")).text)))
    phone.hear("/it")
    assert "đã bỏ" in phone.hear("Hủy")


def test_vang_is_asked_back_and_its_marks_decide() -> None:
    ask = AskBack(N_("{You} **đi** hay **vắng** ạ?"), {"yes": N_("Đi"), "no": N_("Vắng")})
    options = {"yes": N_("Tôi đi"), "no": N_("Tôi không đi được"), "maybe": N_("Chưa biết")}

    def rsvp(chat: Chat) -> None:
        coming = chat.choose("coming", N_("Đi được không ạ?"), options, unsure={"vang": ask})
        chat.say(phrase(N_("Ghi {coming}"), coming=coming))

    phone = Phone(rsvp)
    phone.hear("/it")
    assert "hay" in phone.hear("vang")
    assert phone.labels == ["Đi", "Vắng"]
    assert phone.hear("2") == "Ghi no"
    phone.hear("/it")
    assert phone.hear("vâng") == "Ghi yes"


def test_two_misses_help_and_three_offer_a_human(phone: Phone) -> None:
    phone.hear("/it")
    assert "chọn giúp" in phone.hear("xyz")
    assert "QUAY LẠI" in phone.hear("xyz xyz")
    assert "nhờ" in phone.hear("zzz")
    assert phone.labels == ["Nhờ cán bộ", "Thôi, làm tiếp"]
    assert "Việc gì" in phone.hear("2")


def test_seven_of_three_names_the_range(phone: Phone) -> None:
    phone.hear("/it")
    assert "từ \x021\x03 đến \x022\x03" in phone.hear("7")


def test_a_long_list_is_paged_and_a_page_is_no_answer() -> None:
    names = {f"k{number}": f"Khu phố {number}" for number in range(1, 20)}
    phone = Phone(lambda chat: chat.say(phrase(N_("Ở {it}"), it=chat.choose("unit", N_("Đâu ạ?"), names, page=5))))
    phone.hear("/it")
    assert phone.labels[-1] == "Xem thêm"
    phone.hear("6")
    assert phone.labels[0] == "Khu phố 6"
    assert phone.hear("1") == "Ở k6"


def test_a_label_of_another_page_is_understood() -> None:
    names = {f"k{number}": f"Khu phố {number}" for number in range(1, 20)}
    phone = Phone(lambda chat: chat.say(phrase(N_("Ở {it}"), it=chat.choose("unit", N_("Đâu ạ?"), names, page=5))))
    phone.hear("/it")
    assert phone.hear("khu pho 17") == "Ở k17"


def test_asides_show_and_ask_again() -> None:
    def consent(chat: Chat) -> None:
        full = {"full": (N_("Xem đầy đủ"), N_("Toàn văn."))}
        chat.choose("ok", N_("Đồng ý không ạ?"), {"yes": N_("Đồng ý")}, asides=full)

    phone = Phone(consent)
    phone.hear("/it")
    assert phone.hear("2") == "Toàn văn.\n\nĐồng ý không ạ?"


def test_a_question_after_a_do_is_a_fault_in_the_script() -> None:
    def wrong(chat: Chat) -> None:
        chat.do(Send("road", "x"))
        chat.text("more", N_("Gì nữa ạ?"))

    with pytest.raises(AskedAfterDo):
        Phone(wrong).hear("/it")


def test_an_unfinished_talk_is_offered_after_a_long_silence(phone: Phone) -> None:
    phone.hear("/it")
    phone.hear("2")
    phone.now += timedelta(days=7)
    assert "dở" in phone.hear("chào em")
    assert "kể giúp" in phone.hear("làm tiếp")


def letter(number: int, talk: str, at: int, **given: object) -> Offer:
    return Offer(number, Opening(talk, given, "solved"), [("yes", "Xong rồi"), ("no", "Vẫn chưa được")], at)


def resolution(chat: Chat) -> None:
    solved = chat.choose("solved", N_("Xong chưa ạ?"), {"yes": N_("Xong rồi"), "no": N_("Vẫn chưa được")})
    chat.say(phrase(N_("Ghi {solved} cho {ticket}."), solved=solved, ticket=chat.given.ticket))


def test_a_number_answers_the_letter_delivered_last_and_the_talk_resumes() -> None:
    phone = Phone(feedback, Talk("resolution", resolution, N_("trả lời về phản ánh")))
    phone.hear("/it")
    later = int((phone.now + timedelta(seconds=5)).timestamp() * 1000)
    phone.records.offered[7] = letter(7, "resolution", later, ticket="PA 1")
    said = phone.hear("2")
    assert "Ghi no cho PA 1." in said
    assert "Mình làm tiếp" in said
    assert "Việc gì ạ?" in said


def test_a_number_belongs_to_the_question_asked_after_the_letter() -> None:
    phone = Phone(feedback, Talk("resolution", resolution, N_("trả lời về phản ánh")))
    earlier = int((phone.now - timedelta(seconds=5)).timestamp() * 1000)
    phone.records.offered[7] = letter(7, "resolution", earlier, ticket="PA 1")
    phone.hear("/it")
    assert "kể giúp" in phone.hear("2")


def test_two_letters_are_told_apart_by_asking() -> None:
    phone = Phone(feedback, Talk("resolution", resolution, N_("trả lời về phản ánh")))
    at = int(phone.now.timestamp() * 1000)
    phone.records.offered[7] = letter(7, "resolution", at, ticket="PA 1", subject="PA 1")
    phone.records.offered[8] = letter(8, "resolution", at, ticket="PA 2", subject="PA 2")
    assert "tin nào" in phone.hear("1")
    assert phone.hear("2") == "Ghi yes cho PA 2."


def test_a_tapped_letter_answers_once_and_then_kindly_says_it_is_over() -> None:
    phone = Phone(feedback, Talk("resolution", resolution, N_("trả lời về phản ánh")))
    phone.records.offered[7] = letter(7, "resolution", int(phone.now.timestamp() * 1000), ticket="PA 1")
    assert phone.hear(tap="o7:yes") == "Ghi yes cho PA 1."


def test_a_photo_without_words_is_kept_until_the_words_come() -> None:
    def tell(chat: Chat) -> None:
        told = chat.text("text", N_("Kể giúp ạ."), at_least=5)
        chat.say(phrase(N_("{text} + {photo}"), text=told.text, photo=told.photos[0].ref if told.photos else "?"))

    phone = Phone(tell)
    phone.hear("/it")
    assert "đã nhận ảnh" in phone.hear(file=FileRef("photo", "p1"))
    assert phone.hear("Rác đầy hẻm") == "Rác đầy hẻm + p1"


FORGED = ["", ":::", "o:", "o99:x", "o" + "9" * 40 + ":x", "zzzzzz:topic:road", "?:word:do", "đ:đ:đ", "a" * 500]


@pytest.mark.parametrize("tap", FORGED)
def test_forged_buttons_do_nothing(phone: Phone, tap: str) -> None:
    phone.hear("/it")
    phone.hear(tap=tap)
    assert phone.records.done == []


def test_somebody_else_hears_their_own_honorific(phone: Phone) -> None:
    phone.hear("/it")
    assert phone.hear("1") == "Bác kể giúp ạ."


def test_values_are_never_templates() -> None:
    phone = Phone(lambda chat: chat.say(phrase(N_("«{x}»"), x=chat.text("x", N_("?")).text)))
    phone.hear("/it")
    assert phone.hear("{you} **đậm** {0} %s") == "«{you} **đậm** {0} %s»"
    assert isinstance(phrase(N_("{x}")), Phrase)


def test_forgetting_keeps_nothing() -> None:
    def secret(chat: Chat) -> None:
        chat.text("text", N_("Kể giúp ạ."))
        chat.say(N_("Đã quên."))
        chat.forget()

    phone = Phone(secret)
    phone.hear("/it")
    assert phone.hear("bí mật") == "Đã quên."
    assert phone.state is None


# letters and albums, as feedback needs them ---------------------------------------------------------------------


def test_a_letter_is_answered_in_ones_own_words_when_it_welcomes_them() -> None:
    def reply(chat: Chat) -> None:
        said = chat.choose("reply", N_("Nhà số mấy ạ?"), {"later": N_("Để sau")}, free=True)
        chat.say(phrase(N_("Đã chuyển: {words}"), words=said.words))

    phone = Phone(feedback, Talk("reply", reply, N_("trả lời")))
    opening = Opening("reply", {"free": True}, "reply")
    phone.records.offered[1] = Offer(1, opening, [("later", "Để sau")], int(phone.now.timestamp() * 1000))
    assert phone.hear("nhà số 12 hẻm 47") == "Đã chuyển: nhà số 12 hẻm 47"


def test_the_photos_of_an_album_are_one_answer_with_words() -> None:
    def tell(chat: Chat) -> None:
        told = chat.text("text", N_("Kể giúp ạ."), at_least=5)
        if chat.confirm("send", phrase(N_("{count} ảnh?"), count=len(told.photos)), about=told):
            chat.say(N_("Đã gửi."))

    phone = Phone(tell)
    phone.hear("/it")
    phone.hear(file=FileRef("photo", "p1"), album="a")
    assert phone.hear(file=FileRef("photo", "p2"), album="a") == ""
    assert phone.hear("Rác đầy hẻm") == "2 ảnh?"
    phone.hear("quay lại")
    phone.hear("Cống tắc", file=FileRef("photo", "p3"), album="b")
    assert phone.hear(file=FileRef("photo", "p4"), album="b") == "2 ảnh?"


def test_files_shown_before_an_answered_question_are_not_shown_again() -> None:
    def look(chat: Chat) -> None:
        chat.show(files=["1"])
        chat.choose("seen", N_("Xem chưa ạ?"), {"yes": N_("Rồi")})
        chat.say(N_("Cảm ơn."))

    phone = Phone(look)
    phone.hear("/it")
    assert [said.file for said in phone.last.says] == ["", "1"]
    phone.hear("1")
    assert [said.file for said in phone.last.says] == [""]


def test_a_label_begun_comes_before_a_global_word() -> None:
    def wish(chat: Chat) -> None:
        picked = chat.choose("wish", N_("Muốn gì ạ?"), {"see": N_("Xem"), "erase": N_("Xóa tin vừa gửi")})
        chat.say(phrase(N_("Chọn {picked}."), picked=picked))

    phone = Phone(wish)
    phone.hear("/it")
    assert phone.hear("xoa") == "Chọn erase."


# a program that has changed under a conversation ---------------------------------------------------------------------


@pytest.mark.parametrize("words", ["1", "/menu", "/it", "hủy", "quay lại", "trợ giúp", "xin chào", "Đèn đường hư"])
@pytest.mark.parametrize("before", [["/old"], ["/old", "Xong một câu"], ["/old", "Xong một câu", "/it"]])
def test_nobody_is_stuck_in_a_talk_that_is_no_more(before: list[str], words: str) -> None:
    def old(chat: Chat) -> None:
        chat.text("one", N_("Câu một?"))
        chat.choose("two", N_("Câu hai?"), TOPICS)

    phone = Phone(feedback, Talk("old", old, N_("việc cũ"), ("/old",)))
    for each in before:
        phone.hear(each)
    phone.others = ()
    phone.becomes(feedback)
    phone.hear(words)
    assert "Việc gì ạ?" in phone.hear("/it")


OLDER = ("parked", "doubt", "ended", "called", "last_run", "given")


@pytest.mark.parametrize("missing", OLDER)
def test_a_session_of_an_older_program_goes_on(phone: Phone, missing: str) -> None:
    phone.hear("/it")
    phone.hear("1")
    assert phone.state is not None
    del phone.state[missing]
    assert "Rác đầy hẻm" in phone.hear("Rác đầy hẻm")


def test_a_session_of_a_newer_program_goes_on(phone: Phone) -> None:
    phone.hear("/it")
    assert phone.state is not None
    phone.state["asking"]["mood"] = phone.state["weather"] = "fine"
    assert "kể giúp" in phone.hear("1")
