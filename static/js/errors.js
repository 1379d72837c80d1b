// After a refused form the summary gets the focus, and its links put it into the field.
const summary = document.querySelector("[data-error-summary]");
if (summary) {
  summary.focus();
  summary.scrollIntoView({ block: "start" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-error-summary] a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  // A field may lie in a closed part of the page.
  field.closest("details")?.setAttribute("open", "");
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});

document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelector?.("[data-error-summary]")?.focus();
});
