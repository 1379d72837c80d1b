// Shows the password while it is typed, because people mistype what they cannot see.
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
// The field is hidden again before submitting, so that the browser recognises it as a password and offers to save it.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("[data-reveal]")) document.getElementById(button.dataset.reveal).type = "password";
});
