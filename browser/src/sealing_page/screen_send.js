/** Step 4, seal and send: signed by the organisation, encrypted here, sent on, resumed after any end. */

import { utf8 } from '../bytes.js';
import { parse, unb64u } from '../encoding.js';
import { Refusal } from '../errors.js';
import { Members } from '../members.js';
import { loadPrivate } from '../signing.js';
import { acceptedOf, sealBid, sealWithdrawal, send, stillStands, versionsOf, waitingOf } from './bids.js';
import { append, button, facts, field, fill, h, note } from './elements.js';
import { unreceipted } from './dropping.js';
import { countDown, envelopeName } from './screen_check.js';
import { dropPart } from './screen_drop.js';
import { form } from './screen_lock.js';
import { addingFaults, codesOf, draftOf, faultsOf, offerOf, progressBar } from './screen_offer.js';
import { clock, money, size, t } from './speech.js';
import { readAct } from '../acts.js';
import { termsOf } from './terms.js';

const AGE = utf8('age-encryption.org/v1');

/** Show the step. */
export function showSend(app, main) {
  const { tender } = app.terms;
  const waiting = waitingOf(app.book, tender);
  const accepted = acceptedOf(app.book, tender);
  const lost = unreceipted(app.book, tender);
  const left = h('span', {});
  app.every(1000, () => countDown(left, app.terms.deadline - app.now()));
  fill(
    main,
    h('h1', { id: 'title', tabindex: '-1' }, t('封装与提交', 'Seal and send')),
    h('p', {}, t('投标截止 ', 'Deadline '), h('strong', {}, clock(app.terms.deadline)), ' · ', left),
    app.bench ?? h('div', { id: 'work', 'aria-live': 'polite' }),
  );
  if (app.bench !== null) {
    main.append(h('p', { class: 'small' }, t('让本页开着。关闭也不会丢失：再来时从这里接着做。', 'Leave this page open. Nothing is lost if it is closed: you go on from here when you come back.')));
    return;
  }
  append(main, [
    waiting !== null ? waitingPart(app, waiting) : null,
    waiting === null && accepted !== null ? acceptedPart(app, accepted) : null,
    lost === null ? null : dropPart(app, lost),
    waiting !== null ? null : app.isOver ? overPart(app) : sealPart(app, accepted),
  ]);
}

/** Seal or send for a button: once at a time, and its bar stays whichever step is looked at. */
const working = (app, pressed, act, target) =>
  app.doing(
    pressed,
    async () => {
      if (app.bench !== null) return;
      app.bench = document.getElementById('work');
      try {
        await act();
      } finally {
        app.bench = null;
        if (app.step === 'send' && !pressed.isConnected) app.show();
      }
    },
    target,
  );

const overPart = (app) =>
  h('div', {}, note('warning', h('p', {}, t('投标截止时间已过：不能再封装、替换或撤回。', 'The deadline has passed: nothing can be sealed, replaced or withdrawn any more.'))), h('div', { class: 'buttons' }, button(t('继续：开标之后', 'Go on: after the opening'), 'first', () => app.go('after'))));

function acceptedWords(standing, over) {
  if (standing && over) return ['您的投标已受理。', 'Your bid was accepted.'];
  if (standing) return ['您的投标已受理。重新封装会替换它，截止前最后一份算数。', 'Your bid was accepted. Sealing again replaces it; the last one in time counts.'];
  if (over) return ['您的投标已撤回；可在“保证金”一步取回保证金。', 'Your bid was withdrawn; claim the money back in the step “Bond”.'];
  return ['您的投标已撤回。截止前可用同一令牌重新投标，或在“保证金”一步取回保证金。', 'Your bid was withdrawn. Until the deadline you can bid again with the same token, or claim the money back in the step “Bond”.'];
}

function acceptedPart(app, accepted) {
  const standing = accepted.kind === 'submission';
  const kind = standing && !stillStands(accepted, app.terms) ? 'refusal' : 'good';
  return h('div', {}, note(kind, h('p', {}, t(...acceptedWords(standing, app.isOver)))), standing && !app.isOver ? withdrawPart(app) : null);
}

function withdrawPart(app) {
  const word = t('撤回', 'withdraw');
  const typed = field('withdraw', t(`输入“${word}”`, `Type “${word}”`), { class: 'medium', autocomplete: 'off' });
  const go = button(t('撤回投标', 'Withdraw the bid'), 'danger', () => {
    if (typed.input.value.trim() !== word) app.faults([['withdraw', t(`输入“${word}”以确认`, `Type “${word}” to confirm`)]]);
    else working(app, go, async () => deliver(app, app.terms.tender, await sealWithdrawal(app.means, app.terms.tender)), 'withdraw');
  });
  return h('details', {}, h('summary', {}, t('撤回投标', 'Withdraw the bid')), h('p', {}, t('撤回后投标不再开启，别人看不到您曾投标。', 'A withdrawn bid is not opened, and nobody sees that there was one.')), typed.box, h('div', { class: 'buttons' }, go));
}

/** A version that was sealed and is not known to have been taken. */
function waitingPart(app, version) {
  const act = readAct(unb64u(version.act));
  const words = version.kind === 'submission' ? t('已封装，尚未受理', 'Sealed, not accepted yet') : t('撤回尚未受理', 'Withdrawal not accepted yet');
  const go = button(version.sent ? t('再次发送', 'Send again') : t('提交', 'Send'), 'first', () => working(app, go, () => deliver(app, app.terms.tender, version)));
  const drop = button(t('放弃这一份，修改后重新封装', 'Let go of it, change and seal anew'), 'second', () =>
    app.doing(drop, async () => {
      versionsOf(app.book, app.terms.tender).pop();
      await app.book.save();
      await app.helper.ask('remove', { files: Object.values(version.files) });
      app.show();
    }));
  return h(
    'section',
    {},
    h('h2', {}, words),
    version.sent || (version.naming ?? []).length === 0 ? null : note('refusal', h('p', {}, t(`技术文件中有本单位名称或代码，暗标可能因此无效：${version.naming.join('、')}。尚未提交；可以放弃这一份，修改后重新封装。`, `A technical document names your organisation, which may void the bid: ${version.naming.join(', ')}. Nothing was sent; let go of this version, change it and seal anew.`))),
    facts([
      [t('次序', 'Sequence'), String(act.seq)],
      ...(version.price === null ? [] : [[t('报价', 'Price'), money(version.price)]]),
      ...act.envelopes.map((one) => [t(`${envelopeName(one.kind)}信封`, `Envelope: ${envelopeName(one.kind)}`), size(one.size)]),
    ]),
    version.sent ? note('warning', h('p', {}, t('上一次发送的结果未知；再次发送是安全的，结果相同。', 'It is not known what became of the last sending; sending again is safe and has the same result.'))) : null,
    h('div', { class: 'buttons' }, go, version.sent ? null : drop),
  );
}

function sealPart(app, accepted) {
  const draft = draftOf(app, app.terms.tender);
  const adding = addingFaults(app).map(([, words]) => h('p', {}, words));
  if (adding.length > 0 || faultsOf(app, draft).length > 0) {
    const missing = adding.length > 0 ? adding : h('p', {}, t('报价与文件尚未填完。', 'Offer and documents are not complete.'));
    return h('div', {}, note('warning', missing), h('div', { class: 'buttons' }, button(t('返回填写', 'Go back to them'), 'first', () => app.go('offer'))));
  }
  const offer = offerOf(draft);
  const file = field('org-key', t('单位签名密钥文件', "Signing key file of the organisation"), { type: 'file', accept: '.key,.json,.age', hint: t('在平台登记的单位签名密钥；只在本页内存中使用，不保存、不发送。', 'The key registered with the platform; used in the memory of this page, neither kept nor sent.') });
  const word = field('org-word', t('密钥文件口令（如有）', 'Passphrase of the key file, if it has one'), { type: 'password', class: 'wide', autocomplete: 'off' });
  const go = h('button', { type: 'submit', class: 'button' }, accepted?.kind === 'submission' ? t('封装并替换', 'Seal and replace') : t('封装并提交', 'Seal and send'));
  const begin = () =>
    working(
      app,
      go,
      async () => {
        if (file.input.files.length === 0) throw new Refusal('no-org-key', '选择单位签名密钥文件', "Choose the signing key file of the organisation");
        const signer = await signerOf(app, file.input.files[0], word.input.value);
        await seal(app, offer, signer);
      },
      'org-key',
    );
  return h(
    'section',
    {},
    h('h2', {}, t('将要封装的内容', 'What will be sealed')),
    facts([
      [t('报价', 'Price'), [h('strong', {}, money(offer.price.price)), ' ', h('span', { lang: 'zh-CN' }, offer.price['price-capitals'])]],
      [t('交货期或工期', 'Delivery'), offer.price.delivery],
      ...(offer.technical.plan === undefined ? [] : [[t('技术响应摘要', 'Summary of the technical offer'), h('span', { class: 'told' }, offer.technical.plan)]]),
      [t('技术文件', 'Technical documents'), titles(draft.papers.technical)],
      [t('报价文件', 'Price documents'), titles(draft.papers.price)],
      ...(codesOf(draft).length === 0 ? [] : [[t('联合体', 'Consortium'), codesOf(draft).join(' ')]]),
    ]),
    form(begin, file.box, word.box, h('div', { class: 'buttons' }, go)),
  );
}

const titles = (papers) => (papers.length === 0 ? t('无', 'none') : papers.map((paper) => `${paper.title} (${size(paper.length)})`).join(t('；', '; ')));

/** The organisation's signing key out of its file; `sealed-key` for a wrong passphrase. */
async function signerOf(app, file, passphrase) {
  let raw = new Uint8Array(await file.arrayBuffer());
  if (AGE.every((byte, at) => raw[at] === byte)) raw = await app.helper.ask('unsealPassphrase', { passphrase, file: raw });
  const held = new Members(parse(raw));
  held.choice('kind', ['organisation-secret']);
  const signer = { uscc: held.uscc(), name: held.text('name'), key: await loadPrivate(held.octets('secret', 32)) };
  held.end();
  return signer;
}

/** Look once more at the record, seal, and go on to sending. */
async function seal(app, offer, signer) {
  await app.record.follow();
  const fresh = await termsOf(app.record, app.trust, app.terms.tender);
  if (fresh.amendment !== app.terms.amendment) {
    app.terms = fresh;
    throw new Refusal('amendment-changed', '刚刚发布了更正：在第一步阅读后再封装', 'An amendment was just published: read it in the first step, then seal');
  }
  const version = await sealBid({ ...app.means, begin: worker(app, t('正在加密', 'Encrypting')) }, fresh, offer, signer);
  if (app.step === 'send') app.show();
  if (version.naming.length === 0) await deliver(app, fresh.tender, version);
}

/** Send a version and show its receipt. */
async function deliver(app, tender, version) {
  const means = { ...app.means, begin: worker(app, t('正在上传', 'Sending')) };
  try {
    await send(means, tender, version);
  } catch (cause) {
    if (app.step === 'send') app.show();
    throw cause;
  }
  await letGoBefore(app, tender, version);
  if (app.step === 'send' && app.terms?.tender === tender) app.go('receipt');
  else document.getElementById('title')?.after(note('good', h('p', { role: 'status' }, t(`${tender}：已受理，回执在“回执”一步。`, `${tender}: accepted; its receipt is in the step “Receipt”.`))));
}

/** What was replaced or withdrawn is never opened: its ciphertexts need no room here. */
async function letGoBefore(app, tender, version) {
  const replaced = versionsOf(app.book, tender).filter((one) => one !== version);
  const files = replaced.flatMap((one) => Object.values(one.files));
  for (const one of replaced) one.files = {};
  await app.book.save();
  await app.helper.ask('remove', { files });
}

/** Work in the worker with a bar, pause and stop. */
const worker = (app, words) => async (operation, asked, kind) => {
  const bar = progressBar(`${words} · ${envelopeName(kind)}`);
  const task = app.helper.begin(operation, asked, bar.tell);
  app.tasks.add(task);
  const hold = button(t('暂停', 'Pause'), 'second', () => {
    if (task.paused) task.resume();
    else task.pause();
    hold.textContent = task.paused ? t('继续', 'Go on') : t('暂停', 'Pause');
  });
  const stop = button(t('停止', 'Stop'), 'second', () => task.stop());
  fill(app.bench, bar.element, h('div', { class: 'buttons' }, hold, stop));
  try {
    return await task.done;
  } finally {
    app.tasks.delete(task);
    fill(app.bench);
  }
};
