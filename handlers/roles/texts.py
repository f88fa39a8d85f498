"""What is said about giving offices up and ending them."""

from __future__ import annotations

from conversation.messages import N_

MENU = N_("Thôi vai trò")
TITLE = N_("thôi vai trò")
NONE = N_("Dạ, {you} không giữ nhiệm vụ nào trong Cầu Nối ạ.")
WHICH = N_("{You} muốn thôi nhiệm vụ nào ạ?")
WHICH_OF_MANY = N_("{You} muốn thôi nhiệm vụ nào ạ? Gõ **tên người**, **nơi** hay **nhiệm vụ** để tìm.")
MORE = N_("Xem tiếp")
NONE_CALLED_SO = N_("Cầu Nối không thấy nhiệm vụ nào của «{words}» ở nơi {you} phụ trách ạ.")
MINE, OF = N_("Tôi: {office}"), N_("{who}: {office}")
SURE_OWN = N_("{You} thôi làm **{office}** trong Cầu Nối, phải không ạ?")
SURE = N_("**{who}** thôi làm **{office}** trong Cầu Nối, phải không ạ?")
END, KEEP = N_("Đúng, thôi"), N_("Giữ như cũ")
KEPT = N_("Dạ, vẫn giữ như cũ ạ.")
ENDED_OWN = N_("Dạ, {you} đã thôi làm **{office}**. Cảm ơn {you} đã lo cho bà con.")
ENDED = N_("Dạ, **{who}** đã thôi làm **{office}**. Cầu Nối đã báo người ấy.")
YOU_NO_LONGER = N_("{You} thôi làm **{office}** trong Cầu Nối từ hôm nay. Cảm ơn {you} đã lo cho bà con.")
NO_SUCH_OFFICE = N_("Nhiệm vụ này không còn nữa ạ.")
