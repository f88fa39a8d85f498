"""What people really type, and what it must be taken for."""

import time
import unicodedata

import pytest

from conversation import answers
from conversation.answers import Doubt, GlobalWord, OutOfRange, Picked, Reading

COMING = [("yes", "Tôi đi"), ("no", "Tôi không đi được"), ("maybe", "Chưa biết")]
GO_OR_ABSENT = [("yes", "Đi"), ("no", "Vắng")]
STILL = [("yes", "Vẫn đi"), ("no", "Bận rồi")]
HERE = [("here", "Đúng, Khu phố 4"), ("elsewhere", "Tôi ở nơi khác")]
CALL = [(key, key) for key in ("Ông", "Bà", "Bác", "Cô", "Chú", "Anh", "Chị", "Bạn")]
RIGHT = [("yes", "Đúng"), ("no", "Chọn lại")]
CONSENT = [("yes", "Tôi đồng ý"), ("no", "Không đồng ý"), ("more", "Xem đầy đủ")]
AGREE = [("agree", "Tôi đồng ý"), ("refuse", "Không đồng ý"), ("more", "Xem đầy đủ")]
MENU = [
    ("calendar", "Lịch họp"),
    ("feedback", "Gửi phản ánh"),
    ("survey", "Trả lời khảo sát"),
    ("ask", "Hỏi lãnh đạo"),
    ("other", "Việc khác"),
]
FOUND = [("yes", "Đúng rồi"), ("no", "Không phải, tìm lại")]
PROVINCES = [("92", "Cần Thơ"), ("31", "Hải Phòng"), ("40", "Nghệ An"), ("type", "Gõ tên tỉnh")]
HAMLETS = [
    *((f"kp{n}", f"Khu phố {n}") for n in (1, 2, 4, 10, 11)),
    ("~next", "Xem thêm"),
    ("none", "Không rõ"),
]
HAVE = [("yes", "Có"), ("no", "Không")]
HAVE_TOO = [("have", "Có"), ("not", "Không")]
START = [("start", "Bắt đầu"), ("later", "Để sau"), ("never", "Không tham gia")]
TIMES = [("0", "Chưa đến"), ("1", "1–2 lần"), ("3", "Từ 3 lần")]
WANTS = [("chairs", "Ghế"), ("books", "Sách"), ("machine", "Máy tập"), ("wifi", "Wifi")]
SCALE = [(str(n), str(n)) for n in (1, 2, 3, 4, 5)]
HANDS = [(str(n), str(n)) for n in (0, 1, 2, 3)]
COUNTED = [("yes", "Đúng"), ("edit", "Sửa")]
PLACE = [("send", "Gửi vị trí"), ("words", "Tôi tả bằng lời"), ("skip", "Bỏ qua")]
SENDING = [("yes", "Đúng, gửi phản ánh"), ("no", "Không")]
TOPIC = [("yes", "Đúng"), ("other", "Việc khác")]
NAMED = [("named", "Để tên để nhận trả lời"), ("unnamed", "Không để tên")]
NAMED_OR_EDIT = [("named", "Để tên"), ("unnamed", "Không để tên"), ("edit", "Sửa câu")]
MENDED = [("good", "Sáng rồi, cảm ơn"), ("bad", "Vẫn chưa được"), ("more", "Hỏi thêm")]
CLEAR = [("clear", "Rõ"), ("unclear", "Chưa rõ")]
COMPLAINT = [
    ("where", "Xem nơi và lịch tiếp công dân"),
    ("remind", "Nhắc tôi ngày tiếp dân"),
    ("erase", "Xóa tin vừa gửi khỏi hệ thống"),
]
STOPPING = [
    ("all", "Thôi nhận tất cả"),
    ("urgent", "Chỉ giữ tin khẩn"),
    ("weekly", "Bớt tin: 1 tuần 1 lần"),
    ("none", "Vẫn nhận"),
]
GIVE_UP = [("yes", "Chuyển"), ("no", "Thôi")]
LONG = [("answer", "Là câu trả lời"), ("feedback", "Gửi thành phản ánh"), ("drop", "Bỏ")]
JOIN = [("yes", "Tôi tham gia"), ("no", "Tôi bận")]
PROXY = [("spoken", "Có, đồng ý miệng"), ("paper", "Có giấy ký (chụp)"), ("not", "Chưa hỏi")]
WARDS = [("p15", "Phường 15"), ("p4", "Phường 4"), ("p1", "Phường 1")]
PEOPLE = [("nam", "Ông Nam"), ("hoa", "Bà Hoa"), ("tu", "Chú Tư")]
WEEK = [("mon", "Thứ Hai"), ("tue", "Thứ Ba"), ("wed", "Thứ Tư"), ("sun", "Chủ nhật")]
SEX = [("m", "Nam"), ("f", "Nữ"), ("x", "Khác")]
HAPPY = [("5", "Rất hài lòng"), ("4", "Hài lòng"), ("2", "Không hài lòng"), ("0", "Không rõ")]
GOODS = [("milk", "Sữa"), ("mend", "Sửa"), ("dua", "Dứa"), ("dua2", "Dừa")]

CHOICES: list[tuple[str, list[tuple[str, str]], str]] = [
    # domain.md 7.2 A
    ("1", HERE, "here"),
    ("2", HERE, "elsewhere"),
    ("đúng", HERE, "here"),
    ("khu pho 4", HERE, "here"),
    ("dung", HERE, "here"),
    ("noi khac", HERE, "elsewhere"),
    ("o noi khac", HERE, "elsewhere"),
    ("tôi ở nơi khác ạ", HERE, "elsewhere"),
    ("kp4", HERE, "here"),
    ("vâng", HERE, "here"),
    ("đúng rồi", HERE, "here"),
    ("4", HERE, "!4"),
    ("em o noi khac", HERE, "elsewhere"),
    ("bac", CALL, "Bác"),
    ("bà", CALL, "Bà"),
    ("Ba", CALL, "Bác Bà"),
    ("gọi bác nhé", CALL, "Bác"),
    ("goi la bac", CALL, "Bác"),
    ("dạ cô", CALL, "Cô"),
    ("co", CALL, "Cô"),
    ("ban", CALL, "Bạn"),
    ("anh", CALL, "Anh"),
    ("8", CALL, "Bạn"),
    ("9", CALL, "!9"),
    ("tư", CALL, "Cô"),
    ("ừ", RIGHT, "yes"),
    ("chon lai", RIGHT, "no"),
    ("dong y", CONSENT, "yes"),
    ("dong y", AGREE, "agree"),
    ("khong dong y", AGREE, "refuse"),
    ("khong", AGREE, "refuse"),
    ("ko dong y", AGREE, "refuse"),
    ("đồng ý", AGREE, "agree"),
    ("toi dong y", AGREE, "agree"),
    ("tôi không đồng ý", AGREE, "refuse"),
    ("xem", AGREE, "more"),
    ("xem day", AGREE, "more"),
    ("ừ", AGREE, "agree"),
    ("vâng ạ", AGREE, "agree"),
    ("bác đồng ý nhé", AGREE, "agree"),
    ("không đồng ý", CONSENT, "no"),
    ("dongy", AGREE, "agree"),
    ("chưa đồng ý", CONSENT, "no"),
    ("hông đồng ý đâu", CONSENT, "-"),
    ("đồng ý không", CONSENT, "-"),
    ("khỏi", AGREE, "refuse"),
    ("thôi", CONSENT, "no"),
    ("hem", CONSENT, "no"),
    ("3", AGREE, "more"),
    ("lich hop", MENU, "calendar"),
    ("phản ánh", MENU, "feedback"),
    ("phan anh", MENU, "feedback"),
    ("khao sat", MENU, "survey"),
    ("khảo sát", MENU, "survey"),
    ("hoi", MENU, "ask"),
    ("viec khac", MENU, "other"),
    ("phan an", MENU, "-"),
    ("gui phan an", MENU, "feedback"),
    ("gửi phãn ánh", MENU, "feedback"),
    ("gui phna anh", MENU, "feedback"),
    ("năm", MENU, "other"),
    ("muốn gửi phản ánh", MENU, "feedback"),
    ("tôi muốn gửi phản ánh ạ", MENU, "feedback"),
    ("guwir phanr anhs", MENU, "feedback"),
    ("không gửi phản ánh", MENU, "-"),
    # B
    ("1", FOUND, "yes"),
    ("đúng", FOUND, "yes"),
    ("dung roi", FOUND, "yes"),
    ("da dung roi", FOUND, "yes"),
    ("không phải", FOUND, "no"),
    ("khong phai", FOUND, "no"),
    ("tim lai", FOUND, "-"),
    ("khong", FOUND, "no"),
    ("phải", FOUND, "yes"),
    ("can tho", PROVINCES, "92"),
    ("hải phòng", PROVINCES, "31"),
    ("Hai Phong", PROVINCES, "31"),
    ("hai", PROVINCES, "31"),
    ("haiphong", PROVINCES, "31"),
    ("nghe an", PROVINCES, "40"),
    ("nghệ an ạ", PROVINCES, "40"),
    ("không rõ", HAMLETS, "none"),
    ("khong ro", HAMLETS, "none"),
    ("ko ro", HAMLETS, "none"),
    ("rõ", HAMLETS, "-"),
    ("khu pho 4", HAMLETS, "kp4"),
    ("kp 4", HAMLETS, "kp4"),
    ("KP10", HAMLETS, "kp10"),
    ("khu phố 1", HAMLETS, "kp1"),
    ("4", HAMLETS, "kp10"),
    ("khu pho 5", HAMLETS, "-"),
    ("khu pho", HAMLETS, "-"),
    ("xem them", HAMLETS, "~next"),
    ("khu pho 12", HAMLETS, "-"),
    # C
    ("vang", COMING, "yes no"),
    ("Vang", COMING, "yes no"),
    ("vang a", COMING, "yes no"),
    ("da vang", COMING, "yes no"),
    ("vâng", COMING, "yes"),
    ("vắng", COMING, "no"),
    ("vầng", COMING, "yes"),
    ("dạ vâng ạ", COMING, "yes"),
    ("vang", GO_OR_ABSENT, "yes no"),
    ("vâng", GO_OR_ABSENT, "yes"),
    ("vắng", GO_OR_ABSENT, "no"),
    ("1", GO_OR_ABSENT, "yes"),
    ("vaang", COMING, "yes"),
    ("vawngs", COMING, "no"),
    ("vawngs", GO_OR_ABSENT, "no"),
    ("vàng", COMING, "-"),
    ("di", COMING, "yes"),
    ("tôi đi", COMING, "yes"),
    ("em đi ạ", COMING, "yes"),
    ("không đi", COMING, "no"),
    ("ko di", COMING, "no"),
    ("k đi được", COMING, "no"),
    ("khong di duoc", COMING, "no"),
    ("chị không đi được em ạ", COMING, "no"),
    ("bận", COMING, "no"),
    ("ban", COMING, "yes no"),
    ("tôi bận", COMING, "no"),
    ("bận rồi", COMING, "no"),
    ("bạn", COMING, "-"),
    ("chưa biết", COMING, "maybe"),
    ("chua biet", COMING, "maybe"),
    ("chưa", COMING, "maybe"),
    ("để xem", COMING, "maybe"),
    ("không chắc", COMING, "maybe"),
    ("ko biet", COMING, "maybe"),
    ("tùy", COMING, "maybe"),
    ("không bận", COMING, "yes no"),
    ("ừ thôi", COMING, "-"),
    ("tôi", COMING, "-"),
    ("có đi", COMING, "yes"),
    ("sẽ dự", COMING, "yes"),
    ("co", COMING, "yes"),
    ("có không", COMING, "-"),
    ("tham gia", COMING, "yes"),
    ("ddi", COMING, "yes"),
    ("Tooi ddi", COMING, "yes"),
    ("khoong", COMING, "no"),
    ("ba", COMING, "maybe"),
    ("bà", COMING, "-"),
    ("tôi chưa đi", COMING, "no"),
    ("đừng", COMING, "no"),
    ("được", COMING, "yes"),
    ("dc", COMING, "yes"),
    ("chưa đi được", COMING, "no"),
    ("co", HAVE, "yes"),
    ("cô", HAVE, "-"),
    ("có ạ", HAVE, "yes"),
    ("dạ có ạ", HAVE, "yes"),
    ("co em", HAVE, "yes"),
    ("khong a", HAVE, "no"),
    ("k", HAVE, "no"),
    ("ko", HAVE_TOO, "not"),
    ("ừ", HAVE_TOO, "have"),
    ("hông", HAVE_TOO, "not"),
    ("dạ không", HAVE, "no"),
    ("dạ", HAVE, "yes"),
    ("không có", HAVE, "no"),
    ("ok em", HAVE, "yes"),
    ("OKE 👍", HAVE, "yes"),
    ("có chứ", HAVE, "yes"),
    ("vẫn đi", STILL, "yes"),
    ("ban roi", STILL, "no"),
    ("ok", STILL, "yes"),
    # D
    ("bat dau", START, "start"),
    ("để sau", START, "later"),
    ("không", START, "never"),
    ("tham gia", START, "-"),
    ("hai", TIMES, "1"),
    ("2", TIMES, "1"),
    ("1-2 lan", TIMES, "1"),
    ("1–2 lần", TIMES, "1"),
    ("2 lan", TIMES, "1"),
    ("tu 3 lan", TIMES, "3"),
    ("3 lần", TIMES, "3"),
    ("chưa", TIMES, "0"),
    ("chưa đến lần nào", TIMES, "-"),
    ("1, 4", WANTS, "-"),
    ("ghe", WANTS, "chairs"),
    ("ghế nha", WANTS, "chairs"),
    ("may tap", WANTS, "machine"),
    ("máy", WANTS, "machine"),
    ("sach", WANTS, "books"),
    ("chọn 4", WANTS, "wifi"),
    ("10", SCALE, "!10"),
    ("5", SCALE, "5"),
    ("năm", SCALE, "5"),
    ("nam", SCALE, "5"),
    ("0", SCALE, "!0"),
    ("đúng", COUNTED, "yes"),
    ("dung", COUNTED, "yes"),
    ("sua", COUNTED, "edit"),
    ("vang", COUNTED, "-"),
    ("sai", COUNTED, "-"),
    ("gui vi tri", PLACE, "send"),
    ("tả", PLACE, "words"),
    ("bo qua", PLACE, "skip"),
    ("qua", PLACE, "-"),
    # E
    ("dung", SENDING, "yes"),
    ("đừng", SENDING, "no"),
    ("gui", SENDING, "yes"),
    ("đừng gửi", SENDING, "-"),
    ("khong", SENDING, "no"),
    ("không gửi", SENDING, "-"),
    ("việc khác", TOPIC, "other"),
    ("dạ đúng", TOPIC, "yes"),
    ("de ten", NAMED, "named"),
    ("khong de ten", NAMED, "unnamed"),
    ("không", NAMED, "unnamed"),
    ("ko để tên", NAMED, "unnamed"),
    ("để tên", NAMED_OR_EDIT, "named"),
    ("de ten", NAMED_OR_EDIT, "named"),
    ("không để tên", NAMED_OR_EDIT, "unnamed"),
    ("bac de ten", NAMED, "named"),
    ("đừng để tên", NAMED_OR_EDIT, "-"),
    ("sua cau", NAMED_OR_EDIT, "edit"),
    ("sang roi", MENDED, "good"),
    ("chua duoc", MENDED, "bad"),
    ("vẫn chưa", MENDED, "bad"),
    ("được", MENDED, "-"),
    ("rõ", CLEAR, "clear"),
    ("ro", CLEAR, "clear"),
    ("chua ro", CLEAR, "unclear"),
    ("chưa", CLEAR, "unclear"),
    ("xoa tin", COMPLAINT, "erase"),
    ("lich tiep cong dan", COMPLAINT, "where"),
    ("nhac toi", COMPLAINT, "remind"),
    ("tiếp", COMPLAINT, "where remind"),
    # F, G, H
    ("1", STOPPING, "all"),
    ("thôi", STOPPING, "all"),
    ("van nhan", STOPPING, "none"),
    ("nhan tat ca", STOPPING, "-"),
    ("tin khẩn", STOPPING, "urgent"),
    ("7", COMING, "!7"),
    ("thôi", GIVE_UP, "no"),
    ("chuyen", GIVE_UP, "yes"),
    ("cau tra loi", LONG, "answer"),
    ("bỏ", LONG, "drop"),
    ("chuyen di", GIVE_UP, "-"),
    # I, L, M
    ("tham gia", JOIN, "yes"),
    ("toi ban", JOIN, "no"),
    ("bận", JOIN, "no"),
    ("ban", JOIN, "no"),
    ("1", HANDS, "0"),
    ("co", PROXY, "spoken paper"),
    ("có giấy", PROXY, "paper"),
    ("đồng ý", PROXY, "spoken"),
    ("chưa", PROXY, "not"),
    # numbers that are words, names, days
    ("phuong 15", WARDS, "p15"),
    ("p15", WARDS, "p15"),
    ("4", WARDS, "!4"),
    ("phuong 1", WARDS, "p1"),
    ("15", WARDS, "!15"),
    ("nam", PEOPLE, "nam"),
    ("ba", PEOPLE, "hoa tu"),
    ("tu", PEOPLE, "tu"),
    ("hai", PEOPLE, "hoa"),
    ("bà hoa", PEOPLE, "hoa"),
    ("thu ba", WEEK, "tue"),
    ("thứ hai", WEEK, "mon"),
    ("hai", WEEK, "tue mon"),
    ("thu 3", WEEK, "wed"),
    ("tư", WEEK, "wed sun"),
    ("nam", SEX, "m"),
    ("năm", SEX, "!5"),
    ("nữ", SEX, "f"),
    ("hai", HAPPY, "4 5"),
    ("hài lòng", HAPPY, "4"),
    ("hai long", HAPPY, "4"),
    ("rat hai long", HAPPY, "5"),
    ("không hài lòng", HAPPY, "2"),
    ("khong", HAPPY, "2 0"),
    ("chả hài lòng", HAPPY, "-"),
    # marks decide; without them it is asked
    ("sữa", GOODS, "milk"),
    ("sửa", GOODS, "mend"),
    ("sua", GOODS, "milk mend"),
    ("dứa", GOODS, "dua"),
    ("dua", GOODS, "dua dua2"),
    # a line copied whole
    ("2. Không đồng ý", AGREE, "refuse"),
    ("1. Tôi đồng ý", AGREE, "agree"),
    ("1 dong y", AGREE, "agree"),
    ("[2] khong dong y", AGREE, "refuse"),
    ("1. Không đồng ý", AGREE, "refuse agree"),
    ("1 khong", AGREE, "-"),
    ("3 xem", AGREE, "-"),
    ("9. Tôi đồng ý", AGREE, "-"),
    ("2. 1–2 lần", TIMES, "-"),
    ("4️⃣ Wifi", WANTS, "wifi"),
    # nothing
    ("", COMING, "-"),
    ("   ", COMING, "-"),
    ("…", COMING, "-"),
    ("👍", COMING, "-"),
    ("a" * 81, COMING, "-"),
    ("đi " * 30, COMING, "-"),
    ("\ud800", COMING, "-"),
    ("\u200b", COMING, "-"),
    ("x", COMING, "-"),
    ("nhà tôi mất nước", MENU, "-"),
]


def told(reading: Reading) -> str:
    """Shorten a reading for the table: keys, `!number`, or `-`."""
    match reading:
        case Picked(key):
            return key
        case Doubt(keys):
            return " ".join(keys)
        case OutOfRange(number):
            return f"!{number}"
    return "-"


@pytest.mark.parametrize(("typed", "shown", "meant"), CHOICES, ids=lambda part: part if isinstance(part, str) else "")
def test_choice(typed: str, shown: list[tuple[str, str]], meant: str) -> None:
    assert sorted(told(answers.read_choice(typed, shown)).split()) == sorted(meant.split())


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        *(
            (form, 2)
            for form in (
                "2",
                "2.",
                "(2)",
                "[2]",
                "2)",
                " 2 ",
                "2 ạ",
                "dạ 2",
                "2 nhé",
                "số 2",
                "so 2",
                "Số: 2",
                "câu 2",
                "cau 2",
                "chọn 2",
                "mục 2",
                "muc 2",
                "cái 2",
                "bam 2",
                "bấm số 2",
                "nhấn 2",
                "#2",
                "lựa chọn 2",
                "phương án 2",
                "ý 2",
                "thứ 2",
                "thứ hai",
                "thu hai",
                "hai",
                "HAI",
                "hai ạ",
                "số hai",
                "cau hai",
                "２",
                "②",
                "⑵",
                "⒉",
                "2️⃣",
                "02",
                "em chọn số 2 ạ",
                "2!",
                "2 👍",
                "thứ nhì",
                "٢",
                "chon so hai nhe",
                "2\u200b",
                "toi chon 2",
            )
        ),
        ("một", 1),
        ("mot", 1),
        ("đầu tiên", 1),
        ("cái đầu tiên", 1),
        ("thứ nhất", 1),
        ("ba", 3),
        ("bốn", 4),
        ("tư", 4),
        ("thứ tư", 4),
        ("năm", 5),
        ("nam", 5),
        ("sáu", 6),
        ("bảy", 7),
        ("bẩy", 7),
        ("bay", 7),
        ("tám", 8),
        ("chín", 9),
        ("mười", 10),
        ("muoi", 10),
        ("mười một", 11),
        ("mười lăm", 15),
        ("muoi bon", 14),
        ("mười tư", 14),
        ("mười bẩy", 17),
        ("hai mươi", 20),
        ("hai chuc", 20),
        ("⑳", 20),
        ("0", 0),
        ("427", 427),
        ("moojt", None),
        ("2\n", 2),
        ("bà", None),
        ("bá", None),
        ("từ", None),
        ("tự", None),
        ("nám", None),
        ("muỗi", None),
        ("bẫy", None),
        ("hài", None),
        ("nhất", None),
        ("1, 4", None),
        ("1-2", None),
        ("-2", None),
        ("2%", None),
        ("1/2", None),
        ("2 người", None),
        ("hai nguoi", None),
        ("cả hai", None),
        ("hai ba", None),
        ("khu phố 4", None),
        ("0912345678", None),
        ("kp4", None),
        ("½", None),
        ("không", None),
        ("", None),
        ("số", None),
        ("thứ", None),
        ("không 2", None),
        ("2a", 2),
        ("2k", None),
        ("2" * 5000, None),
        ("anh hai", None),
    ],
)
def test_number(typed: str, number: int | None) -> None:
    assert answers.read_number(typed) == number


def test_numbers_start_where_the_page_does() -> None:
    assert answers.read_choice("6", WANTS, first=6) == Picked("chairs")
    assert answers.read_choice("0", HANDS, first=0) == Picked("0")
    assert answers.read_choice("1", WANTS, first=6) == OutOfRange(1)
    assert answers.read_choice("10", WANTS, first=6) == OutOfRange(10)


YES = (
    "có",
    "co",
    "có ạ",
    "vâng",
    "vâng ạ",
    "dạ",
    "dạ có",
    "dạ vâng",
    "ừ",
    "ừm",
    "uk",
    "uh",
    "ok",
    "OK",
    "oke",
    "okê",
    "ô kê",
    "đồng ý",
    "nhất trí",
    "được",
    "đc",
    "dc",
    "đi",
    "đúng",
    "đúng rồi",
    "dung roi",
    "phải",
    "yes",
    "y",
    "co em",
    "da dung roi",
    "dạ được ạ",
    "vâng đúng rồi",
    "ừ được",
    "ok bác",
    "u",
    "vaang",
    "đúng vậy",
    "da",
    "dạ ạ",
    "con đồng ý ạ",
    "muốn",
)
NO = (
    "không",
    "không ạ",
    "ko",
    "k",
    "kg",
    "khg",
    "hông",
    "hong",
    "hổng",
    "hem",
    "thôi",
    "thoi",
    "no",
    "không phải",
    "khỏi",
    "đừng",
    "khong a",
    "dạ không",
    "không đồng ý",
    "khong dong y",
    "ko duoc",
    "chưa đúng",
    "vắng",
    "bận",
    "vắng mặt",
    "tôi bận",
    "bận rồi",
    "không được",
    "hổng có",
    "hong di",
    "thôi không",
    "sai rồi",
    "khoong",
    "không không",
    "khong co",
    "k đi",
    "toi ban",
)
UNSURE = ("vang", "vang a", "da vang", "dung", "dung a", "ban", "khong vang", "không bận", "co vang")
NEITHER = (
    "ừ thôi",
    "thôi được",
    "có không",
    "đúng không",
    "phải không",
    "được không",
    "chưa",
    "cô",
    "dừng",
    "vàng",
    "bạn",
    "bác",
    "",
    "nhà tôi",
    "2",
    "ý",
    "vâng, nhưng",
    "lại",
    "đá",
    "ạ",
    "không phải là không",
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *((typed, True) for typed in YES),
        *((typed, False) for typed in NO),
        *((typed, Doubt(("yes", "no"))) for typed in UNSURE),
        *((typed, None) for typed in NEITHER),
    ],
)
def test_yes_or_no(typed: str, meant: bool | Doubt | None) -> None:
    assert answers.read_yes_no(typed) == meant


def test_words_to_ask_back_about() -> None:
    unsure = {"vang": ("yes", "no"), "ban": ("no", "maybe")}
    assert answers.read_choice("vang", COMING, unsure=unsure) == Doubt(("yes", "no"))
    assert answers.read_choice("Vang ạ", COMING, unsure=unsure) == Doubt(("yes", "no"))
    assert answers.read_choice("vâng", COMING, unsure=unsure) == Picked("yes")
    assert answers.read_choice("vắng", COMING, unsure=unsure) == Picked("no")
    assert answers.read_choice("ban", COMING, unsure=unsure) == Doubt(("no", "maybe"))
    assert answers.read_choice("dung", AGREE) == Doubt(("agree", "refuse"))


M, H, C, B, S, D, E, P = (
    GlobalWord.MENU,
    GlobalWord.HELP,
    GlobalWord.CANCEL,
    GlobalWord.BACK,
    GlobalWord.STOP,
    GlobalWord.DATA,
    GlobalWord.ERASE,
    GlobalWord.HUMAN,
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("menu", (M, True)),
        ("MENU", (M, True)),
        ("/menu", (M, True)),
        ("/menu@CauNoiBot", (M, True)),
        ("trang chủ", (M, True)),
        ("trợ giúp", (H, True)),
        ("tro giup", (H, True)),
        ("giup", (H, True)),
        ("giúp với", (H, True)),
        ("/trogiup", (H, True)),
        ("?", (H, True)),
        ("giúp em với ạ", (H, True)),
        ("/help", (H, True)),
        ("help", (H, True)),
        ("hướng dẫn", (H, True)),
        ("hủy", (C, True)),
        ("huỷ", (C, True)),
        ("HỦY", (C, True)),
        ("hũy", (C, True)),
        ("/huy", (C, True)),
        ("huy", (C, False)),
        ("Huy", (C, False)),
        ("huyr", (C, True)),
        ("dừng lại", (C, True)),
        ("thôi", (C, False)),
        ("thoi", (C, False)),
        ("bỏ", (C, False)),
        ("bo", (C, False)),
        ("thôi không", (C, True)),
        ("Húy", None),
        ("Huy Hoàng", None),
        ("quay lại", (B, True)),
        ("quay lai", (B, True)),
        ("trở lại", (B, True)),
        ("lại", (B, True)),
        ("lai", (B, False)),
        ("lãi", None),
        ("ngừng", (S, True)),
        ("ngung", (S, True)),
        ("NGỪNG", (S, True)),
        ("ngưng", (S, True)),
        ("/ngung", (S, True)),
        ("dừng", (S, True)),
        ("dung", (S, False)),
        ("đúng", None),
        ("Dũng", None),
        ("stop", (S, True)),
        ("tắt", (S, True)),
        ("tat", (S, False)),
        ("tất", None),
        ("từ chối", (S, False)),
        ("hủy đăng ký", (S, True)),
        ("thôi nhận tin", (S, True)),
        ("bắt đầu", (GlobalWord.START, True)),
        ("bat dau", (GlobalWord.START, True)),
        ("/batdau", (GlobalWord.START, True)),
        ("/start", (GlobalWord.START, True)),
        ("/start u_1", None),
        ("dữ liệu", (D, True)),
        ("du lieu", (D, True)),
        ("/dulieu", (D, True)),
        ("thông tin của tôi", (D, True)),
        ("xóa", (E, True)),
        ("XÓA", (E, True)),
        ("xoá", (E, True)),
        ("xoa", (E, True)),
        ("XÓA HẾT", None),
        ("/xoa", (E, True)),
        ("gặp người", (P, True)),
        ("gap can bo", (P, True)),
        ("gọi cho tôi", (P, True)),
        ("/gapnguoi", (P, True)),
        ("bỏ qua", (GlobalWord.SKIP, True)),
        ("bo qua", (GlobalWord.SKIP, True)),
        ("/boqua", (GlobalWord.SKIP, True)),
        ("", None),
        ("/", None),
        ("/nothing", None),
        ("hủy họp tuần này", None),
        ("xin chào", None),
        ("2", None),
        ("menu gì", None),
    ],
)
def test_global_word(typed: str, meant: tuple[GlobalWord, bool] | None) -> None:
    assert answers.global_word(typed) == meant


@pytest.mark.parametrize(
    ("typed", "skips"),
    [
        *(
            (typed, True)
            for typed in (
                "bỏ qua",
                "bo qua",
                "BỎ QUA ạ",
                "bõ qua",
                "qua",
                "tiếp",
                "tiep",
                "tiếp tục",
                "next",
                "không có",
                "ko co",
                "k có",
                "khong co gi",
                "không trả lời",
                "khỏi",
                "không cần",
                "dạ không có ạ",
                "không có ý kiến",
                "bor qua",
            )
        ),
        *(
            (typed, False)
            for typed in ("", "bố quá", "có", "2", "Hoa", "qua nhà tôi", "không có nước", "không", "tiệp")
        ),
    ],
)
def test_skip(typed: str, skips: bool) -> None:
    assert answers.is_skip(typed) is skips


@pytest.mark.parametrize(
    ("typed", "greets"),
    [
        *(
            (typed, True)
            for typed in (
                "chào",
                "xin chào",
                "chao em",
                "chào em",
                "Xin chao cau noi",
                "alo",
                "a lô",
                "alo alo",
                "hello",
                "hi",
                "chào bà con",
                "dạ chào cô ạ",
                "chào buổi sáng",
                "chaof em",
                "kính chào cán bộ",
                "Hello bạn ơi",
            )
        ),
        *((typed, False) for typed in ("", "cháo em", "chào, cho hỏi lịch họp", "em", "hiện", "chào Lan")),
    ],
)
def test_greeting(typed: str, greets: bool) -> None:
    assert (answers.courtesy(typed) is answers.Courtesy.GREETING) is greets


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Hoang Lietj", "Hoang Liẹt"),
        ("ddi", "đi"),
        ("vangf", "vàng"),
        ("Tooi ddi", "Tôi đi"),
        ("vaang", "vâng"),
        ("vawngs", "vắng"),
        ("dduwowngf", "đường"),
        ("duongw", "dương"),
        ("nwowcs", "nước"),
        ("huyr", "hủy"),
        ("hoaf", "hòa"),
        ("khoong", "không"),
        ("Nguyeenx Thij Hoaf", "Nguyễn Thị Hòa"),
        ("DDI", "ĐI"),
        ("ddi 2 lần", "đi 2 lần"),
        ("tw", "tư"),
        ("giuwax", "giữa"),
        ("quyeets", "quyết"),
        ("ddawks lawks", "đắk lắk"),
        ("to6i d9i", "tôi đi"),
        ("d9i", "đi"),
        ("tie61ng", "tiếng"),
        ("rieengf", "riềng"),
        ("oke", None),
        ("hello", None),
        ("wifi", None),
        ("p15", None),
        ("kp4", None),
        ("hẻm 47", None),
        ("boss", None),
        ("yes", None),
        ("ok", None),
        ("", None),
        ("khu pho 4", None),
        ("Tôi đi", None),
        ("www", None),
        ("s", None),
        ("\ud800", None),
        ("sssss", None),
        ("wwwwa", None),
        ("H'Bliă Niê", None),
        ("K'Brel", None),
    ],
)
def test_telex(typed: str, meant: str | None) -> None:
    assert answers.undo_telex(typed) == meant


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a \t b  ", "a b"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a \n\n\n\n b", "a\n\nb"),
        ("\x02đậm\x03", "đậm"),
        ("a\x00b", "ab"),
        ("Ðặng", "Đặng"),
        ("ðường", "đường"),
        ("a\ud800b", "ab"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("\ufeffa\u200bb\u200dc\u00ad", "abc"),
        (unicodedata.normalize("NFD", "Đường Nguyễn Huệ"), "Đường Nguyễn Huệ"),
        ("a\u00a0b\u3000c", "a b c"),
        ("a\x85b\u2028c", "a\nb\nc"),
        ("👍🏽 ❤️", "👍🏽 ❤️"),
        ("\U000e0041x", "x"),
        ("\n\n", ""),
        ("H'Bliă Niê", "H'Bliă Niê"),
        ("\x9b1m", "1m"),
    ],
)
def test_clean(typed: str, kept: str) -> None:
    assert answers.clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("Đường Nguyễn Huệ", "duong nguyen hue"),
        ("Ðặng", "dang"),
        ("ĐỒNG Ý", "dong y"),
        ("  A\n b ", "a b"),
        ("２０２６", "2026"),
        ("②", "2"),
        ("2️⃣", "2"),
        ("H'Bliă Niê", "h'blia nie"),
        ("ƀuôn", "buon"),
        ("hoà hòa", "hoa hoa"),
        ("Straße", "strasse"),
        ("٣", "3"),
        ("ភូមិ", "ភូមិ"),
        ("vâng\u200b", "vang"),
        ("", ""),
    ],
)
def test_fold(typed: str, bare: str) -> None:
    assert answers.fold(typed) == bare


def test_marks() -> None:
    assert all(map(answers.has_marks, ("vâng", "đi", "Đ", "Ðặng", "hoà", unicodedata.normalize("NFD", "ừ"), "hủy")))
    assert not any(map(answers.has_marks, ("", "vang", "2️⃣", "👍", "①", "\ud800", "menu")))


def test_words_of_any_length_never_take_long() -> None:
    nasty = [
        "a" * 5000,
        " " * 5000,
        "a\u0301\u0323" * 1600,
        "không " * 800,
        "1" * 5000,
        "\n " * 2500,
        "s" * 79,
        "wow" * 26,
        "không " * 13,
        "k " * 39,
        "1 " * 39,
    ]
    started = time.perf_counter()
    for typed in nasty:
        answers.read_choice(typed, MENU)
        answers.read_number(typed)
        answers.read_yes_no(typed)
        answers.global_word(typed)
        answers.is_skip(typed)
        answers.courtesy(typed)
        answers.undo_telex(typed)
    assert time.perf_counter() - started < 2
