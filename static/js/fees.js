// Payments of many members: typing into a row selects it, and the total of the selected rows is shown above the button.
const rowsOf = (form) => [...form.querySelectorAll("[data-row]")];
const boxOf = (row) => row.querySelector("input[name=selected]");

function sumOf(row) {
  const typed = row.querySelector("[data-row-sum]").value.replace(/[\s₽]/g, "").replace(",", ".");
  return /^\d+(\.\d{1,2})?$/.test(typed) ? Math.round(Number(typed) * 100) : 0;
}

function total(form) {
  const output = form.querySelector("output[data-total]");
  if (!output) return;
  const kopecks = rowsOf(form).filter((row) => boxOf(row).checked).reduce((sum, row) => sum + sumOf(row), 0);
  output.value = (kopecks / 100).toLocaleString(document.documentElement.lang, { minimumFractionDigits: 2 });
  output.closest("[data-total-line]").hidden = false;
}

const formOf = (element) => element.closest?.("form:has(output[data-total])");

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  const row = event.target.closest?.("[data-row]");
  if (!form || !row) return;
  const box = boxOf(row);
  if (event.target.matches("[data-row-sum], [data-row-input]") && !box.checked) box.click();
  total(form);
});
// Runs after the check box in the heading has selected the rows.
for (const name of ["change", "click"]) {
  document.addEventListener(name, (event) => {
    const form = formOf(event.target);
    if (form) queueMicrotask(() => total(form));
  });
}
const begin = () => document.querySelectorAll("form:has(output[data-total])").forEach(total);
window.addEventListener("pageshow", begin);
begin();
