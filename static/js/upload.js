// File inputs with our own text and a drop zone. Without scripts the browser's own field is shown.
function tell(place) {
  const input = place.querySelector("input[type=file]");
  const name = place.querySelector("[data-upload-name]");
  if (!input || !name) return;
  place.classList.add("scripted");
  name.textContent = input.files.length ? [...input.files].map((file) => file.name).join(", ") : name.dataset.none;
}

function tellAll() {
  for (const place of document.querySelectorAll("[data-upload]")) tell(place);
}
tellAll();
addEventListener("pageshow", tellAll);
document.addEventListener("htmx:load", tellAll);
document.addEventListener("reset", () => setTimeout(tellAll));
document.addEventListener("change", (event) => {
  const place = event.target.closest?.("[data-upload]");
  if (place) tell(place);
});

// A file dropped anywhere in the zone is selected.
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const place = event.target.closest?.("[data-upload]");
    if (!place) return;
    event.preventDefault();
    place.classList.toggle("over", name === "dragover");
    if (name !== "drop" || !event.dataTransfer.files.length) return;
    const input = place.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
