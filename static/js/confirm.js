// A link with data-dialog="id" opens the dialog of that id instead of its page; data-close closes it.
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

// A form sent twice by an impatient hand is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  // Another button asks for something else: one that leads elsewhere, such as that of the file beside the PDF, or one with
  // a name of its own, such as that of a preview.
  const button = event.submitter;
  const target = `${button?.formAction || form.action} ${button?.name ?? ""}=${button?.value ?? ""}`;
  if (form.dataset.sent === target) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = target;
  // A download leaves the page as it is: the form becomes usable again.
  setTimeout(() => delete form.dataset.sent, 5000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
