"""Why a letter did not arrive, in the words of whoever had it sent."""

from __future__ import annotations

from collections.abc import Mapping

from conversation.messages import N_, Template

WHY: Mapping[str, Template] = {
    "blocked": N_("người dân đã chặn Cầu Nối"),
    "no_channel": N_("người dân không còn kênh nào để nhận tin"),
    "channel_off": N_("kênh mà người dân dùng nay đã tắt"),
    "window": N_("người dân lâu không nhắn cho Zalo OA, nên Zalo không cho gửi"),
    "not_following": N_("người dân không còn quan tâm Zalo OA"),
    "inactive": N_("người dân lâu không dùng Zalo"),
    "night": N_("Zalo không cho gửi vào ban đêm"),
    "quota": N_("Zalo OA đã hết lượt tin được gửi"),
    "expired": N_("thư đã quá thời hạn gửi"),
    "uncertain": N_("mạng trục trặc, không rõ thư đã tới hay chưa"),
}
"""By the reason of a letter that was skipped, else by how it ended."""
OTHERWISE = N_("có trục trặc kỹ thuật")


def why(ended: str) -> Template:
    """The words for what `storage.deliveries` tells."""
    return WHY.get(ended, OTHERWISE)
