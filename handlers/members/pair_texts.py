"""What is said about two people who may be one."""

from __future__ import annotations

from conversation.messages import N_

TITLE, MENU = N_("xem người có thể trùng"), N_("Người có thể trùng")
NO_PAIR = N_("Không có cặp này, hoặc đã có người xem xong rồi ạ.")
NO_PAIRS = N_("Không còn ai có thể trùng ạ.")
LIST_DONE = N_("Dạ, hẹn {you} lúc khác ạ.")
ASK = N_("Còn **{count}** cặp có thể là **một người**:\n1) {older}\n2) {younger}\nCó phải một người không ạ?")
SUSPECT = N_("**{name}**, {details}")
WRITES, LISTED = N_("tự nhắn tin"), N_("có trong danh sách")
SAME, DIFFERENT, LATER = N_("Là một người"), N_("Là hai người"), N_("Chưa rõ, để sau")
SURE = N_("Gộp người 2 vào người 1, **{name}**? Gộp rồi thì **không tách lại được** ạ.")
YES, NO = N_("Gộp lại"), N_("Thôi, chưa gộp")
MERGED = N_("Đã gộp thành một người: **{name}**.")
KEPT_APART = N_("Dạ, đã ghi là hai người khác nhau.")
STOP = N_("Thôi, xem sau")
NO_NAME = N_("Chưa có tên")
BOTH_WRITE = N_("Cả hai đều tự nhắn tin: nếu là một người thì chính người ấy nhắn **NỐI** để nối hai nơi ạ.")
