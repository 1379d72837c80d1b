// Drop-down menus: Escape and a click outside close them, arrow keys move between entries, only one menu is open.
const entries = (menu) => [...menu.querySelectorAll(".menu-list :is(a, button, input)")].filter((e) => e.offsetParent);

function close(menu, focus) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

// A menu that would extend beyond the window is moved inside. The event does not bubble, so it is captured.
const MARGIN = 8;
function place(menu) {
  const list = menu.querySelector(".menu-list");
  list.style.translate = "";
  const box = list.getBoundingClientRect();
  const width = document.documentElement.clientWidth;
  const over = Math.max(0, box.right - (width - MARGIN));
  const shift = Math.max(-over, MARGIN - box.left);
  if (over || box.left < MARGIN) list.style.translate = `${shift}px`;
}
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("details.menu[open]")) place(target);
}, true);
window.addEventListener("resize", () => document.querySelectorAll("details.menu[open]").forEach(place));

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) close(menu);
  }
});

document.addEventListener("focusin", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) close(menu);
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (!menu) return;
  if (event.key === "Escape" && menu.open) {
    close(menu, true);
    return;
  }
  const typing = event.target.matches("input:not([type=checkbox], [type=radio]), select, textarea");
  if (typing || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  const onSummary = event.target.matches("summary");
  if (onSummary && !menu.open) {
    if (event.key !== "ArrowDown") return;
    menu.open = true;
  }
  const list = entries(menu);
  if (!list.length) return;
  event.preventDefault();
  const at = list.indexOf(event.target);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? list.length - 1 : at - 1, Home: 0, End: list.length - 1 }[event.key];
  list[(next + list.length) % list.length].focus();
});
