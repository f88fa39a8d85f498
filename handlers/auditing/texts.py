"""What is said about the log: to inspectors in a chat, and to the operator."""

from __future__ import annotations

from conversation.messages import N_

MENU = N_("Nhật ký")
TITLE = N_("xem nhật ký")
WHICH = N_("{You} xem nhật ký nơi nào ạ?")
NO_LOG = N_("Nhật ký chỉ người kiểm tra của nơi ấy xem được ạ.")
LINE = N_("{when}: {who} {did} {what}.")
LINE_WHY = N_("{when}: {who} {did} {what}, để {why}.")
WHAT = N_("{what} {id}")
NAME_AND_OFFICE = N_("{name} ({office})")
DATA_OF, UNNAMED = N_("thông tin một người dân"), N_("một người dân")
"""No number of anybody, nor what they were helped with."""
WITHOUT_NUMBER = frozenset({"person", "errand"})
SOMEBODY, OPERATOR, BY_ITSELF = N_("một người"), N_("người vận hành"), N_("Cầu Nối")
OLDER, ENOUGH = N_("Xem cũ hơn"), N_("Thôi")
PAGE = N_("{lines}\n{You} xem cũ hơn không ạ?")
NOTHING = N_("Nhật ký của **{place}** chưa có gì ạ.")
NO_MORE = N_("Nhật ký của **{place}** chỉ có đến đấy ạ.")
DONE = N_("Dạ, khi nào cần {you} nhắn **NHẬT KÝ** ạ.")

ACTS = {
    "view": N_("xem"),
    "exported": N_("tải về"),
    "fetched": N_("tải về"),
    "took_away": N_("tải về"),
    "made_link": N_("cấp đường dẫn tải về cho"),
    "listed": N_("mở danh sách"),
    "found": N_("tìm theo tên, thấy"),
    "refused": N_("bị từ chối"),
    "registered": N_("đăng ký"),
    "corrected": N_("sửa"),
    "moved": N_("đổi nơi ở của"),
    "agreed": N_("đồng ý"),
    "withdrew": N_("rút"),
    "erased": N_("xóa hết"),
    "joined": N_("nhập chung"),
    "helped": N_("làm giúp"),
    "asked_to_be_called": N_("nhờ gọi lại cho"),
    "made_link_code": N_("cấp mã nối cho"),
    "linked": N_("nối thêm kênh cho"),
    "unlinked": N_("bỏ một kênh của"),
    "invited": N_("mời làm"),
    "asked_for_office": N_("xin nhận"),
    "took_office": N_("nhận"),
    "refused_office": N_("không giao"),
    "office_lapsed": N_("để hết hạn"),
    "ended_office": N_("cho thôi"),
    "entered": N_("nhập hộ"),
    "confirmed": N_("xác nhận"),
    "imported": N_("nhập"),
    "told_apart": N_("xem để khỏi nhầm"),
    "unit_added": N_("thêm"),
    "unit_renamed": N_("đổi tên"),
    "unit_moved": N_("chuyển"),
    "units_merged": N_("gộp thành"),
    "unit_split": N_("chia"),
    "unit_closed": N_("đóng"),
    "unit_name_added": N_("thêm tên cũ cho"),
    "eligible_set": N_("ghi số người trong độ tuổi của"),
    "cluster_added": N_("lập"),
    "cluster_ended": N_("thôi"),
    "organisation_added": N_("thêm"),
    "organisation_edited": N_("sửa"),
    "organisation_closed": N_("đóng"),
    "branch_added": N_("thêm"),
    "branch_closed": N_("đóng"),
}
OBJECTS = {
    "ticket": N_("phản ánh"),
    "person": N_("người"),
    "consent": N_("lời đồng ý"),
    "office": N_("nhiệm vụ"),
    "errand": N_("việc"),
    "unit": N_("đơn vị"),
    "cluster": N_("cụm số"),
    "organisation": N_("tổ chức"),
    "branch": N_("chi hội số"),
    "member_list": N_("danh sách"),
}
"""Codes in the log, in words; others stand as they are."""
ON_DATA = frozenset(
    {"view", "exported", "fetched", "took_away", "refused", "corrected", "entered", "confirmed", "erased", "told_apart"}
)
"""Done to what is kept of a person; the others, to the person."""
FOR_A_PURPOSE = frozenset({"view", "exported"})
"""Their reason says what for; that of others says what it was."""
