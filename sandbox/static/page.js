// The whole page: keeps the phones, the clock and the troubles as the server says they are.
import { element, longTime, post } from "./dom.js";
import { isZalo, Phone } from "./phone.js";

const FAULTS = [
  { kind: "throttle", on: { kind: "throttle", retry_after: 3 }, name: "Quá tải", about: "Máy chủ bảo gửi chậm lại (429)" },
  { kind: "drop", on: { kind: "network_down" }, name: "Mất mạng", about: "Bot không nối được với máy chủ" },
  { kind: "gateway", on: { kind: "network_down", gateway: true }, name: "Máy chủ hỏng", about: "Mọi yêu cầu đều bị lỗi 502" },
  { kind: "slow", on: { kind: "slow", delay: 3 }, name: "Trễ", about: "Mỗi tin gửi đi chậm thêm 3 giây" },
  { kind: "swallow", on: { kind: "swallow", times: 1 }, name: "Đứt giữa chừng", about: "Tin tới thứ nhất đến nơi nhưng bot không được báo" },
];
const RETRY_MILLISECONDS = 1500;

const byId = (id) => document.getElementById(id);
const phones = new Map();
const news = new Map();
let state = null;
let clockOffset = 0;
let chosen = null;
let loading = false;
let again = false;

function say(words) {
  byId("status").textContent = words;
}

function failed(problem) {
  say("Chưa làm được việc vừa rồi. Xin thử lại.");
  console.warn(problem);
}

async function load() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    const answer = await fetch("/api/state");
    if (answer.ok) show(await answer.json());
  } catch (problem) {
    console.warn(problem);
  } finally {
    loading = false;
  }
  if (again) {
    again = false;
    await load();
  }
}

// One of each app first, so that a phone of either is before one's eyes.
function byTurns(people) {
  const turn = new Map();
  const seen = {};
  for (const person of people) turn.set(person, (seen[person.app] = (seen[person.app] ?? 0) + 1));
  return people.toSorted((one, other) => turn.get(one) - turn.get(other));
}

function show(fresh) {
  const first = state === null;
  if (!first && fresh.bot.id !== state.bot.id) return location.reload(); // the sandbox was started anew: other people, other codes
  state = { ...fresh, people: byTurns(fresh.people) };
  clockOffset = Date.parse(fresh.now) - Date.now();
  tick();
  if (first) showHints();
  for (const person of state.people) showPerson(person, first);
  chosen ??= state.people[0]?.id ?? null;
  showChosen();
  showFaults();
  if (fresh.people.some((person) => person.typing)) setTimeout(load, RETRY_MILLISECONDS);
}

function showPerson(person, first) {
  let phone = phones.get(person.id);
  if (!phone) {
    phone = new Phone(person, hintsFor(person), failed);
    if (person.app === "telegram") phone.about = state.about["description:vi"] ?? state.about["description:"];
    phones.set(person.id, phone);
    byId("phones").append(phone.root);
  }
  const grew = phone.show(person);
  if (!first && grew && person.id !== chosen) news.set(person.id, (news.get(person.id) ?? 0) + grew);
}

function showPanel(open) {
  byId("panel").classList.toggle("open", open);
  byId("panel-toggle").setAttribute("aria-expanded", String(open));
}

function personOf(hint) {
  return state.people.find((person) => hint.person === person.id || hint.person === person.name);
}

function hintsFor(person) {
  return state.hints.filter((hint) => hint.person === undefined || personOf(hint) === person);
}

function showHints() {
  const own = state.hints.filter(personOf);
  byId("hints").hidden = !own.length;
  byId("hint-buttons").replaceChildren(...own.map((hint) => {
    const use = () => {
      showPanel(false);
      choose(personOf(hint).id);
      phones.get(chosen).root.scrollIntoView({ block: "nearest" });
      phones.get(chosen).useHint(hint);
    };
    return element("button", { type: "button", onclick: use }, hint.label);
  }));
}

function choose(id) {
  chosen = id;
  news.delete(id);
  showChosen();
}

function showChosen() {
  for (const [id, phone] of phones) phone.root.classList.toggle("chosen", id === chosen);
  const bar = byId("people");
  const looks = JSON.stringify([state.people.map((person) => person.name), chosen, [...news]]);
  if (bar.dataset.looks === looks) return;
  const focused = bar.contains(document.activeElement);
  bar.dataset.looks = looks;
  bar.replaceChildren(...state.people.map(personButton));
  const pressed = bar.querySelector('[aria-pressed="true"]');
  if (focused) pressed.focus();
  pressed?.scrollIntoView({ block: "nearest", inline: "nearest" });
  showBlockList();
}

function personButton(person) {
  const made = element("button", { type: "button", "aria-pressed": String(person.id === chosen), onclick: () => choose(person.id) }, person.name, isZalo(person) ? element("span", { class: "app" }, "Zalo") : null);
  const count = news.get(person.id);
  if (count) made.append(" ", element("span", { class: "new" }, String(count), element("span", { class: "hidden-words" }, " tin mới")));
  return made;
}

function showBlockList() {
  const list = byId("block-who");
  const value = list.value;
  list.replaceChildren(...state.people.map((person) => element("option", { value: person.id }, person.name)));
  if (value) list.value = value;
}

function showFaults() {
  const place = byId("faults");
  if (!place.children.length) place.append(...FAULTS.map(faultButton));
  for (const button of place.children) {
    button.setAttribute("aria-pressed", String(state.faults.includes(button.dataset.kind)));
  }
  const blocked = state.people.filter((person) => person.blocked).length;
  const count = state.faults.length + blocked;
  byId("fault-count").hidden = !count;
  byId("fault-count").textContent = `${count} đang bật`;
  const who = state.people.find((person) => String(person.id) === byId("block-who").value);
  byId("block-do").textContent = who?.blocked ? "Bỏ chặn" : "Chặn";
}

function faultButton(fault) {
  const toggle = () => {
    const on = state.faults.includes(fault.kind);
    post("/api/faults", on ? { clear: true, kind: fault.kind } : fault.on).catch(failed);
  };
  const words = element("span", {}, fault.name, element("small", {}, fault.about));
  return element("button", { type: "button", class: "fault", "data-kind": fault.kind, "aria-pressed": "false", onclick: toggle }, words);
}

function tick() {
  const moment = new Date(Date.now() + clockOffset);
  const words = longTime(moment);
  if (byId("now").textContent === words) return;
  byId("now").textContent = words;
  byId("now").dateTime = moment.toISOString();
}

function listen() {
  for (const button of byId("clock-buttons").children) {
    const body = button.dataset.to ? { to: button.dataset.to } : { seconds: Number(button.dataset.seconds) };
    button.addEventListener("click", () => post("/api/clock", body).then(load, failed));
  }
  byId("panel-toggle").addEventListener("click", () => showPanel(!byId("panel").classList.contains("open")));
  byId("person-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { name, role, app } = Object.fromEntries(new FormData(form));
    const made = await post("/api/people", { name, role: role || "người dân", app }).catch(failed);
    form.reset();
    if (made) {
      showPanel(false);
      await load();
      choose(made.id);
      phones.get(made.id)?.root.scrollIntoView({ block: "nearest" });
    }
  });
  byId("block-who").addEventListener("change", showFaults);
  byId("block-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const id = byId("block-who").value;
    const who = state.people.find((person) => String(person.id) === id);
    post(`/api/people/${id}/${who.blocked ? "unblock" : "block"}`).catch(failed);
  });
}

function follow() {
  const events = new EventSource("/api/events");
  events.addEventListener("message", load);
  events.addEventListener("open", () => {
    say("");
    load();
  });
  events.addEventListener("error", () => say("Mất kết nối với khung thử. Đang nối lại…"));
}

listen();
follow();
setInterval(tick, 1000);
