// Counts down to deadlines by the server's clock: the page says what time it was there when the
// page was made, and only the time since then is taken from this machine. It decides nothing.
"use strict";

(() => {
  const HOUR = 3600;
  const boxes = document.querySelectorAll(".countdown[data-deadline]");

  function words(box, left) {
    const parts = [
      [Math.floor(left / 86400), box.dataset.days],
      [Math.floor(left / HOUR) % 24, box.dataset.hours],
      [Math.floor(left / 60) % 60, box.dataset.minutes],
      [left % 60, box.dataset.seconds],
    ];
    const first = parts.findIndex(([count]) => count > 0);
    return parts.slice(first < 0 ? 3 : first, first < 0 ? 4 : first + 3);
  }

  function show(box) {
    const passed = (performance.now() - started) / 1000;
    const now = Date.parse(box.dataset.now) / 1000 + passed;
    const left = Math.floor(Date.parse(box.dataset.deadline) / 1000 - now);
    const clock = box.querySelector(".clock");
    clock.hidden = false;
    box.classList.toggle("last-hour", left >= 0 && left <= HOUR);
    box.classList.toggle("over", left < 0);
    if (left < 0) {
      clock.textContent = box.dataset.over;
      return;
    }
    clock.replaceChildren(
      ...words(box, left).flatMap(([count, unit]) => {
        const small = document.createElement("small");
        small.textContent = unit;
        return [String(count), small];
      }),
    );
  }

  const started = performance.now();
  boxes.forEach(show);
  if (boxes.length) {
    setInterval(() => boxes.forEach(show), 1000);
  }
})();
