// Payments of many members: what is typed into a row ticks it, and the total of the ticked rows stands above the button.
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
// After the rows are ticked by the box above them.
for (const name of ["change", "click"]) {
  document.addEventListener(name, (event) => {
    const form = formOf(event.target);
    if (form) queueMicrotask(() => total(form));
  });
}
const begin = () => document.querySelectorAll("form:has(output[data-total])").forEach(total);
window.addEventListener("pageshow", begin);
begin();
