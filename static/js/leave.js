// Asks before typed data are left behind; forms with drafts need no question.
const typed = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || form.method !== "post" || form.dataset.draftUrl || "noLeave" in form.dataset || "selection" in form.dataset) return;
  if (event.target.matches("[type=hidden], [type=search]")) return;
  typed.add(form);
});
document.addEventListener("submit", (event) => {
  // What is only looked at in another tab is not saved yet.
  const beside = (event.submitter?.formTarget || event.target.target) === "_blank";
  if (!event.defaultPrevented && !beside) typed.delete(event.target);
});
document.addEventListener("reset", (event) => typed.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if ([...typed].some((form) => form.isConnected)) event.preventDefault();
});
