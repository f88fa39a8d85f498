"""What the fields are called of the document that people take away."""

from __future__ import annotations

from collections.abc import Mapping

from conversation.messages import N_, Template

MYSELF, FIELD, VALUE = "toi", "muc", "gia_tri"
HEADINGS: Mapping[str, Template] = {
    MYSELF: N_("Thông tin của tôi"),
    FIELD: N_("Mục"),
    VALUE: N_("Đang lưu"),
    "ai": N_("Ai"),
    "cach_xung_ho": N_("Cách xưng hô"),
    "chi_hoi": N_("Chi hội"),
    "cach_dong_y": N_("Đồng ý bằng cách nào"),
    "dien_bien": N_("Diễn biến"),
    "doan_the": N_("Đoàn thể"),
    "duong_dan": N_("Đường dẫn tải về, dùng được đến"),
    "dong_y": N_("Lời đồng ý"),
    "dong_y_luc": N_("Đồng ý lúc"),
    "giup": N_("Giúp ai"),
    "kenh": N_("Kênh"),
    "kenh_uu_tien": N_("Kênh ưu tiên"),
    "loai": N_("Loại"),
    "luc": N_("Lúc"),
    "ly_do": N_("Lý do"),
    "ma": N_("Mã"),
    "ma_bam": N_("Mã băm SHA-256"),
    "ma_moi_da_dung": N_("Mã mời đã dùng"),
    "ma_tin": N_("Mã tin nhắn"),
    "ma_noi": N_("Mã nối tài khoản, cấp lúc"),
    "nam_sinh": N_("Năm sinh"),
    "ngay": N_("Ngày"),
    "ngay_gui": N_("Ngày gửi"),
    "ngon_ngu": N_("Ngôn ngữ"),
    "nguoi_ghi": N_("Người ghi giúp"),
    "nhat_ky": N_("Nhật ký"),
    "nhiem_vu": N_("Nhiệm vụ"),
    "noi": N_("Nơi"),
    "noi_dung": N_("Nội dung"),
    "noi_o": N_("Nơi ở"),
    "phan_anh": N_("Phản ánh"),
    "rut_luc": N_("Rút lúc"),
    "so": N_("Số"),
    "dien_thoai": N_("Số điện thoại"),
    "hoi_vien": N_("Hội viên"),
    "tinh_trang": N_("Tình trạng"),
    "den_ngay": N_("Đến ngày"),
    "xac_nhan_ngay": N_("Xác nhận ngày"),
    "tai_khoan": N_("Tài khoản nhắn tin"),
    "ten": N_("Tên"),
    "trang_thai": N_("Trạng thái"),
    "tu_ngay": N_("Từ ngày"),
    "viec": N_("Việc"),
}
