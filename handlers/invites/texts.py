"""What is said about invites."""

from __future__ import annotations

from conversation.messages import N_

TITLE = N_("nhận nhiệm vụ")

WRONG = N_("Mã này không dùng được ạ. {You} xem lại từng chữ, hoặc nhờ người gửi cấp **mã mới** giúp.")
TOO_MANY = N_("Sai nhiều lần quá ạ. {You} chờ **một giờ nữa** rồi thử lại giúp.")
ONLY_OPERATORS = N_("Chỉ người vận hành hoặc người quản trị mới cấp được mã mời ạ.")
UNKNOWN_OFFICE = N_("Không có nhiệm vụ «{role}». Các nhiệm vụ: {roles}.")
UNKNOWN_UNIT = N_("Không có đơn vị nào mang mã «{unit}».")

WELCOME = N_(
    "Chào {you}. Tôi là **Cầu Nối**, máy trả lời tự động của Mặt trận Tổ quốc **{commune}**.\n"
    "Mã này mời {you} làm **{office}**."
)
CONSENT = N_(
    "Để bà con biết ai trả lời mình, Cầu Nối cho họ thấy **tên** và **nhiệm vụ** của {you}.\n"
    "Cầu Nối lưu **mã tài khoản nhắn tin**, **tên**, **đơn vị**, và ghi lại việc {you} đã xem, đã làm trong Cầu Nối.\n"
    "Người quản lý: MTTQ {commune}. {You} thôi nhiệm vụ thì báo người quản trị.\n"
    "{You} có đồng ý không ạ?"
)
I_AGREE, I_DECLINE = N_("Tôi đồng ý"), N_("Không đồng ý")
DECLINED = N_("Dạ được ạ. Cầu Nối chưa ghi gì. Mã vẫn dùng được đến khi hết hạn, nếu {you} đổi ý.")
NAME = N_("{You} cho biết **họ tên** để bà con biết ai trả lời ạ.")
TICKETS_COME = N_("Có phản ánh mới, Cầu Nối báo {you} ở đây. Xem lại lúc nào cũng được: nhắn **VIỆC CẦN XỬ LÝ**.")
CALLS_COME = N_("Bà con cần gặp người thật, Cầu Nối báo {you} ở đây, để {you} gọi lại giúp bà con.")
WHAT_COMES = {
    "commune_officer": TICKETS_COME,
    "area_officer": TICKETS_COME,
    "province_officer": TICKETS_COME,
    "branch_leader": CALLS_COME,
    "group_leader": CALLS_COME,
}
"""What an office brings; the others only open doors."""
DONE = N_("Xong rồi, {call} ạ. {You} là **{office}**.")
