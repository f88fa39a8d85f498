"""What is said about using the bot in several apps."""

from __future__ import annotations

from conversation.messages import N_

LINK_TITLE, CHANNELS_TITLE = N_("nối thêm ứng dụng"), N_("xem nơi nhận tin")
PREFER_TITLE, UNLINK_TITLE, LINK_FOR_TITLE = N_("đổi nơi nhận tin"), N_("bỏ nối"), N_("nối giúp bà con")

NOT_HERE_YET = N_(
    "Nối là để một người dùng Cầu Nối ở hai ứng dụng. {You} nhắn **NỐI** ở ứng dụng đã đăng ký để lấy mã, "
    "rồi gõ mã ấy vào đây.\nChưa đăng ký ở đâu thì nhắn **BẮT ĐẦU** ạ."
)
CODE = N_(
    "Mã nối của {you}: **{code}**\n"
    "{You} mở Cầu Nối ở **ứng dụng kia** (Zalo, Telegram) rồi **gõ mã này** vào đó trong **15 phút**.\n"
    "Mã chỉ dùng một lần. {You} đừng đưa mã cho ai khác ạ."
)
WRONG = N_(
    "Mã này không dùng được ạ. {You} xem lại từng chữ giúp.\n"
    "Mã nối thì nhắn **NỐI** ở ứng dụng kia để lấy **mã mới**; mã mời thì nhờ người gửi cấp lại."
)
HERE_ALREADY = N_("Chỗ này là của {you} rồi ạ. Mã này để gõ ở **ứng dụng kia**.")
PROVEN = N_("Xong rồi, {call} ạ. Từ nay ở đây {you} cũng làm được **nhiệm vụ của mình**. {You} nhắn **MENU** để xem ạ.")
CODE_FROM_THERE = N_(
    "Ở đây chưa được xác nhận để làm nhiệm vụ của {you}, nên chưa cấp mã được ạ.\n"
    "{You} nhắn **NỐI** ở nơi đã nhận nhiệm vụ, rồi gõ mã vào đây giúp."
)
OFFICE_HERE = N_(
    "Ở đây {you} đang giữ nhiệm vụ, nên xin mã từ đây: nhắn **NỐI**, rồi gõ mã ở ứng dụng kia ạ.\n"
    "Cả hai nơi đều giữ nhiệm vụ thì nhờ người quản trị giúp."
)
BECOME_ONE = N_(
    "Ở đây {you} đã đăng ký riêng: **{here}**. Nối lại thì hai nơi thành **một người**: **{there}**.\n"
    "Phản ánh, hội viên, lời đồng ý ở đây đi theo, và không tách ra lại được.\n"
    "{You} có đúng là người đó không ạ?"
)
YES_ONE, NO_ONE = N_("Đúng, nối lại"), N_("Không nối")
NOT_LINKED = N_("Dạ, Cầu Nối chưa nối gì ạ. Đổi ý thì gõ lại mã, trong 15 phút.")
LINKED = N_("Xong rồi, {call} ạ. Từ nay ở đây Cầu Nối cũng nhận ra {you}. Mỗi tin chỉ gửi **một nơi**.")
TOLD = N_(
    "Lúc {when}, có **một nơi nhắn tin nữa** được nối vào tài khoản của {you}.\n"
    "Không phải {you} làm thì nhắn **BỎ NỐI** ngay ạ."
)
HAS_THE_OFFICE = N_(
    "Nơi ấy đang giữ nhiệm vụ của {you}, nên chưa bỏ nối được ạ.\n"
    "Trước hết {you} nhắn **NỐI** ở nơi ấy, rồi gõ mã vào nơi kia. Mất máy ấy thì nhắn **THÔI VAI TRÒ** trước giúp."
)
UNLINKED = N_(
    "Lúc {when}, một nơi nhắn tin được **bỏ nối** khỏi tài khoản của {you}.\n"
    "Không phải {you} làm thì nhắn **GẶP CÁN BỘ** ngay ạ."
)
CUT_OFF = N_(
    "Lúc {when}, chỗ này được **bỏ nối** khỏi tài khoản của {you}, từ một nơi nhắn tin khác.\n"
    "Không phải {you} làm thì báo ngay cho cán bộ nơi {you} ở ạ."
)
NAME_AND_UNIT = N_("{name}, {unit}")
NO_NAME = N_("chưa có tên")

HERE, SINCE, ELSEWHERE = N_("Ở đây"), N_("Nối {clock}, {day}/{month}"), N_("Ứng dụng khác")
ASK_PREFERRED = N_("Có tin thì Cầu Nối nhắn {you} ở đâu trước ạ?")
PREFERRED = N_("Dạ, có tin thì Cầu Nối nhắn {you} **ở đó** trước. Nơi ấy hỏng thì Cầu Nối nhắn nơi kia.")
NO_SUCH_PLACE = N_("Nơi ấy nay không còn nối nữa ạ.")
CHANNELS = N_("Những nơi {you} nhắn với Cầu Nối: {places}.")
ADD, PREFER, DROP = N_("Nối thêm ứng dụng"), N_("Đổi nơi nhận tin"), N_("Bỏ nối một nơi")

WHICH_TO_DROP = N_("{You} muốn bỏ nối nơi nào ạ?")
DROP_NONE = N_("Thôi, giữ cả")
KEPT_ALL = N_("Dạ, vẫn giữ như cũ ạ.")
DROPPED = N_("Đã bỏ nối. Cầu Nối không nhắn {you} ở nơi ấy nữa.")
DROPPED_HERE = N_("Đã bỏ nối chỗ này. Từ nay Cầu Nối không biết ai nhắn ở đây, và chỉ nhắn {you} ở nơi kia.")
ONLY_ONE = N_(
    "{You} chỉ dùng Cầu Nối ở đây thôi ạ. Muốn thôi nhận tin: nhắn **NGỪNG**. Muốn xóa hết thông tin: nhắn **XÓA**."
)

LINK_WHOM = N_("Nối giúp ai ạ? {You} gõ **họ tên** người ấy.")
NOBODY = N_("Cầu Nối không thấy ai tên «{name}» ở nơi {you} phụ trách ạ.")
WHO_OF_THEM = N_("Người nào ạ?")
NONE_OF_THEM = N_("Không có ở đây")
HOLDS_OFFICE = N_("Người ấy đang giữ nhiệm vụ, nên tự nhắn **NỐI** để lấy mã ạ.")
CODE_FOR = N_(
    "Mã nối của **{who}**: **{code}**\n"
    "Nhờ người ấy **gõ mã này** vào Cầu Nối trên Zalo hoặc Telegram, trong **15 phút**.\n"
    "{You} chỉ đưa mã khi **gặp đúng người** ạ."
)
NOT_FOUND_NOW = N_("Cầu Nối không thấy người ấy ở nơi {you} phụ trách ạ.")
CODE_WAS_MADE = N_(
    "Vừa rồi **{who}** cấp mã để nối thêm một nơi nhắn tin cho {you}.\n"
    "Không phải {you} nhờ thì báo ngay: nhắn **GẶP CÁN BỘ**."
)
DATA_SUMMARY = N_("dùng Cầu Nối ở **{count} nơi nhắn tin**")
