"""What is said to somebody who acts for another."""

from __future__ import annotations

from conversation.messages import N_

TITLE, STOP_TITLE = N_("làm giúp người khác"), N_("thôi làm giúp")
MENU, MENU_STOP = N_("Làm giúp người khác"), N_("Thôi làm giúp")
WHOM = N_("{You} làm giúp ai ạ?")
MYSELF = N_("Việc của tôi")
HELPING = N_(
    "Dạ, từ giờ {you} làm giúp **{who}**: gửi phản ánh, xem phản ánh, gặp cán bộ…\n"
    "Việc nào cũng ghi là {you} làm giúp, và người ấy xem được.\n"
    "Xong rồi, {you} nhắn **THÔI GIÚP** ạ."
)
STOPPED = N_("Dạ, từ giờ {you} làm việc của mình.")
HELP_NOBODY = N_(
    "Chưa ai nhờ {you} làm giúp trong Cầu Nối ạ.\nNgười cần giúp, hoặc người phụ trách nơi ấy, nhắn **MỜI** để cấp mã."
)
NOT_YOURS = N_("Cầu Nối không thấy người này nhờ {you} làm giúp ạ.")
