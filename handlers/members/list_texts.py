"""What is said about lists of members that are brought as files."""

from __future__ import annotations

from conversation.messages import N_

COLUMNS = {
    "family": N_("Họ đệm"),
    "name": N_("Họ và tên"),
    "birth": N_("Năm sinh"),
    "phone": N_("Số điện thoại"),
    "branch": N_("Chi hội"),
    "group": N_("Tổ"),
    "since": N_("Ngày vào hội"),
    "status": N_("Trạng thái"),
    "consent": N_("Đồng ý"),
}
NO_HEADINGS = N_(
    "Không thấy cột «Họ và tên» trong 30 dòng đầu. Xin thêm một dòng tiêu đề: Họ và tên, Năm sinh, Chi hội…"
)
COLUMN_REFUSED = N_("Cột «{heading}» không được đọc: Cầu Nối không nhận loại thông tin này. Xin xóa cột ấy khỏi tệp.")
COLUMN_TWICE = N_("Cột «{heading}» bị bỏ qua, vì đã có cột khác nói cùng việc ấy.")
FORMULA = N_("Cột «{column}» có công thức hoặc lỗi tính. Xin chép lại thành giá trị thường.")
MERGED = N_("Dòng này có ô gộp với dòng khác. Xin bỏ gộp ô rồi điền đủ từng dòng.")
NO_NAME = N_("Thiếu họ tên.")
NAME_NOT_WORDS = N_("Họ tên phải viết bằng chữ, từ 2 đến 60 chữ cái.")
ID_NUMBER = N_("Có số giống số căn cước ({masked}). Cầu Nối không nhận số căn cước; xin xóa đi.")
YEAR_UNCLEAR = N_("Không hiểu năm sinh «{written}». Xin viết đủ 4 số, ví dụ 1957, hoặc ngày/tháng/năm.")
YEAR_IMPOSSIBLE = N_("Năm sinh {year} không thể đúng.")
DAY_IMPOSSIBLE = N_("Ngày «{written}» không có trong lịch.")
DAY_UNCLEAR = N_("Không hiểu ngày «{written}». Xin viết ngày/tháng/năm, ví dụ 26/3/2015.")
DAY_AHEAD = N_("Ngày vào hội «{written}» ở tương lai.")
TOO_YOUNG = N_("Dưới 16 tuổi: chỉ nhập được vào Đoàn Thanh niên, khi có giấy đồng ý.")
PHONE_UNCLEAR = N_("Không phải số điện thoại của một người: «{written}».")
PHONE_OLD = N_("Số «{written}» là đầu số 11 số đã bỏ. Xin hỏi lại số mới.")
STATUS_UNCLEAR = N_(
    "Không hiểu trạng thái «{written}». Dùng: có mặt, đi làm ăn xa, đi học, bộ đội, chuyển đi, mất, xin ra."
)
CONSENT_UNCLEAR = N_("Không hiểu cột đồng ý «{written}». Dùng: giấy, miệng, hoặc chưa.")
NOT_A_MEMBER_NOW = N_("Không nhập, vì là người {status}.")
SAME_ROW = N_("Giống hệt dòng {other}. Nếu là hai người, xin ghi thêm năm sinh hoặc số điện thoại để phân biệt.")
SAME_ELSEWHERE = N_(
    "Cùng tên, năm sinh, số điện thoại với dòng {other} ở chi hội khác. Mỗi người ở một chi hội: xin bỏ bớt một dòng, "
    "hoặc sửa số điện thoại."
)
SAME_PHONE = N_("Số điện thoại này cũng ở dòng {other}. Nếu là một người, xin bỏ bớt một dòng.")
SAME_NAME = N_("Cùng tên, cùng năm sinh với dòng {other}. Nếu là một người, xin bỏ bớt một dòng.")

NO_BRANCH = N_("Thiếu chi hội. Xin ghi tên chi hội ở cột «Chi hội».")
BRANCH_UNKNOWN = N_("Không có chi hội «{written}» ở {unit}.")
BRANCH_UNKNOWN_NEAR = N_("Không có chi hội «{written}» ở {unit}. Có phải «{near}» không?")
BRANCH_UNCLEAR = N_("Có nhiều chi hội tên «{written}». Xin ghi đủ tên: {all}.")
GROUP_UNKNOWN = N_("{branch} không có tổ «{written}»; ghi vào chi hội, chưa vào tổ.")
THERE_BUT_STATUS = N_("Đã có trong sổ với trạng thái «{status}», giữ như cũ.")
IN_ANOTHER_BRANCH = N_("Đã có trong sổ ở chi hội khác, nên không nhập thêm. Muốn đổi thì chuyển sinh hoạt.")
SAME_PERSON = N_("Đã có trong sổ của xã, phường này (cùng tên, năm sinh, số điện thoại): ghi thêm vào người ấy.")
MAY_BE_SAME = N_("Có thể trùng với một người đã có trong sổ: sẽ nhờ cán bộ xem lại.")

PAPER_FOR_NEWS = N_("Đồng ý nhận tin và lịch họp của nơi ở, theo giấy hoặc lời nói mà người lập danh sách giữ.")
PAPER_FOR_MEMBERS = N_("Đồng ý có tên trong danh sách hội viên, theo giấy hoặc lời nói mà người lập danh sách giữ.")
WHICH_ORGANISATION = N_("Danh sách này của đoàn thể nào? Ghi mã đoàn thể. Ở đơn vị này có: {all}.")
NO_BRANCHES_THERE = N_("Ở đơn vị này chưa có chi hội, chi đoàn nào. Xin thêm chi hội trước.")

REASON_NEEDED = N_("Xin ghi lý do xuất danh sách (từ 5 chữ cái), để bà con biết ai lấy và để làm gì.")
WATERMARK = N_(
    "Xuất lúc {when}/{year} bởi {who}, để {why}. Có thông tin cá nhân: chỉ dùng đúng việc, không gửi cho người khác."
)
LIST_TITLE = N_("TỔNG HỢP HỘI VIÊN, ĐOÀN VIÊN: {unit}")
LIST_OF = N_("Đoàn thể: {organisation}")
ALL_ORGANISATIONS = N_("tất cả")
SUMMARY_SHEET, ROWS_SHEET, MEANINGS_SHEET = N_("Tổng hợp"), N_("Danh sách"), N_("Giải thích")
SUMMARY_HEADINGS = (N_("STT"), N_("Đoàn thể"), N_("Chi hội"))
SUM, BY_HAND = N_("Cộng"), N_("nhập hộ")
ROW_HEADINGS = (
    (N_("STT"), N_("Số thứ tự, xếp theo chi hội rồi theo tên.")),
    (N_("Họ và tên"), N_("Như người ấy hoặc chi hội đã ghi.")),
    (N_("Năm sinh"), N_("Chỉ năm; trống là chưa biết.")),
    (N_("Số điện thoại"), N_("Trống là chưa biết.")),
    (N_("Đoàn thể"), N_("Tổ chức mà người ấy là hội viên, đoàn viên.")),
    (N_("Chi hội"), N_("Chi hội, chi đoàn hoặc tổ nơi người ấy sinh hoạt.")),
    (N_("Đơn vị"), N_("Khu phố, thôn, ấp của chi hội.")),
    (N_("Ngày vào hội"), N_("Chỉ biết năm thì ghi ngày đầu năm; không biết thì ghi ngày nhập.")),
    (N_("Trạng thái"), N_("Có mặt, đi làm ăn xa, hoặc đi học, bộ đội.")),
    (N_("Ngày xác nhận"), N_("Lần cuối tổ trưởng hoặc chi hội trưởng xác nhận.")),
    (N_("Ghi chú"), N_("«Nhập hộ» là người khác ghi giúp, có hỏi ý kiến.")),
)
COLUMN, MEANING, FILTER, PHONES, EXPORTED = N_("Cột"), N_("Nghĩa"), N_("Phạm vi"), N_("Số điện thoại"), N_("Người xuất")
PHONES_WHOLE, PHONES_MASKED = N_("Ghi đủ số."), N_("Che bớt số, chỉ người đã biết mới nhận ra.")
