// Warns before the session ends, lets it go on, and says afterwards where the typed things are.
const dialog = document.getElementById("idle");
const WARN_BEFORE = 120;

if (dialog) {
  const length = Number(dialog.dataset.idleSeconds);
  const words = document.getElementById("words")?.dataset ?? {};
  const part = (name) => dialog.querySelector(`[data-idle-${name}]`);
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("registry-contact") : null;
  let contact = Date.now();
  let touched = false;
  let over = false;

  function alive(tell = true) {
    contact = Date.now();
    if (over) return;
    if (dialog.open) dialog.close();
    if (tell) tabs?.postMessage("contact");
  }

  function end() {
    over = true;
    document.dispatchEvent(new CustomEvent("registry:signed-out"));
    const drafted = document.querySelector("form[data-drafted]");
    part("warning").hidden = true;
    part("over").hidden = false;
    part("drafted").hidden = !drafted;
    part("open").hidden = Boolean(drafted) || !touched;
    part("plain").hidden = Boolean(drafted) || touched;
    part("back").hidden = Boolean(drafted) || !touched;
    if (touched && !drafted) part("login").target = "_blank";
    dialog.dataset.ended = "";
    dialog.setAttribute("aria-labelledby", "idle-over-title");
    if (!dialog.open) dialog.showModal();
    part("login").focus();
  }

  async function ping() {
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    try {
      const answer = await fetch(dialog.dataset.pingUrl, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "error" });
      if (answer.ok) alive();
      else end();
    } catch {
      end();
    }
  }

  function tick() {
    if (over) return;
    const left = Math.round(length - (Date.now() - contact) / 1000);
    if (left <= 0) {
      end();
    } else if (left <= Math.min(WARN_BEFORE, length / 2)) {
      const minutes = Math.floor(left / 60);
      part("left").textContent = (words.minutes ?? "{minutes}:{seconds}").replace("{minutes}", minutes).replace("{seconds}", left % 60);
      if (!dialog.open) {
        // Saving a draft would count as work and put the warning off, so only what is not saved yet goes now.
        document.dispatchEvent(new CustomEvent("registry:save-drafts"));
        const drafts = document.querySelector("form[data-draft-url]");
        part("has-draft").hidden = !touched || !drafts;
        part("has-typed").hidden = !touched || Boolean(drafts);
        dialog.showModal();
        part("continue").focus();
      }
    }
  }

  setInterval(tick, 1000);
  part("continue").addEventListener("click", ping);
  part("back").addEventListener("click", () => {
    over = false;
    delete dialog.dataset.ended;
    part("warning").hidden = false;
    part("over").hidden = true;
    dialog.setAttribute("aria-labelledby", "idle-title");
    alive();
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!over) ping();
  });
  tabs?.addEventListener("message", () => alive(false));
  document.addEventListener("registry:contact", () => alive());
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && alive());
  document.addEventListener("input", (event) => (touched ||= event.target.form?.method === "post"));
  document.addEventListener("visibilitychange", tick);
  tabs?.postMessage("contact");
}

// A form that outlived a sign-in on another tab is sent with the key of the new session.
document.addEventListener("submit", (event) => {
  const field = event.target.elements?.namedItem("csrfmiddlewaretoken");
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  if (field && cookie) field.value = cookie[1];
}, true);
