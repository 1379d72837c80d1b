// Differences of a list: a digit presses the answer that shows it, in the row with the focus or else in the first one.
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
