// Stores in a cookie which navigation groups are collapsed, so that the next page shows the same state.
const COOKIE = location.protocol === "https:" ? "__Host-navigation" : "navigation";
const kept = document.cookie.match(/(?:^|; )(?:__Host-)?navigation=([a-z0-9.-]*)/)?.[1] ?? "";
const chosen = new Map(kept.split(".").filter(Boolean).map((part) => part.split("-")));

for (const group of document.querySelectorAll("details.navgroup")) {
  group.querySelector("summary").addEventListener("click", () => {
    // The click event fires before `open` changes.
    chosen.set(group.dataset.group, group.open ? "0" : "1");
    const value = [...chosen].map((part) => part.join("-")).join(".");
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${COOKIE}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  });
}
