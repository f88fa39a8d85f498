"""What people report: more of some things than of others, and in one week of storm much of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import exp
from random import Random

from sqlalchemy import Connection

from bot.world.families import Resident
from bot.world.offices import Offices
from handlers.feedback.rules import Act, Status, deadlines, starts
from storage import tickets
from storage.tickets import Ticket
from storage.times import day_of, from_ms, to_ms
from storage.units import Unit

WEEKS, STORM_WEEK, STORM = 12, 7, 6
A_WEEK = 1.2 / 1000
"""Reports of a resident; source: domain.md 9."""
FLOOD = "ve_sinh_moi_truong", "Ngập nước ở hẻm {lane}, nước rút rất chậm"
MATTERS = (
    (25, ("ve_sinh_moi_truong", "Rác ở hẻm {lane} mấy hôm nay chưa ai thu gom")),
    (15, FLOOD),
    (12, ("dien_chieu_sang", "Đèn đường trước nhà số {lane} hư, tối không thấy đường")),
    (12, ("an_ninh_trat_tu", "Hát karaoke ồn ở hẻm {lane} đến khuya")),
    (10, ("giao_thong_ha_tang", "Ổ gà to ở đầu hẻm {lane}, xe máy hay ngã")),
    (8, ("thu_tuc_hanh_chinh", "Hồ sơ xác nhận cư trú nộp {lane} ngày rồi chưa có kết quả")),
    (8, ("an_sinh_chinh_sach", "Nhà số {lane} chưa nhận được tiền trợ cấp tháng này")),
    (10, ("khac", "Xin hỏi lịch mở cửa nhà văn hóa, nhà số {lane}")),
)
"""In a hundred reports, what they are about; source: domain.md 9."""
ENDS = {Status.SOLVED: 60, Status.SILENT: 15, Status.ANSWERED: 15, Status.RECEIVED: 10}
"""What has become of those that are old enough."""
ANSWER = "Tổ công tác đã đến xem và xử lý xong. Cảm ơn bà con đã báo."


def report(
    tx: Connection, rng: Random, now: datetime, hamlets: list[Unit], everybody: list[Resident], offices: Offices
) -> int:
    """Week after week; how many reports there are."""
    officers = offices[hamlets[0].parent_code or ""]
    count = 0
    for week in range(WEEKS):
        for _ in range(_poisson(rng, A_WEEK * len(everybody)) * (STORM if week == STORM_WEEK else 1)):
            topic, words = FLOOD if week == STORM_WEEK and rng.random() < 0.8 else _matter(rng)  # noqa: PLR2004
            at = now - timedelta(days=7 * (WEEKS - week) - rng.uniform(0, 6.9))
            author = rng.choice(everybody)
            text = words.format(lane=rng.randrange(2, 99))
            ticket = _open(tx, author.id, hamlets[author.hamlet].code, topic, text, at)
            _settle(tx, rng, ticket, rng.choice(officers), now)
            count += 1
    return count


def _poisson(rng: Random, mean: float) -> int:
    limit, count, product = exp(-mean), 0, rng.random()
    while product > limit:
        count, product = count + 1, product * rng.random()
    return count


def _matter(rng: Random) -> tuple[str, str]:
    weights, matters = zip(*MATTERS, strict=True)
    topic, words = rng.choices(matters, weights)[0]
    return topic, words


def _open(tx: Connection, person: int, unit: str, topic: str, text: str, at: datetime) -> Ticket:
    by = deadlines(starts(at, anonymous=False), urgent=False)
    return tickets.add(
        tx,
        code=tickets.next_code(tx, at),
        unit_code=unit,
        topic=topic,
        text=text,
        urgent=False,
        anonymous=False,
        person_id=person,
        status=Status.NEW,
        opened_on=day_of(at),
        opened_at=to_ms(at),
        receive_by=to_ms(by.receive_by),
        resolve_by=to_ms(by.resolve_by),
    )


def _settle(tx: Connection, rng: Random, ticket: Ticket, officer: int, now: datetime) -> None:
    """The older a report, the further it has come."""
    received, answered, closed = (from_ms(ticket.opened_at or 0) + timedelta(days=days) for days in (0.4, 3, 6))
    end = (
        rng.choices(list(ENDS), list(ENDS.values()))[0]
        if closed < now
        else Status.ANSWERED
        if answered < now
        else Status.RECEIVED
    )
    if received >= now:
        return
    values: dict[str, object] = {"status": end, "received_at": to_ms(received)}
    tickets.happened(tx, ticket, Act.RECEIVE, received, author=officer)
    if end is not Status.RECEIVED:
        tickets.happened(tx, ticket, Act.ANSWER, answered, ANSWER, officer)
    if end in (Status.SOLVED, Status.SILENT):
        tickets.happened(tx, ticket, Act.SOLVE if end is Status.SOLVED else Act.FALL_SILENT, closed)
        values["closed_on"] = day_of(closed)
    tickets.change(tx, ticket.id, **values)
