// A calendar beside every date field: dates can still be typed, or selected by mouse, touch or keyboard.
const words = document.getElementById("words")?.dataset ?? {};
const language = document.documentElement.lang || "ru";
const DAY = 86_400_000;
const MARGIN = 8;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

// Days are represented in UTC, where each day has 24 hours.
const field = (name) => {
  try {
    return new Intl.DisplayNames(language, { type: "dateTimeField" }).of(name);
  } catch {
    return name;
  }
};
const capital = (word) => word[0].toLocaleUpperCase(language) + word.slice(1);
const named = (options) => new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
const dayOf = (year, month, day) => new Date(Date.UTC(year, month, day));
const fromIso = (text) => (text ? new Date(`${text}T00:00:00Z`) : null);
const toIso = (day) => day.toISOString().slice(0, 10);
const typed = (day) => toIso(day).split("-").reverse().join(".");
const plusDays = (day, days) => new Date(day.getTime() + days * DAY);
const weekday = (day) => (day.getUTCDay() + 6) % 7;

// In a shorter month the last day is used: a month after 31 January is the end of February.
function inMonth(day, year, month) {
  const last = dayOf(year, month + 1, 0).getUTCDate();
  return dayOf(year, month, Math.min(day.getUTCDate(), last));
}

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function read(input) {
  const text = input.value.trim();
  const found = text.match(/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/);
  if (!found) return /^(1[89]|20)\d\d$/.test(text) ? dayOf(Number(text), 0, 1) : null;
  const [date, month, year] = found.slice(1).map(Number);
  const day = dayOf(year, month - 1, date);
  return day.getUTCMonth() === month - 1 && day.getUTCDate() === date ? day : null;
}

let open = null;
let parts = null;

function build() {
  const part = (name, kind) => make("button", { type: "button", class: "button quiet", "data-part": name, ...kind });
  const dialog = make("dialog", { class: "calendar", "data-no-leave": "" },
    make("div", { class: "calendar-head" },
      part("earlier"),
      make("select", { class: "control", "data-part": "month", "aria-label": field("month") }),
      make("select", { class: "control", "data-part": "year", "aria-label": field("year") }),
      part("later")),
    make("p", { class: "visually-hidden", "aria-live": "polite", "data-part": "said" }),
    make("table", { role: "grid" }, make("thead"), make("tbody")),
    make("div", { class: "calendar-foot" },
      part("today"), part("whole"), make("button", { type: "button", class: "button quiet", "data-close": "" }, words.close)));
  const found = { dialog, days: dialog.querySelector("tbody"), table: dialog.querySelector("table") };
  for (const element of dialog.querySelectorAll("[data-part]")) found[element.dataset.part] = element;
  found.earlier.textContent = "‹";
  found.later.textContent = "›";
  found.today.textContent = capital(new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "day"));
  const monday = dayOf(2024, 0, 1);
  const week = [0, 1, 2, 3, 4, 5, 6].map((at) => plusDays(monday, at));
  const heads = week.map((day) => make("th", { scope: "col", abbr: named({ weekday: "long" }).format(day) },
    named({ weekday: "short" }).format(day)));
  dialog.querySelector("thead").append(make("tr", {}, ...heads));
  for (let month = 0; month < 12; month += 1) {
    found.month.append(new Option(named({ month: "long" }).format(dayOf(2024, month, 1)), month));
  }
  listen(found);
  document.body.append(dialog);
  return found;
}

const within = (day) => new Date(Math.min(Math.max(day, open.first), open.last));

function listen({ dialog, days, month, year, earlier, later, today, whole }) {
  const turn = (months) => show(inMonth(open.day, open.day.getUTCFullYear(), open.day.getUTCMonth() + months));
  earlier.addEventListener("click", () => turn(-1));
  later.addEventListener("click", () => turn(1));
  month.addEventListener("change", () => show(inMonth(open.day, open.day.getUTCFullYear(), Number(month.value))));
  year.addEventListener("change", () => show(inMonth(open.day, Number(year.value), open.day.getUTCMonth())));
  today.addEventListener("click", () => choose(typed(open.today)));
  whole.addEventListener("click", () => choose(year.value));
  days.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-day]");
    if (button && !button.disabled) choose(typed(fromIso(button.dataset.day)));
  });
  days.addEventListener("keydown", (event) => {
    const to = moved(event);
    if (!to) return;
    event.preventDefault();
    show(to, true);
  });
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    open.opener.focus();
    open = null;
  });
}

function moved({ key, shiftKey }) {
  const { day } = open;
  if (key in STEPS) return plusDays(day, STEPS[key]);
  if (key === "Home") return plusDays(day, -weekday(day));
  if (key === "End") return plusDays(day, 6 - weekday(day));
  const turned = { PageUp: -1, PageDown: 1 }[key];
  return turned && inMonth(day, day.getUTCFullYear(), day.getUTCMonth() + turned * (shiftKey ? 12 : 1));
}

function choose(text) {
  const { input } = open;
  input.value = text;
  parts.dialog.close();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// Shows the month of the given day; that day becomes the one that the keys move from.
function show(wanted, focus = false) {
  open.day = within(wanted);
  const year = open.day.getUTCFullYear();
  const month = open.day.getUTCMonth();
  const first = dayOf(year, month, 1);
  const last = dayOf(year, month + 1, 0);
  parts.year.value = year;
  parts.month.value = month;
  for (const option of parts.month.options) {
    option.disabled = dayOf(year, Number(option.value) + 1, 0) < open.first || dayOf(year, Number(option.value), 1) > open.last;
  }
  parts.earlier.disabled = first <= open.first;
  parts.later.disabled = last >= open.last;
  parts.whole.textContent = open.input.dataset.whole?.replace("{year}", year) ?? "";
  const titled = named({ month: "long", year: "numeric" });
  const title = titled.format(first);
  parts.earlier.setAttribute("aria-label", titled.format(plusDays(first, -1)));
  parts.later.setAttribute("aria-label", titled.format(plusDays(last, 1)));
  parts.said.textContent = title;
  parts.table.setAttribute("aria-label", title);
  parts.days.replaceChildren(...weeks(first, last));
  if (focus) parts.days.querySelector("[tabindex='0']").focus();
}

function weeks(first, last) {
  const rows = [];
  for (let monday = plusDays(first, -weekday(first)); monday <= last; monday = plusDays(monday, 7)) {
    const cells = [0, 1, 2, 3, 4, 5, 6].map((at) => {
      const day = plusDays(monday, at);
      return day < first || day > last ? make("td") : cell(day);
    });
    rows.push(make("tr", {}, ...cells));
  }
  return rows;
}

function cell(day) {
  const chosen = open.chosen?.getTime() === day.getTime();
  const button = make("button", {
    type: "button",
    "data-day": toIso(day),
    tabindex: day.getTime() === open.day.getTime() ? "0" : "-1",
    "aria-label": named({ weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(day),
  }, String(day.getUTCDate()));
  if (day.getTime() === open.today.getTime()) button.setAttribute("aria-current", "date");
  button.disabled = day < open.first || day > open.last;
  return make("td", { role: "gridcell", "aria-selected": String(chosen) }, button);
}

// Below the field if it fits there, otherwise above it, and always inside the window.
function place({ dialog }) {
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  const field = open.input.getBoundingClientRect();
  const box = dialog.getBoundingClientRect();
  const below = field.bottom + MARGIN / 2;
  const fits = below + box.height + MARGIN <= height;
  const top = fits ? below : field.top - box.height - MARGIN / 2;
  const inside = (at, size, whole) => Math.max(MARGIN, Math.min(at, whole - size - MARGIN));
  dialog.style.left = `${inside(field.left, box.width, width)}px`;
  dialog.style.top = `${inside(top, box.height, height)}px`;
}
window.addEventListener("resize", () => open && place(parts));

function start(input, opener) {
  parts ??= build();
  const chosen = read(input);
  const today = fromIso(input.dataset.today);
  const first = fromIso(input.dataset.min) ?? dayOf(Math.min(1900, (chosen ?? today).getUTCFullYear()), 0, 1);
  const last = fromIso(input.dataset.max) ?? dayOf(Math.max(today.getUTCFullYear() + 30, chosen?.getUTCFullYear() ?? 0), 11, 31);
  open = { input, opener, chosen, today, first, last, day: null };
  const years = [];
  for (let year = last.getUTCFullYear(); year >= first.getUTCFullYear(); year -= 1) years.push(new Option(year, year));
  parts.year.replaceChildren(...years);
  parts.today.hidden = today < first || today > last;
  parts.whole.hidden = !input.dataset.whole;
  parts.dialog.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  show(chosen ?? today);
  parts.dialog.showModal();
  place(parts);
  // For a birth date the year is selected first, because it is far from today.
  if (input.dataset.begin === "year" && !chosen) parts.year.focus();
  else show(open.day, true);
}

const inputOf = (button) => button.closest(".date-control").querySelector("input");

// Without scripts the buttons stay hidden; each one is labelled with the name of its field.
function offer(root) {
  if (!HTMLDialogElement.prototype.showModal) return;
  for (const button of root.querySelectorAll("[data-calendar]")) {
    const input = inputOf(button);
    button.hidden = input.disabled || input.readOnly;
    const label = input.labels[0]?.textContent.replace("*", "").trim();
    if (label) button.setAttribute("aria-label", `${button.getAttribute("aria-label")}: ${label}`);
  }
}
offer(document);
document.addEventListener("htmx:load", ({ target }) => offer(target));

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-calendar]");
  if (button) start(inputOf(button), button);
});
document.addEventListener("keydown", (event) => {
  const button = event.altKey && event.key === "ArrowDown" && event.target.closest?.(".date-control")?.querySelector("[data-calendar]:not([hidden])");
  if (!button) return;
  event.preventDefault();
  start(inputOf(button), event.target);
});
