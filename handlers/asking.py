"""Questions that several features ask alike: where somebody lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conversation.answers import fold, has_marks
from conversation.chat import AskBack, Chat
from conversation.messages import N_, Words, phrase
from conversation.questions import CHOOSE_AGAIN
from handlers.place import ChildrenOf, FindUnits, ProvinceNamed, UnitBy, commune_over, kind_of_place
from handlers.wording import in_sentence
from storage.unit_search import GOOD, Match, leading, provinces_of
from storage.units import COMMUNE, Unit

MOST_SEARCHES = 8
PAGE = 8

ASK_PLACE = N_("{You} ở **xã, phường** nào ạ? Gõ tên cũ hay tên mới đều được.\nVí dụ: phường 15 Gò Vấp.")
ASK_PLACE_AGAIN = N_("Dạ, mình tìm lại. {You} gõ tên **xã, phường** giúp ạ, thêm tên tỉnh thì càng dễ tìm.")
NOT_FOUND = N_(
    "Cầu Nối chưa tìm ra nơi nào tên «{words}».\n{You} gõ lại tên **xã, phường** và tên **tỉnh** giúp ạ.\n"
    "Ví dụ: Tân An, Nghệ An."
)
PLACE_BY_WORDS = N_("Câu này {you} gõ chữ giúp: tên **xã, phường** ạ.")
NOT_FOUND_AGAIN = N_(
    "Cầu Nối vẫn chưa tìm ra «{words}».\n{You} gõ tên **huyện, quận cũ** thử ạ, ví dụ: phường 15 Gò Vấp.\n"
    "Hoặc nhờ trưởng khu phố, trưởng thôn chỉ **mã QR** ở nhà văn hóa: quét mã thì không phải tìm."
)
IN_WHICH_PROVINCE = N_("Có nhiều nơi tên **{name}**. {You} ở **tỉnh** nào ạ?")
IN_WHICH_OF_MANY = N_("Có nhiều nơi tên **{name}**. {You} ở **tỉnh** nào ạ? Gõ tên tỉnh cũng được.")
IN_WHICH_LIKE_IT = N_("Cầu Nối chưa rõ «{name}» là nơi nào. {You} ở **tỉnh** nào ạ? Gõ tên tỉnh cũng được.")
IN_WHICH_COMMUNE = N_("{You} ở **xã, phường** nào của **{province}** ạ? Gõ tên giúp ạ.")
WHICH_OF_THESE = N_("**{province}** có mấy nơi giống tên ấy. {You} ở nơi nào ạ?")
NONE_OF_THESE = N_("Không có ở đây, tìm lại")
IS_IT = N_("Có phải **{place}**, {province} không ạ?")
IS_IT_OLD = N_("Có phải **{place}**, {province} (gồm {old}) không ạ?")
IS_IT_PARTLY = N_("Có phải **{place}**, {province} (gồm một phần {old}) không ạ?")
WITH_OLD = N_("{place} (gồm {old})")
OLD, OLD_IN = N_("{name} cũ"), N_("{name} cũ, {district}")
RIGHT, WRONG = N_("Đúng rồi"), N_("Không phải, tìm lại")
ASK_HAMLET = N_("{You} ở **{kind}** nào của {commune} ạ?")
ASK_HAMLET_ANY = N_("{You} ở **khu phố, thôn, ấp** nào của {commune} ạ?")
NOT_SURE = N_("Không rõ")
NEVER_MIND_HAMLET = N_("Không sao ạ. {You} cứ dùng tin của cả {commune}, khi nào biết thì nhắn **ĐỔI NƠI Ở**.")
WHICH_NUMBER, THIS_NUMBER = N_("Ý {you} là nơi nào ạ?"), N_("{You} ở **{name}** phải không ạ?")
CHOOSE_ANEW = N_("Chọn lại")


def ask_unit(chat: Chat, prompt: Words = ASK_PLACE, words: str = "") -> Unit | None:
    """Where somebody lives, down to the hamlet if they know it; None when many searches found nothing."""
    commune = ask_commune(chat, prompt, words)
    return ask_hamlet(chat, commune) if commune else None


@dataclass(frozen=True, slots=True)
class _Again:
    """The next search: its words if they are known already, else how to ask for them."""

    prompt: Words = ASK_PLACE_AGAIN
    words: str = ""
    province: str = ""
    misses: int = 0
    """Searches in a row that found nothing."""


def ask_commune(chat: Chat, prompt: Words = ASK_PLACE, words: str = "") -> Unit | None:
    """A commune by its new or old name, searched until it is found or given up."""
    search = _Again(prompt, words)
    for turn in range(1, MOST_SEARCHES + 1):
        typed = search.words or chat.few_words(f"place{turn}", search.prompt, check=_typed)
        found = _settle(chat, turn, typed, search)
        if isinstance(found, Unit):
            return found
        search = found
    return None


def place_reader(chat: Chat) -> Callable[[str], bool]:
    """Whether words typed instead of a yes or no are the name of a place, and not only a little like one."""
    return lambda words: chat.look(ProvinceNamed(words)) is not None or _any_likely(chat.look(FindUnits(words)))


def _any_likely(matches: Sequence[Match]) -> bool:
    return any(match.score >= GOOD for match in matches)


def _typed(words: str) -> Words | None:
    return None if words else PLACE_BY_WORDS


def _settle(chat: Chat, turn: int, words: str, search: _Again) -> Unit | _Again:
    """What one search leads to: a question about what was found, or another search."""
    named = chat.look(ProvinceNamed(words))
    matches = leading(chat.look(FindUnits(words, search.province)))
    if named and not any(match.exact for match in matches):
        return _Again(phrase(IN_WHICH_COMMUNE, province=named.full_name), province=named.code)
    if not matches:
        template = NOT_FOUND_AGAIN if search.misses else NOT_FOUND
        return _Again(phrase(template, words=words), province=search.province, misses=search.misses + 1)
    if len(matches) == 1:
        return _is_it(chat, turn, matches[0])
    if len(provinces_of(matches)) > 1:
        return _which_province(chat, turn, words, matches)
    return _which_of_these(chat, turn, matches)


def _is_it(chat: Chat, turn: int, match: Match) -> Unit | _Again:
    unit, old = match.unit, _old_name(match)
    template = IS_IT if not old else IS_IT_PARTLY if match.partial else IS_IT_OLD
    prompt = phrase(template, place=_called(chat, unit), province=match.province.full_name, old=old)
    pick = chat.choose(f"is{turn}_{unit.code}", prompt, {"yes": RIGHT, "no": WRONG}, free=place_reader(chat))
    return unit if pick == "yes" else _Again(words=pick.words)


def _old_name(match: Match) -> Words:
    if not match.old_name:
        return ""
    return phrase(OLD_IN if match.old_district else OLD, name=match.old_name, district=match.old_district)


def _which_province(chat: Chat, turn: int, words: str, matches: Sequence[Match]) -> _Again:
    provinces = {province.code: province.name for province in sorted(provinces_of(matches), key=_by_name)}
    template = IN_WHICH_OF_MANY if len(provinces) > PAGE else IN_WHICH_PROVINCE
    if not _any_likely(matches):
        template = IN_WHICH_LIKE_IT
    prompt = phrase(template, name=_common_name(words, matches))
    pick = chat.choose(f"province{turn}", prompt, provinces, page=PAGE, free=True)
    if pick:
        return _Again(words=words, province=pick)
    named = chat.look(ProvinceNamed(pick.words))
    return _Again(words=words, province=named.code) if named else _Again(words=pick.words)


def _by_name(unit: Unit) -> str:
    return fold(unit.name)


def _common_name(words: str, matches: Sequence[Match]) -> str:
    """The name with its marks, even if it was typed without."""
    names = Counter(match.unit.name for match in matches if fold(match.unit.name) == fold(words))
    return words if has_marks(words) or not names else names.most_common(1)[0][0]


def _which_of_these(chat: Chat, turn: int, matches: Sequence[Match]) -> Unit | _Again:
    options: dict[str, Words] = {match.unit.code: _with_old_name(chat, match) for match in matches}
    prompt = phrase(WHICH_OF_THESE, province=matches[0].province.full_name)
    options["none"] = NONE_OF_THESE
    pick = chat.choose(f"which{turn}", prompt, options, page=PAGE + 1, free=True)
    return chat.look(UnitBy(pick)) or _Again(words=pick.words)


def _with_old_name(chat: Chat, match: Match) -> Words:
    old, place = _old_name(match), _called(chat, match.unit)
    return phrase(WITH_OLD, place=place, old=old) if old else place


def _called(chat: Chat, unit: Unit) -> str:
    """A commune by itself, a hamlet with its commune: «Ấp Bàu Sen, xã Thanh Bình»."""
    return unit.full_name if unit.depth <= COMMUNE else f"{unit.full_name}, {in_sentence(commune_over(chat, unit))}"


# hamlets ------------------------------------------------------------------------------------------------------


def ask_hamlet(chat: Chat, unit: Unit) -> Unit:
    """The hamlet of a commune, if it has any and the person knows; else the commune itself."""
    hamlets = chat.look(ChildrenOf(unit.code)) if unit.depth == COMMUNE else []
    if not hamlets:
        return unit
    kinds = {kind_of_place(hamlet) for hamlet in hamlets}
    template = ASK_HAMLET if len(kinds) == 1 else ASK_HAMLET_ANY
    prompt = phrase(template, kind=kinds.pop(), commune=in_sentence(unit))
    options: dict[str, Words] = {hamlet.code: hamlet.name for hamlet in hamlets}
    pick = chat.choose(
        f"in_{unit.code}", prompt, options, page=PAGE, unsure=_misleading_numbers(hamlets), optional=NOT_SURE
    )
    chosen = chat.look(UnitBy(pick)) if pick else None
    if chosen is None:
        chat.say(NEVER_MIND_HAMLET, commune=in_sentence(unit))
    return chosen or unit


def _misleading_numbers(hamlets: Sequence[Unit]) -> dict[str, AskBack]:
    """A bare «4» where Khu phố 4 is not the fourth line may mean either: ask back."""
    unsure = {}
    for place, hamlet in enumerate(hamlets):
        number = fold(hamlet.name).split()[-1]
        if number.isdecimal() and (int(number) != place + 1 or place >= PAGE):
            at_that_place = hamlets[int(number) - 1 : int(number)] if 0 < int(number) <= PAGE else []
            options: dict[str, Words] = {each.code: each.name for each in (hamlet, *at_that_place)}
            unsure[number] = _which_number(options)
    return unsure


def _which_number(options: dict[str, Words]) -> AskBack:
    if len(options) > 1:
        return AskBack(WHICH_NUMBER, {**options, CHOOSE_AGAIN: CHOOSE_ANEW})
    ((code, name),) = options.items()
    return AskBack(phrase(THIS_NUMBER, name=name), {code: RIGHT, CHOOSE_AGAIN: CHOOSE_ANEW})
