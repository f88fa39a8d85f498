"""What residents read about their feedback."""

from __future__ import annotations

from conversation.messages import N_

TITLE, MY_TITLE, CODE_TITLE = N_("gửi phản ánh"), N_("xem phản ánh"), N_("hỏi phản ánh")
RESOLUTION_TITLE, MORE_TITLE, MISSING_TITLE = N_("trả lời việc đã xong chưa"), N_("trả lời cán bộ"), N_("nói rõ thêm")
MENU_SEND, MENU_MINE = N_("Gửi phản ánh"), N_("Xem phản ánh của tôi")

# telling ------------------------------------------------------------------------------------------------------------

START = N_("{You} muốn gửi **phản ánh** phải không ạ?")
WITH_PHOTO = N_("{You} muốn gửi **phản ánh** kèm ảnh không ạ?")
WITH_PHOTO_YES, WITH_PHOTO_NO = N_("Có"), N_("Không")
START_WITH_PHOTO = N_("{You} muốn gửi **phản ánh** kèm ảnh này phải không ạ?")
START_WITH_VOICE = N_("{You} muốn gửi lời nói này thành **phản ánh** phải không ạ?")
YES_SEND, NO_SEND = N_("Đúng, gửi phản ánh"), N_("Không")
NOTHING_SENT = N_("Dạ, Cầu Nối chưa gửi gì ạ. {You} cần gì thì nhắn **MENU**.")
TELL = N_("{You} kể giúp: **việc gì**, **ở đâu** ạ?\nNhắn chữ, gửi giọng nói, hay gửi ảnh kèm vài chữ đều được.")
TELL_WITHOUT_NAMES = N_("Dạ. {You} nhắn lại giúp việc ấy, **đừng nêu tên ai** ạ.")
HEARD = N_("Cầu Nối ghi: «{text}».\nViệc thuộc **{topic}** phải không ạ?")
HEARD_VOICE = N_("Cầu Nối đã nhận lời nói của {you}.\nViệc thuộc loại nào ạ?")
RIGHT, OTHER_TOPIC = N_("Đúng"), N_("Việc khác")
WHICH_TOPIC = N_("Việc này thuộc loại nào ạ?")
DANGER = N_("Có **nguy hiểm ngay** không ạ ({danger})?")
DANGER_ANY = N_("Việc này có **nguy hiểm ngay** không ạ?")
DANGER_YES, DANGER_NO = N_("Có"), N_("Không")
WHERE = N_("{You} gửi thêm **ảnh** hoặc **địa chỉ** được không ạ?\nXin đừng chụp rõ mặt người.")
WHERE_URGENT = N_("Gọi xong, {you} nhắn **địa chỉ** để Cầu Nối báo cán bộ ạ.")
SKIP = N_("Bỏ qua")
WHICH_COMMUNE = N_("Việc này ở **xã, phường** nào ạ? Gõ tên cũ hay tên mới đều được.\nVí dụ: phường 15 Gò Vấp.")

# danger: the numbers come first -------------------------------------------------------------------------------------

ALARMS = {
    "fire": N_("⚠️ Có cháy, xin gọi ngay **114**. Cấp cứu **115**. Công an **113**."),
    "hurt": N_("⚠️ Có người bị nạn, xin gọi ngay **115**. Cứu nạn **114**. Công an **113**."),
    "threat": N_("⚠️ Có người bị đe dọa, xin gọi ngay **113**. Cấp cứu **115**. Trẻ em cần giúp: **111**."),
    "danger": N_("⚠️ Đang nguy hiểm, xin gọi ngay **114** hoặc **112**. Cấp cứu **115**. Công an **113**."),
}

# not ours by law ----------------------------------------------------------------------------------------------------

IT_IS_LIKE = {
    "to_cao": N_(
        "Việc này giống **tố cáo**.\nPháp luật có cách nhận riêng để **giữ kín tên** người tố cáo, "
        "nên Cầu Nối không nhận qua tin nhắn.\n{You} muốn thế nào ạ?"
    ),
    "khieu_nai": N_(
        "Việc này giống **khiếu nại**.\nPháp luật có cách nhận riêng, cần đơn có chữ ký, "
        "nên Cầu Nối không nhận qua tin nhắn.\n{You} muốn thế nào ạ?"
    ),
}
SEE_WHERE, SEND_ANYWAY, ERASE_IT = N_("Xem nơi tiếp công dân"), N_("Gửi chung, không nêu tên"), N_("Xóa tin vừa gửi")
GUIDE = {
    "to_cao": N_(
        "Nơi nhận tố cáo: **bộ phận tiếp công dân của UBND xã, phường**. "
        "Chủ tịch tiếp dân **ít nhất 2 ngày mỗi tháng**, lịch dán tại trụ sở.\n"
        "{You} mang theo **đơn ghi rõ họ tên, địa chỉ, có chữ ký**. Tên người tố cáo được **giữ kín**.\n"
        "Cầu Nối **không lưu** tin vừa rồi. {You} nên xóa cả trong khung chat."
    ),
    "khieu_nai": N_(
        "Nơi nhận khiếu nại: **bộ phận tiếp công dân của UBND xã, phường**. "
        "Chủ tịch tiếp dân **ít nhất 2 ngày mỗi tháng**, lịch dán tại trụ sở.\n"
        "{You} mang theo **đơn có chữ ký** và **quyết định** đang khiếu nại.\n"
        "Cầu Nối **không lưu** tin vừa rồi."
    ),
}
ERASED = N_("Đã xóa tin vừa gửi khỏi Cầu Nối. {You} nên xóa cả trong khung chat ạ.")

# name or no name ----------------------------------------------------------------------------------------------------

WITH_NAME = N_("{You} muốn **để tên** để nhận trả lời, hay **không để tên** ạ?")
NAMED, NAMELESS = N_("Để tên, nhận trả lời"), N_("Không để tên")
CONSENT = N_(
    "Để **trả lời {you}**, Cầu Nối cần lưu **mã tài khoản nhắn tin**, **nơi ở**, **tên** nếu {you} cho biết, "
    "và **nội dung phản ánh**.\n"
    "Người xem: cán bộ {office} lo việc này. Không dùng vào việc khác. Xem lại hay rút lại: nhắn **DỮ LIỆU**.\n"
    "{You} có đồng ý không ạ?"
)
AGREE, DISAGREE = N_("Tôi đồng ý"), N_("Không đồng ý")
CONSENT_PHOTOS = N_(
    "Ảnh có thể cho thấy **người** và **nơi chụp**. "
    "Cầu Nối bỏ phần ghi nơi chụp, chỉ cho cán bộ lo việc này xem, và xóa khi việc xong đã lâu.\n"
    "{You} có đồng ý cho Cầu Nối **lưu ảnh** không ạ?"
)
NO_PHOTOS = N_("Không, chỉ gửi chữ")
WITHOUT_PHOTOS = N_("Ảnh thì **{who}** phải tự đồng ý, nên lần này Cầu Nối chỉ gửi lời kể.")
INSTEAD = N_("Dạ được ạ, Cầu Nối không lưu tên. {You} vẫn gửi được mà **không để tên**. {You} gửi không ạ?")
SEND_NAMELESS, DROP = N_("Gửi, không để tên"), N_("Thôi, không gửi")
HONEST = N_("Cầu Nối **không lưu** tên hay số của {you}. Riêng Telegram hay Zalo vẫn biết {you} đã nhắn cho Cầu Nối.")

# sending ------------------------------------------------------------------------------------------------------------

SUMMARY = N_(
    "Cầu Nối xin gửi tới **UBND {office}**:\n«{text}»\nLoại việc: {topic}.{attached}\n{sender}\n"
    "Gửi đi chưa ạ? (Muốn sửa, nhắn **QUAY LẠI**.)"
)
PHOTOS, VOICES = N_(" Kèm **{count} ảnh**."), N_(" Kèm lời nói.")
URGENT_MATTER = N_("việc khẩn")
BY_VOICE = N_("(lời nói)")
SENDER, SENDER_UNNAMED = N_("Người gửi: **{name}**."), N_("Trả lời sẽ gửi về đây cho {you}.")
SEND, DO_NOT_SEND = N_("Gửi đi"), N_("Thôi, không gửi")
NOT_SENT = N_("Dạ, đã bỏ. Cầu Nối chưa gửi gì ạ.")
RECEIPT = N_(
    "🛠 Đã nhận. Số của {you}: **{code}**. Gửi tới: UBND {office}.\n"
    "Tiếp nhận {receive}; trả lời {resolve}.\n"
    "Hỏi lại lúc nào cũng được: nhắn **{short}**."
)
RECEIPT_URGENT = N_(
    "⚠️ Đã nhận việc khẩn. Số của {you}: **{code}**. Gửi tới: UBND {office}.\n"
    "Xử lý {resolve}. Còn nguy hiểm, xin gọi **114**, **115**, **113** trước.\n"
    "Hỏi lại lúc nào cũng được: nhắn **{short}**."
)
RECEIPT_NAMELESS = N_(
    "🛠 Đã nhận. Gửi tới: UBND {office}. **Mã tra cứu: {claim}**.\n"
    "{You} ghi ra giấy giúp, vì Cầu Nối **không lưu** {you} là ai nên không nhắn lại được.\n"
    "Trả lời {resolve}. Khi cần, nhắn: **TRA {claim}**."
)
RECEIPT_NAMELESS_URGENT = N_(
    "⚠️ Đã nhận việc khẩn. Gửi tới: UBND {office}. **Mã tra cứu: {claim}**.\n"
    "Còn nguy hiểm, xin gọi **114**, **115**, **113** trước.\n"
    "{You} ghi mã ra giấy giúp, vì Cầu Nối **không lưu** {you} là ai nên không nhắn lại được.\n"
    "Xử lý {resolve}. Khi cần, nhắn: **TRA {claim}**."
)
NOBODY_YET = N_("Nơi này **chưa có cán bộ** dùng Cầu Nối, nên có thể trả lời chậm. Cần gấp, {you} gọi UBND giúp ạ.")
TOO_MANY = N_(
    "Hôm nay {you} đã gửi **{most} phản ánh**. Mai {you} gửi tiếp giúp ạ.\n"
    "Việc khẩn, xin gọi **113**, **114**, **115**."
)

# how it stands ------------------------------------------------------------------------------------------------------

NOT_FOUND = N_("Không tìm thấy phản ánh này ạ. {You} xem lại số giúp, ví dụ: **PA 0427**.")
NONE_YET = N_("{You} chưa gửi phản ánh nào có tên ạ. Muốn gửi, nhắn **PHẢN ÁNH**.")
WHICH_OF_THEM = N_("{You} hỏi phản ánh nào ạ?")
LINE = N_("{code}: {topic}, {state}")
MINE = N_("Các phản ánh của {you}. {You} muốn xem việc nào ạ?")
NOTHING_MORE = N_("Xem xong rồi")
IT_STANDS = N_("🛠 **{code}**, {topic}: «{text}»\n{state}")
STATES = {
    "new": N_("Cán bộ sẽ tiếp nhận {receive}; trả lời {resolve}."),
    "received": N_("Cán bộ **đã tiếp nhận**. Trả lời {resolve}."),
    "waiting": N_("Cán bộ **đang chờ {you} trả lời**: «{question}»"),
    "answered": N_("**Đã có trả lời**: «{answer}»"),
    "forwarded": N_("Đã **chuyển {target}** lo tiếp. Trả lời {resolve}."),
    "closed_solved": N_("Việc **đã xong**, {you} đã xác nhận. Trả lời: «{answer}»"),
    "closed_silent": N_("Đã khép lại vì 7 ngày chưa nghe {you} nói gì. Trả lời: «{answer}»"),
    "closed_unsolved": N_("Đã khép lại mà **chưa xong như ý {you}**. Trả lời: «{answer}»"),
    "guided": N_("Việc này cần gửi nơi khác: «{answer}»"),
    "withdrawn": N_("{You} **đã rút** phản ánh này."),
}
NEW_URGENT = N_("Đây là **việc khẩn**, cán bộ sẽ xử lý {resolve}.")
SHORT_STATES = {
    "new": N_("mới gửi"),
    "received": N_("đã tiếp nhận"),
    "waiting": N_("chờ {you} trả lời"),
    "answered": N_("có trả lời"),
    "forwarded": N_("đã chuyển"),
    "closed_solved": N_("đã xong"),
    "closed_silent": N_("đã khép lại"),
    "closed_unsolved": N_("chưa xong"),
    "guided": N_("gửi nơi khác"),
    "withdrawn": N_("đã rút"),
}
OVERDUE = N_("Cán bộ **đã trễ hẹn**: đáng lẽ trả lời {resolve}. Cầu Nối đã nhắc. Xin lỗi {you}.")
ADD_WORDS, WITHDRAW, LATER = N_("Nhắn thêm"), N_("Rút phản ánh"), N_("Xem xong rồi")
WHAT_NEXT = N_("{standing}\n\n{You} muốn làm gì nữa không ạ?")
REALLY_WITHDRAW = N_("{You} muốn **rút {code}**, thôi không nhờ nữa phải không ạ?")
YES_WITHDRAW, KEEP_IT = N_("Đúng, rút lại"), N_("Không, để đó")
WITHDRAWN = N_("Dạ, đã rút **{code}**. Khi nào cần, {you} gửi lại lúc nào cũng được.")
KEPT = N_("Dạ, **{code}** vẫn để nguyên ạ.")
HIGHER = N_("cấp trên")

# answers ------------------------------------------------------------------------------------------------------------

ANSWERED = N_("**{code}** đã có trả lời: «{answer}»\nViệc đã xong chưa {you}?")
SOLVED, NOT_YET, ASK_MORE = N_("Xong rồi, cảm ơn"), N_("Vẫn chưa được"), N_("Hỏi thêm")
THANKS = N_("Cảm ơn {call} đã báo. **{code}** xin khép lại ạ.")
REOPENED = N_("Xin lỗi {you}. Cầu Nối **mở lại** và báo lãnh đạo {office}. Hạn mới: **{day}**.")
ESCALATED = N_("Xin lỗi {you}. Cầu Nối đã **chuyển lên cấp trên**. Hạn mới: **{day}**.")
GIVEN_UP = N_(
    "Xin lỗi {you}. Cầu Nối đã làm hết cách mà việc vẫn chưa xong. {You} có thể đến **bộ phận tiếp công dân** "
    "của UBND để trình bày. Ý của {you} đã ghi lại."
)
WHAT_IS_MISSING = N_("**Chỗ nào chưa được ạ?** Nhắn chữ, gửi giọng nói hoặc ảnh đều được.")
WHAT_TO_ASK = N_("{You} muốn hỏi thêm điều gì ạ?")
PASSED_ON = N_("Dạ, Cầu Nối đã chuyển lời {you} cho cán bộ. Trả lời {resolve}.")
NOT_PASSED_ON = N_("Dạ. {You} nhắn lúc nào cũng được.")
ASKED = N_("🛠 Cán bộ hỏi thêm về **{code}**: «{question}»\n{You} nhắn câu trả lời giúp ạ.")
ANSWER_NOW, ANSWER_LATER = N_("Trả lời ngay"), N_("Để sau")
YOUR_ANSWER = N_("{You} nhắn, gửi giọng nói hoặc ảnh giúp ạ.")
SEND_THIS = N_("Cầu Nối gửi cán bộ lời này để trả lời câu hỏi về **{code}**: «{text}». Đúng ý {you} không ạ?")
YES_SEND_IT, ANOTHER_MATTER = N_("Đúng, gửi đi"), N_("Không, đây là việc khác")
FORWARDED = N_("🛠 **{code}** đã chuyển **{target}** lo tiếp.{words}\n{You} nhận trả lời ở đây như cũ ạ.")
FORWARD_WORDS = N_(" Cán bộ nhắn: «{words}»")
GUIDED = N_("🛠 **{code}**: việc này cần gửi nơi khác. Cán bộ nhắn: «{words}»")
FELL_SILENT = N_(
    "🛠 **{code}** có trả lời đã 7 ngày, Cầu Nối xin khép lại.\nNếu **vẫn chưa được**, {you} nhắn **{short}** ạ."
)
CLOSED_ALREADY = N_("Phản ánh này đã khép lại rồi ạ.")
NOT_NOW = N_("Phản ánh này nay đã khác, không làm bước ấy được nữa ạ. {You} mở xem lại giúp.")

# by claim code ------------------------------------------------------------------------------------------------------

CLAIMED = N_("🛠 {topic}: «{text}»\n{state}\n{more}")
CLAIM_REOPEN = N_("Nếu **vẫn chưa được**, {you} nhắn: **TRA {claim}** rồi viết tiếp chỗ chưa được.")
CLAIM_ADD = N_("Muốn nói thêm, {you} nhắn: **TRA {claim}** rồi viết tiếp.")
CLAIM_DONE = N_("Phản ánh này đã khép lại ạ.")
CLAIM_REOPENED = N_("Xin lỗi {you}. Cầu Nối **mở lại** và báo cán bộ. Hạn mới: **{day}**. Mã tra cứu vẫn như cũ.")
CLAIM_ADDED = N_("Dạ, Cầu Nối đã chuyển lời {you} cho cán bộ. Mã tra cứu vẫn như cũ.")
CLAIM_UNKNOWN = N_("Không tìm thấy mã này ạ. {You} xem lại **8 số** đã ghi giúp.")
CLAIM_TOO_OFTEN = N_("{You} đã gõ sai mã nhiều lần. Xin **một giờ nữa** hãy thử lại ạ.")

# data ---------------------------------------------------------------------------------------------------------------

DATA_ERASES = N_("tên {you} và ảnh, lời nói {you} gửi kèm trong các phản ánh")
DATA_KEEPS = N_("nội dung phản ánh và câu trả lời, không còn tên, để cơ quan theo dõi việc đã xử lý")
DATA_SUMMARY = N_("phản ánh **{count}** ({codes})")
THEY_MUST_AGREE = N_(
    "**{who}** chưa đồng ý để tên khi gửi phản ánh, nên {you} chưa gửi giúp được ạ.\n"
    "Việc gấp thì {you} nhắn **THÔI GIÚP**, rồi gửi phản ánh của chính mình giúp."
)
