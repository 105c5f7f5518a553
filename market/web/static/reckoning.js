// Shows at once what follows from a form's live fields: asks the server for the same page with
// them in the address, and takes over what it says of dates. It reckons and decides nothing.
"use strict";

(() => {
  const PAUSE = 250; // milliseconds after the last key

  function prepare(box) {
    const form = box.querySelector("form");
    const names = box.dataset.reckon.split(" ");
    let waiting = 0;
    let asked = 0;

    function address() {
      const typed = new FormData(form);
      const url = new URL(location.pathname, location.origin);
      for (const name of names) url.searchParams.set(name, typed.get(name) ?? "");
      return url;
    }

    async function ask() {
      const mine = ++asked;
      const region = document.getElementById("reckoned");
      region.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(address(), { credentials: "same-origin" });
        if (mine !== asked || !answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("reckoned");
        if (fresh) region.replaceChildren(...fresh.childNodes);
        for (const part of form.querySelectorAll("[data-live]")) {
          const other = page.querySelector(`[data-live="${part.dataset.live}"]`);
          if (other && names.includes(part.dataset.live)) takeOver(part, other);
        }
      } catch {
        // no connection: the button does the same
      } finally {
        if (mine === asked) region.removeAttribute("aria-busy");
      }
    }

    // The input itself stays: it has the reader's focus and text.
    function takeOver(part, other) {
      part.querySelectorAll(".wrong, .offer").forEach((old) => old.remove());
      const input = part.querySelector("input, select, textarea");
      const wrong = other.querySelector(".wrong");
      const same = other.querySelector("input, select, textarea");
      part.querySelector(".field")?.classList.toggle("is-wrong", wrong !== null);
      for (const name of ["aria-invalid", "aria-describedby"]) {
        const value = same?.getAttribute(name) ?? null;
        if (value === null) input.removeAttribute(name);
        else input.setAttribute(name, value);
      }
      if (wrong) (input.closest(".unit") ?? input).before(wrong);
      const offer = other.querySelector(".offer");
      if (offer) part.append(offer);
    }

    function later() {
      clearTimeout(waiting);
      waiting = setTimeout(ask, PAUSE);
    }

    form.addEventListener("input", (event) => {
      if (names.includes(event.target.name)) later();
    });
    form.addEventListener("click", (event) => {
      const link = event.target.closest?.(".offer a[data-value]");
      if (!link) return;
      event.preventDefault();
      const input = link.closest("[data-live]").querySelector("input");
      input.value = link.dataset.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    });
    form.querySelectorAll('button[name="reckon"]').forEach((button) => {
      button.hidden = true;
    });
  }

  document.querySelectorAll("[data-reckon]").forEach(prepare);
})();
