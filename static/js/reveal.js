// A password can be shown while it is typed: what cannot be seen is mistyped.
for (const button of document.querySelectorAll("[data-reveal]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const input = document.getElementById(button.dataset.reveal);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? button.dataset.show : button.dataset.hide;
    input.focus();
  });
}
// Back to dots on the way, so that the browser offers to remember it as a password.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("[data-reveal]")) document.getElementById(button.dataset.reveal).type = "password";
});
