// Asks before a page with unsaved input is left; forms with drafts need no question.
const typed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || form.method !== "post" || form.dataset.draftUrl || "noLeave" in form.dataset || "selection" in form.dataset) return;
  if (event.target.matches("[type=hidden], [type=search]")) return;
  typed.add(form);
});
document.addEventListener("submit", (event) => {
  // A preview in another tab does not save the form.
  const beside = (event.submitter?.formTarget || event.target.target) === "_blank";
  if (!event.defaultPrevented && !beside) typed.delete(event.target);
});
document.addEventListener("reset", (event) => typed.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if ([...typed].some((form) => form.isConnected)) event.preventDefault();
});
