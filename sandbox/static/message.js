// How one message looks.
import { element, shortTime } from "./dom.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

// Offsets are UTF-16 units, which is how JavaScript counts too.
export function formatted(text, entities, actions) {
  return nested(text, 0, text.length, [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length), actions);
}

function nested(text, start, end, entities, actions) {
  const out = document.createDocumentFragment();
  let at = start;
  while (entities.length) {
    const [entity, ...rest] = entities;
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    if (from >= to) {
      entities = rest;
      continue;
    }
    out.append(text.slice(at, from));
    const inside = rest.filter((other) => other.offset < to);
    out.append(wrapped(entity, nested(text, from, to, inside, actions), text.slice(from, to), actions));
    entities = rest.filter((other) => other.offset + other.length > to);
    at = to;
  }
  out.append(text.slice(at, end));
  return out;
}

function wrapped(entity, content, words, actions) {
  if (entity.type === "bot_command") {
    return element("button", { type: "button", class: "command", onclick: () => actions.type(words) }, content);
  }
  const address = entity.type === "text_link" ? entity.url : entity.type === "url" ? words : "";
  if (/^https?:\/\//.test(address)) return link(address, content, actions);
  if (entity.type === "spoiler") return element("span", { class: "spoiler" }, content);
  const tag = TAGS[entity.type];
  return tag ? element(tag, {}, content) : content;
}

export function payloadOf(address) {
  const match = /[?&]start=([A-Za-z0-9_-]{1,64})/.exec(address);
  return match ? match[1] : null;
}

function link(address, content, actions) {
  const payload = /^https?:\/\/(t\.me|telegram\.me)\//.test(address) ? payloadOf(address) : null;
  const made = element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, content);
  if (payload) {
    made.addEventListener("click", (event) => {
      event.preventDefault();
      actions.link(payload);
    });
  }
  return made;
}

export function message(given, person, actions, editable) {
  const mine = !given.from.is_bot;
  const bubble = element("div", { class: "bubble" });
  bubble.append(element("span", { class: "hidden-words" }, `${mine ? person.name : given.from.first_name}: `));
  if (given.reply_to_message) bubble.append(quote(given.reply_to_message));
  bubble.append(...media(given, person));
  const words = given.text ?? given.caption;
  if (words) {
    const entities = given.entities ?? given.caption_entities ?? [];
    bubble.append(element("div", { class: "text" }, formatted(words, entities, actions)));
  }
  bubble.append(meta(given, mine && editable && given.text, actions));
  const made = element("div", { class: mine ? "message mine" : "message" }, bubble);
  if (given.reply_markup?.inline_keyboard) made.append(choices(given, actions));
  return made;
}

function quote(replied) {
  return element("p", { class: "quote" }, replied.text ?? replied.caption ?? "Tin có tệp");
}

function media(given, person) {
  const address = given.file;
  const size = given.photo?.at(-1);
  if (size) return [element("img", { src: address, width: size.width, height: size.height, alt: `Ảnh trong tin của ${given.from.is_bot ? "Cầu Nối" : person.name}` })];
  if (given.sticker) return [element("img", { src: address, alt: "Hình dán mặt trời cười", class: "sticker" })];
  if (given.voice) {
    return [element("audio", { src: address, controls: true, preload: "none", "aria-label": `Ghi âm ${given.voice.duration} giây` })];
  }
  if (given.document) {
    return [element("a", { class: "file", href: address, download: given.document.file_name ?? "tep" }, `Tệp: ${given.document.file_name ?? "không tên"}`)];
  }
  if (given.contact) return [element("p", {}, `Số điện thoại: ${given.contact.phone_number} (${given.contact.first_name})`)];
  if (given.location) return [element("p", {}, `Vị trí: ${given.location.latitude}, ${given.location.longitude}`)];
  return [];
}

function meta(given, editable, actions) {
  const made = element("div", { class: "meta" });
  if (editable) {
    made.append(element("button", { type: "button", onclick: () => actions.startEdit(given), "aria-label": `Sửa tin: ${given.text.slice(0, 40)}` }, "Sửa"));
  }
  if (given.edit_date && !given.from.is_bot) made.append(element("span", {}, "đã sửa"));
  made.append(element("time", {}, shortTime(new Date(given.date * 1000))));
  return made;
}

function choices(given, actions) {
  const lines = given.reply_markup.inline_keyboard.map((row) =>
    element("div", { class: "line" }, ...row.map((button) => choice(given, button, actions))));
  return element("div", { class: "choices" }, ...lines);
}

function choice(given, button, actions) {
  if (button.url) return link(button.url, button.text, actions);
  return element("button", {
    type: "button",
    onclick: (event) => {
      event.currentTarget.setAttribute("aria-busy", "true");
      actions.tap(given.message_id, button.callback_data);
    },
  }, button.text);
}
