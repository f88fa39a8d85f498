"""What leaders read about their members, and members about themselves."""

from __future__ import annotations

from conversation.messages import N_
from storage.memberships import AWAY, DIED, MOVED, PRESENT, RESIGNED, STUDYING

TITLE, ENTER_TITLE, CHECK_TITLE = N_("xem hội viên"), N_("nhập hộ"), N_("xác nhận hội viên")
EDIT_TITLE, STATUS_TITLE = N_("sửa thông tin hội viên"), N_("báo có mặt, đi xa")
MENU = N_("Hội viên")

NO_BRANCH = N_("Cầu Nối không thấy chi hội, tổ nào như vậy trong phần việc của {you} ạ.")
NO_MEMBER = N_("Cầu Nối không thấy ai như vậy trong danh sách của {you} ạ.")
NOBODY_NAMED = N_("Cầu Nối không thấy ai tên «{words}» trong danh sách của {you} ạ.")

WHICH_BRANCH = N_("{You} xem **chi hội, tổ** nào ạ?")
BRANCH_HEAD = N_("**{branch}**: {count} người, {present} có mặt, {away} đi xa.\n{You} muốn làm gì ạ?")
SEE, ENTER, CHECK = N_("Xem danh sách"), N_("Nhập hộ một người"), N_("Xác nhận ai còn ở nhà")
EMPTY = N_("**{branch}** chưa có ai trong danh sách ạ. Muốn thêm, {you} nhắn **NHẬP HỘ**.")
LISTED = N_("**{branch}**, {count} người. {You} chọn một người, hoặc gõ tên để tìm ạ.")
FOUND = N_("Có {count} người tên «{words}». {You} chọn một người ạ.")
DONE, LATER_SAID = N_("Xong rồi"), N_("Dạ, lúc nào cần {you} nhắn **HỘI VIÊN** ạ.")
NAME_STATUS = N_("{name} ({status})")
SHORT_STATUS = {AWAY: N_("đi xa"), STUDYING: N_("đi học, bộ đội")}

CARD = N_("**{name}**, {year}\nĐiện thoại: {phone}. Tình trạng: **{status}**.\n{branch}, vào hội {since}.{stamp}")
CONFIRMED = N_("\nXác nhận lần cuối: {day}.")
BY_HAND = N_("\n(Nhập hộ bởi {who}.)")
BORN, UNKNOWN_YEAR, UNKNOWN = N_("sinh {year}"), N_("chưa rõ năm sinh"), N_("chưa có")
CHANGE_STATUS, CHANGE_NAME, CHANGE_YEAR = N_("Sửa tình trạng"), N_("Sửa tên"), N_("Sửa năm sinh")
CHANGE_PHONE, BACK = N_("Sửa số điện thoại"), N_("Về danh sách")
KEEP = N_("Thôi, giữ như cũ")
KEPT = N_("Dạ, vẫn giữ như cũ ạ.")
CHANGED = N_("Đã sửa rồi ạ.")
NEW_NAME = N_("{You} gõ lại **họ tên** cho đúng giúp ạ.")
WHICH_STATUS = N_("**{name}** bây giờ thế nào ạ?")
STATUS_CHOICES = {
    PRESENT: N_("Có mặt"),
    AWAY: N_("Đi làm ăn xa"),
    STUDYING: N_("Đi học, bộ đội"),
    MOVED: N_("Chuyển đi nơi khác"),
    DIED: N_("Đã mất"),
    RESIGNED: N_("Xin ra"),
}
ENDED_AS = {MOVED: N_("đã chuyển đi"), DIED: N_("đã mất"), RESIGNED: N_("xin ra")}
SURE_ENDED = N_("Ghi **{name}** là **{status}** thì tên không còn trong danh sách nữa. Đúng không ạ?")
ENDED = N_("Đã ghi **{name}** là **{status}**. Tên không còn trong danh sách đang sinh hoạt.")

ENTER_WHOM = N_("{You} nhập giúp ai ạ? Gõ tên.\nVí dụ: Bác Sáu Mạnh, tổ 2.")
WRITE_NAME = N_("{You} gõ tên người ấy bằng chữ giúp ạ. Ví dụ: Bác Sáu Mạnh, tổ 2.")
TITLED = N_("{title} {name}")
SAME_PERSON = N_("Trong {branch} đã có **{name}**, {year}. Có phải cùng một người không ạ?")
IT_IS, IT_IS_NOT = N_("Đúng, cùng một người"), N_("Không, người khác")
CONSENT = N_("{who} **có đồng ý** cho {you} nhập không ạ?")
ORAL, PAPER, NOT_ASKED = N_("Có, đồng ý miệng"), N_("Có giấy ký"), N_("Chưa hỏi")
STOPPED = N_("Dạ, mình dừng ở đây, Cầu Nối chưa ghi gì. {You} hỏi **{who}** trước, rồi nhắn **NHẬP HỘ** lại giúp ạ.")
YEAR = N_("{who} sinh **năm nào** ạ? Gõ 4 số, ví dụ 1957.")
YEAR_WRONG = N_("{You} gõ năm sinh bằng 4 số giúp, ví dụ 1957 ạ.")
NOT_SURE = N_("Chưa rõ")
TOO_YOUNG = N_("Người dưới **16 tuổi** thì không nhập hộ được ạ. Cầu Nối chưa ghi gì.")
PHONE = N_("{who} có **số điện thoại** không ạ? Gõ số giúp Cầu Nối.")
PHONE_WRONG = N_("Số này chưa đúng ạ. {You} gõ lại giúp, ví dụ 0912 345 678.")
NO_PHONE = N_("Không có máy")
ENTERED = N_(
    "Đã ghi **{name}** vào **{branch}**, đánh dấu «nhập hộ bởi {by}».\n"
    "Việc nhập hộ được đếm riêng trong báo cáo. Nhập người nữa: nhắn **NHẬP HỘ**."
)
KEEP_PAPER = N_("{You} cất giấy đồng ý ấy giúp ạ.")
GROUP_UNKNOWN = N_("Chi hội chưa có «{group}», nên Cầu Nối ghi vào chi hội.")
ATTESTED = {
    "oral": N_("Người ghi giúp xác nhận: đã đồng ý bằng lời cho Cầu Nối lưu tên trong danh sách {branch}."),
    "paper": N_("Người ghi giúp xác nhận: đã ký giấy đồng ý cho Cầu Nối lưu tên trong danh sách {branch}."),
}

CHECK_LETTER = N_(
    "Nhờ {you} xem lại **{branch}** tháng {month}: ai còn ở nhà, ai đi xa. Mỗi lần nhiều nhất 10 người ạ."
)
CHECK_NOW, CHECK_LATER = N_("Xem ngay"), N_("Để sau")
CHECK_WHEN = N_("Dạ, lúc nào rảnh {you} nhắn **XÁC NHẬN HỘI VIÊN** ạ.")
CHECK_LIST = N_(
    "**{branch}**, còn {count} người cần xem lại. Xem trước {most} người:\n{names}.\n"
    "Ai cũng **còn ở nhà** phải không ạ?"
)
ALL_HOME, ONE_BY_ONE = N_("Đúng, còn ở nhà cả"), N_("Không, xem từng người")
CHECK_ONE = N_("({place}/{count}) **{name}**, {year}, thế nào ạ?")
STILL_HOME, GONE_AWAY, NOT_KNOWN = N_("Còn ở nhà"), N_("Đi xa"), N_("Chưa rõ")
CHECKED = N_("Đã ghi: {home} người còn ở nhà, {away} người đi xa, {unknown} người chưa rõ. Cảm ơn {you}.")
ALL_CHECKED = N_("**{branch}**: tháng này ai cũng được xem rồi, cảm ơn {you} ạ.")

NOT_A_MEMBER = N_(
    "Cầu Nối chưa thấy {you} trong danh sách hội viên nào.\n"
    "{You} nhờ chi hội trưởng thêm tên, hoặc nhắn **SỐ ĐIỆN THOẠI CỦA TÔI** để chi hội nhận ra {you} ạ."
)
MY_STATUS = N_("{You} bây giờ thế nào ạ? Đang ghi: **{status}** ({branches}).")
MY_STATUSES = {
    PRESENT: N_("Tôi ở nhà"),
    AWAY: N_("Tôi đi làm ăn xa"),
    STUDYING: N_("Tôi đi học, bộ đội"),
}
SAY_IT_IS = N_("Cầu Nối ghi {you} **{status}**, ở {branches}. Đúng không ạ?")
STATUS_KEPT = N_("Đã ghi: {you} **{status}**.")
AWAY_STAYS = N_("{You} ở xa vẫn nhận được tin nhé. Về nhà, {you} nhắn **TÔI VỀ RỒI** giúp ạ.")

DATA_MEMBER = N_("là hội viên **{branch}** ({status})")
DATA_ERASES = N_("tên trong danh sách hội viên")
DATA_YEAR, DATA_PHONE = N_("sinh năm {year}"), N_("số điện thoại {phone}")
DATA_ENTERED = N_("do cán bộ **nhập hộ**")

PHONE_TITLE = N_("cho biết số điện thoại")
GIVE_PHONE = N_(
    "{You} cho Cầu Nối giữ **số điện thoại** để chi hội nhận ra {you} trong danh sách hội viên nhé?\n"
    "Người khác chỉ thấy số đã che bớt. Xem lại hay xóa: nhắn **DỮ LIỆU**.\n"
    "Đồng ý thì {you} gửi số điện thoại giúp ạ."
)
NOT_NOW = N_("Thôi, không gửi")
PHONE_KEPT = N_("Đã ghi số **{phone}**, cảm ơn {you} ạ.")
MAYBE_LISTED = N_("Trong danh sách hội viên có người giống {you}. Cán bộ sẽ xem có phải là {you} không.")
