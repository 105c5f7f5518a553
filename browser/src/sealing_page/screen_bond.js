/**
 * Step 2, bond: tokens I hold, none tied to a tender before it is used; money paid as the
 * organisation at the custodian, which is told no tender; the bid-key file to keep.
 */

import { DENOMINATIONS, BID } from '../bondkeys.js';
import { WORK_FACTOR } from '../age.js';
import { newPassphrase } from '../keypool.js';
import { Refusal } from '../errors.js';
import { ordered, picture, signIn } from './custodian.js';
import { button, facts, field, fill, h, hand, note, table } from './elements.js';
import { form } from './screen_lock.js';
import { clock, money, t } from './speech.js';
import { bondKeys, issuingKey } from './terms.js';
import { moment } from '../encoding.js';
import { claims } from './screen_refund.js';
import * as wallet from './wallet.js';
import { Silent } from './wire.js';

const PAUSE = 4000; // milliseconds of machine time between two questions to the custodian

/** Show the step. */
export function showBond(app, main) {
  const wanted = app.isOver ? null : (app.terms?.manifest.bond ?? null);
  const { tokens } = app.book.pages;
  const free = Object.values(tokens).filter((held) => wallet.isFree(held) && (wanted === null || held.denomination === wanted));
  const ready = app.terms !== null && !app.isOver && (free.length > 0 || Object.values(tokens).some((held) => held.tender === app.terms.tender));
  fill(
    main,
    h('h1', { id: 'title', tabindex: '-1' }, t('保证金令牌', 'Bond tokens')),
    h('p', { class: 'lead' }, t('以本单位名义向托管方存缴，托管方不知道用于哪个项目；令牌用于投标时，平台不知道是谁存缴的。', 'You pay the custodian as your organisation, and it is not told for which tender; when a token serves a bid, the platform cannot tell who paid.')),
    wanted === null ? null : needed(wanted, free.length),
    tokenTable(app),
    ready ? h('div', { class: 'buttons' }, button(t('继续：报价与文件', 'Go on: offer and documents'), 'first', () => app.go('offer'))) : null,
    h('h2', {}, t('存缴一笔保证金', 'Pay a bond')),
    buyForm(app, ready, wanted),
    h('h2', {}, t('投标密钥文件', 'Bid-key files')),
    restoreForm(app),
    claims(app),
  );
}

function needed(wanted, count) {
  const amount = wanted === 0 ? t('准入令牌（不收款）', 'an admission token (no money)') : money(wanted);
  if (count > 0) return note('good', h('p', {}, t(`本项目要求 ${amount}；可用令牌 ${count} 个。`, `This tender asks for ${amount}; free tokens: ${count}.`)));
  return note('warning', h('p', {}, t(`本项目要求 ${amount}；没有空闲的令牌。`, `This tender asks for ${amount}; no free token is here.`)));
}

function tokenTable(app) {
  const { tokens } = app.book.pages;
  const mine = Object.entries(tokens).filter(([, held]) => held.purpose === BID);
  if (mine.length === 0) return h('div', { class: 'empty' }, h('p', {}, t('此浏览器中还没有令牌。', 'No token is in this browser yet.')));
  const rows = mine.map(([name, held]) => [
    h('code', {}, name),
    held.denomination === 0 ? t('准入', 'admission') : money(held.denomination),
    held.epoch,
    stateOf(held),
    held.tender ?? (held.refund === null ? t('未使用', 'unused') : t('已交回', 'given up')),
    button(t('保存密钥文件', 'Keep key file'), 'second', (event) => app.doing(event.currentTarget, () => backUp(app, name)), { 'aria-label': t(`保存密钥文件：令牌 ${name}`, `Keep key file of token ${name}`) }),
  ]);
  const heads = [t('令牌', 'Token'), t('面额', 'Amount'), t('季度', 'Quarter'), t('状态', 'State'), t('用于', 'Serves'), t('文件', 'File')];
  return table(t('持有的令牌', 'Tokens held'), heads, rows);
}

function stateOf(held) {
  if (held.sigma !== null) return h('span', { class: 'tag' }, t('已签发', 'ready'));
  if (held.state === null) return h('span', { class: 'tag plain' }, t('未下单', 'not ordered'));
  if (wallet.OVER.includes(held.state)) return h('span', { class: 'tag refusal' }, t('缴款单已失效', 'order lapsed'));
  return h('span', { class: 'tag warning' }, t('待付款', 'waits for payment'));
}

/** The file of a token under a fresh passphrase, which is shown once and kept nowhere. */
async function backUp(app, name) {
  const passphrase = newPassphrase();
  const text = wallet.backupText(app.book.pages.tokens[name]);
  const file = await app.helper.ask('sealPassphrase', { passphrase, text, work: WORK_FACTOR });
  hand(`bid-key-${name}.age`, file);
  const said = note('warning', h('p', {}, t('密钥文件的口令，只显示这一次；抄写后与文件分开保管。任何人（包括客服）都无权索要此文件。', 'The passphrase of the key file, shown this once: write it down, keep it apart from the file. Nobody, support staff included, may ask for the file.')), h('p', {}, h('code', { class: 'passphrase' }, passphrase)));
  document.getElementById('title').after(said);
  said.setAttribute('tabindex', '-1');
  said.focus();
}

function restoreForm(app) {
  const file = field('key-file', t('投标密钥文件', 'Bid-key file'), { type: 'file', accept: '.age', hint: t('本页或客户端程序保存的文件；取回其中的令牌。', 'A file kept by this page or by the client program; its token is taken back.') });
  const word = field('key-word', t('文件口令', 'Passphrase of the file'), { type: 'password', class: 'wide', autocomplete: 'off' });
  const go = h('button', { type: 'submit', class: 'button second' }, t('取回令牌', 'Take the token back'));
  const restore = () =>
    app.doing(
      go,
      async () => {
        if (file.input.files.length === 0) throw new Refusal('no-file', '选择投标密钥文件', 'Choose the bid-key file');
        const raw = new Uint8Array(await file.input.files[0].arrayBuffer());
        const text = await app.helper.ask('unsealPassphrase', { passphrase: word.input.value, file: raw });
        const held = wallet.readHeld(text);
        const name = await wallet.nameOf(held);
        app.book.pages.tokens[name] ??= held;
        await app.book.save();
        app.show();
      },
      'key-word',
    );
  return form(restore, file.box, word.box, h('div', { class: 'buttons' }, go));
}

function buyForm(app, ready, wanted) {
  const { holder } = app.book.pages;
  const options = DENOMINATIONS.map((fen) => [String(fen), fen === 0 ? t('0（准入令牌，不收款）', '0 (admission token, no money)') : money(fen), fen === wanted]);
  const amount = field('amount', t('面额', 'Amount'), { kind: 'select', options });
  const remember = () => {
    holder.uscc = uscc.input.value.trim().toUpperCase();
    app.book.save();
  };
  const uscc = field('uscc', t('统一社会信用代码', 'Unified social credit code'), { class: 'medium', value: holder.uscc ?? '', oninput: remember, autocomplete: 'off', spellcheck: 'false' });
  const word = field('bank-word', t('托管方密码', 'Password at the custodian'), { type: 'password', class: 'medium', autocomplete: 'off', hint: t('银行给的密码；只发给托管方，不保存。', 'The one the bank gave; it goes to the custodian alone and is not kept.') });
  const go = h('button', { type: 'submit', class: ready ? 'button second' : 'button' }, t('存缴', 'Pay a bond'));
  const order = h('div', { id: 'order', 'aria-live': 'polite' });
  const buy = () =>
    app.doing(
      go,
      async () => {
        app.line = await signIn(app.addresses.custodian, uscc.input.value.trim().toUpperCase(), word.input.value);
        const keys = await bondKeys(app.record);
        const name = await unordered(app, issuingKey(keys, Number(amount.input.value), app.record.now));
        await follow(app, name, keys, order);
      },
      'bank-word',
    );
  const waiting = Object.entries(app.book.pages.tokens).filter(([, held]) => held.purpose === BID && held.sigma === null && !wallet.OVER.includes(held.state));
  const disk = app.deployment === null ? note('warning', h('p', {}, t('本页从磁盘打开：托管方只回答从匿名主机打开的页面。在此用投标密钥文件取回令牌即可。', 'This page was opened from a disk: the custodian answers only the page opened from the anonymous host. Here, take tokens back from bid-key files.'))) : null;
  const words = waiting.length > 0 ? note('warning', h('p', {}, t('有一张缴款单尚未签发：以同一面额再按“存缴”，接着办理，不会重复下单。', 'An order is not signed yet: press “Pay a bond” with the same amount to go on with it; no second order is made.'))) : null;
  return h('div', {}, disk, words, form(buy, amount.box, uscc.box, word.box, h('div', { class: 'buttons' }, go)), order);
}

/** A token that was begun and not signed, else a new one, on the disk before anything leaves. */
async function unordered(app, key) {
  const { tokens } = app.book.pages;
  const begun = Object.entries(tokens).find(([, held]) => held.purpose === BID && held.denomination === key.denomination && held.epoch === key.epoch && held.sigma === null && !wallet.OVER.includes(held.state));
  if (begun !== undefined) return begun[0];
  const made = await wallet.newToken(key);
  const name = await wallet.nameOf(made);
  tokens[name] = made;
  await app.book.save();
  return name;
}

/** Order, show what is to be paid, and ask until the custodian has signed. */
async function follow(app, name, keys, place) {
  const { tokens } = app.book.pages;
  const { held, order } = await ordered(app.line, tokens[name], keys, app.trust);
  tokens[name] = held;
  await app.book.save();
  if (!place.isConnected) return;
  fill(place.querySelector('[data-waits]') ?? h('p'));
  if (held.sigma !== null) {
    app.show();
    document.getElementById('title').after(note('good', h('p', {}, t(`令牌 ${name} 已签发。现在保存它的密钥文件。`, `Token ${name} is ready. Keep its key file now.`))));
    return;
  }
  if (wallet.OVER.includes(held.state)) throw new Refusal('order-lapsed', `缴款单 ${held.code} 已失效，重新存缴`, `Order ${held.code} has lapsed; make a new one`);
  if (place.dataset.of !== name) {
    fill(place, payment(app, order), await qr(app, held));
    place.dataset.of = name;
  }
  followLater(app, name, keys, place);
}

/** Ask again after a while; a custodian that gives no answer is asked until it gives one. */
function followLater(app, name, keys, place) {
  setTimeout(async () => {
    try {
      await follow(app, name, keys, place);
    } catch (cause) {
      const waits = place.querySelector('[data-waits]');
      if (!(cause instanceof Silent) || waits === null) {
        app.fail(cause);
        return;
      }
      waits.textContent = t('托管方暂时没有应答，本页继续询问。', 'The custodian gives no answer at the moment; this page goes on asking.');
      if (place.isConnected) followLater(app, name, keys, place);
    }
  }, PAUSE);
}

function payment(app, order) {
  const bank = app.deployment?.bank ?? null;
  const brought = new URLSearchParams({ language: t('zh', 'en'), amount: (order.amount / 100).toFixed(2), remark: order.code });
  return [
    h('h3', {}, t('从基本账户付款', 'Pay from your basic account')),
    facts([
      [t('金额', 'Amount'), h('strong', {}, money(order.amount))],
      [t('附言（务必填写）', 'Remark (needed)'), h('code', { id: 'payment-code' }, order.code)],
      [t('收款人', 'Payee'), h('span', { lang: 'zh-CN' }, order.pay_to?.name ?? '')],
      [t('开户行', 'Bank'), h('span', { lang: 'zh-CN' }, order.pay_to?.bank ?? '')],
      [t('账号', 'Account'), h('code', { id: 'payment-account' }, order.pay_to?.account ?? '')],
      [t('有效至', 'Valid until'), clock(moment(order.expires_at))],
    ]),
    (order.returned ?? []).map((one) => note('refusal', h('p', {}, t(`有一笔款被退回：${one.zh ?? one.reason}`, `A payment was sent back: ${one.en ?? one.reason}`)))),
    bank === null ? null : h('p', {}, h('a', { href: `${bank}?${brought}`, target: '_blank', rel: 'noopener noreferrer' }, t('试验银行柜台（演示）', 'Counter of the trial bank (demonstration)'))),
    h('p', { class: 'small' }, t('到账后一分钟内自动签发，本页会继续等候；也可以关闭，以后再来。', 'It is signed within a minute after the money has come. This page goes on asking; you may also close it and come back.')),
    h('p', { class: 'small', 'data-waits': true }),
  ];
}

async function qr(app, held) {
  try {
    const raw = await picture(app.line, held);
    return h('img', { src: URL.createObjectURL(new Blob([raw], { type: 'image/svg+xml' })), width: 180, height: 180, alt: t('缴款二维码，内容同上', 'QR code of the payment, the same as above') });
  } catch {
    return null; // the figures above say the same
  }
}
