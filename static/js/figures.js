// Figures of a report: the field of the reason appears as soon as another figure than the counted one is typed.
const plain = (text) => text.replace(/[\s₽%']/g, "").replace("−", "-").replace(",", ".");

document.addEventListener("input", (event) => {
  const input = event.target.closest?.("input[data-counted]");
  const reason = input?.closest("[data-line]").querySelector("[data-reason]");
  if (!reason) return;
  const typed = plain(input.value);
  const same = typed === input.dataset.counted || (typed !== "" && Number(typed) === Number(input.dataset.counted || "x"));
  reason.hidden = same && reason.querySelector("textarea").value === "";
});
