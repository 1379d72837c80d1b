// After a form is refused, the error summary gets the focus; its links move the focus to the field.
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
  // The field may be in a collapsed part of the page.
  field.closest("details")?.setAttribute("open", "");
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});

document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelector?.("[data-error-summary]")?.focus();
});
