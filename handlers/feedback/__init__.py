"""Feedback: residents report, officers answer, residents say whether it is solved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conversation.messages import Command, Query
from conversation.talks import Talk
from handlers.feature import Feature, MenuItem
from handlers.feedback import (
    after_script,
    claims,
    codes,
    commands,
    officer_commands,
    officer_script,
    officer_texts,
    queries,
    script,
    sweep,
    texts,
    topics,
)
from handlers.feedback.personal_data import FeedbackData
from handlers.policy import Action

TALKS = (
    Talk(
        "feedback",
        script.feedback,
        texts.TITLE,
        ("/phananh", "phản ánh", "góp ý", "gửi phản ánh", "kiến nghị", "gửi góp ý"),
    ),
    Talk(
        "my_tickets",
        after_script.my_tickets,
        texts.MY_TITLE,
        ("phản ánh của tôi", "xem phản ánh", "xem phản ánh của tôi"),
        asks_first=False,
    ),
    Talk("with_photo", script.with_photo, texts.TITLE, asks_first=False),
    Talk("my_ticket", after_script.my_ticket, texts.MY_TITLE, asks_first=False),
    Talk("ticket_state", after_script.ticket_state, texts.CODE_TITLE, asks_first=False),
    Talk("resolution", after_script.resolution, texts.RESOLUTION_TITLE, asks_first=False),
    Talk("missing", after_script.missing, texts.MISSING_TITLE),
    Talk("say_more", after_script.say_more, texts.MISSING_TITLE),
    Talk("more_info", after_script.more_info, texts.MORE_TITLE),
    Talk("claim", after_script.claim, texts.CODE_TITLE, asks_first=False),
    Talk(
        "desk",
        officer_script.desk,
        officer_texts.DESK_TITLE,
        ("/viec", "việc cần xử lý", "xem việc", "danh sách việc", "các việc"),
        asks_first=False,
    ),
    Talk("desk_open", officer_script.desk_open, officer_texts.OPEN_TITLE, asks_first=False),
    Talk("desk_ticket", officer_script.desk_ticket, officer_texts.TICKET_TITLE, asks_first=False),
    Talk("desk_answer", officer_script.desk_answer, officer_texts.TICKET_TITLE),
    Talk("desk_ask", officer_script.desk_ask, officer_texts.TICKET_TITLE),
    Talk("desk_pass", officer_script.desk_pass, officer_texts.TICKET_TITLE),
)
QUERIES: Mapping[type[Query[Any]], Callable[..., Any]] = {
    queries.MyTickets: queries.my_tickets,
    queries.MyTicket: queries.my_ticket,
    queries.Signing: queries.signing,
    queries.MayKeepPhotos: queries.may_keep_photos,
    queries.OnDesk: queries.on_desk,
    queries.DeskTicket: queries.desk_ticket,
    queries.DeskCode: queries.desk_code,
    queries.LetterAbout: queries.letter_about,
}
COMMANDS: Mapping[type[Command[Any]], Callable[..., Any]] = {
    commands.OpenTicket: commands.open_ticket,
    commands.AddWords: commands.add_own_words,
    commands.ConfirmSolved: commands.confirm_solved,
    commands.Reopen: commands.reopen,
    commands.Withdraw: commands.withdraw,
    claims.LookUpClaim: claims.look_up_claim,
    officer_commands.ViewTicket: officer_commands.view_ticket,
    officer_commands.ReceiveTicket: officer_commands.receive_ticket,
    officer_commands.AnswerTicket: officer_commands.answer_ticket,
    officer_commands.AskResident: officer_commands.ask_resident,
    officer_commands.ForwardTicket: officer_commands.forward_ticket,
    officer_commands.GuideTicket: officer_commands.guide_ticket,
}
FEATURE = Feature(
    name="feedback",
    talks=TALKS,
    queries=QUERIES,
    commands=COMMANDS,
    suggests=topics.suggests,
    alarms=topics.alarms,
    codes=codes.read_code,
    timers={commands.SWEEP: sweep.fire},
    plans=commands.plan_sweep,
    personal_data=FeedbackData(),
    menu=(
        MenuItem("desk", officer_texts.MENU_DESK, 5, needs=Action.TICKETS_READ),
        MenuItem("feedback", texts.MENU_SEND, 20, visitors=True),
        MenuItem("my_tickets", texts.MENU_MINE, 30),
    ),
)
