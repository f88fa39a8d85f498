"""What registration says."""

from __future__ import annotations

from conversation.messages import N_

START_TITLE = N_("bắt đầu")
REGISTRATION_TITLE = N_("đăng ký nhận tin")
NAMING_TITLE = N_("cho biết tên")
MOVE_TITLE = N_("đổi nơi ở")
REJOIN_TITLE = N_("đăng ký nhận tin lại")
ABOUT_TITLE = N_("xem giới thiệu")
MENU_START, MENU_MOVE = N_("Đăng ký nhận tin"), N_("Đổi nơi ở")
MENU_REJOIN = N_("Nhận tin, lịch họp")
MENU_ABOUT = N_("Cầu Nối là gì?")

HELLO = N_(
    "Chào bà con. Tôi là **Cầu Nối**, máy trả lời tự động của Mặt trận Tổ quốc xã, phường.\n"
    "Cầu Nối gửi tin, lịch họp và chuyển phản ánh của bà con tới cán bộ."
)
HELLO_BY = N_(
    "Chào bà con. Tôi là **Cầu Nối**, máy trả lời tự động của **{operator}**.\n"
    "Cầu Nối gửi tin, lịch họp và chuyển phản ánh của bà con tới cán bộ."
)
HELLO_THERE = N_("Chào bà con. Tôi là **Cầu Nối**, máy trả lời tự động của Mặt trận Tổ quốc **{commune}**.")
SCANNED = N_("{You} vừa quét mã của **{unit}**. {You} ở đây phải không ạ?")
TYPED = N_("{You} vừa gõ mã của **{unit}**. {You} ở đây phải không ạ?")
HERE, ELSEWHERE = N_("Đúng, {unit}"), N_("Tôi ở nơi khác")
UNKNOWN_LINK = N_("Mã này không còn dùng nữa ạ.")

CONSENT = N_(
    "Để **gửi tin và lịch họp** của {unit} cho {you}, Cầu Nối cần lưu **mã tài khoản nhắn tin**, **{kind}**, "
    "và **tên** nếu {you} muốn cho biết.\n"
    "Người quản lý: MTTQ {commune}. Không dùng vào việc khác. {You} muốn dừng lúc nào cũng được: nhắn **NGỪNG**."
)
CONSENT_TO_MOVE = N_(
    "{You} đang nhận tin của **{old}**. Đổi sang **{unit}** thì Cầu Nối gửi {you} **tin và lịch họp** của nơi mới.\n"
    "Người quản lý: MTTQ {commune}. {You} muốn dừng lúc nào cũng được: nhắn **NGỪNG**."
)
DO_YOU_AGREE, DO_YOU_MOVE = N_("{You} có đồng ý không ạ?"), N_("{You} có đồng ý đổi không ạ?")
FULL = N_(
    "**Lưu gì:** mã tài khoản nhắn tin, nơi ở, cách xưng hô, tên (nếu {you} cho biết), và lời đồng ý này.\n"
    "**Để làm gì:** gửi tin và lịch họp. Gửi phản ánh, điểm danh, gửi ảnh thì Cầu Nối hỏi riêng, lúc cần.\n"
    "**Ai xem được:** cán bộ phụ trách nơi {you} ở; ai đã xem, {you} đều biết được. Không bán, không cho ai khác.\n"
    "**Lưu ở đâu:** máy của bên quản lý. "
    "Tin nhắn đi qua ứng dụng {you} đang dùng, máy chủ của họ có thể ở nước ngoài.\n"
    "**Quyền của {you}:** xem, sửa, tải về, rút đồng ý, xóa hết: nhắn **DỮ LIỆU**. Lưu đến khi {you} xóa.\n"
    "Người dưới 16 tuổi xin nhờ cha mẹ hoặc người giám hộ đăng ký."
)
I_AGREE, I_DECLINE, SEE_ALL = N_("Tôi đồng ý"), N_("Không đồng ý"), N_("Xem đầy đủ")
DECLINED = N_(
    "Dạ được ạ. Cầu Nối không lưu gì.\n"
    "{You} vẫn gửi được phản ánh: nhắn **PHẢN ÁNH**. Khi nào đổi ý, nhắn **BẮT ĐẦU** ạ."
)
THANKS_AND_NAME = N_("Cảm ơn {you}. {You} tên gì để tiện xưng hô ạ? (Không bắt buộc.)")
DONE = N_("Xong rồi, {call} ạ. Từ nay {you} nhận tin của **{unit}**.")

WELCOME_BACK = N_("Chào {call}. {You} đang nhận tin của **{unit}**.")
ASK_NEW_PLACE = N_("Nay {you} ở **xã, phường** nào ạ? Gõ tên cũ hay tên mới đều được.")
WHERE_TO = N_("{You} chuyển đi đâu ạ?")
NEAR, FAR = N_("Nơi khác trong {commune}"), N_("Xã, phường khác")
YES_MOVE, NO_MOVE = N_("Đồng ý đổi"), N_("Giữ như cũ")
MOVED = N_("Xong rồi, {call} ạ. Từ nay {you} nhận tin của **{unit}**.")
NOT_MOVED = N_("Dạ, {you} vẫn nhận tin của **{old}** như cũ.")
ALREADY_THERE = N_("Dạ, {you} đang nhận tin của **{unit}** rồi ạ.")
NO_PLACE_YET = N_("nơi cũ")
REJOINED = N_("Dạ, Cầu Nối lại gửi tin của **{unit}** cho {you}.")
NOT_REJOINED = N_("Dạ được ạ, Cầu Nối để như cũ. Khi nào đổi ý, {you} nhắn **BẮT ĐẦU**.")
UNIT_GONE = N_("Nơi này nay không còn trong danh sách ạ. {You} nhắn **BẮT ĐẦU** để tìm lại giúp.")

ABOUT = N_(
    "Tôi là **Cầu Nối**, máy trả lời tự động, không phải người thật.\n"
    "Cầu Nối gửi tin, lịch họp cho bà con và chuyển phản ánh tới cán bộ.\n"
    "{runs_it}\n"
    "Xem, sửa, xóa thông tin của mình: nhắn **DỮ LIỆU**. Thôi nhận tin: nhắn **NGỪNG**.\n"
    "Cần người thật: nhắn **GẶP CÁN BỘ**."
)
RUN_BY_OPERATOR = N_("Người quản lý: **{operator}**.")
RUN_BY_FRONT = N_("Người quản lý: Mặt trận Tổ quốc xã, phường nơi {you} ở.")
RUN_BY = N_("Người quản lý: Mặt trận Tổ quốc **{commune}**.")
RUN_BY_AND_WHO = N_("Người quản lý: Mặt trận Tổ quốc **{commune}**. Người giúp bà con: **{who}**, {office}.")
