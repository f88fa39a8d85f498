// One phone: its log, its text field, its tools.
import { day, element, post } from "./dom.js";
import { message, payloadOf } from "./message.js";

const NEAR_BOTTOM = 60;
const NOTICE_MILLISECONDS = 4500;
const APPS = {
  telegram: { name: "Telegram", tools: ["photo", "voice", "sticker", "link", "menu"], block: "Chặn", unblock: "Bỏ chặn",
    about: "Chưa có tin nào. Bấm Bắt đầu, hoặc quét mã QR ở nhà văn hóa.", start: "Bắt đầu" },
  zalo_bot: { name: "Zalo", tools: ["photo", "voice", "sticker", "unsupported"], block: "Chặn", unblock: "Bỏ chặn",
    about: "Chưa có tin nào. Nhắn một tin, hoặc gõ mã in dưới mã QR ở nhà văn hóa.", start: "Nhắn Xin chào" },
  zalo_oa: { name: "Zalo OA", tools: ["photo", "voice", "sticker", "unsupported"], block: "Bỏ quan tâm", unblock: "Quan tâm lại",
    about: "Chưa có tin nào. Bấm Quan tâm rồi nhắn một tin, hoặc gõ mã in dưới mã QR.", start: "Quan tâm" },
};

export const isZalo = (person) => person.app !== "telegram";

export class Phone {
  constructor(person, hints, failed) {
    this.id = person.id;
    this.app = APPS[person.app];
    this.hints = hints;
    this.failed = failed;
    this.shown = new Map();
    this.lastNotice = person.notice?.number ?? 0;
    this.root = document.getElementById("phone-template").content.firstElementChild.cloneNode(true);
    this.log = this.part(".log");
    this.words = this.part(".words");
    this.sheet = this.part(".sheet");
    this.actions = {
      type: (text) => this.act("type", { text }),
      link: (payload) => this.act("link", { payload }),
      start: { telegram: () => this.act("link"), zalo_bot: () => this.act("type", { text: "Xin chào" }), zalo_oa: () => this.act("follow") }[person.app],
      tap: (messageId, button) => this.act("tap", { message_id: messageId, button }),
      startEdit: (given) => this.startEdit(given),
    };
    this.name(person);
    this.listen();
    this.keepAtEnd();
  }

  // The log stays at its end, whatever grows or shrinks, unless somebody scrolled up to read.
  keepAtEnd() {
    this.atEnd = true;
    this.lastTop = 0;
    this.log.addEventListener("scroll", () => {
      const near = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM;
      this.atEnd = near || (this.atEnd && this.log.scrollTop >= this.lastTop);
      this.lastTop = this.log.scrollTop;
    });
    new ResizeObserver(() => this.toEnd()).observe(this.log);
  }

  toEnd() {
    if (this.atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  name(person) {
    const heading = `phone-${person.id}`;
    this.part("h2").id = heading;
    this.part("h2").textContent = person.name;
    this.part(".role").textContent = isZalo(person) ? `${this.app.name} · ${person.role}` : person.role;
    this.root.classList.toggle("zalo", isZalo(person));
    this.part(".unblock").textContent = this.app.unblock;
    this.part(".block").textContent = this.app.block;
    for (const tool of this.root.querySelectorAll("[data-tool]")) tool.hidden = !this.app.tools.includes(tool.dataset.tool);
    this.part(".avatar").textContent = person.name.split(" ").at(-1).charAt(0);
    this.root.setAttribute("aria-labelledby", heading);
    this.log.setAttribute("aria-label", `Tin nhắn của ${person.name}`);
    this.words.setAttribute("aria-label", `${person.name} nhắn cho Cầu Nối`);
    this.part(".tools").setAttribute("aria-label", `${person.name} gửi thứ khác`);
  }

  async act(action, body = {}) {
    try {
      this.atEnd = true;
      await post(`/api/people/${this.id}/${action}`, body);
      return true;
    } catch (problem) {
      this.failed(problem);
      return false;
    }
  }

  listen() {
    this.part(".write").addEventListener("submit", (event) => this.submit(event));
    this.part(".block").addEventListener("click", () => this.act(this.person.blocked ? "unblock" : "block"));
    this.part(".unblock").addEventListener("click", async () => {
      await this.act("unblock");
      this.part(".block").focus();
    });
    this.part(".file").addEventListener("change", (event) => this.photo(event.currentTarget));
    this.words.addEventListener("keydown", (event) => event.key === "Escape" && this.stopEdit());
    for (const tool of this.root.querySelectorAll("[data-tool]")) {
      tool.addEventListener("click", () => this.tool(tool));
    }
  }

  async submit(event) {
    event.preventDefault();
    const text = this.words.value.trim();
    if (!text) return;
    this.words.value = "";
    const editing = this.editing;
    this.stopEdit();
    const sent = await (editing ? this.act("edit", { message_id: editing, text }) : this.act("type", { text }));
    if (!sent && !this.words.value) this.words.value = text; // nobody likes to type it twice
  }

  startEdit(given) {
    this.editing = given.message_id;
    this.words.value = given.text;
    this.words.focus();
    this.words.select();
  }

  stopEdit() {
    if (this.editing) this.words.value = "";
    this.editing = null;
  }

  async photo(input) {
    const [file] = input.files;
    input.value = "";
    if (file) await this.act("photo", file);
  }

  tool(button) {
    const kind = button.dataset.tool;
    if (kind === "photo") this.part(".file").click();
    else if (kind === "voice") this.act("voice", { seconds: 2 });
    else if (kind === "sticker" || kind === "unsupported") this.act(kind);
    else this.toggleSheet(kind);
  }

  toggleSheet(kind) {
    const opens = this.sheet.hidden || this.sheet.dataset.kind !== kind;
    this.sheet.hidden = !opens;
    this.sheet.dataset.kind = kind;
    this.sheet.replaceChildren(...(opens ? [kind === "link" ? this.linkSheet() : this.menuSheet()] : []));
    for (const tool of this.root.querySelectorAll("[data-tool][aria-expanded]")) {
      tool.setAttribute("aria-expanded", String(opens && tool.dataset.tool === kind));
    }
    if (opens) this.sheet.querySelector("input, button")?.focus();
  }

  closeSheet() {
    if (!this.sheet.hidden) this.toggleSheet(this.sheet.dataset.kind);
    this.words.focus();
  }

  linkSheet() {
    const id = `link-${this.id}`;
    const field = element("input", { id, type: "text", autocomplete: "off", placeholder: "u_26878-04" });
    const form = element("form", {
      onsubmit: (event) => {
        event.preventDefault();
        this.actions.link(payloadOf(field.value) ?? field.value.trim());
        this.closeSheet();
      },
    });
    form.append(
      element("label", { for: id }, "Dán mã hoặc đường dẫn trong mã QR"),
      element("div", { class: "pair" }, field, element("button", { class: "strong", type: "submit" }, "Mở")),
    );
    const ready = this.hints.map((hint) => this.sheetButton(hint.label, "", () => this.useHint(hint)));
    return element("div", {}, form, ready.length ? element("div", { class: "list" }, ...ready) : null);
  }

  useHint(hint) {
    return "payload" in hint ? this.actions.link(hint.payload) : this.actions.type(hint.text);
  }

  menuSheet() {
    const commands = this.person.commands;
    if (!commands.length) return element("p", {}, "Bot chưa có bảng lệnh.");
    const list = commands.map(({ command, description }) =>
      this.sheetButton(`/${command}`, description, () => this.actions.type(`/${command}`)));
    return element("div", { class: "list" }, ...list);
  }

  sheetButton(strong, words, then) {
    const press = () => {
      then();
      this.closeSheet();
    };
    return element("button", { type: "button", onclick: press }, element("b", {}, strong), words);
  }

  show(person) {
    this.person = person;
    const grew = this.showMessages(person);
    this.part(".typing").hidden = !person.typing;
    this.part(".block").setAttribute("aria-pressed", String(person.blocked));
    this.part(".block").setAttribute("aria-label", `Chặn bot trên máy ${person.name}`);
    this.part(".blocked").hidden = !person.blocked;
    this.root.classList.toggle("is-blocked", person.blocked);
    this.part(".composer").hidden = person.blocked;
    this.showKeyboard(person.keyboard);
    this.showNotice(person.notice);
    this.toEnd();
    return grew;
  }

  showMessages(person) {
    const editable = !isZalo(person) && person.messages.findLast((item) => !item.from.is_bot && item.text && !item.text.startsWith("/"))?.message_id;
    const present = new Set(person.messages.map((item) => item.message_id));
    for (const [id, old] of this.shown) {
      if (!present.has(id)) {
        old.made.remove();
        this.shown.delete(id);
      }
    }
    let grew = 0;
    this.empty(person);
    for (const item of person.messages) grew += this.showMessage(item, person, item.message_id === editable);
    return grew;
  }

  showMessage(item, person, editable) {
    const looks = JSON.stringify([item, editable]);
    const old = this.shown.get(item.message_id);
    if (old?.looks === looks) {
      for (const busy of old.made.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
      return 0;
    }
    const made = message(item, person, this.actions, editable);
    for (const image of made.querySelectorAll("img")) {
      image.addEventListener("load", () => this.toEnd(), { once: true });
    }
    if (old) this.replace(old.made, made);
    else {
      this.newDay(item);
      this.log.append(made);
    }
    this.shown.set(item.message_id, { looks, made });
    return old || !item.from.is_bot ? 0 : 1;
  }

  replace(old, made) {
    const focused = old.contains(document.activeElement);
    old.replaceWith(made);
    if (focused) (made.querySelector(".choices button") ?? this.words).focus();
  }

  newDay(item) {
    const words = day(new Date(item.date * 1000));
    if (words === this.lastDay) return;
    this.lastDay = words;
    this.log.append(element("p", { class: "day" }, words));
  }

  empty(person) {
    const follows = isZalo(person) && person.started;
    const looks = person.messages.length ? undefined : String(follows);
    const old = this.part(".empty");
    if (old?.dataset.follows === looks) return;
    old?.remove();
    if (looks === undefined) return;
    const start = () => {
      this.actions.start();
      this.words.focus();
    };
    const words = follows ? "Đã quan tâm Cầu Nối. Nhắn một tin để bắt đầu." : this.about || this.app.about;
    this.log.append(element("div", { class: "empty", "data-follows": looks },
      element("p", {}, words),
      follows ? null : element("button", { class: "strong", type: "button", onclick: start }, this.app.start)));
  }

  showKeyboard(keyboard) {
    const looks = JSON.stringify(keyboard);
    if (looks === this.keyboardLooks) return;
    this.keyboardLooks = looks;
    const place = this.part(".keyboard");
    const rows = keyboard?.keyboard ?? [];
    place.hidden = !rows.length;
    place.replaceChildren(...rows.map((row) => element("div", { class: "line" }, ...row.map((button) => {
      const label = typeof button === "string" ? button : button.text;
      return element("button", { type: "button", onclick: () => this.act("press", { label }) }, label);
    }))));
  }

  showNotice(notice) {
    if (!notice || notice.number === this.lastNotice) return;
    this.lastNotice = notice.number;
    const place = this.part(".notice");
    const close = () => place.replaceChildren();
    place.replaceChildren(element("span", {}, notice.text));
    if (notice.alert) place.append(element("button", { type: "button", onclick: close }, "Đã hiểu"));
    else setTimeout(close, NOTICE_MILLISECONDS);
  }
}
