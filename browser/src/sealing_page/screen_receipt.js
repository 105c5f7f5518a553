/** Step 5, receipt: what the platform signed, where it stands in the record; to keep and to print. */

import { hex } from '../bytes.js';
import { b64u, canonical, moment, parse, unb64u } from '../encoding.js';
import { acceptedOf, overdue, redeem, redeemed, versionsOf } from './bids.js';
import { append, button, facts, fill, h, hand, note, table } from './elements.js';
import { clock, money, t } from './speech.js';

const PAUSE = 3000; // milliseconds of machine time between two questions about a receipt
const PATIENCE = 40;

/** Show the step. */
export function showReceipt(app, main) {
  const { tender } = app.terms;
  const version = acceptedOf(app.book, tender);
  fill(main, h('h1', { id: 'title', tabindex: '-1' }, t('回执', 'Receipt')));
  if (version === null) {
    main.append(h('div', { class: 'empty' }, h('p', {}, t('本项目还没有受理的投标。', 'No bid of yours was accepted for this tender yet.'))));
    return;
  }
  const proof = h('div', { id: 'proof', 'aria-live': 'polite' });
  append(main, [
    note('good', h('p', {}, version.kind === 'submission' ? t('投标已受理。', 'The bid was accepted.') : t('撤回已受理。', 'The withdrawal was accepted.'))),
    facts(rowsOf(app, version)),
    proof,
    h(
      'div',
      { class: 'buttons' },
      button(t('保存回执', 'Keep the receipt'), 'first', () => keep(app, version)),
      button(t('打印', 'Print'), 'second', () => globalThis.print()),
      app.isOver
        ? button(t('关于报价的询问', 'Questions about your price'), 'second', () => app.go('after'))
        : button(t('替换或撤回', 'Replace or withdraw'), 'second', () => app.go('send')),
    ),
    h('p', { class: 'small' }, t('开标前，回执哈希是查询凭证，不要公开。开标后核对它是否在截标清单中。', 'Until the opening the hash is a capability: do not publish it. Afterwards look whether it stands in the closing list.')),
    history(app),
    paper(app),
  ]);
  tellProof(app, version, proof).catch((cause) => app.fail(cause));
}

/** What only the printed sheet says: by whom and when it was printed, and how it is checked. */
function paper(app) {
  const printed = h('span', {});
  app.every(1000, () => {
    printed.textContent = clock(app.now());
  });
  return h(
    'div',
    { class: 'paper' },
    facts([
      [t('平台日志', 'Log of the platform'), app.trust.origin],
      [t('信任文件哈希', 'Hash of the trust file'), h('code', {}, hex(app.trust.hash))],
      [t('本页哈希', 'Hash of this page'), h('code', {}, b64u(app.own.hash))],
      [t('打印时间', 'Printed at'), printed],
    ]),
    h('p', {}, t('本回执由平台签名。核对时用“保存回执”所得的文件：平台的验证页或离线验证程序核对签名、日志位置和见证。', 'The platform has signed this receipt. It is checked with the file of “Keep the receipt”: the verify page of the platform, or the offline verifier, looks at signature, place in the record and witnesses.')),
    h('p', { class: 'signing' }, t('经办人：', 'Handled by:'), h('span', {}), t('日期：', 'Date:'), h('span', {})),
  );
}

function rowsOf(app, version) {
  const { receipt } = version;
  return [
    [t('招标编号', 'Tender'), receipt.tender],
    [t('受理时间', 'Accepted at'), h('strong', {}, clock(moment(receipt.at)))],
    [t('精确到微秒（UTC）', 'To the microsecond (UTC)'), h('code', {}, receipt.at)],
    [t('次序', 'Sequence'), String(version.seq)],
    ...(version.price === null ? [] : [[t('报价', 'Price'), money(version.price)]]),
    [t('提交哈希', 'Hash of the submission'), h('code', {}, version.hash)],
    [t('日志叶', 'Leaf in the record'), h('code', {}, receipt.leaf)],
    [t('平台签名', "Platform's signature"), h('code', {}, receipt.signature)],
  ];
}

/** Ask until the batch is witnessed; then say where the act stands. */
async function tellProof(app, version, place) {
  for (let tries = 0; tries < PATIENCE && place.isConnected; tries += 1) {
    const found = version.redemption === null ? await redeem(app.means, version) : await redeemed(app.means, version);
    if (found !== null) {
      const words = t(`回执已兑现：第 ${found.tick} 批第 ${found.place} 位，公开日志第 ${found.index} 条，见证人最迟在 ${clock(found.by)} 见过。`, `The receipt holds: batch ${found.tick}, place ${found.place}, entry ${found.index} of the record, seen by the witnesses by ${clock(found.by)}.`);
      fill(place, note('good', h('p', {}, words)));
      return;
    }
    fill(place, note('warning', h('p', {}, t('批次尚待见证，稍候自动核对。', 'Its batch waits for the witness; it is looked at again shortly.'))));
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  if (!place.isConnected) return;
  await app.record.follow();
  if (await overdue(app.means, version)) {
    fill(place, note('refusal', h('p', {}, t('回执逾期未兑现：保存的回执就是证据，交给见证人和监督部门。', 'The receipt is overdue: the kept receipt is evidence for witness and supervisor.'))));
    return;
  }
  const again = button(t('再核对一次', 'Look again'), 'second', () => app.doing(again, () => tellProof(app, version, place)));
  fill(place, note('warning', h('p', {}, t('批次尚未见证。投标已受理，不受影响；稍后再核对。', 'Its batch is not witnessed yet. The bid was accepted all the same; look again later.'))), h('p', {}, again));
}

function keep(app, version) {
  const file = { receipt: version.receipt, redemption: version.redemption, act: parse(unb64u(version.act)), facts: version.facts };
  hand(`receipt-${version.receipt.tender}-${version.seq}.json`, canonical(file), 'application/json');
}

function history(app) {
  const all = versionsOf(app.book, app.terms.tender);
  if (all.length < 2) return null;
  const outcome = { accepted: t('已受理', 'accepted'), refused: t('被拒绝', 'refused') };
  const rows = all.map((one) => [String(one.seq), one.kind === 'submission' ? t('投标', 'bid') : t('撤回', 'withdrawal'), one.price === null ? '' : money(one.price), outcome[one.outcome] ?? t('未知', 'not known'), one.receipt === null ? (one.code ?? '') : clock(moment(one.receipt.at))]);
  return [h('h2', {}, t('各次提交', 'All submissions')), table(t('各次提交', 'All submissions'), [t('次序', 'Sequence'), t('行为', 'Act'), t('报价', 'Price'), t('结果', 'Outcome'), t('时间', 'At')], rows)];
}
