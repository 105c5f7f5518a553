// What is typed into a form stays in this browser until the form was accepted: after a refusal, an
// ended session, a sign-in, a closed tab it is put back. Passwords, codes and files are never kept.
// What is a week old goes with the next page, whoever typed it; signing out forgets everything of
// the reader who leaves. On the anonymous host the reader is "nobody", and nothing is told anybody.
"use strict";

(() => {
  const WEEK = 7 * 24 * 3600 * 1000; // milliseconds
  const PAUSE = 300; // milliseconds after the last key
  const mine = `draft/${document.body.dataset.reader}/`;
  const SENT = "draft-sent";
  const SECRET = /^secret\.|^_/;
  const TYPED = "input, textarea, select";
  const store = open("localStorage");
  const tab = open("sessionStorage");
  let leaving = false;
  if (!store || !tab || !document.body.dataset.reader) return;

  function open(name) {
    try {
      return window[name];
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  function keyOf(form) {
    const mark = (name) => form.querySelector(`input[type=hidden][name=${name}]`)?.value ?? "";
    return `${mine}${mark("_page") || location.pathname}#${mark("_form")}`;
  }

  function fieldsOf(form) {
    return [...form.querySelectorAll(TYPED)].filter(
      ({ name, type }) =>
        name && !SECRET.test(name) && !["hidden", "file", "password", "submit"].includes(type),
    );
  }

  const isPick = ({ type }) => type === "checkbox" || type === "radio";

  function read(form) {
    const values = {};
    for (const field of fieldsOf(form)) {
      const held = (values[field.name] ??= []);
      if (!isPick(field) || field.checked) held.push(field.value);
    }
    return values;
  }

  function write(form, values) {
    const left = structuredClone(values);
    for (const field of fieldsOf(form)) {
      const held = left[field.name];
      if (held === undefined) continue;
      if (isPick(field)) field.checked = held.includes(field.value);
      else if (held.length) field.value = held.shift();
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  function load(key) {
    try {
      const held = JSON.parse(store.getItem(key));
      if (held && Date.now() - held.at < WEEK) return held;
    } catch {
      // written by something else
    }
    store.removeItem(key);
    return null;
  }

  function save(key, initial, values) {
    if (same(initial, values)) {
      store.removeItem(key);
      return;
    }
    try {
      store.setItem(key, JSON.stringify({ at: Date.now(), initial, values }));
    } catch {
      // the browser's room is full: the server still shows typed text again
    }
  }

  // The page after a sending: another page, or the same one without a word of refusal, means that
  // the form was taken; an error, a summary or the door of the house mean that it was not.
  function settle() {
    const key = tab.getItem(SENT);
    if (!key) return;
    tab.removeItem(SENT);
    const status = performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;
    const refused =
      status >= 400 ||
      new URLSearchParams(location.search).has("kept") ||
      document.querySelector(".summary:not([hidden]), .error-code, input[type=password]");
    if (!refused) store.removeItem(key);
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "plain";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  function tell(form, words, buttons) {
    form.querySelector(".draft-note")?.remove();
    const note = document.createElement("div");
    note.className = "draft-note";
    note.setAttribute("role", "status");
    const said = document.createElement("p");
    said.textContent = words;
    note.append(said, ...buttons);
    form.append(note);
    return note;
  }

  function begin(form) {
    const key = keyOf(form);
    const refused = form.parentElement.querySelector(".summary:not([hidden])");
    const first = read(form);
    const held = load(key);
    const initial = refused && held ? held.initial : first;
    const drop = () => {
      write(form, initial);
      store.removeItem(key);
      form.querySelector(".draft-note")?.remove();
    };
    if (refused) {
      save(key, refused && !held ? {} : initial, first);
    } else if (held && !same(held.values, first)) {
      if (same(held.initial, first)) {
        write(form, held.values);
        tell(form, form.dataset.draft, [button(form.dataset.draftDrop, drop)]);
      } else {
        const show = () => {
          write(form, held.values);
          tell(form, form.dataset.draft, [button(form.dataset.draftDrop, drop)]);
        };
        tell(form, form.dataset.draftOther, [
          button(form.dataset.draftShow, show),
          button(form.dataset.draftDrop, drop),
        ]);
      }
    }
    let waiting = 0;
    const keep = () => leaving || save(key, initial, read(form));
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(keep, PAUSE);
    });
    form.addEventListener("submit", () => {
      clearTimeout(waiting);
      keep();
      tab.setItem(SENT, key);
    });
    addEventListener("pagehide", () => {
      if (waiting && tab.getItem(SENT) !== key) keep();
    });
  }

  function forget() {
    leaving = true;
    for (const key of Object.keys(store)) {
      if (key.startsWith(mine)) store.removeItem(key);
    }
  }

  for (const key of Object.keys(store)) if (key.startsWith("draft/")) load(key);
  settle();
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (!form.querySelector("input[type=password]") && fieldsOf(form).length) begin(form);
  }
  document.querySelector(".account form")?.addEventListener("submit", forget);
})();
