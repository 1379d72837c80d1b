// Keys of people who type much: Enter goes to the next field of a long form, Ctrl+Enter saves, Ctrl+K or «/» searches.
const FIELDS = "input:not([type=hidden], [type=submit], [type=button], [tabindex='-1']), select, textarea, button.primary";

const typing = (element) => element.matches?.("input, select, textarea, [contenteditable]");

function next(field) {
  // One stop for the buttons of one question, as with Tab.
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
  // In a search field Enter searches.
  if (!long || field.matches("textarea, button, [type=file], [type=submit], [type=search]")) return;
  const following = next(field);
  if (!following) return;
  event.preventDefault();
  following.focus();
  if (following.matches("input")) following.select?.();
});

// Suggestions while a name is typed: the arrows go from the field into the list and back, a chosen name is taken over.
const place = (element) => element.closest?.(".search, .suggest");
// Not the hidden ones that a form of a search begins with.
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
  // For drafts and the question before leaving; not for another search.
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
