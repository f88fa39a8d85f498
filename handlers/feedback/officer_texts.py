"""What officers read about the feedback of residents."""

from __future__ import annotations

from conversation.messages import N_

DESK_TITLE, TICKET_TITLE, OPEN_TITLE = N_("xem việc cần xử lý"), N_("xử lý phản ánh"), N_("mở phản ánh")
MENU_DESK = N_("Việc cần xử lý")

DESK_ON_TIME = N_("🛠 Có **{count} việc** đang chờ. {You} mở việc nào ạ?")
DESK = N_("🛠 Có **{count} việc** đang chờ, quá hạn **{overdue}**. {You} mở việc nào ạ?")
DESK_EMPTY = N_("Không có phản ánh nào đang chờ ạ.")
DESK_DONE = N_("Để sau")
NOT_AN_OFFICER = N_("Mục này dành cho cán bộ ạ. {You} nhắn **MENU** để xem các việc khác.")
ROW = N_("{mark}{code} · {topic} · {state}")
URGENT_MARK = N_("⚠️ ")
LATE_DAYS, LATE_TODAY, NEW, DUE = N_("quá hạn {days} ngày"), N_("quá hạn hôm nay"), N_("mới"), N_("hạn {day}")
WAITING, FORWARDED_ON = N_("chờ dân trả lời"), N_("đã chuyển nơi khác")

TICKET = N_(
    "{mark}**{code}** · {topic} · {unit}\n«{text}»{attached}\nNgười gửi: {sender}.\n{state}{history}\n"
    "{You} muốn làm gì ạ?"
)
FILES = N_("\nKèm **{count}** ảnh hoặc lời nói, gửi ngay dưới đây.")
FILES_ABOVE = N_("\nKèm **{count}** ảnh hoặc lời nói, đã gửi ở trên.")
SENDER_NAMELESS, SENDER_UNNAMED = N_("không để tên"), N_("có để lại tài khoản, chưa cho biết tên")
SENDER_HIDDEN = N_("có để lại, chỉ cán bộ xử lý mới thấy")
DUE_LINE, LATE_LINE = N_("Hạn trả lời: **{resolve}**."), N_("**Đã quá hạn.** Đáng lẽ trả lời {resolve}.")
WAITING_LINE = N_("Đang chờ người dân trả lời.")
ANSWERED_LINE, CLOSED_LINE = N_("Đã trả lời, chờ người dân báo lại."), N_("Đã khép lại.")
NOT_ARRIVED = N_("\n⚠️ Thư gần nhất **chưa tới người dân**: {why}. {You} gọi điện hoặc gặp trực tiếp giúp ạ.")
EVENT = N_("\n– {day}: {what}")
EVENTS = {
    "received": N_("đã tiếp nhận"),
    "answered": N_("đã trả lời: «{text}»"),
    "asked": N_("hỏi người dân: «{text}»"),
    "added": N_("người dân nhắn: «{text}»"),
    "forwarded": N_("đã chuyển {text}"),
    "escalated": N_("đã chuyển cấp trên"),
    "guided": N_("hướng dẫn: «{text}»"),
    "solved": N_("người dân xác nhận đã xong"),
    "reopened": N_("người dân báo **vẫn chưa được**, mở lại"),
    "withdrawn": N_("người dân đã rút"),
    "gave_up": N_("người dân báo vẫn chưa được"),
    "fell_silent": N_("khép lại vì không phản hồi"),
}
RECEIVE, ANSWER, ASK, PASS_ON, BACK = (
    N_("Tiếp nhận"),
    N_("Trả lời"),
    N_("Hỏi thêm người dân"),
    N_("Chuyển nơi khác"),
    N_("Về danh sách"),
)
RECEIVED = N_("Đã ghi **tiếp nhận {code}**.")

WHAT_ANSWER = N_("{You} nhắn câu trả lời cho **{code}**. Viết ngắn, nói rõ **ai làm, bao giờ xong**.")
WHAT_QUESTION = N_("{You} muốn hỏi người dân điều gì về **{code}** ạ?")
ONLY_WRITTEN = N_("Câu này {you} viết bằng chữ giúp ạ.")
PREVIEW_ANSWER = N_("**Xem trước.** Người dân sẽ đọc:\n«{text}»\nGửi đi chưa ạ? (Muốn viết lại, nhắn **QUAY LẠI**.)")
SEND, DROP = N_("Gửi đi"), N_("Thôi, chưa gửi")
ANSWER_SENT = N_("Đã gửi trả lời **{code}**. Người dân sẽ báo việc đã xong chưa.")
ANSWER_KEPT = N_("Đã ghi trả lời **{code}**. Người gửi không để tên, sẽ tự xem bằng mã tra cứu.")
QUESTION_KEPT = N_("Đã ghi câu hỏi về **{code}**. Người gửi không để tên, sẽ tự xem bằng mã tra cứu.")
QUESTION_SENT = N_("Đã gửi câu hỏi về **{code}**. Thời gian chờ người dân không tính vào hạn.")
NOTHING_SENT = N_("Dạ, chưa gửi gì ạ.")

WHERE_TO = N_("Chuyển **{code}** tới đâu ạ?")
TO_SUPERIORS, TO_POWER, TO_POLICE = N_("Cấp trên (tỉnh, thành phố)"), N_("Điện lực"), N_("Công an")
TO_OTHER, TO_RECEPTION = N_("Nơi khác"), N_("Hướng dẫn nơi tiếp dân")
NAME_OF_PLACE = N_("{You} ghi tên **nơi nhận** giúp, ví dụ: Công ty cấp nước.")
WORDS_TO_RESIDENT = N_("{You} nhắn người dân vài lời về việc chuyển này giúp ạ.")
WORDS_OF_GUIDANCE = N_("{You} ghi rõ giúp: người dân cần đến **đâu**, **khi nào**, mang theo **giấy tờ gì**.")
PREVIEW_FORWARD = N_("Chuyển **{code}** tới **{target}** và nhắn người dân:\n«{text}»\nChuyển đi chưa ạ?")
PREVIEW_GUIDE = N_("Khép **{code}** lại và hướng dẫn người dân:\n«{text}»\nGửi đi chưa ạ?")
DO_FORWARD = N_("Chuyển")
NO_SUPERIOR = N_("Cấp trên **chưa có cán bộ** dùng Cầu Nối, nên chưa chuyển được ạ. {You} chọn nơi khác giúp.")
FORWARDED, GUIDED = N_("Đã chuyển **{code}** tới **{target}**."), N_("Đã gửi hướng dẫn và khép **{code}** lại.")

# letters ------------------------------------------------------------------------------------------------------------

SEE, LATER = N_("Xem và trả lời"), N_("Để sau")
LATER_SAID = N_("Dạ. Khi cần, {you} nhắn **VIỆC CẦN XỬ LÝ**.")
LETTERS = {
    "new": N_("🛠 Phản ánh mới **{code}** · {topic} · {unit}. Trả lời {resolve}."),
    "urgent": N_("⚠️ **Việc khẩn {code}** · {unit}: «{text}»\nXử lý {resolve}."),
    "due_soon": N_("🛠 **{code}** · {topic} sắp đến hạn: {resolve}."),
    "overdue": N_("🛠 **{code}** · {topic} **đã quá hạn**, đáng lẽ trả lời {resolve}."),
    "added": N_("🛠 Người dân nhắn thêm về **{code}** · {topic}."),
    "reopened": N_("🛠 Người dân báo **{code}** · {topic} **vẫn chưa được**. Hạn mới: {resolve}."),
    "escalated": N_("🛠 **{code}** · {topic} · {unit} được chuyển lên cấp trên. Trả lời {resolve}."),
}
SOLVED_LETTER = N_("🛠 **{code}** · {topic}: người dân báo **đã xong**. Cảm ơn {you}.")
