/** The page: what it knows, which step is shown, how failures are said. */

import { Helper } from './helper.js';
import { Notes, openDatabase } from './store.js';
import { button, fill, h, note, summary } from './elements.js';
import { checkFitness } from './fitness.js';
import { language, speak, t, wordsOf } from './speech.js';
import { Line, jsonOf } from './wire.js';
import { showAfter } from './screen_after.js';
import { showBond } from './screen_bond.js';
import { showCheck } from './screen_check.js';
import { showLock } from './screen_lock.js';
import { showOffer } from './screen_offer.js';
import { showReceipt } from './screen_receipt.js';
import { showSend } from './screen_send.js';

const STEPS = [
  ['check', showCheck, '核对', 'Check'],
  ['bond', showBond, '保证金', 'Bond'],
  ['offer', showOffer, '报价与文件', 'Offer and documents'],
  ['send', showSend, '封装与提交', 'Seal and send'],
  ['receipt', showReceipt, '回执', 'Receipt'],
  ['after', showAfter, '开标之后', 'After opening'],
];

const TYPED = 'input, textarea, select';

/** Everything the steps share. */
class App {
  constructor(own) {
    this.own = own;
    this.step = 'check';
    this.db = null;
    this.notes = null;
    this.book = null;
    this.helper = null;
    this.record = null;
    this.trust = null;
    this.terms = null; // of the tender that was checked
    this.title = null; // what the platform calls it; no proof of the record says so
    this.scheme = null; // how it is scored, once the offer was looked at
    this.standing = null; // how this page's hash stands to its manifest
    this.crowd = null;
    this.addresses = { anonymous: '', custodian: '' };
    this.deployment = null;
    this.line = null; // signed in at the custodian
    this.review = null; // what is asked after the opening, and the key it is asked of
    this.tasks = new Set(); // what the worker is at
    this.bench = null; // where sealing or sending shows how far it is; null when neither runs
    this.adding = new Map(); // documents that are not in the draft yet, with the bytes they need
    this.bars = {}; // where documents show how far they are, by envelope
    this.timers = [];
  }

  /** The moment by the record's clock, microseconds: its last entry and what has passed since. */
  now() {
    return this.record.now + BigInt(Math.round((performance.now() - this.record.seen) * 1000));
  }

  /** Whether the tender that was checked takes no more bids. */
  get isOver() {
    return this.terms !== null && this.now() > this.terms.deadline;
  }

  /** Whether a step can be entered. */
  allows(step) {
    if (this.book === null) return false;
    if (step === 'check') return true;
    if (step === 'bond') return this.record !== null;
    if (step === 'after' && !this.isOver) return false;
    return this.terms !== null && this.standing !== 'unknown';
  }

  /** Show a step; the browser's own way back leads to the one before. */
  go(step) {
    if (step !== reached()) history.pushState({ step }, '');
    this.enter(step);
  }

  enter(step) {
    this.step = step;
    this.show();
    document.getElementById('title')?.focus();
  }

  /** Draw the page anew; whoever stood on something that is gone stands at the title. */
  show() {
    const main = document.getElementById('main');
    const stood = main.contains(document.activeElement);
    this.timers.splice(0).forEach(clearInterval);
    document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
    document.title = t('封装投标 · 阳光', 'Seal a bid · Yangguang');
    drawHead(this);
    const screen = this.book === null ? showLock : STEPS.find(([name]) => name === this.step)[1];
    fill(main);
    const shown = screen(this, main);
    if (stood) document.getElementById('title')?.focus();
    return shown;
  }

  every(milliseconds, act) {
    act();
    this.timers.push(setInterval(act, milliseconds));
  }

  /** Say at the top what went wrong; typed text stays. */
  fail(cause, target = null) {
    this.clear();
    if (!(typeof cause?.code === 'string' && typeof cause.zh === 'string')) console.error(cause);
    const box = summary(t('没有完成', 'Not done'), [[target, wordsOf(cause)]]);
    document.getElementById('main').prepend(box);
    box.focus();
  }

  /** Several faults of a form. @param {[string, string][]} faults */
  faults(faults) {
    this.clear();
    const box = summary(t('先更正以下各项', 'Correct these first'), faults);
    document.getElementById('main').prepend(box);
    box.focus();
  }

  clear() {
    document.querySelector('#main > .summary')?.remove();
  }

  /** Do something for a button: one at a time, its failure said, the button quiet meanwhile. */
  async doing(pressed, act, target = null) {
    if (pressed.getAttribute('aria-disabled') === 'true') return;
    pressed.setAttribute('aria-disabled', 'true');
    this.clear();
    try {
      await act();
    } catch (cause) {
      this.fail(cause, target);
    } finally {
      pressed.removeAttribute('aria-disabled');
    }
  }

  /** What the operations of tokens and bids need. */
  get means() {
    const { book, record, trust } = this;
    return { book, record, trust, ...this.addresses };
  }
}

function drawHead(app) {
  const other = language() === 'zh' ? ['en', 'English', 'en'] : ['zh', '中文', 'zh-CN'];
  const turn = async () => {
    const typed = [...document.getElementById('main').querySelectorAll(TYPED)].filter(({ id }) => id !== '');
    speak(other[0]);
    await app.show();
    typed.forEach(putBack);
    document.getElementById('language').focus();
  };
  fill(
    document.getElementById('head'),
    h('p', { class: 'brand' }, t('阳光 · 封装投标', 'Yangguang · seal a bid')),
    h('button', { type: 'button', id: 'language', class: 'plain', lang: other[2], onclick: turn }, other[1]),
  );
  fill(
    document.getElementById('demo'),
    app.trust?.isDemo ? h('p', {}, t('演示环境：未密封（not sealed）。此处的密钥和投标没有任何保密效力。', 'Demonstration: not sealed. Keys and bids made here keep no secret.')) : null,
  );
  fill(document.getElementById('steps'), app.book === null ? null : stepLine(app));
  fill(document.getElementById('foot'), h('p', {}, t('本页只与匿名主机和托管方通信，不用 Cookie。', 'This page speaks to the anonymous host and the custodian alone, without cookies.')));
}

/** What was typed or chosen in a field stands in the field that has taken its place. */
function putBack(old) {
  const made = document.getElementById(old.id);
  if (made === null || made.type !== old.type) return;
  if (old.type === 'file') made.files = old.files;
  else if (old.type === 'radio') made.checked = old.checked;
  else made.value = old.value;
}

/** The step that the browser's history stands at. */
const reached = () => STEPS.find(([name]) => name === history.state?.step)?.[0] ?? 'check';

function stepLine(app) {
  const at = STEPS.findIndex(([name]) => name === app.step);
  const items = STEPS.map(([name, , zh, en], place) => {
    const here = name === app.step;
    const words = [h('span', { class: 'count' }, `${place + 1}`), ' ', t(zh, en)];
    const inner = app.allows(name)
      ? h('button', { type: 'button', class: 'plain', onclick: () => app.go(name), 'aria-current': here ? 'step' : null }, words)
      : h('span', { class: 'closed' }, words);
    return h('li', { class: here ? 'now' : place < at ? 'done' : '' }, inner);
  });
  return h('nav', { 'aria-label': t('步骤', 'Steps') }, h('ol', { class: 'steps' }, items));
}

/** Keep one page alone at work: two would write over each other's book. */
function alone() {
  if (navigator.locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks.request('yangguang-sealing', { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise(() => undefined); // held until the page is closed
    }).catch(() => resolve(true)); // a page from a disk may not ask
  });
}

/** Where the hosts are, as the host of this page says; nothing for a page opened from a disk. */
async function readDeployment(app) {
  const kept = (await app.notes.get('addresses')) ?? null;
  if (kept !== null) app.addresses = kept;
  if (!location.protocol.startsWith('http')) return;
  app.deployment = jsonOf(await new Line(location.origin).get('/seal/deployment.json'));
  app.addresses = { anonymous: location.origin, custodian: app.deployment.custodian };
}

/** Begin. @param {{ source: string, raw: Uint8Array, hash: Uint8Array }} own */
export async function start(own) {
  const app = new App(own);
  globalThis.addEventListener('beforeunload', (event) => {
    if (app.tasks.size > 0) event.preventDefault();
  });
  globalThis.addEventListener('popstate', () => {
    if (reached() !== app.step && app.allows(reached())) app.enter(reached());
  });
  try {
    await checkFitness();
    app.db = await openDatabase();
    app.notes = new Notes(app.db);
    if (!(await alone())) {
      stopped(app, { code: 'open-elsewhere', zh: '本页已在另一个标签页打开，在那里继续', en: 'This page is open in another tab; go on there' });
      return;
    }
    app.helper = new Helper(own.source);
    await readDeployment(app);
    app.show();
  } catch (cause) {
    stopped(app, cause);
  }
}

function stopped(app, cause) {
  drawHead(app);
  const again = button(t('重试', 'Try again'), 'second', () => location.reload());
  fill(
    document.getElementById('main'),
    h('h1', { id: 'title', tabindex: '-1' }, t('封装投标', 'Seal a bid')),
    note('refusal', h('p', {}, wordsOf(cause))),
    h('div', { class: 'buttons' }, again),
  );
  if (typeof cause?.zh !== 'string') console.error(cause);
}
