// Choosing rows of a table: all of the page, all that were found, and how many that is.
function refresh(form) {
  const rows = [...form.querySelectorAll("[data-select-row]")];
  const page = form.querySelector("[data-select-page]");
  const found = form.querySelector("[data-select-found]");
  const count = form.querySelector("[data-selected-count]");
  const chosen = rows.filter((row) => row.checked).length;
  if (page) {
    page.checked = rows.length > 0 && chosen === rows.length;
    page.indeterminate = chosen > 0 && chosen < rows.length;
  }
  if (count) count.value = found?.checked ? found.dataset.total : chosen;
  for (const button of form.querySelectorAll("[data-selection-bar] button[type=submit]")) {
    button.setAttribute("aria-disabled", String(!chosen && !found?.checked));
  }
}

let last = null;
document.addEventListener("click", (event) => {
  const row = event.target;
  if (!row.matches?.("[data-select-row]")) return;
  const form = row.closest("[data-selection]");
  const rows = form ? [...form.querySelectorAll("[data-select-row]")] : [];
  // With Shift everything between this row and the last one follows.
  if (event.shiftKey && rows.includes(last)) {
    const [from, to] = [rows.indexOf(last), rows.indexOf(row)].sort((a, b) => a - b);
    for (const between of rows.slice(from, to + 1)) between.checked = row.checked;
    refresh(form);
  }
  last = row;
});

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-selection]");
  if (!form) return;
  const found = form.querySelector("[data-select-found]");
  if (event.target.matches("[data-select-page], [data-select-found]")) {
    for (const row of form.querySelectorAll("[data-select-row]")) row.checked = event.target.checked;
    if (found && !event.target.checked) found.checked = false;
  } else if (event.target.matches("[data-select-row]") && found) {
    found.checked = false;
  }
  refresh(form);
});

document.addEventListener("submit", (event) => {
  if (event.submitter?.getAttribute("aria-disabled") === "true") event.preventDefault();
}, true);

const all = () => document.querySelectorAll("[data-selection]").forEach(refresh);
document.addEventListener("htmx:afterSettle", all);
window.addEventListener("pageshow", all);
all();
