"""Members: who belongs to which branch, entered by leaders, from lists, and by people themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conversation.messages import Command, Query
from conversation.talks import Talk
from handlers.feature import Feature, MenuItem
from handlers.members import (
    check_script,
    checklist,
    commands,
    enter_script,
    exporting,
    importing,
    own_script,
    pair_script,
    pair_texts,
    pairs,
    queries,
    scope,
    script,
    texts,
)
from handlers.members.personal_data import MembersData
from handlers.policy import Action
from storage.memberships import AWAY, PRESENT, STUDYING

LEADERS_WORDS = ("/hoivien", "hội viên", "đoàn viên", "danh sách hội viên", "danh sách đoàn viên", "xem hội viên")
TALKS = (
    Talk("members", script.members, texts.TITLE, LEADERS_WORDS, asks_first=False),
    Talk("my_list", script.my_list, texts.TITLE, ("danh sách",), asks_first=False),
    Talk("members_later", script.members_later, texts.TITLE, asks_first=False),
    Talk("members_of", script.members_of, texts.TITLE, asks_first=False),
    Talk("members_list", script.members_list, texts.TITLE, asks_first=False),
    Talk("member", script.member, texts.TITLE, asks_first=False),
    Talk("member_name", script.member_name, texts.EDIT_TITLE),
    Talk("member_year", script.member_year, texts.EDIT_TITLE),
    Talk("member_phone", script.member_phone, texts.EDIT_TITLE),
    Talk("member_status", script.member_status, texts.EDIT_TITLE),
    Talk("enter_for", enter_script.enter_for, texts.ENTER_TITLE, ("/nhapho", "nhập hộ", "thêm hội viên", "nhập giúp")),
    Talk(
        "checklist",
        check_script.checklist,
        texts.CHECK_TITLE,
        ("/xacnhan", "xác nhận hội viên", "xác nhận danh sách", "xem lại danh sách"),
    ),
    Talk("checklist_open", check_script.checklist_open, texts.CHECK_TITLE, asks_first=False),
    Talk("checklist_names", check_script.checklist_names, texts.CHECK_TITLE),
    Talk("checklist_each", check_script.checklist_each, texts.CHECK_TITLE),
    Talk("my_status", own_script.my_status, texts.STATUS_TITLE, ("/dixa", "báo đi xa", "việc hội viên")),
    Talk(
        "i_am_away",
        own_script.says(AWAY),
        texts.STATUS_TITLE,
        ("tôi đi xa", "tôi đi làm xa", "tôi đi làm ăn xa", "đi làm ăn xa", "em đi xa", "cháu đi xa"),
    ),
    Talk(
        "i_study",
        own_script.says(STUDYING),
        texts.STATUS_TITLE,
        ("tôi đi học", "tôi đi bộ đội", "em đi học", "cháu đi học", "cháu đi bộ đội"),
    ),
    Talk(
        "i_am_back",
        own_script.says(PRESENT),
        texts.STATUS_TITLE,
        ("tôi về rồi", "tôi đã về", "em về rồi", "cháu về rồi"),
    ),
    Talk(
        "my_phone", own_script.my_phone, texts.PHONE_TITLE, ("/sodienthoai", "số điện thoại của tôi", "gửi số của tôi")
    ),
    Talk("pair", pair_script.pair, pair_texts.TITLE),
    Talk("pairs", pair_script.pairs, pair_texts.TITLE, ("/nguoitrung", "người trùng", "người có thể trùng")),
)
QUERIES: Mapping[type[Query[Any]], Callable[..., Any]] = {
    queries.BranchesLed: queries.branches_led,
    queries.LeadsMembersOnly: queries.leads_members_only,
    queries.BranchBy: queries.branch_by,
    queries.MembersIn: queries.members_in,
    queries.GroupNamed: queries.group_named,
    queries.MemberCard: queries.member_card,
    queries.ToConfirm: queries.to_confirm,
    queries.MyMemberships: queries.my_memberships,
    pairs.UndecidedPairs: pairs.undecided_pairs,
    scope.ScopeOf: scope.find_scope,
    importing.CheckList: importing.check_list,
}
COMMANDS: Mapping[type[Command[Any]], Callable[..., Any]] = {
    commands.EnterMember: commands.enter_member,
    commands.ViewMember: commands.view_member,
    commands.OpenList: commands.open_list,
    commands.CorrectMember: commands.correct_member,
    commands.ChangeStatus: commands.change_status,
    commands.ConfirmMembers: commands.confirm_members,
    commands.MyStatus: commands.my_status,
    commands.GivePhone: commands.give_phone,
    pairs.ShowPair: pairs.show_pair,
    pairs.DecidePair: pairs.decide_pair,
    importing.ImportList: importing.import_list,
    exporting.ExportMembers: exporting.export_members,
}
FEATURE = Feature(
    name="members",
    talks=TALKS,
    queries=QUERIES,
    commands=COMMANDS,
    timers={checklist.TIMER: checklist.fire},
    plans=checklist.plan,
    personal_data=MembersData(),
    menu=(
        MenuItem("members", texts.MENU, 6, needs=Action.MEMBERS_READ),
        MenuItem("pairs", pair_texts.MENU, 12, needs=Action.DUPLICATES_DECIDE),
    ),
)
