// Renews the opening hall: asks every two seconds whether anything has happened, fetches the page
// again when something has, and says each event once. What is shown is what the server wrote; the
// badge of the newest act is checked anew by its own script.
"use strict";

(() => {
  const PAUSE = 2000;
  const APART = 1500; // between two announcements, so that each is read
  const hall = document.querySelector("[data-live]");
  const announcer = hall.querySelector("[data-announce]");
  const waiting = [];
  let version = hall.dataset.version;
  let etag = null;
  let known = null; // how many events have been said; null before the first answer
  let asking = false;

  async function look() {
    const headers = etag === null ? {} : { "If-None-Match": etag };
    const answer = await fetch(hall.dataset.live, { headers, cache: "no-store" });
    if (answer.status === 304 && isWaiting()) replace("[data-badge]", await freshPage());
    if (!answer.ok) return; // 304, or a server that is busy: the next look tells
    etag = answer.headers.get("ETag");
    const told = await answer.json();
    if (told.version !== version) await renew();
    version = told.version;
    if (known !== null) waiting.push(...told.events.slice(known));
    known = told.events.length;
  }

  // An act is written first and has its place in the record some seconds later.
  function isWaiting() {
    return hall.querySelector("[data-badge] .proof:not([data-proof])") !== null;
  }

  async function freshPage() {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) throw new Error(`the hall answers ${answer.status}`);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  async function renew() {
    const page = await freshPage();
    replace("[data-hall]", page);
    replace("[data-badge]", page);
    countAgain();
  }

  // Puts the new part in the place of the old one; whoever stood on one of its links still does.
  function replace(part, page) {
    const [old, fresh] = [hall.querySelector(part), document.adoptNode(page.querySelector(part))];
    const at = [...old.querySelectorAll("a, summary")].indexOf(document.activeElement);
    old.replaceWith(fresh);
    if (at >= 0) fresh.querySelectorAll("a, summary")[at]?.focus();
    fresh.dispatchEvent(new Event("renewed", { bubbles: true }));
  }

  // The countdown's script counts what it finds when it starts: it starts again for new boxes.
  function countAgain() {
    const script = document.querySelector("script[src*='countdown.js']");
    if (script === null || hall.querySelector(".countdown") === null) return;
    const again = document.createElement("script");
    again.src = script.src;
    again.integrity = script.integrity;
    script.replaceWith(again);
  }

  async function tick() {
    await lookOnce();
    setTimeout(tick, PAUSE);
  }

  async function lookOnce() {
    if (asking || document.hidden) return;
    asking = true;
    try {
      await look();
    } catch {
      // No line: the page stays as it is and looks again.
    }
    asking = false;
  }

  setInterval(() => {
    if (waiting.length > 0) announcer.textContent = waiting.shift();
  }, APART);
  document.addEventListener("visibilitychange", lookOnce);
  tick();
})();
