// A link with data-dialog="id" opens the dialog with that id instead of its page; data-close closes it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  const dialog = opener && plain && document.getElementById(opener.dataset.dialog);
  if (dialog?.showModal) {
    event.preventDefault();
    opener.closest("details.menu")?.removeAttribute("open");
    dialog.showModal();
    return;
  }
  event.target.closest?.("[data-close]")?.closest("dialog")?.close();
});

// Ignores repeated submissions of a form, such as by a double click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  // A different button is another request: a button with another address, such as the file beside the PDF, or with
  // another name, such as a preview.
  const button = event.submitter;
  const target = `${button?.formAction || form.action} ${button?.name ?? ""}=${button?.value ?? ""}`;
  if (form.dataset.sent === target) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = target;
  // A download does not leave the page, so the form becomes usable again.
  setTimeout(() => delete form.dataset.sent, 5000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
