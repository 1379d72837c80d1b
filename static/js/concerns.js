// Hides fields that do not apply to the selected category while they are empty; a field with a value is never hidden.
const words = document.getElementById("concerns")?.dataset ?? {};

const filled = (control) => (control.matches("[type=checkbox], [type=radio]") ? control.checked : control.type !== "hidden" && control.value.trim() !== "");
const kept = (field) => field.matches(".has-error") || field.contains(document.activeElement) || [...field.querySelectorAll("input, select, textarea")].some(filled);
const hideIfEmpty = (box, parts) => (box.hidden = parts.length > 0 && parts.every((part) => part.hidden));

function category(form, field) {
  return field.dataset.category ?? form.elements.namedItem("category")?.value ?? "";
}

function apply(form) {
  const fields = [...form.querySelectorAll("[data-only-for]")];
  for (const field of fields) {
    const chosen = category(form, field);
    const foreign = chosen !== "" && !field.dataset.onlyFor.split(" ").includes(chosen);
    field.hidden = foreign && !("allShown" in form.dataset) && !kept(field);
  }
  for (const row of form.querySelectorAll(".field-row")) hideIfEmpty(row, [...row.children]);
  for (const part of form.querySelectorAll("[data-part]:not([data-only-for])")) hideIfEmpty(part, [...part.querySelectorAll(".field")]);
  tell(form, fields.some((field) => field.hidden));
}

// The note is below the category, or above the buttons if the category is on another tab.
function tell(form, hidden) {
  let note = form.querySelector("[data-hidden-note]");
  if (!note && hidden) {
    note = document.createElement("p");
    note.className = "helptext";
    note.dataset.hiddenNote = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linklike";
    button.textContent = words.showHidden;
    button.addEventListener("click", () => {
      form.dataset.allShown = "";
      apply(form);
      form.elements.namedItem("category")?.focus();
    });
    note.append(`${words.hidden} `, button);
    const control = form.elements.namedItem("category");
    const place = control?.closest(".field-row") ?? control?.closest(".field");
    if (place) place.after(note);
    else form.querySelector(".form-actions").before(note);
  }
  if (note) note.hidden = !hidden;
}

for (const form of new Set([...document.querySelectorAll("form [data-only-for]")].map((field) => field.closest("form")))) {
  apply(form);
  form.addEventListener("change", ({ target }) => target.name === "category" && apply(form));
}

// In a report the field for the reason applies to figures that differ from the counted one.
const plain = (text) => text.replace(/[\s₽%']/g, "").replace("−", "-").replace(",", ".");

document.addEventListener("input", (event) => {
  const input = event.target.closest?.("input[data-counted]");
  const reason = input?.closest("[data-line]").querySelector("[data-reason]");
  if (!reason) return;
  const typed = plain(input.value);
  const same = typed === input.dataset.counted || (typed !== "" && Number(typed) === Number(input.dataset.counted || "x"));
  reason.hidden = same && reason.querySelector("textarea").value === "";
});
