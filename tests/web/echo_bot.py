"""A tiny bot over plain HTTP: repeats what it hears, asks one question with buttons."""

import asyncio
from typing import Any

import aiohttp

Json = dict[str, Any]
QUESTION = (
    "📅 <b>Chi hội Phụ nữ Khu phố 4 mời {name} sinh hoạt tháng 12</b>\n"
    "<b>19 giờ 30, thứ Bảy 5/12</b> (27/10 âm lịch)\n"
    "Tại <b>Nhà văn hóa Khu phố 4</b>\nBàn việc: phân loại rác; vay vốn cuối năm.\n{name} đi được không ạ?"
)
LABELS = ("1. Tôi đi", "2. Tôi không đi được", "3. Chưa biết")
BUTTONS = {"inline_keyboard": [[{"text": label, "callback_data": f"m:{label[0]}"}] for label in LABELS]}
CONTACT = {
    "keyboard": [[{"text": "Gửi số điện thoại", "request_contact": True}]],
    "one_time_keyboard": True,
    "resize_keyboard": True,
}
COMMANDS = [
    {"command": "lich", "description": "Lịch họp"},
    {"command": "phananh", "description": "Gửi phản ánh"},
    {"command": "trogiup", "description": "Trợ giúp"},
]


class EchoBot:
    """Polls until cancelled."""

    def __init__(self, base: str, token: str) -> None:
        self.address = f"{base}/bot{token}"

    async def run(self) -> None:
        """Answer everything that comes, in order."""
        async with aiohttp.ClientSession() as self.http:
            await self.call("setMyCommands", commands=COMMANDS)
            offset = 0
            while True:
                for update in await self.call("getUpdates", offset=offset, timeout=20) or []:
                    offset = update["update_id"] + 1
                    await self.answer(update)

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method and return its result, None when it was refused."""
        try:
            async with self.http.post(f"{self.address}/{method}", json=params) as answer:
                return (await answer.json(content_type=None)).get("result")
        except (aiohttp.ClientError, ValueError):
            await asyncio.sleep(0.1)
            return None

    async def answer(self, update: Json) -> None:
        """Answer one update."""
        if query := update.get("callback_query"):
            await self.chosen(query)
        elif message := update.get("message"):
            await self.said(message)

    async def chosen(self, query: Json) -> None:
        """Answer a tap: a word at once, and the question changed into a receipt."""
        message = query["message"]
        label = LABELS[int(query["data"].partition(":")[2]) - 1][3:]
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text="Đã ghi ạ")
        await self.call(
            "editMessageText",
            chat_id=message["chat"]["id"],
            message_id=message["message_id"],
            text=f"Dạ, đã ghi <b>{label}</b>. Cảm ơn {query['from']['first_name']}.",
            parse_mode="HTML",
        )

    async def said(self, message: Json) -> None:
        """Answer words, a photo, or anything else."""
        chat, name, text = message["chat"]["id"], message["from"]["first_name"], message.get("text", "")
        if text.startswith("/start"):
            question = QUESTION.format(name=name)
            await self.call("sendMessage", chat_id=chat, text=question, parse_mode="HTML", reply_markup=BUTTONS)
        elif text == "số":
            await self.call("sendMessage", chat_id=chat, text="Xin số để tiện liên lạc ạ.", reply_markup=CONTACT)
        elif text == "chờ":
            await self.call("sendChatAction", chat_id=chat, action="typing")
        elif text:
            await self.call("sendMessage", chat_id=chat, text=f"{name} vừa nói: {text}")
        else:
            kind = next(kind for kind in ("photo", "voice", "sticker", "contact", "document") if kind in message)
            words = {"photo": "ảnh", "voice": "ghi âm", "sticker": "hình dán", "contact": "số điện thoại"}
            reply = {"message_id": message["message_id"]}
            await self.call(
                "sendMessage", chat_id=chat, text=f"Đã nhận {words.get(kind, 'tệp')}.", reply_parameters=reply
            )
