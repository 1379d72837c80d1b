// Warns before the session ends, can prolong it, and says after its end where the unsaved input is.
const dialog = document.getElementById("idle");
const WARN_BEFORE = 120;
// Milliseconds after the last response for which the session is assumed to be alive.
const BELIEVED = 60_000;

// After a sign-in in another tab, an older page has to use the CSRF token of the new session.
const key = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
document.addEventListener("htmx:configRequest", (event) => (event.detail.headers["X-CSRFToken"] = key()));

if (dialog) {
  const length = Number(dialog.dataset.idleSeconds);
  const words = document.getElementById("words")?.dataset ?? {};
  const part = (name) => dialog.querySelector(`[data-idle-${name}]`);
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("registry-contact") : null;
  let contact = Date.now();
  // The absolute end of the session, which activity does not change; people are warned once.
  let endsAt = contact + Number(dialog.dataset.endsIn) * 1000;
  let told = false;
  let touched = false;
  let over = false;
  const typed = new Set();
  const asked = new Set();

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

  function back() {
    over = false;
    endsAt = Infinity;
    delete dialog.dataset.ended;
    part("warning").hidden = false;
    part("over").hidden = true;
    dialog.setAttribute("aria-labelledby", "idle-title");
    alive();
    document.dispatchEvent(new CustomEvent("registry:signed-in"));
  }

  // Returns whether the session is alive, or null if the server could not be reached.
  async function lives() {
    try {
      const answer = await fetch(dialog.dataset.pingUrl, { method: "POST", headers: { "X-CSRFToken": key() }, redirect: "manual" });
      return answer.ok ? true : answer.type === "opaqueredirect" || answer.status === 403 ? false : null;
    } catch {
      return null;
    }
  }

  async function ping() {
    if (await lives()) alive();
    else end();
  }

  // Without a session, input in a form without a draft would be lost, so the form checks the session before it is sent.
  async function ask(form, button) {
    const answer = await lives();
    asked.delete(form);
    if (answer === false) {
      end();
      return;
    }
    typed.delete(form);
    if (button) button.click();
    else form.requestSubmit();
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // The server keeps the input of a form with a draft during the sign-in; old browsers do not provide `submitter`.
    if (!typed.has(form) || form.dataset.draftUrl || !("submitter" in event) || Date.now() - contact < BELIEVED) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asked.has(form)) return;
    asked.add(form);
    ask(form, event.submitter);
  }, true);

  function tick() {
    if (over) return;
    const idle = Math.round(length - (Date.now() - contact) / 1000);
    const final = Math.round((endsAt - Date.now()) / 1000);
    const left = Math.min(idle, final);
    if (left <= 0) {
      end();
    } else if (idle <= Math.min(WARN_BEFORE, length / 2) || (final <= WARN_BEFORE && (!told || dialog.open))) {
      told ||= final <= WARN_BEFORE;
      part("quiet").hidden = final <= idle;
      part("long").hidden = final > idle;
      const minutes = Math.floor(left / 60);
      part("left").textContent = (words.minutes ?? "{minutes}:{seconds}").replace("{minutes}", minutes).replace("{seconds}", left % 60);
      if (!dialog.open) {
        // Saving a draft counts as activity and would delay the warning, so only unsaved changes are sent now.
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
  part("back").addEventListener("click", back);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!over) ping();
  });
  // Only signed-in pages send messages, so this page has a session again.
  tabs?.addEventListener("message", () => (over ? back() : alive(false)));
  document.addEventListener("registry:contact", () => alive());
  // Automatic requests of the page do not prolong the session.
  document.addEventListener("htmx:afterRequest", (event) => event.detail.successful && !("quiet" in event.target.dataset) && alive());
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.method !== "post") return;
    touched = true;
    if (!("noLeave" in form.dataset)) typed.add(form);
  });
  document.addEventListener("visibilitychange", tick);
  tabs?.postMessage("contact");
}

document.addEventListener("submit", (event) => {
  const field = event.target.elements?.namedItem("csrfmiddlewaretoken");
  if (field) field.value = key();
}, true);
