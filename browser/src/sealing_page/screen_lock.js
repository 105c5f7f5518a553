/** Opening the bidder's own store in this browser: a passphrase that only the bidder knows. */

import { newPassphrase } from '../keypool.js';
import { Refusal } from '../errors.js';
import { button, field, fill, h, note } from './elements.js';
import { t } from './speech.js';
import { Book, forgetDatabase } from './store.js';

const SHORTEST = 12; // characters of a passphrase of one's own
const WORK = 17; // log2 of scrypt's N: 128 MB for a moment

/** Show the lock. */
export async function showLock(app, main) {
  const known = await Book.exists(app.db);
  const title = known ? t('打开本机资料', 'Open your store') : t('设置本机资料', 'Set up your store');
  fill(main, h('h1', { id: 'title', tabindex: '-1' }, title));
  main.append(known ? openForm(app) : beginForm(app));
}

function openForm(app) {
  const word = field('passphrase', t('本机口令', 'Passphrase of this store'), {
    type: 'password',
    autocomplete: 'current-password',
    class: 'wide',
    hint: t('密钥、令牌和草稿都在此浏览器中，由口令加密。没有人能替您找回口令。', 'Keys, tokens and drafts are in this browser under this passphrase. Nobody can recover it for you.'),
  });
  const go = h('button', { type: 'submit', class: 'button' }, t('打开', 'Open'));
  const open = () => app.doing(go, () => unlock(app, word.input.value), 'passphrase');
  const forget = h('details', {}, h('summary', {}, t('忘记口令', 'Passphrase forgotten')), forgetForm(app));
  return h('div', {}, form(open, word.box, h('div', { class: 'buttons' }, go)), forget);
}

async function unlock(app, passphrase) {
  app.book = await Book.open(app.db, async (file) => {
    try {
      return await app.helper.ask('unsealPassphrase', { passphrase, file });
    } catch (cause) {
      if (cause.code !== 'sealed-key') throw cause;
      throw new Refusal('wrong-passphrase', '口令不正确', 'The passphrase is not right');
    }
  });
  await app.helper.ask('keepOnly', { names: namesOf(app.book.pages) });
  app.go('check');
}

/** The names of everything large that the book speaks of. */
function namesOf({ drafts, bids }) {
  const papers = Object.values(drafts).flatMap((draft) => Object.values(draft.papers).flat());
  const files = Object.values(bids).flat().flatMap((version) => Object.values(version.files));
  return [...papers, ...files].map((one) => one.name);
}

function beginForm(app) {
  const first = field('passphrase', t('口令', 'Passphrase'), {
    type: 'text',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    class: 'wide mono-input',
    hint: t(`至少 ${SHORTEST} 个字符。已为您生成一个；抄写在纸上，不要存在这台电脑里。`, `At least ${SHORTEST} characters. One is made for you; write it on paper, not on this computer.`),
    value: newPassphrase(),
  });
  const second = field('again', t('再输入一次', 'Type it once more'), {
    type: 'password',
    autocomplete: 'new-password',
    class: 'wide',
    hint: t('确认您已抄写。', 'To be sure that you wrote it down.'),
  });
  const go = h('button', { type: 'submit', class: 'button' }, t('设置', 'Set up'));
  const begin = () => {
    const typed = first.input.value;
    const faults = [];
    if ([...typed].length < SHORTEST) faults.push(['passphrase', t(`口令至少 ${SHORTEST} 个字符`, `The passphrase needs at least ${SHORTEST} characters`)]);
    if (typed !== second.input.value) faults.push(['again', t('两次输入不一致', 'The two do not agree')]);
    if (faults.length > 0) app.faults(faults);
    else app.doing(go, () => make(app, typed));
  };
  return h(
    'div',
    {},
    h('p', { class: 'lead' }, t('投标密钥、保证金令牌和草稿只在您的浏览器中生成和保存，用口令加密。', 'Bid keys, bond tokens and drafts are made and kept in your browser only, under a passphrase.')),
    note('warning', h('p', {}, t('清除浏览器网站数据会删除它们。存缴保证金后立即保存投标密钥文件。', 'Clearing the site data of the browser deletes them. Keep the bid-key file as soon as you pay a bond.'))),
    form(begin, first.box, second.box, h('div', { class: 'buttons' }, go)),
  );
}

async function make(app, passphrase) {
  await navigator.storage?.persist?.().catch(() => false);
  app.book = await Book.begin(app.db, (text) => app.helper.ask('sealPassphrase', { passphrase, text, work: WORK }));
  app.go('check');
}

function forgetForm(app) {
  const word = t('全部删除', 'delete all');
  const typed = field('forget', t(`输入“${word}”`, `Type “${word}”`), { class: 'medium', autocomplete: 'off' });
  const go = button(t('删除本机全部资料', 'Delete everything kept here'), 'danger', () => {
    if (typed.input.value.trim() !== word) {
      app.faults([['forget', t(`输入“${word}”以确认`, `Type “${word}” to confirm`)]]);
      return;
    }
    app.doing(go, async () => {
      await app.helper.ask('clear');
      app.helper.worker.terminate();
      await forgetDatabase(app.db);
      location.reload();
    });
  });
  return h(
    'div',
    {},
    note('refusal', h('p', {}, t('没有投标密钥文件时，令牌和其中的保证金权利随之丢失；已提交的投标不受影响，但不能再替换或撤回。', 'Without bid-key files, tokens and the money behind them are lost with it; a bid already sent stands but can no longer be replaced or withdrawn.'))),
    typed.box,
    h('div', { class: 'buttons' }, go),
  );
}

/** A form that is sent by key too. */
export const form = (onsend, ...children) =>
  h('form', { class: 'form', novalidate: true, onsubmit: (event) => (event.preventDefault(), onsend()) }, children);
