"""How an exported list is laid out: a summary, the rows, and what the columns mean; source: domain.md 8.2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from conversation.answers import fold
from conversation.messages import Words, phrase
from conversation.speech import Speaker, Speech, plain
from handlers.languages import SOURCE, translator
from handlers.members import list_texts as texts
from handlers.wording import moment
from reports.sheets import Table, Value
from storage.member_pages import Member, by_name
from storage.memberships import HERE_OR_BACK, STATUSES
from storage.names import natural


@dataclass(frozen=True, slots=True)
class About:
    """What a list is of, and who took it out, when and why."""

    unit: str
    organisation: str
    who: str
    why: str
    at: datetime
    with_phones: bool


def say(words: Words) -> str:
    """In Vietnamese, as papers are."""
    return plain(Speech(Speaker(), translator(SOURCE)).render(words))


def watermark(about: About) -> str:
    """On every sheet."""
    return say(phrase(texts.WATERMARK, when=moment(about.at), year=about.at.year, who=about.who, why=about.why))


def tables(members: Sequence[Member], phones: Sequence[str], about: About) -> list[Table]:
    """Three sheets, as offices expect them."""
    listed = sorted(zip(members, phones, strict=True), key=lambda pair: _order(pair[0]))
    return [_summary(members, about), _rows(listed), _meanings(about)]


def _order(member: Member) -> tuple[object, ...]:
    return fold(member.organisation), natural(member.branch), by_name(member)


def _summary(members: Sequence[Member], about: About) -> Table:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for member in sorted(members, key=_order):
        counts.setdefault((member.organisation, member.branch), Counter())[member.status] += 1
    rows: list[list[Value]] = [
        [number, organisation, branch, *(count[status] for status in HERE_OR_BACK), count.total()]
        for number, ((organisation, branch), count) in enumerate(counts.items(), 1)
    ]
    whole = sum(counts.values(), Counter())
    rows.append(["", "", say(texts.SUM), *(whole[status] for status in HERE_OR_BACK), whole.total()])
    title, of = (
        phrase(texts.LIST_TITLE, unit=about.unit.upper()),
        phrase(texts.LIST_OF, organisation=about.organisation),
    )
    headings = [*map(say, texts.SUMMARY_HEADINGS), *(say(STATUSES[status]) for status in HERE_OR_BACK), say(texts.SUM)]
    return Table(say(texts.SUMMARY_SHEET), (say(title), say(of)), headings, rows, sums=True)


def _rows(listed: Sequence[tuple[Member, str]]) -> Table:
    rows = [
        [
            number,
            member.name,
            member.birth_year,
            phone,
            member.organisation,
            member.branch,
            member.unit,
            _day(member.since),
            say(STATUSES[member.status]),
            _day(member.confirmed_on),
            say(texts.BY_HAND) if member.entered_by is not None else "",
        ]
        for number, (member, phone) in enumerate(listed, 1)
    ]
    return Table(say(texts.ROWS_SHEET), (), [say(heading) for heading, _ in texts.ROW_HEADINGS], rows)


def _meanings(about: About) -> Table:
    rows = [[say(heading), say(meaning)] for heading, meaning in texts.ROW_HEADINGS]
    phones = texts.PHONES_WHOLE if about.with_phones else texts.PHONES_MASKED
    rows += [[say(texts.FILTER), f"{about.unit}; {about.organisation}"], [say(texts.PHONES), say(phones)]]
    rows += [[say(texts.EXPORTED), watermark(about)]]
    return Table(say(texts.MEANINGS_SHEET), (), [say(texts.COLUMN), say(texts.MEANING)], rows)


def _day(iso: str | None) -> str:
    """As dd/mm/yyyy."""
    return "/".join(reversed(iso.split("-"))) if iso else ""
