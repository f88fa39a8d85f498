"""What is said to people about their own data."""

from __future__ import annotations

from conversation.messages import N_
from handlers.purposes import NEWS, OFFICE, PHOTOS, REPLY, URGENT

TITLE = N_("xem thông tin của mình")
CORRECT_TITLE, WITHDRAW_TITLE = N_("sửa thông tin"), N_("rút đồng ý")
STOP_TITLE, ERASE_TITLE = N_("thôi nhận tin"), N_("xóa thông tin")
MENU, MENU_STOP = N_("Thông tin của tôi"), N_("Thôi nhận tin")

NOTHING_KEPT = N_("Cầu Nối không lưu gì về {you} ạ. Muốn nhận tin, {you} nhắn **BẮT ĐẦU**.")
KEPT = N_("Cầu Nối đang lưu về {you}: {things}.\n{You} đã đồng ý: {consents}.")
KEPT_NO_CONSENT = N_("Cầu Nối đang lưu về {you}: {things}.\nHiện {you} chưa đồng ý việc nào.")
CONSENT_SINCE = N_("{purpose} ({day})")
CONSENT_ENTERED = {
    "oral": N_("{purpose} (đồng ý miệng {day}, {who} ghi giúp)"),
    "paper": N_("{purpose} (giấy ký {day}, {who} ghi giúp)"),
}
TAKE_AWAY, CORRECT, WHO_SAW = N_("Tải về"), N_("Sửa"), N_("Ai đã xem")
WITHDRAW, ERASE = N_("Rút đồng ý"), N_("Xóa")

HERE_IT_IS = N_("Đây là tất cả những gì Cầu Nối lưu về {you}. {You} giữ cẩn thận, đừng gửi cho người lạ ạ.")
BY_LINK = N_(
    "Ở đây không gửi được tệp, mời {you} mở đường dẫn này rồi bấm nút để tải về:\n{link}\n"
    "Dùng được đến **{until}**.\nAi có đường dẫn cũng tải được: {you} đừng gửi cho ai ạ."
)
NO_WAY_HERE = N_(
    "Ở đây không gửi được tệp, nên Cầu Nối chưa đưa được bản tải về cho {you}.\n{whom}\n"
    "Hoặc nhắn **NỐI** để dùng thêm Telegram, rồi tải ở đó ạ."
)
CALL_SOMEBODY = N_("Nhắn **GẶP CÁN BỘ** để có người giúp {you}.")

WHAT_TO_CORRECT = N_("{You} muốn sửa gì ạ?")
MEMBERSHIP = N_("Hội viên: ở nhà, đi xa")
NAME, HONORIFIC, PLACE, CHANNELS = N_("Tên"), N_("Cách xưng hô"), N_("Nơi ở"), N_("Nơi nhận tin")
PHONE, NO_PHONE, BIRTH_YEAR = N_("Số điện thoại"), N_("Bỏ số điện thoại"), N_("Năm sinh")
NEW_BIRTH_YEAR = N_("{You} sinh **năm** nào ạ? Gõ bốn chữ số, ví dụ: 1960.")
NO_SUCH_YEAR = N_("Năm này chưa đúng ạ. {You} gõ bốn chữ số giúp, ví dụ: 1960.")
TOO_YOUNG = N_(
    "Người **dưới 16 tuổi** xin nhờ cha mẹ hoặc người giám hộ đăng ký giúp ạ. Cầu Nối chưa ghi năm sinh vừa rồi.\n"
    "Nếu gõ nhầm, {you} gõ lại giúp; nếu đúng, nhờ người lớn nhắn **XÓA** ở máy này rồi đăng ký bằng tên của họ."
)
NEW_NAME = N_("{You} gõ lại tên cho đúng giúp ạ.")
KEEP_IT = N_("Thôi, giữ như cũ")
CORRECTED = N_("Đã sửa rồi, {call} ạ.")
KEPT_AS_IT_WAS = N_("Dạ, vẫn giữ như cũ ạ.")

SAW = N_("**{who}** {did} **{what}** lúc {when}.")
NAME_AND_OFFICE = N_("{name} ({office})")
SAW_WHY = N_("**{who}** {did} **{what}** lúc {when}, để {why}.")
FETCHED = N_("**Đường dẫn tải về** của {you} được dùng lúc {when}.")
NO_ONE_ELSE = N_("Không có ai khác.")
NO_ONE = N_("Chưa có ai xem thông tin của {you} ạ.")
ACTS = {
    "corrected": N_("sửa"),
    "entered": N_("nhập hộ"),
    "confirmed": N_("xác nhận"),
    "told_apart": N_("xem để khỏi nhầm"),
    "joined": N_("gộp hai hồ sơ của"),
    "view": N_("xem"),
    "listed": N_("mở"),
    "found": N_("tìm theo tên, thấy"),
    "helped": N_("làm giúp {you}:"),
    "exported": N_("tải về"),
    "answered": N_("trả lời"),
    "forwarded": N_("chuyển"),
    "made_link_code": N_("cấp mã nối ứng dụng khác vào"),
    "ended_office": N_("cho {you} thôi"),
}
ANOTHER_ACT = N_("xử lý")
OBJECTS = {
    "ticket": N_("phản ánh {id}"),
    "person": N_("thông tin của {you}"),
    "office": N_("nhiệm vụ"),
}
LIST_OF = N_("danh sách {branch} ({count} người)")
ERRANDS = {
    "OpenTicket": N_("gửi phản ánh"),
    "AddWords": N_("nói thêm về phản ánh"),
    "ConfirmSolved": N_("báo phản ánh đã xong"),
    "Reopen": N_("mở lại phản ánh"),
    "Withdraw": N_("rút phản ánh"),
    "HelpFor": N_("bắt đầu"),
    "StopHelping": N_("xong việc"),
    "CallMe": N_("nhờ cán bộ gọi lại"),
}
"""What a helper did, by the name of the command."""
ANOTHER_ERRAND = N_("một việc trong Cầu Nối")
ANOTHER_OBJECT = N_("thông tin của {you}")
SOMEBODY = N_("Một cán bộ")

WITHDRAW_WHICH = N_("{You} muốn rút đồng ý việc nào ạ?")
WITHDRAW_ONE = N_("Rút: {purpose}")
WITHDRAW_NONE = N_("Thôi, giữ lại")
NOTHING_TO_WITHDRAW = N_("Dạ, {you} không còn đồng ý việc nào để rút ạ.")
WITHDRAWN = N_("Đã rút: **{purpose}**. Có hiệu lực ngay từ bây giờ.")
AND_AFTER = {
    PHOTOS: N_("Cầu Nối xóa ảnh trong các phản ánh {you} đã gửi, chỉ giữ lời kể."),
    REPLY: N_("Phản ánh đã gửi vẫn được trả lời. Từ nay Cầu Nối hỏi lại trước khi ghi tên {you}."),
    NEWS: N_("Muốn nhận tin lại: nhắn **BẮT ĐẦU**."),
    URGENT: N_("Muốn nhận tin lại: nhắn **BẮT ĐẦU**."),
    OFFICE: N_("{You} thôi nhiệm vụ trong Cầu Nối. Muốn nhận lại thì xin **mã mời mới**."),
}

STOP = N_("{You} muốn thôi nhận tin phải không ạ?")
STOP_ALL, ONLY_URGENT, STAY = N_("Thôi nhận tất cả"), N_("Chỉ giữ tin khẩn"), N_("Vẫn nhận")
STOPPED = N_(
    "Đã ngừng. Cầu Nối không gửi tin, lịch họp cho {you} nữa.\n"
    "Muốn nhận lại: nhắn **BẮT ĐẦU**. Muốn xóa hết thông tin: nhắn **XÓA**."
)
STOPPED_BUT_REPLIES = N_(
    "Đã ngừng. Cầu Nối không gửi tin, lịch họp cho {you} nữa; chỉ báo trả lời cho phản ánh {you} đã gửi.\n"
    "Muốn nhận lại: nhắn **BẮT ĐẦU**. Muốn xóa hết thông tin: nhắn **XÓA**."
)
ONLY_URGENT_NOW = N_(
    "Dạ, từ nay Cầu Nối chỉ gửi {you} **tin khẩn** (bão, lũ, cháy, dịch bệnh).\nMuốn nhận lại đủ tin: nhắn **BẮT ĐẦU**."
)
STAYED = N_("Dạ, {you} vẫn nhận tin như cũ ạ.")
STOPPED_ALREADY = N_(
    "Dạ, Cầu Nối đang không gửi tin cho {you}.\nMuốn nhận lại: nhắn **BẮT ĐẦU**. Muốn xóa hết thông tin: nhắn **XÓA**."
)
NOTHING_SENT = N_("Dạ, Cầu Nối không gửi tin và không lưu gì về {you} ạ.")

SURE = N_("Cầu Nối sẽ xóa: {erases}.\n**Giữ lại** (không còn tên {you}): {keeps}.")
TYPE_IT = N_("Gõ **XÓA HẾT** để chắc chắn ạ.")
KEEP_ALL = N_("Thôi, giữ lại")
NOT_ERASED_YET = N_("Cầu Nối chưa xóa gì. Không muốn xóa nữa thì {you} chọn **Thôi, giữ lại**.")
KEPT_ALL = N_("Dạ, Cầu Nối giữ lại, chưa xóa gì ạ.")
ERASED = N_("Đã xóa xong lúc {when}. Cảm ơn {you} đã dùng Cầu Nối.")
