/** What the officer sees: what is being done, how far, what was refused and what to do about it. */

import { Refusal } from '../errors.js';

/** After the browser has drawn what the page says now. */
export const painted = () =>
  new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0)));

export class Screen {
  /** @param {HTMLElement} element the part of the page that this script fills */
  constructor(element) {
    this.element = element;
    this.words = JSON.parse(element.dataset.words);
    this.language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
    this.form = element.querySelector('form');
    this.button = this.form.querySelector('button');
    this.bar = element.querySelector('progress');
    this.line = element.querySelector('[data-line]');
    this.seconds = element.querySelector('[data-seconds]');
    this.list = element.querySelector('[data-told]');
    this.summary = element.querySelector('.summary');
  }

  /** Whether this browser can do it at all; says so where it cannot. */
  isAble() {
    const able = globalThis.isSecureContext && globalThis.crypto?.subtle !== undefined;
    this.form.hidden = !able;
    if (!able) this.refused(new Refusal('not-secure', this.words.insecure, this.words.insecure));
    return able;
  }

  /** Do this when the button is pressed; once at a time, every refusal shown. */
  onSend(act) {
    this.form.addEventListener('submit', async (event) => {
      event.preventDefault();
      this.summary.hidden = true;
      this.button.disabled = true;
      try {
        await act();
      } catch (cause) {
        this.refused(cause);
        this.button.disabled = false;
        if (!(cause instanceof Refusal)) throw cause;
      }
    });
  }

  /** Words of the page with numbers put in: `{0}`, `{1}`. */
  say(name, numbers = []) {
    return this.words[name].replaceAll(/\{(\d)\}/g, (_, at) => String(numbers[at]));
  }

  /** What is being done now; how far is not known. */
  step(name, numbers) {
    this.bar.hidden = false;
    this.bar.removeAttribute('value');
    this.line.textContent = this.say(name, numbers);
  }

  /** Count the seconds that a piece of work beside the page takes; its outcome. */
  async counting(done) {
    const begun = performance.now();
    const count = () => {
      this.seconds.textContent = this.say('seconds', [Math.floor((performance.now() - begun) / 1000)]);
    };
    const timer = setInterval(count, 1000);
    try {
      return await done;
    } finally {
      clearInterval(timer);
      this.seconds.textContent = '';
    }
  }

  /** How many of how many. */
  progress(done, whole) {
    this.bar.max = whole;
    this.bar.value = done;
    return done % 10 === 0 || done === whole ? painted() : undefined;
  }

  /**
   * A round is handed in: how many shares, how many officers are there; refused ones by name. What
   * the page said of officers when it was loaded is hidden.
   */
  posted(round, answer) {
    for (const stale of document.querySelectorAll('[data-before]')) stale.hidden = true;
    this.tell(this.say('posted', [round, answer.posted, answer.batches, answer.needed]));
    for (const { kind, code } of answer.refused) {
      this.tell(`${this.words[kind]} – ${this.say('refused')} (${code})`, 'refusal');
    }
  }

  /** The platform has nothing to open yet; the page goes on looking. */
  waits(refusal) {
    const words = refusal === undefined ? this.say('waiting') : refusal.words(this.language);
    this.bar.hidden = true;
    if (this.line.textContent !== words) this.line.textContent = words;
  }

  /** It is over: the files may be closed. */
  done(name, numbers) {
    this.bar.hidden = true;
    this.form.hidden = true;
    this.line.textContent = this.say(name, numbers);
    this.element.querySelector('[data-further]').hidden = false;
  }

  tell(words, tone) {
    const item = document.createElement('li');
    item.textContent = words;
    if (tone !== undefined) item.className = tone;
    this.list.hidden = false;
    this.list.append(item);
  }

  refused(cause) {
    const known = cause instanceof Refusal;
    this.bar.hidden = true;
    this.line.textContent = '';
    this.summary.querySelector('p').textContent = known ? cause.words(this.language) : this.words.broken;
    this.summary.hidden = false;
    this.summary.focus();
  }
}
