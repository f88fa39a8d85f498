"""What a message is about, by the words in it: topics, danger, and matters that the law takes elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter

from conversation.letters import JUST_READ, Wording, fits, wording
from conversation.messages import N_, Heard, Json, Opening, Template
from handlers.feedback.topic_words import ALARM_WORDS, ELSEWHERE_WORDS, PLACE_WORDS, TOPIC_WORDS

OTHER = "khac"
NAMES: dict[str, tuple[Template, Template]] = {
    "dien_chieu_sang": (N_("Điện, chiếu sáng"), N_("Điện")),
    "ve_sinh_moi_truong": (N_("Vệ sinh, môi trường"), N_("Vệ sinh")),
    "giao_thong_ha_tang": (N_("Đường sá, cầu cống"), N_("Đường sá")),
    "nuoc_sach": (N_("Nước sạch"), N_("Nước")),
    "an_ninh_trat_tu": (N_("An ninh, trật tự"), N_("An ninh")),
    "xay_dung_dat_dai": (N_("Đất đai, xây dựng"), N_("Đất đai")),
    "an_sinh_chinh_sach": (N_("Chính sách, trợ cấp"), N_("Chính sách")),
    "thu_tuc_hanh_chinh": (N_("Giấy tờ, thủ tục"), N_("Giấy tờ")),
    "y_te_dich_benh": (N_("Y tế, dịch bệnh"), N_("Y tế")),
    "giao_duc_tre_em": (N_("Trường học, trẻ em"), N_("Trường học")),
    "viec_lam_vay_von": (N_("Việc làm, vay vốn"), N_("Việc làm")),
    "nong_nghiep": (N_("Trồng trọt, chăn nuôi"), N_("Trồng trọt")),
    "quy_dong_gop": (N_("Quỹ, đóng góp"), N_("Quỹ")),
    "thien_tai": (N_("Mưa bão, sạt lở"), N_("Mưa bão")),
    "hoat_dong_hoi": (N_("Hoạt động hội, đoàn"), N_("Hội, đoàn")),
    OTHER: (N_("Việc khác"), N_("Việc khác")),
}
"""Each topic in full, and as short as a list needs it; in the order in which they are offered."""
CHATTER = "hoat_dong_hoi"
"""A topic whose words (họp, sinh hoạt) stand in many messages that are no feedback."""
DANGERS = {
    "dien_chieu_sang": N_("dây đứt, chập điện"),
    "giao_thong_ha_tang": N_("sụp hố, cầu sắp gãy"),
    "an_ninh_trat_tu": N_("đang đánh nhau, bị đe dọa"),
    "thien_tai": N_("nước lên nhanh, nhà sắp sập"),
    "y_te_dich_benh": N_("có người đang nguy kịch"),
    "giao_duc_tre_em": N_("trẻ đang bị đánh, gặp nạn"),
}
"""Topics where it makes sense to ask about danger, and what danger means there."""
WHOM_TO_CALL = {"an_ninh_trat_tu": "threat", "giao_duc_tre_em": "threat", "y_te_dich_benh": "hurt"}
"""The alarm whose numbers fit that danger; elsewhere those of any danger."""

FEWEST_WORDS, FEWEST_IN_STORY, FEWEST_IN_ALARM, WEAK = 4, 9, 2, 2
WORDS = {"topic": TOPIC_WORDS, "alarm": ALARM_WORDS, "elsewhere": ELSEWHERE_WORDS, "place": PLACE_WORDS}
Phrases = dict[str, list[tuple[int, Wording, str]]]
"""By their first bare word, each with its place in the list."""


@cache
def _phrases(kind: str) -> Phrases:
    """Read when they are first looked for: most commands of the operator hear nobody."""
    phrases: Phrases = {}
    listed = ((wording(each), key) for key, several in WORDS[kind].items() for each in several.split("|"))
    for place, (meant, key) in enumerate(listed):
        phrases.setdefault(meant.bare[0], []).append((place, meant, key))
    return phrases


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found in a text, and what they point to."""

    key: str
    weight: int
    """How many letters they have."""
    sure: bool
    """Not one bare syllable that may be another word: "chay" is cháy, chạy or chay."""


def _hits(said: Wording, kind: str) -> list[Hit]:
    """What is found, in the order of the list."""
    phrases, found = _phrases(kind), []
    for start, first in enumerate(said.bare):
        for place, meant, key in phrases.get(first, ()):
            size = len(meant.bare)
            if said.bare[start : start + size] == meant.bare and fits(part := said.part(start, start + size), meant):
                found.append((place, start, Hit(key, sum(map(len, meant.bare)), size > 1 or part.typed == meant.typed)))
    return [hit for _, _, hit in sorted(found, key=itemgetter(0, 1))]


@lru_cache(JUST_READ)
def topic_of(text: str) -> str:
    """The topic that most of the telling words belong to; empty when none is found."""
    weights: dict[str, int] = {}
    for hit in _hits(wording(text), "topic"):
        weights[hit.key] = weights.get(hit.key, 0) + hit.weight * (2 if hit.sure else 1)
    for hit in _hits(wording(text), "place"):  # «hẻm 47» mostly tells where, not what
        weights[hit.key] -= hit.weight * (2 if hit.sure else 1) - 1
    best = max(weights, key=lambda key: weights[key], default="")
    return best if weights.get(best, 0) > WEAK else ""


@lru_cache(JUST_READ)
def alarm_of(text: str) -> Hit | None:
    """The kind of emergency that the words tell of, a sure one first."""
    hits = _hits(wording(text), "alarm")
    return min(hits, key=lambda hit: (not hit.sure, list(ALARM_WORDS).index(hit.key)), default=None)


@lru_cache(JUST_READ)
def elsewhere(text: str) -> str:
    """`khieu_nai` or `to_cao` when the words are those of a complaint or a denunciation in law, else empty."""
    return max(_hits(wording(text), "elsewhere"), key=lambda hit: hit.weight, default=Hit("", 0, True)).key


def alarms(heard: Heard) -> Opening | None:
    """A cry for help, when the words leave no doubt."""
    alarm = alarm_of(heard.text)
    sure = alarm is not None and alarm.sure and len(wording(heard.text).bare) >= FEWEST_IN_ALARM
    return Opening("feedback", {"text": heard.text}) if sure else None


def suggests(heard: Heard) -> Opening | None:
    """A talk about a message nobody asked for, when there is matter in it: telling words, a photo or a voice.

    A sticker, or what we cannot read, may have been meant for a photo.
    """
    if heard.other:
        return Opening("with_photo")
    given: Json = {}
    if heard.file is not None:
        row = {"kind": heard.file.kind, "ref": heard.file.ref, "size": heard.file.size}
        given = {"files": [row], "album": heard.album}
    if heard.text and (given or _matters(heard.text)):
        given["text"] = heard.text
    return Opening("feedback", given) if given else None


def _matters(text: str) -> bool:
    words = len(wording(text).bare)
    if alarm_of(text) is not None or elsewhere(text):
        return words > 1
    topic = topic_of(text)
    return words >= (FEWEST_WORDS if topic else FEWEST_IN_STORY) and topic != CHATTER
