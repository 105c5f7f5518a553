// The scoring grid: keys move between cells, sums run along, and every cell is kept as it is typed.
// It decides nothing: points are checked and added again by the house when the sheet is locked.
"use strict";

(() => {
  const form = document.querySelector("form.score-form");
  if (form === null) return;
  const cells = [...form.querySelectorAll("input.mark")];
  const seen = form.querySelector("[name=seen]");
  const status = form.querySelector(".kept");
  const words = status.dataset;
  const lock = form.querySelector("[name=lock]");
  const button = form.querySelector("button[type=submit]");
  const kept = new Map(cells.map((cell) => [cell, cell.dataset.kept ?? cell.value]));
  const clashing = new Set();
  const RETRY = 5000;
  const PAUSE = 400;
  let timer = 0;
  let running = false;
  let leaving = false;
  let sending = false; // the sheet goes out as soon as what is being kept has arrived

  // --- what is typed -----------------------------------------------------------------------------

  const typed = (cell) => cell.value.trim();
  const waiting = () => cells.filter((cell) => typed(cell) !== kept.get(cell) && !clashing.has(cell));

  function figure(text) {
    const plain = text.normalize("NFKC").trim();
    const match = /^(\d{1,6})(?:\.(\d{1,6}))?$/.exec(plain);
    return match === null ? null : BigInt(match[1] + (match[2] ?? "").padEnd(6, "0"));
  }

  function written(millionths) {
    const digits = millionths.toString().padStart(7, "0");
    const rest = digits.slice(-6).replace(/0+$/, "");
    return digits.slice(0, -6) + (rest === "" ? "" : `.${rest}`);
  }

  function fits(cell) {
    const points = figure(typed(cell));
    return points !== null && cell.dataset.levels.split(" ").some((one) => figure(one) === points);
  }

  // What is no score of its criterion is said beside the cell, for the eye and for the ear.
  function mark(cell) {
    const wrong = typed(cell) !== "" && !fits(cell);
    const id = `${cell.id}-wrong`;
    const there = document.getElementById(id);
    cell.classList.toggle("odd", wrong);
    if (!wrong) {
      there?.remove();
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
      return;
    }
    cell.setAttribute("aria-invalid", "true");
    cell.setAttribute("aria-describedby", id);
    if (there !== null) return;
    const note = document.createElement("span");
    note.id = id;
    note.className = "wrong";
    note.textContent = `${words.levels} ${cell.dataset.levels.split(" ").join(" · ")}`;
    cell.after(note);
  }

  function add() {
    for (const sum of form.querySelectorAll("output.sum")) {
      const own = cells.filter((cell) => cell.dataset.number === sum.dataset.number);
      const computed = [...form.querySelectorAll(".computed[data-points]")]
        .filter((one) => one.dataset.number === sum.dataset.number)
        .map((one) => figure(one.dataset.points) ?? 0n);
      const points = own.filter(fits).map((cell) => figure(typed(cell)));
      const missing = own.length - points.length;
      const whole = [...points, ...computed].reduce((one, other) => one + other, 0n);
      sum.textContent = written(whole);
      if (missing > 0) {
        const left = document.createElement("small");
        left.textContent = words.missing.replace("{n}", String(missing));
        sum.append(" ", left);
      }
    }
  }

  // --- keeping -----------------------------------------------------------------------------------

  function say(text, tone) {
    status.textContent = text;
    status.classList.toggle("trouble", tone === "trouble");
  }

  function clock(at) {
    const parts = { timeZone: "Asia/Shanghai", hour12: false, hour: "2-digit", minute: "2-digit", second: "2-digit" };
    return new Intl.DateTimeFormat("en-GB", parts).format(new Date(at));
  }

  function body(sent) {
    const rows = sent.map((cell) => ({
      number: cell.dataset.number,
      criterion: cell.dataset.criterion,
      typed: typed(cell),
    }));
    return JSON.stringify({ seen: Number(seen.value), cells: rows });
  }

  function put(sent, keepalive) {
    return fetch(form.dataset.keep, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      body: body(sent),
      keepalive,
    });
  }

  async function keep() {
    clearTimeout(timer);
    timer = 0;
    const sent = waiting();
    if (running || sent.length === 0) return;
    running = true;
    const texts = new Map(sent.map((cell) => [cell, typed(cell)]));
    say(words.keeping);
    try {
      const answer = await put(sent, false);
      const said = await answer.json();
      if (answer.ok) {
        seen.value = String(said.version);
        for (const [cell, text] of texts) kept.set(cell, text);
        say(clashing.size > 0 ? words.clash : `${words.kept} ${clock(said.at)}`, clashing.size > 0 ? "trouble" : "");
      } else if (said.code === "sheet-changed") {
        await adopt();
      } else {
        say(said.detail ?? words.failed, "trouble");
        if (answer.status >= 500) later(RETRY);
      }
    } catch {
      say(words.failed, "trouble");
      later(RETRY);
    } finally {
      running = false;
    }
    if (sending) {
      goOn();
      return;
    }
    if (timer === 0 && waiting().length > 0 && !status.classList.contains("trouble")) later(PAUSE);
  }

  // A sheet sent while a cell is still on its way would look as if another window had changed it.
  function goOn() {
    sending = false;
    if (clashing.size === 0) form.requestSubmit(button);
  }

  // Another window kept something newer: its cells are taken over, except where both were changed.
  async function adopt() {
    const answer = await fetch(form.dataset.keep, { credentials: "same-origin" });
    if (!answer.ok) throw new Error("the sheet cannot be read");
    const newest = await answer.json();
    if (!newest.open) {
      say(words.locked, "trouble");
      return;
    }
    seen.value = String(newest.version);
    for (const cell of cells) {
      const there = newest.marks[cell.dataset.number]?.[cell.dataset.criterion] ?? "";
      if (there === kept.get(cell)) continue;
      const mine = typed(cell);
      const changed = mine !== kept.get(cell) && mine !== there;
      kept.set(cell, there);
      if (changed) clash(cell, there);
      else cell.value = there;
      mark(cell);
    }
    add();
    if (clashing.size > 0) say(words.clash, "trouble");
    else say(`${words.kept} ${clock(newest.at)}`);
    if (waiting().length > 0) later(PAUSE);
  }

  function clash(cell, there) {
    clashing.add(cell);
    const note = document.createElement("span");
    note.className = "wrong clash";
    note.textContent = words.other.replace("{typed}", there === "" ? "–" : there);
    cell.parentElement.querySelector(".clash")?.remove();
    cell.after(note);
  }

  function settle(cell) {
    if (!clashing.delete(cell)) return;
    cell.parentElement.querySelector(".clash")?.remove();
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  }

  // --- keys --------------------------------------------------------------------------------------

  const rows = [...new Set(cells.map((cell) => Number(cell.dataset.row)))];
  const columns = [...new Set(cells.map((cell) => Number(cell.dataset.column)))];
  const at = (row, column) =>
    cells.find((cell) => Number(cell.dataset.row) === rows[row] && Number(cell.dataset.column) === columns[column]);

  function go(cell, down, right) {
    let row = rows.indexOf(Number(cell.dataset.row)) + down;
    let column = columns.indexOf(Number(cell.dataset.column)) + right;
    if (row >= rows.length && column + 1 < columns.length) [row, column] = [0, column + 1];
    const target = at(row, column);
    if (target === undefined) return false;
    target.focus();
    return true;
  }

  function move(event) {
    const cell = event.target;
    const from = cell.selectionStart === 0;
    const to = cell.selectionEnd === cell.value.length;
    const steps = {
      ArrowUp: [-1, 0],
      ArrowDown: rows.indexOf(Number(cell.dataset.row)) + 1 < rows.length ? [1, 0] : null,
      ArrowLeft: from ? [0, -1] : null,
      ArrowRight: to ? [0, 1] : null,
      Enter: [1, 0],
    };
    const step = steps[event.key];
    if (event.key === "Enter") event.preventDefault();
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (go(cell, ...step)) event.preventDefault();
    else if (event.key === "Enter") lock.focus();
  }

  for (const cell of cells) {
    cell.addEventListener("keydown", move);
    cell.addEventListener("focus", () => cell.select());
    cell.addEventListener("input", () => {
      settle(cell);
      mark(cell);
      add();
      later(PAUSE);
    });
    cell.addEventListener("change", keep);
    if (typed(cell) !== "") mark(cell); // what the house said of an empty cell stays
  }
  const name = () => {
    button.textContent = lock.checked ? words.lockNow : words.save;
  };
  lock.addEventListener("change", name);
  name(); // after a refused lock the box is ticked still
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (running) {
      event.preventDefault();
      sending = true;
      return;
    }
    leaving = true;
  });

  // A tab that is closed or put away sends what is still waiting; the browser delivers it.
  function flush() {
    const sent = waiting();
    if (leaving || sent.length === 0) return;
    put(sent, true).then(async (answer) => {
      if (!answer.ok) return;
      seen.value = String((await answer.json()).version);
      for (const cell of sent) kept.set(cell, typed(cell));
    }, () => {});
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
  });
  addEventListener("pagehide", flush);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && status.classList.contains("trouble") && waiting().length > 0) event.preventDefault();
  });

  add();
  if (waiting().length > 0) later(PAUSE);
})();
