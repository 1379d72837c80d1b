// Differences of a list: a digit key clicks the answer with this digit, in the focused row or else in the first row.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!/^\d$/.test(event.key) || event.target.matches?.("input, select, textarea, [contenteditable]")) return;
  const form = document.querySelector("form[data-answers]");
  const row = event.target.closest?.("[data-answer-row]") ?? form?.querySelector("[data-answer-row]");
  const answer = row?.querySelector(`[data-key="${event.key}"]`);
  if (!answer) return;
  event.preventDefault();
  answer.click();
});
