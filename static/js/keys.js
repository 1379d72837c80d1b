// Keyboard shortcuts: Enter goes to the next field of a long form, Ctrl+Enter saves, Ctrl+K or «/» searches.
const FIELDS = "input:not([type=hidden], [type=submit], [type=button], [tabindex='-1']), select, textarea, button.primary";

const typing = (element) => element.matches?.("input, select, textarea, [contenteditable]");

function next(field) {
  // The radio buttons of one field are a single stop, as with Tab.
  const same = (one) => one.type === "radio" && one.name === field.name;
  const fields = [...field.form.querySelectorAll(FIELDS)].filter((one) => one === field || (!one.disabled && one.offsetParent && !same(one)));
  return fields[fields.indexOf(field) + 1];
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" || (event.key === "/" && !typing(field) && !event.ctrlKey && !event.altKey)) {
    const search = document.getElementById("search");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
    return;
  }
  if (event.key !== "Enter" || !field.form || field.form.method !== "post") return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    field.form.requestSubmit(field.form.querySelector("button.primary[type=submit]") ?? undefined);
    return;
  }
  const long = field.form.dataset.draft || "enter" in field.form.dataset;
  // In a search field Enter starts the search.
  if (!long || field.matches("textarea, button, [type=file], [type=submit], [type=search]")) return;
  const following = next(field);
  if (!following) return;
  event.preventDefault();
  following.focus();
  if (following.matches("input")) following.select?.();
});

// Suggestions while typing a name: the arrow keys move between field and list; a selected name is put into the field.
const place = (element) => element.closest?.(".search, .suggest");
// Without the hidden fields at the beginning of a search form.
const fieldOf = (search) => search.querySelector("input:not([type=hidden])");

document.addEventListener("keydown", (event) => {
  const search = place(event.target);
  if (!search || event.altKey || !["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
  const stops = [fieldOf(search), ...search.querySelectorAll(".suggestions :is(a, button)")];
  if (event.key === "Escape") {
    search.querySelector(".suggestions").replaceChildren();
    stops[0].focus();
    return;
  }
  event.preventDefault();
  const at = stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
  stops[Math.min(Math.max(at, 0), stops.length - 1)].focus();
});

document.addEventListener("click", ({ target }) => {
  const chosen = target.closest?.("[data-take]");
  if (!chosen) return;
  const field = fieldOf(place(chosen));
  field.value = chosen.dataset.take;
  place(chosen).querySelector(".suggestions").replaceChildren();
  field.focus();
  // `change` informs drafts and the question before leaving, and does not start another search.
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
