"""What people are asked to agree to, each by itself, and how it is called when they look it up."""

from __future__ import annotations

from conversation.messages import N_

NEWS, URGENT, REPLY, OFFICE, MEMBERS = "news", "urgent", "reply", "office", "members"
PHOTOS = "photos"

OF_PLACE = (NEWS, URGENT)
"""Agreed to for one place and whoever keeps the data there: somebody who moves is asked anew."""

PURPOSES = {
    NEWS: N_("nhận tin và lịch họp"),
    URGENT: N_("chỉ nhận tin khẩn"),
    REPLY: N_("để tên khi gửi phản ánh"),
    PHOTOS: N_("kèm ảnh khi gửi phản ánh"),
    MEMBERS: N_("có tên trong danh sách hội viên"),
    OFFICE: N_("trả lời bà con với tên và nhiệm vụ của mình"),
}
ANOTHER_PURPOSE = N_("việc khác")
