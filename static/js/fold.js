// A link to a collapsed part of the page expands it.
function unfold() {
  const found = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (found instanceof HTMLDetailsElement) found.open = true;
}
window.addEventListener("hashchange", unfold);
document.addEventListener("click", (event) => {
  // Clicking the same link again does not change the address, so there is no `hashchange` event.
  if (event.target.closest?.('a[href^="#"]')) setTimeout(unfold);
});
unfold();
