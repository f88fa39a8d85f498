"""Words that tell what a message is about, with their marks; several of one kind are parted by `|`."""

from __future__ import annotations

TOPIC_WORDS = {
    "dien_chieu_sang": (
        "đèn đường|mất điện|cột điện|dây điện|chập điện|đường dây|trạm biến áp|cúp điện|bóng đèn|đèn|"
        "đèn hư|tủ điện|đứt dây"
    ),
    "ve_sinh_moi_truong": (
        "rác|đổ rác|thu gom rác|rác thải|mùi hôi|ô nhiễm|nước thải|cống|tắc cống|ngập|ruồi|muỗi|"
        "chuồng trại|xác động vật|đốt rác|hôi thối|xả thải"
    ),
    "giao_thong_ha_tang": (
        "ổ gà|đường hỏng|sạt lở|cầu|hẻm|ngõ|vỉa hè|lòng lề đường|biển báo|kênh|mương|đường bê tông|"
        "nắp cống|sụp lún|gờ giảm tốc|đèn tín hiệu|kẹt xe"
    ),
    "nuoc_sach": "nước sạch|mất nước|cúp nước|nước máy|nước đục|giếng|nước yếu",
    "an_ninh_trat_tu": (
        "trộm|mất trộm|đánh nhau|ma túy|cờ bạc|đánh bạc|gây rối|karaoke|loa kẹo kéo|ồn|tiếng ồn|lừa đảo|"
        "tín dụng đen|nghiện|hát karaoke"
    ),
    "xay_dung_dat_dai": (
        "xây dựng trái phép|lấn chiếm|sổ đỏ|tranh chấp đất|ranh giới|đền bù|giải tỏa|thu hồi đất|quy hoạch"
    ),
    "an_sinh_chinh_sach": (
        "hộ nghèo|cận nghèo|trợ cấp|người có công|thương binh|bảo trợ|bảo hiểm y tế|bhyt|"
        "trợ cấp người cao tuổi|nhà dột|nhà tạm|hỗ trợ"
    ),
    "thu_tuc_hanh_chinh": (
        "giấy tờ|thủ tục|một cửa|khai sinh|căn cước|cccd|vneid|dịch vụ công|hộ khẩu|tạm trú|thái độ cán bộ"
    ),
    "y_te_dich_benh": "sốt xuất huyết|dịch|trạm y tế|tiêm|vắc xin|ngộ độc|an toàn thực phẩm",
    "giao_duc_tre_em": "trường|học phí|học sinh|trẻ em|bạo hành trẻ|nhà trẻ|mẫu giáo|đuối nước",
    "viec_lam_vay_von": "việc làm|học nghề|vay vốn|ngân hàng chính sách|xuất khẩu lao động|thất nghiệp|lương|nợ lương",
    "nong_nghiep": (
        "lúa|sâu bệnh|dịch tả heo|cúm gia cầm|phân bón|thuốc trừ sâu|thủy lợi|giá lúa|giống|gà chết|heo chết|lợn chết"
    ),
    "quy_dong_gop": "quỹ|đóng góp|thu tiền|hội phí|công khai|thu chi",
    "thien_tai": "bão|lũ|lụt|sạt lở|triều cường|hạn|xâm nhập mặn|giông|lốc",
    "hoat_dong_hoi": "sinh hoạt|họp|chi hội|chi đoàn|văn nghệ|thể thao|câu lạc bộ|phong trào",
}

PLACE_WORDS = {
    "giao_thong_ha_tang": "cầu|hẻm|ngõ|kênh|mương",
    "giao_duc_tre_em": "trường",
}
"""Words among these that mostly tell where something is."""

ALARM_WORDS = {
    "fire": (
        "cháy|đang cháy|cháy nhà|nhà cháy|bị cháy|bốc cháy|cháy lớn|cháy chợ|cháy kho|hỏa hoạn|rò rỉ gas|xì gas|"
        "nổ bình gas|cháy nổ"
    ),
    "hurt": "tai nạn|chết người|điện giật|ngộ độc|cấp cứu|tự tử|bất tỉnh",
    "threat": "bạo hành|đánh đập|đe dọa|bắt cóc|chém|cướp",
    "danger": "đuối nước|đứt dây điện|sạt lở|lũ quét|khẩn cấp|cứu|cứu với|sập nhà|nhà sập|cứu người",
}

ELSEWHERE_WORDS = {
    "khieu_nai": (
        "khiếu nại|đơn khiếu nại|quyết định xử phạt|quyết định thu hồi|không đồng ý quyết định|quyết định trái luật"
    ),
    "to_cao": (
        "tố cáo|tham nhũng|nhận hối lộ|đưa hối lộ|ăn chặn|vòi tiền|chạy chức|bao che|cấu kết|"
        "sai phạm của ông|sai phạm của bà|chiếm đoạt|hối lộ|tham ô"
    ),
}
