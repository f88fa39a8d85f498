"""What the menu, help and the call for a human say."""

from __future__ import annotations

from conversation.messages import N_

MENU_TITLE = N_("chọn việc")
HELP_TITLE = N_("xem trợ giúp")
HUMAN_TITLE = N_("nhờ cán bộ gọi lại")
LANGUAGE_TITLE = N_("đổi tiếng nói")
MENU_HUMAN = N_("Gặp cán bộ")

WHAT_DO_YOU_NEED = N_("{You} cần gì ạ?")
VISITORS = N_("Tôi là **Cầu Nối**, máy trả lời tự động của Mặt trận Tổ quốc xã, phường.\n{You} cần gì ạ?")
HELP = N_("{You} chọn số giúp ạ:")
HELP_AND_WHO = N_("Cần người thật: **{who}**, {office}.\n{You} chọn số giúp ạ:")
CALL_BY = N_("Nhờ {who} gọi lại")

ASK_PHONE = N_("Dạ, Cầu Nối báo **{who}** gọi lại. {You} cho xin **số điện thoại** ạ?")
NO_PHONE = N_("Đã biết số của tôi")
CALLED = N_(
    "Đã báo **{who}**, {office}, gọi lại cho {you}.\n"
    "Việc gấp thì gọi **113** (công an), **114** (cháy), **115** (cấp cứu)."
)
CALLED_BEFORE = N_("Hôm nay Cầu Nối đã báo **{who}** rồi ạ. {You} chờ cán bộ gọi lại giúp.")
NOBODY = N_(
    "Cầu Nối xin lỗi: chưa có cán bộ nào của {commune} dùng Cầu Nối.\n"
    "{You} đến bộ phận một cửa ở trụ sở UBND {commune}, sáng hoặc chiều các ngày làm việc giúp ạ.\n"
    "Việc gấp thì gọi **113** (công an), **114** (cháy), **115** (cấp cứu)."
)
REGISTER_TO_BE_CALLED = N_(
    "Cầu Nối chưa biết {you} ở đâu nên chưa biết báo cán bộ nào.\n"
    "{You} nhắn **BẮT ĐẦU** để đăng ký, hoặc đến bộ phận một cửa ở trụ sở UBND xã, phường giúp ạ.\n"
    "Việc gấp thì gọi **113** (công an), **114** (cháy), **115** (cấp cứu)."
)

LETTER = N_("**{who}** ({unit}) cần cán bộ gọi lại.\nSố điện thoại: **{phone}**")
LETTER_NO_PHONE = N_("**{who}** ({unit}) cần cán bộ gọi lại.\nChưa có số điện thoại.")
SOMEBODY_THERE = N_("Một người dân")
TITLE_AND_NAME = N_("{title} {name}")

SPEAKING = N_("Dạ, từ nay Cầu Nối nói tiếng Việt ạ.")
SPEAKING_ENGLISH = N_("Dạ, từ nay Cầu Nối nói tiếng Anh ạ. Muốn đổi lại, nhắn **TIẾNG VIỆT**.")
