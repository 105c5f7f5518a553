/** The page that checks files: chosen or dropped, read here, said in words. Nothing is sent. */

import { b64u } from '../encoding.js';
import { Refusal } from '../errors.js';
import { readTrust } from '../trust.js';
import { COMPANIONS, check, isUnchecked } from './checks.js';
import { read } from './kinds.js';

const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
const say = (zh, en) => (language === 'zh' ? zh : en);
const form = document.querySelector('[data-verify]');
const held = { trust: null, files: [] };

const made = (name, text, kind) => {
  const node = document.createElement(name);
  if (kind !== undefined) node.className = kind;
  node.textContent = text;
  return node;
};

const counted = (number) => say(`${number} 个见证人`, number === 1 ? 'one witness' : `${number} witnesses`);

async function takeTrust(raw) {
  const told = form.querySelector('[data-trust]');
  try {
    held.trust = readTrust(raw);
    const fingerprint = b64u(held.trust.hash);
    told.textContent = say(
      `已读取：${held.trust.origin}，${counted(held.trust.witnesses.length)}，需 ${held.trust.quorum} 个。指纹 ${fingerprint}`,
      `Read: ${held.trust.origin}, ${counted(held.trust.witnesses.length)}, ${held.trust.quorum} needed. Fingerprint ${fingerprint}`,
    );
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    held.trust = null;
    told.textContent = cause.words(language);
  }
  await showAll();
}

async function takeFiles(files) {
  held.files = await Promise.all(
    [...files].map(async (file) => ({ name: file.name, raw: await bytesOf(file) })),
  );
  await showAll();
}

/** The bytes of a file; null for one that cannot be read, as a folder or one that was moved. */
async function bytesOf(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return null;
  }
}

/** The kind of each file, or the refusal to read it. */
function sorted() {
  return held.files.flatMap(({ name, raw }) => {
    try {
      if (raw === null) throw new Refusal('unreadable', '无法读取：不是文件，或已被移走', 'It cannot be read: it is no file, or was moved away');
      return read(raw).map((part) => ({ name, ...part }));
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      return [{ name, kind: 'unknown', refused: cause }];
    }
  });
}

async function showAll() {
  if (held.files.length === 0) return;
  const section = document.querySelector('[data-said]');
  const results = section.querySelector('[data-results]');
  const spoken = section.querySelector('[data-spoken]');
  section.hidden = false;
  if (held.trust === null) {
    results.replaceChildren(made('p', say('先选择信任文件。', 'Choose a trust file first.'), 'note'));
    spoken.textContent = '';
    return;
  }
  const files = sorted();
  const others = new Map(files.map((file) => [file.kind, file]));
  const withReceipt = others.has('receipt');
  const isCompanion = ({ kind }) =>
    withReceipt && (COMPANIONS.includes(kind) || (kind === 'closing' && others.has('list')));
  const shown = await Promise.all(
    files.filter((file) => !isCompanion(file)).map(async (file) => [file, await accountOf(file, others)]),
  );
  results.replaceChildren(...shown.map(([file, account]) => block(file, account)));
  spoken.textContent = summed(shown.map(([, account]) => account));
}

/** How many were checked, how many of them do not hold, and what was not checked. */
function summed(accounts) {
  const left = accounts.filter(isUnchecked).length;
  const bad = accounts.filter(({ refused }) => refused !== null).length - left;
  const [count, rest] = [accounts.length - left, left === 0 ? '' : say(`；${left} 项不能在此核对`, `; ${left} cannot be checked here`)];
  if (count === 0) return say('没有可在此核对的文件', 'Nothing here can be checked on this page');
  if (bad === 0) return say(`核对了 ${count} 项，均成立`, `${count} checked, everything holds`) + rest;
  return say(`核对了 ${count} 项，${bad} 项不成立`, `${count} checked, ${bad} of them not holding`) + rest;
}

async function accountOf(file, others) {
  if (file.refused === undefined) return check(file, held.trust, others);
  const { code, zh, en } = file.refused;
  return { proved: [], open: [], seats: [], refused: { code, zh, en } };
}

function block(file, account) {
  const [look, verdict] = verdictOf(account);
  const box = made('section', '', `verdict ${look}`);
  box.append(made('h3', file.name), made('p', verdict, 'verdict-word'));
  if (isUnchecked(account)) {
    box.append(made('p', account.refused[language]));
    return box;
  }
  const list = document.createElement('ul');
  for (const line of account.proved) list.append(labelled(say('成立', 'Holds'), line[language]));
  if (account.refused !== null) {
    list.append(labelled(say('不成立', 'Does not hold'), `${account.refused[language]} (${account.refused.code})`, 'refused'));
  } else for (const line of account.open) list.append(labelled(say('未证明', 'Not proved'), line[language], 'open'));
  box.append(list);
  if (account.refused === null && account.seats.length > 0) box.append(table(account.seats));
  return box;
}

function verdictOf(account) {
  if (account.refused === null) return ['holds', say('成立', 'Holds')];
  if (isUnchecked(account)) return ['unchecked', say('未在此核对', 'Not checked here')];
  return ['fails', say('不成立', 'Does not hold')];
}

function labelled(label, words, kind) {
  const item = made('li', '', kind);
  item.append(made('strong', label), ` ${words}`);
  return item;
}

function table(seats) {
  const node = document.createElement('table');
  node.append(made('caption', say('结果', 'Result')));
  const head = node.createTHead().insertRow();
  for (const word of [say('分层', 'Stratum'), say('抽中', 'Drawn')]) {
    const cell = made('th', word);
    cell.scope = 'col';
    head.append(cell);
  }
  const body = node.createTBody();
  for (const { stratum, names, short } of seats) {
    const row = body.insertRow();
    row.append(made('td', stratum));
    const missing = short === 0 ? '' : say(`（缺 ${short} 人）`, ` (${short} short)`);
    row.append(made('td', names.join(say('、', ', ')) + missing));
  }
  return node;
}

if (form !== null) {
  form.addEventListener('submit', (event) => event.preventDefault());
  form.querySelector('#trust').addEventListener('change', async ({ target }) => {
    if (target.files.length === 1) await takeTrust(new Uint8Array(await target.files[0].arrayBuffer()));
  });
  form.querySelector('#files').addEventListener('change', async ({ target }) => {
    await takeFiles(target.files);
    target.value = ''; // so that the same file, mended, can be chosen again
  });
  form.querySelector('[data-use-demo]')?.addEventListener('click', async () => {
    const raw = await fetch(form.dataset.demo, { credentials: 'omit' })
      .then((answer) => (answer.ok ? answer.arrayBuffer() : null))
      .catch(() => null);
    if (raw !== null) await takeTrust(new Uint8Array(raw));
    else form.querySelector('[data-trust]').textContent = say('没有取到信任文件，再按一次。', 'The trust file did not come. Press again.');
  });
  const place = form.querySelector('[data-drop]');
  // Anywhere on the page: a file that is dropped beside the field must not open in its stead.
  for (const name of ['dragover', 'drop']) {
    addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.toggle('over', name === 'dragover');
    });
  }
  addEventListener('dragleave', () => place.classList.remove('over'));
  addEventListener('drop', (event) => {
    if (event.dataTransfer.files.length > 0) takeFiles(event.dataTransfer.files);
  });
}
