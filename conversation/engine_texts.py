"""What the engine itself says, whatever the talk."""

from conversation.answers import GlobalWord
from conversation.messages import N_

IN_A_GROUP = N_("Cầu Nối chỉ trò chuyện riêng với từng người. Bà con bấm vào tên Cầu Nối rồi nhắn riêng giúp ạ.")
EDITED = N_("Cầu Nối không đọc lại tin đã sửa. {You} nhắn một tin mới giúp ạ.")
STALE = N_("Nút này của câu hỏi cũ, nay không dùng nữa ạ.")
HIDDEN = N_(
    "Tin của {you} có số giống số căn cước. Cầu Nối **không nhận số ấy** và đã che đi. "
    "{You} nên xóa cả trong khung chat."
)
CORRECTED = N_("Dạ, đã sửa lại ạ.")
GREETING = N_("Dạ chào {call}.")
YOU_ARE_WELCOME = N_("Dạ, không có gì ạ.")
AT_YOUR_SERVICE = N_("Dạ. Khi nào cần, {you} nhắn **MENU** ạ.")
NOT_UNDERSTOOD = N_("Cầu Nối chưa hiểu ý {you}.")
PICTURES = frozenset({"sticker", "animation", "video", "video_note", "dice"})
"""Kinds that people take for pictures, and that say nothing to us."""
PICTURE_UNREAD, MESSAGE_UNREAD = N_("Cầu Nối chưa hiểu hình này."), N_("Cầu Nối chưa đọc được tin này.")
NO_CONTACTS = N_("Cầu Nối không nhận danh bạ, và không lưu số vừa rồi ạ.")
HOW_TO_ANSWER = N_(
    "{You} chỉ cần nhắn **số** đứng trước câu mình chọn, ví dụ **1**. Muốn sửa câu trước, nhắn **QUAY LẠI**. "
    "Muốn thôi, nhắn **HỦY**."
)
HOW_TO_TELL = N_("{You} cứ nhắn bằng lời thường. Muốn sửa câu trước, nhắn **QUAY LẠI**. Muốn thôi, nhắn **HỦY**.")
HOW_TO_NAME = N_("{You} gõ vài chữ là được. Muốn sửa câu trước, nhắn **QUAY LẠI**. Muốn thôi, nhắn **HỦY**.")
GIVE_UP = N_("Cầu Nối xin lỗi, chưa hiểu ý {you}. Cầu Nối nhờ **cán bộ** gọi cho {you} nhé?")
CALL_HUMAN, NO_HUMAN = N_("Nhờ cán bộ"), N_("Thôi, làm tiếp")

WORD_OR_ANSWER = N_("Cầu Nối hỏi lại: «{text}» là ý gì ạ?")
IT_IS_MY_ANSWER = N_("Đó là câu trả lời")
WORD_NAMES = {
    GlobalWord.CANCEL: N_("Hủy, không làm nữa"),
    GlobalWord.BACK: N_("Quay lại câu trước"),
    GlobalWord.STOP: N_("Ngừng nhận tin"),
    GlobalWord.MENU: N_("Xem các việc khác"),
    GlobalWord.HELP: N_("Cần trợ giúp"),
    GlobalWord.START: N_("Bắt đầu lại"),
    GlobalWord.DATA: N_("Xem thông tin của tôi"),
    GlobalWord.ERASE: N_("Xóa thông tin của tôi"),
    GlobalWord.HUMAN: N_("Gặp cán bộ"),
}

UNFINISHED = N_("{You} đang **{title}** dở. {You} làm tiếp không ạ?")
GO_ON, DROP_IT, DROP_FOR_OTHER = N_("Làm tiếp"), N_("Bỏ việc này"), N_("Bỏ, làm việc khác")
RESUMED = N_("Mình làm tiếp việc **{title}** ạ.")
DROPPED = N_("Dạ, đã bỏ việc **{title}**. Cầu Nối chưa ghi, chưa gửi gì ạ.")
NOTHING_TO_DROP = N_("Dạ, không có việc gì đang làm dở ạ. Nhắn **MENU** để xem Cầu Nối giúp được gì.")
NOTHING_TO_GO_BACK_TO = N_("Dạ, không có câu nào để quay lại ạ. Nhắn **MENU** để xem các việc.")
FIRST_QUESTION = N_("Đây là câu đầu tiên rồi ạ.")
SOMETHING = N_("việc trước")

WHICH_LETTER = N_("{You} trả lời cho tin nào ạ?")
THE_LETTER = N_("Tin về {subject}")
STAY_OR_GO = N_("{You} đang trả lời một câu hỏi. Tin vừa rồi {you} muốn thế nào ạ?")
STAY_HERE, GO_THERE = N_("Trả lời tiếp câu đang hỏi"), N_("Để {title}")
