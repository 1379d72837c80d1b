// Saves forms with data-draft-url to the server some seconds after a change; the browser stores no personal data.
const DELAY = 3000;
const words = document.getElementById("words")?.dataset ?? {};
const forms = new Map();

// After a sign-in in another tab the cookie has the newer CSRF token.
const key = (form) => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? form.elements.namedItem("csrfmiddlewaretoken")?.value ?? "";

// URL-encoded, a Cyrillic letter takes six bytes and time on the server; in multipart form data it takes two bytes.
function values(form) {
  const body = new FormData();
  for (const [name, value] of new FormData(form)) {
    const field = form.elements.namedItem(name);
    const secret = field?.type === "password" || value instanceof File;
    if (!secret && name !== "csrfmiddlewaretoken") body.append(name, value);
  }
  return body;
}

// Browsers refuse `keepalive` requests of more than 64 KB, which continue after the page is left.
function isShort(body) {
  let bytes = 0;
  for (const [name, value] of body) bytes += 2 * (name.length + value.length) + 150;
  return bytes < 60000;
}

function say(form, text, failed = false) {
  let line = form.querySelector("[data-draft-status]");
  if (!line) {
    line = document.createElement("p");
    line.dataset.draftStatus = "";
    line.className = "draft-status";
    line.setAttribute("role", "status");
    (form.querySelector(".form-actions") ?? form).append(line);
  }
  line.classList.toggle("failed", failed);
  if (line.textContent !== text) line.textContent = text;
}

async function save(form) {
  const state = forms.get(form);
  clearTimeout(state.timer);
  if (!state.changed || state.saving) return;
  if (Date.now() < state.until) {
    state.timer = setTimeout(save, state.until - Date.now(), form);
    return;
  }
  state.changed = false;
  state.saving = true;
  let wait = DELAY * 3;
  try {
    const body = values(form);
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": key(form), Accept: "application/json" },
      redirect: "error",
      keepalive: isShort(body),
    });
    // The response says after how many seconds the server accepts drafts again.
    const later = answer.status === 429 ? Number(answer.headers.get("Retry-After")) * 1000 : 0;
    if (later > 0) {
      wait = later;
      state.changed = true;
      state.until = Date.now() + later;
      say(form, words.draftWaiting);
      return;
    }
    if (!answer.ok) throw new Error(answer.status);
    const { saved_at: time } = await answer.json();
    if (!state.changed) form.dataset.drafted = "yes";
    document.dispatchEvent(new CustomEvent("registry:contact"));
    say(form, words.draftSaved.replace("{time}", time));
  } catch {
    state.changed = true;
    say(form, words.draftFailed, true);
  } finally {
    state.saving = false;
    if (state.changed && !state.over) state.timer = setTimeout(save, wait, form);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draftUrl) return;
  if (!forms.has(form)) forms.set(form, { changed: false, saving: false, timer: 0, over: false, until: 0 });
  const state = forms.get(form);
  if (!state.changed && form.querySelector("[data-draft-status]")) say(form, words.draftWaiting);
  state.changed = true;
  delete form.dataset.drafted;
  clearTimeout(state.timer);
  state.timer = setTimeout(save, DELAY, form);
});

// The form itself is being submitted: a draft sent after it would remain although the form is saved.
function sent(form) {
  const state = forms.get(form);
  if (!state) return;
  clearTimeout(state.timer);
  state.changed = false;
}
document.addEventListener("submit", (event) => event.defaultPrevented || sent(event.target));
document.addEventListener("htmx:beforeRequest", (event) => sent(event.target));

const saveAll = () => forms.forEach((state, form) => save(form));
document.addEventListener("registry:save-drafts", saveAll);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && saveAll());
document.addEventListener("registry:signed-in", () => {
  for (const state of forms.values()) state.over = false;
  saveAll();
});
document.addEventListener("registry:signed-out", () => {
  for (const state of forms.values()) {
    state.over = true;
    clearTimeout(state.timer);
  }
});
