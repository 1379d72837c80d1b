// Selecting rows of a table: all rows of the page, all rows found, and their number.
// A list with a name (data-selection="members") keeps its selection while other pages or searches of it are shown.
const kept = new Map();
const ROW = "input[name=selected]:not([type=hidden])";

const rowsOf = (form) => [...form.querySelectorAll(ROW)];

function chosenIn(form) {
  const name = form.dataset.selection;
  if (!name) return null;
  if (!kept.has(name)) kept.set(name, new Set());
  return kept.get(name);
}

function note(form) {
  const chosen = chosenIn(form);
  if (!chosen) return;
  for (const row of rowsOf(form)) row.checked ? chosen.add(row.value) : chosen.delete(row.value);
}

// The form also sends rows that are selected on other pages.
function carry(form) {
  const chosen = chosenIn(form);
  if (!chosen) return 0;
  const here = new Set(rowsOf(form).map((row) => row.value));
  const elsewhere = [...chosen].filter((value) => !here.has(value));
  form.querySelectorAll("[data-select-elsewhere]").forEach((input) => input.remove());
  for (const value of elsewhere) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "selected", value });
    input.dataset.selectElsewhere = "";
    form.append(input);
  }
  return elsewhere.length;
}

function refresh(form) {
  const rows = rowsOf(form);
  const page = form.querySelector("[data-select-page]");
  const found = form.querySelector("[data-select-found]");
  const count = form.querySelector("[data-selected-count]");
  const here = rows.filter((row) => row.checked).length;
  if (page) {
    page.checked = rows.length > 0 && here === rows.length;
    page.indeterminate = here > 0 && here < rows.length;
  }
  const elsewhere = found?.checked ? 0 : carry(form);
  const chosen = here + elsewhere;
  const none = form.querySelector("[data-select-none]");
  if (none) none.hidden = elsewhere === 0;
  if (count) count.value = found?.checked ? found.dataset.total : chosen;
  for (const button of form.querySelectorAll("[data-selection-bar] button[type=submit]")) {
    button.setAttribute("aria-disabled", String(!chosen && !found?.checked));
  }
}

let last = null;
document.addEventListener("click", (event) => {
  const row = event.target;
  if (!row.matches?.(ROW)) return;
  const form = row.closest("[data-selection]");
  const rows = form ? rowsOf(form) : [];
  // With Shift, all rows between the last clicked one and this one are changed too.
  if (event.shiftKey && rows.includes(last)) {
    const [from, to] = [rows.indexOf(last), rows.indexOf(row)].sort((a, b) => a - b);
    for (const between of rows.slice(from, to + 1)) between.checked = row.checked;
    note(form);
    refresh(form);
  }
  last = row;
});

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-selection]");
  if (!form) return;
  const found = form.querySelector("[data-select-found]");
  if (event.target.matches("[data-select-page], [data-select-found]")) {
    for (const row of form.querySelectorAll(ROW)) row.checked = event.target.checked;
    if (found && !event.target.checked) found.checked = false;
  } else if (event.target.matches(ROW) && found) {
    found.checked = false;
  }
  if (!found?.checked) note(form);
  refresh(form);
});

document.addEventListener("click", (event) => {
  const form = event.target.closest?.("[data-select-none]")?.closest("[data-selection]");
  if (!form) return;
  chosenIn(form)?.clear();
  for (const row of rowsOf(form)) row.checked = false;
  refresh(form);
  form.querySelector("[data-select-page]")?.focus();
});

document.addEventListener("submit", (event) => {
  if (event.submitter?.getAttribute("aria-disabled") === "true") event.preventDefault();
}, true);

const forms = () => [...document.querySelectorAll("[data-selection]")];
document.addEventListener("htmx:afterSettle", (event) => {
  // The clicked link was removed with its page, so the focus moves to the heading of the new page.
  if (event.detail.boosted) event.detail.target.querySelector("[data-after-page]")?.focus();
  for (const form of forms()) {
    const chosen = chosenIn(form);
    if (chosen) for (const row of rowsOf(form)) row.checked = chosen.has(row.value);
    refresh(form);
  }
});
function begin() {
  for (const form of forms()) {
    note(form);
    refresh(form);
  }
}
window.addEventListener("pageshow", begin);
begin();
