// Shows what a search finds while it is typed. Without it the form works with its button.
"use strict";

const PAUSE = 250; // milliseconds after the last key

for (const form of document.querySelectorAll("form[data-live]")) {
  const results = document.getElementById(form.dataset.live);
  let asking = null;
  let waiting = 0;

  const address = () => {
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...query]) if (value === "") query.delete(name);
    const words = query.toString();
    return words === "" ? form.getAttribute("action") : `${form.getAttribute("action")}?${words}`;
  };

  const show = async () => {
    asking?.abort();
    asking = new AbortController();
    const wanted = address();
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(wanted, { signal: asking.signal });
      if (!answer.ok) throw new TypeError(`answered ${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      results.replaceChildren(...page.getElementById(results.id).childNodes);
      for (const select of form.querySelectorAll("select")) {
        const counted = page.getElementById(select.id);
        [...select.options].forEach((option, at) => {
          option.text = counted.options[at].text;
        });
      }
      history.replaceState(null, "", wanted);
      results.removeAttribute("aria-busy");
    } catch (cause) {
      // The network is away or a newer search runs; the button still asks for the whole page.
      if (cause.name !== "AbortError") results.removeAttribute("aria-busy");
    }
  };

  form.addEventListener("input", () => {
    asking?.abort(); // its answer is overtaken by what is typed now
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
  results.setAttribute("aria-live", "polite");
}
