// A link to a part of the page that is folded unfolds it.
function unfold() {
  const found = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (found instanceof HTMLDetailsElement) found.open = true;
}
window.addEventListener("hashchange", unfold);
document.addEventListener("click", (event) => {
  // The same link pressed again changes no address.
  if (event.target.closest?.('a[href^="#"]')) setTimeout(unfold);
});
unfold();
