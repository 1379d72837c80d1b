// Suggestions while a name is typed: the arrows go from the field into the list and back, a chosen name is taken over.
const place = (element) => element.closest?.(".search, .suggest");

document.addEventListener("keydown", (event) => {
  const search = place(event.target);
  if (!search || event.altKey || !["ArrowDown", "ArrowUp", "Escape"].includes(event.key)) return;
  const stops = [search.querySelector("input"), ...search.querySelectorAll(".suggestions :is(a, button)")];
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
  const field = place(chosen).querySelector("input");
  field.value = chosen.dataset.take;
  place(chosen).querySelector(".suggestions").replaceChildren();
  field.focus();
  // For drafts and the question before leaving; not for another search.
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
