// Small helpers: elements are made of text nodes only, never of markup from data.

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

export async function post(address, body = {}) {
  const binary = body instanceof Blob;
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": binary ? "application/octet-stream" : "application/json" },
    body: binary ? body : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

const ZONE = "Asia/Ho_Chi_Minh";
const parts = new Intl.DateTimeFormat("vi-VN", {
  timeZone: ZONE, weekday: "long", day: "numeric", month: "numeric", year: "numeric",
  hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

function pieces(moment) {
  return Object.fromEntries(parts.formatToParts(moment).map((part) => [part.type, part.value]));
}

function weekday(name) {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

export function longTime(moment) {
  const p = pieces(moment);
  return `${Number(p.hour)} giờ ${p.minute}, ${weekday(p.weekday)} ${p.day}/${p.month}/${p.year}`;
}

export function day(moment) {
  const p = pieces(moment);
  return `${weekday(p.weekday)}, ${p.day}/${p.month}`;
}

export function shortTime(moment) {
  const p = pieces(moment);
  return `${p.hour}:${p.minute}`;
}
