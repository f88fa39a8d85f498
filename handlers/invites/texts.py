"""What is said about invites."""

from __future__ import annotations

from conversation.messages import N_

TITLE = N_("nhận nhiệm vụ")

WRONG = N_("Mã này không dùng được ạ. {You} xem lại từng chữ, hoặc nhờ người gửi cấp **mã mới** giúp.")
UNKNOWN_OFFICE = N_("Không có nhiệm vụ «{role}». Các nhiệm vụ: {roles}.")
OFFICE_LATER = N_(
    "Cầu Nối chưa có {act}, nên chưa mời ai vào nhiệm vụ này được ạ.\n"
    "Hôm nay người ấy nhắn **BẮT ĐẦU** để đăng ký như bà con: gửi phản ánh, xem trả lời, xem và sửa thông tin của mình."
)
INVITE_THERE = N_(
    "Ở đây chưa được xác nhận để làm nhiệm vụ của {you}, nên chưa mời được ai ạ.\n"
    "{You} nhắn **MỜI** ở nơi đã nhận nhiệm vụ; hoặc nhắn **NỐI** ở nơi ấy, rồi gõ mã vào đây trước giúp."
)
TAKE_IT_THERE = N_(
    "Ở đây chưa được xác nhận để làm nhiệm vụ của {you}, nên chưa nhận thêm được ạ.\n"
    "{You} gõ mã này ở nơi đã nhận nhiệm vụ; hoặc nhắn **NỐI** ở nơi ấy, rồi gõ mã nối vào đây trước giúp."
)
UNKNOWN_UNIT = N_("Không có đơn vị nào mang mã «{unit}».")

WELCOME = N_(
    "Chào {you}. Tôi là **Cầu Nối**, máy trả lời tự động của Mặt trận Tổ quốc **{commune}**.\n"
    "Mã này mời {you} làm **{office}**."
)
CONSENT = N_(
    "Để bà con biết ai trả lời mình, Cầu Nối cho họ thấy **tên** và **nhiệm vụ** của {you}.\n"
    "Cầu Nối lưu **mã tài khoản nhắn tin**, **tên**, **đơn vị**, và ghi lại việc {you} đã xem, đã làm trong Cầu Nối.\n"
    "Người quản lý: MTTQ {commune}. Muốn thôi nhiệm vụ: nhắn **THÔI VAI TRÒ**.\n"
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
WAIT = N_(
    "Cảm ơn {call}. Cầu Nối đã nhờ người mời {you} **xác nhận**.\n"
    "Xác nhận xong, Cầu Nối nhắn {you} ngay; {you} chưa phải làm gì thêm ạ."
)
IS_IT_THEM = N_("**{who}** vừa dùng mã {you} cấp, để làm **{office}**.\nCó đúng người {you} mời không ạ?")
REMINDER = N_("{question}\nSau **{days} ngày** nữa không ai xác nhận thì lời mời hết hạn ạ.")
LAPSED = N_(
    "Sau **{days} ngày**, người mời chưa xác nhận {you} làm **{office}**, nên lời mời đã hết hạn.\n"
    "Nếu vẫn nhận việc ấy, {you} xin người mời **mã mới** giúp ạ."
)
RIGHT, NOT_THEM = N_("Đúng người"), N_("Không phải")
CONFIRM_TITLE = N_("xác nhận người nhận nhiệm vụ")
CONFIRMED_SAID = N_("Dạ, **{who}** nay đã nhận nhiệm vụ. Cầu Nối đã nhắn cho người ấy.")
REFUSED_SAID = N_(
    "Dạ, Cầu Nối không giao nhiệm vụ cho người này. Mã ấy hết dùng; cần thì {you} nhắn **MỜI** để cấp mã mới."
)
CONFIRMED = N_("Xong rồi, {call} ạ. {You} đã được xác nhận là **{office}**. {You} nhắn **MENU** để bắt đầu giúp.")
NOT_CONFIRMED = N_("Người cấp mã chưa xác nhận {you} làm **{office}**. Nếu có nhầm lẫn, {you} hỏi lại người ấy giúp ạ.")
NO_LONGER = N_("Việc xác nhận này không còn nữa ạ.")
SOMEBODY = N_("Một người")
YOU_HAVE_A_HELPER = N_(
    "Từ nay **{who}** làm giúp {you} trong Cầu Nối. Việc người ấy làm, {you} xem được ở **DỮ LIỆU**, mục Ai đã xem.\n"
    "Không muốn nữa, {you} nhắn **THÔI VAI TRÒ** ạ."
)

MENU = N_("Mời người")
INVITE_TITLE = N_("mời người nhận nhiệm vụ")
OFFICE_NAMES = {
    "branch_leader": N_("Người phụ trách"),
    "group_leader": N_("Tổ trưởng"),
    "helper": N_("Người hỗ trợ"),
    "area_officer": N_("Cán bộ địa bàn"),
    "commune_officer": N_("Cán bộ xã, phường"),
    "province_officer": N_("Cán bộ tỉnh, thành phố"),
    "auditor": N_("Người kiểm tra"),
    "admin": N_("Người quản trị"),
}
WHICH_OFFICE = N_("{You} muốn mời người làm gì ạ?")
REGISTER_FIRST = N_("Cầu Nối chưa biết {you}. {You} nhắn **BẮT ĐẦU** để đăng ký trước giúp ạ.")
BY_WHICH = N_("{You} mời với nhiệm vụ nào của mình ạ?")
WHERE = N_("Người ấy phụ trách nơi nào ạ?")
WHICH_ORGANISATION = N_("Người ấy là người của đoàn thể nào ạ?")
NO_ORGANISATION = N_("Chung, mọi đoàn thể")
WHICH_BRANCH = N_("Người ấy phụ trách chi hội nào ạ?")
NO_BRANCH = N_("Tất cả")
ALL_OF_IT = N_("Cả {unit}")
WHOM_TO_HELP = N_("Người ấy giúp ai ạ?")
HELPS_ME, HELPS_ANOTHER = N_("Giúp tôi"), N_("Giúp bà con khác")
NAME_OF_HELPED = N_("{You} gõ **tên** bà con cần người giúp ạ.")
NOBODY_NAMED_SO = N_("Cầu Nối không thấy ai tên như vậy ở nơi {you} phụ trách ạ.")
WHICH_ONE = N_("Có phải người này không ạ?")
NONE_OF_THEM = N_("Không có ở đây")
HAVE_THEY_AGREED = N_("**{who}** có đồng ý cho người khác làm giúp không ạ?")
THEY_AGREED, NOT_ASKED = N_("Có, đã hỏi"), N_("Chưa hỏi")
ASK_THEM_FIRST = N_("Dạ, {you} hỏi **{who}** trước giúp. Đồng ý rồi thì {you} nhắn **MỜI** lại ạ.")
SURE = N_("Mời một người làm **{office}**, phải không ạ?")
GIVE_CODE, NO_CODE = N_("Cấp mã mời"), N_("Thôi")
NO_INVITE = N_("Dạ, Cầu Nối chưa cấp mã nào ạ.")
THE_CODE = N_(
    "Mã mời làm **{office}**: **{code}**\n"
    "Người được mời nhắn mã này cho Cầu Nối. Mã dùng **một lần**, trong **3 ngày**.\n"
    "{You} chỉ đưa cho đúng người ấy giúp ạ."
)
AND_CONFIRM = N_("Khi có người dùng mã, Cầu Nối hỏi lại {you} cho chắc.")

DONE = N_("Xong rồi, {call} ạ. {You} là **{office}**.")
