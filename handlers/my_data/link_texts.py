"""What stands on the page of a link by which people take their data away; it is read by whoever has the link."""

from __future__ import annotations

from conversation.messages import N_
from handlers.my_data.takeaway import DATA, TABLES

TITLE = N_("Tải thông tin của mình về")
WHAT = N_("Đây là nơi tải bản sao những gì Cầu Nối lưu về người đã xin đường dẫn này. Trang này không ghi tên ai.")
UNTIL = N_("Dùng được đến **{until}**.")
BUTTONS = {
    TABLES: (N_("Tải bản đọc được (Excel)"), N_("Để xem trên điện thoại hay máy tính.")),
    DATA: (N_("Tải bản cho máy (JSON)"), N_("Để đưa vào phần mềm khác.")),
}
HINTS = (
    N_("Tệp có thông tin riêng: xin giữ cẩn thận, đừng gửi cho người lạ."),
    N_("Bấm rồi mà chưa thấy tệp: xin mở trang này bằng Chrome hoặc Safari, rồi bấm lại."),
    N_("Không phải đường dẫn {you} xin: xin đừng tải, đóng trang này lại giúp ạ."),
)

GONE = N_("Đường dẫn này không dùng được")
WHY_GONE = N_("Có thể đã quá hạn, đã có đường dẫn mới hơn, hoặc chép chưa đủ.")
ASK_AGAIN = N_("Muốn tải về: nhắn **DỮ LIỆU** cho Cầu Nối, rồi chọn **Tải về** để có đường dẫn mới ạ.")

BUSY = N_("Cầu Nối đang bận")
LATER = N_("Xin chờ ít phút rồi mở lại trang này giúp ạ.")
