// Groups digits while they are typed at the end of a field, and again when the field is left.
const digits = (text) => text.replace(/\D/g, "");

// While digits are typed, dots are inserted only after a possible day and month: «19» is a day, but «1997» is a year.
const dayTyped = /^(0[1-9]|[12]\d|3[01])([01])$/;
const monthTyped = /^(\d{2}\.(?:0[1-9]|1[0-2]))(\d)$/;

const masks = {
  date(text, leaving) {
    const found = text.trim().match(/^(\d{1,2})[.,/\- ](\d{1,2})[.,/\- ](\d{4})$/);
    if (found) return [found[1].padStart(2, "0"), found[2].padStart(2, "0"), found[3]].join(".");
    if (/[^\d.]/.test(text)) return text;
    if (/^\d{8}$/.test(text)) return `${text.slice(0, 2)}.${text.slice(2, 4)}.${text.slice(4)}`;
    if (leaving) return text;
    return text.replace(dayTyped, "$1.$2").replace(monthTyped, "$1.$2");
  },
  // Four digits may be only a year, so no dots are inserted before the date is complete.
  "date-or-year"(text, leaving) {
    return leaving || /^\d{8}$/.test(text) ? masks.date(text, true) : text;
  },
  snils(text) {
    const only = digits(text);
    if (only.length > 11 || /[^\d\s-]/.test(text)) return text;
    return [only.slice(0, 3), only.slice(3, 6), only.slice(6, 9)].filter(Boolean).join("-") + (only.length > 9 ? ` ${only.slice(9)}` : "");
  },
  phone(text, leaving) {
    const only = digits(text);
    // Several numbers, extensions and foreign numbers are not changed.
    if (!leaving || /[^\d\s()+\-.]/.test(text) || only.length !== 11 || !/^[78]/.test(only)) return text;
    if (text.trim().startsWith("+") && only[0] !== "7") return text;
    return `+7 ${only.slice(1, 4)} ${only.slice(4, 7)}-${only.slice(7, 9)}-${only.slice(9)}`;
  },
  digits(text, leaving) {
    return leaving && !/[^\d\s\-]/.test(text) ? digits(text) : text;
  },
};

function apply(field, leaving) {
  const grouped = masks[field.dataset.mask]?.(field.value, leaving);
  if (grouped !== undefined && grouped !== field.value) field.value = grouped;
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.dataset?.mask || !event.inputType?.startsWith("insert")) return;
  if (field.selectionStart === field.value.length) apply(field, false);
});
document.addEventListener("focusout", (event) => {
  if (event.target.dataset?.mask) apply(event.target, true);
});
