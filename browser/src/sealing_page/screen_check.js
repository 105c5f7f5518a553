/** Step 1, check: trust file, record, manifest, officers, this page itself; then who could look. */

import { kindsOf } from '../manifest.js';
import { Malformed, Refusal } from '../errors.js';
import { hex } from '../bytes.js';
import { b64u, canonical } from '../encoding.js';
import { checkTender } from '../members.js';
import { keyId } from '../signing.js';
import { readTrust } from '../trust.js';
import { acceptedOf, stillStands } from './bids.js';
import { crowdOf } from './custodian.js';
import { button, facts, field, fill, h, note, table } from './elements.js';
import { Record, WHOLE_LIMIT } from './record.js';
import { form } from './screen_lock.js';
import { clock, money, t, wordsOf } from './speech.js';
import { KINDS, bondKeys, issuingKey, ownStanding, termsOf } from './terms.js';
import { Line, jsonOf, originOf } from './wire.js';

const HOUR = 3_600_000_000n; // microseconds
const CROWD = 20; // organisations with unspent tokens of a key

const ROLES = {
  owner: ['采购人', 'Owner'],
  agent: ['代理机构', 'Agent'],
  operator: ['运营方', 'Operator'],
  centre: ['交易中心', 'Trading centre'],
  supervisor: ['监督部门', 'Supervisor'],
  notary: ['公证机构', 'Notary'],
  witness: ['见证机构', 'Witness'],
};

/** Show the step. */
export function showCheck(app, main) {
  const title = h('h1', { id: 'title', tabindex: '-1' }, t('核对招标与开标清单', 'Check the tender and its officers'));
  const results = h('div', { id: 'results', 'aria-live': 'polite' });
  fill(main, title, askForm(app, results), results);
  if (app.terms !== null) fill(results, found(app));
}

function askForm(app, results) {
  const local = app.deployment === null;
  const anonymous = field('anonymous', t('匿名主机地址', 'Address of the anonymous host'), { class: 'wide', value: app.addresses.anonymous, autocomplete: 'off' });
  const custodian = field('custodian', t('托管方地址', 'Address of the custodian'), { class: 'wide', value: app.addresses.custodian, autocomplete: 'off' });
  const trust = field('trust', t('信任文件', 'Trust file'), {
    type: 'file',
    accept: '.json,application/json',
    hint: trustHint(app),
  });
  const tender = field('tender', t('招标编号', 'Number of the tender'), {
    class: 'medium',
    autocomplete: 'off',
    spellcheck: 'false',
    value: app.book.pages.tender ?? '',
    oninput: () => {
      app.book.pages.tender = tender.input.value.trim();
      app.book.save();
    },
  });
  const go = h('button', { type: 'submit', class: app.terms === null ? 'button' : 'button second' }, t('核对', 'Check'));
  const look = () =>
    app.doing(
      go,
      async () => {
        await takeTrust(app, trust.input.files[0]);
        if (local) app.addresses = { anonymous: originOf(anonymous.input.value), custodian: originOf(custodian.input.value) };
        if (local) await app.notes.put('addresses', app.addresses);
        await check(app, checked(tender.input.value.trim()), results);
        app.show();
      },
      'tender',
    );
  const shownTrust = app.trust === null || app.deployment?.trust === undefined || app.deployment?.trust === null;
  return form(look, tender.box, shownTrust ? trust.box : null, local ? [anonymous.box, custodian.box] : null, h('div', { class: 'buttons' }, go));
}

function checked(typed) {
  try {
    return checkTender(typed);
  } catch {
    throw new Refusal('bad-tender', '填写公告上的招标编号，如 ZC-2026-000123', 'Enter the number in the notice, such as ZC-2026-000123');
  }
}

function trustHint(app) {
  if (app.deployment?.trust) return t('演示环境自带一份；正式环境须使用从本网站以外取得的文件。', 'The demonstration brings its own; elsewhere use the file that reached you by another road than this site.');
  if (app.trust !== null) return t(`正在使用已保存的文件，哈希 ${hex(app.trust.hash)}。可换一份。`, `The kept file is in use, hash ${hex(app.trust.hash)}. Another can be chosen.`);
  return t('从本网站以外的途径取得，其哈希印在每份公告上。', 'It reaches you by another road than this site; its hash is printed in every notice.');
}

/** The trust file: chosen now, kept from before, or the demonstration's own. */
async function takeTrust(app, file) {
  if (file !== undefined) {
    const raw = new Uint8Array(await file.arrayBuffer());
    app.trust = readTrust(raw);
    await app.notes.put('trust', raw);
  } else if (app.deployment?.trust) {
    const trust = readTrust(canonical(app.deployment.trust));
    if (!trust.isDemo) throw new Malformed('trust-from-server', '信任文件不应来自本网站', 'A trust file must not come from this site');
    app.trust = trust;
  } else if (app.trust === null) {
    const kept = await app.notes.get('trust');
    if (kept === undefined) throw new Refusal('no-trust-file', '选择信任文件', 'Choose the trust file');
    app.trust = readTrust(kept);
  }
}

/** Everything that is looked at, one after the other, told as it goes. */
async function check(app, tender, results) {
  const list = h('ul', { class: 'checks' });
  fill(results, h('h2', {}, t('正在核对', 'Checking')), list);
  const step = async (zh, en, act) => {
    const line = h('li', { class: 'running' }, t(zh, en));
    list.append(line);
    try {
      const said = await act(line);
      line.className = 'good';
      return said;
    } catch (cause) {
      line.className = 'bad';
      line.append(` — ${wordsOf(cause)}`);
      throw cause;
    }
  };
  [app.terms, app.scheme, app.title] = [null, null, null];
  const record = new Record(new Line(app.addresses.anonymous), app.trust, app.notes);
  await step('检查点有见证人联署，且延续此前所见', 'The checkpoint bears its witnesses and continues the one seen before', () => record.follow());
  app.record = record;
  if (record.head.size <= WHOLE_LIMIT) {
    await step('通读公开日志，没有遗漏', 'The whole record read: nothing is left out', (line) => record.readWhole(KINDS, (done, total) => line.setAttribute('data-progress', `${Math.round((100 * done) / total)} %`)));
  }
  const terms = await step('公告、更正和开标清单都在公开日志中，开启人合规', 'Notice, amendments and manifest are in the record; its officers may sit together', () => termsOf(record, app.trust, tender));
  await step('保证金公钥在公开日志中，每种只有一把', 'Bond keys are in the record, one of each kind', () => bondKeys(record));
  app.standing = await step('本页的哈希', 'The hash of this page', () => ownStanding(record, terms.manifest, app.own.hash));
  app.crowd = await crowd(app, record, terms);
  app.title = await titleOf(app, tender);
  app.terms = terms;
}

/** What the platform calls the tender, so that a wrong number is noticed; null where it is silent. */
async function titleOf(app, tender) {
  try {
    const told = jsonOf(await new Line(app.addresses.anonymous).get(`/api/v1/tenders/${encodeURIComponent(tender)}`));
    return typeof told.title_zh === 'string' && typeof told.title_en === 'string' ? { zh: told.title_zh, en: told.title_en } : null;
  } catch (cause) {
    if (cause instanceof Refusal) return null;
    throw cause;
  }
}

/** What is known of the crowd in which a token hides; a silent custodian attests nothing. */
async function crowd(app, record, terms) {
  try {
    const key = issuingKey(await bondKeys(record), terms.manifest.bond, record.now);
    return await crowdOf(app.addresses.custodian, key.denomination, key.epoch, app.trust);
  } catch (cause) {
    if (cause instanceof Refusal) return null;
    throw cause;
  }
}

function found(app) {
  const { terms } = app;
  const { manifest } = terms;
  const over = app.isOver;
  const next = button(t('继续：保证金', 'Go on: bond'), over ? 'second' : 'first', () => app.go('bond'));
  const after = over ? button(t('继续：开标之后', 'Go on: after the opening'), 'first', () => app.go('after')) : null;
  const left = h('span', {});
  app.every(1000, () => countDown(left, terms.deadline - app.now()));
  const accepted = acceptedOf(app.book, terms.tender);
  return [
    h('h2', {}, t('核对结果', 'What was found')),
    accepted !== null && accepted.kind === 'submission' && !stillStands(accepted, terms)
      ? note('refusal', h('p', {}, t('一次更正要求重新投标：您先前的投标已不算数，在截止前重新提交。', 'An amendment asks for new bids: your earlier bid no longer stands. Send a new one before the deadline.')))
      : null,
    facts([
      [t('招标编号', 'Tender'), terms.tender],
      ...(app.title === null ? [] : [[t('项目名称', 'Title'), [h('strong', {}, t(app.title.zh, app.title.en)), ' ', h('span', { class: 'small' }, t('据平台所述', 'as the platform tells it'))]]]),
      [t('投标截止', 'Deadline'), [h('strong', {}, clock(terms.deadline)), ' · ', left]],
      [t('更正', 'Amendments'), terms.amendment === 0 ? t('无', 'none') : t(`现为第 ${terms.amendment} 次`, `now at number ${terms.amendment}`)],
      [t('最高限价', 'Ceiling'), terms.ceiling === null ? t('未设', 'none') : money(terms.ceiling)],
      [t('保证金', 'Bond'), manifest.bond === 0 ? t('不收（使用准入令牌）', 'none (an admission token is used)') : money(manifest.bond)],
      [t('信封', 'Envelopes'), kindsOf(manifest).map(envelopeName).join(t('、', ', '))],
      [t('开标清单哈希', 'Hash of the manifest'), h('code', {}, b64u(manifest.hash))],
      [t('见证', 'Witnessed'), witnessed(app)],
    ]),
    h('h3', {}, t(`开启人：${manifest.seats.length} 位，任意 ${manifest.k} 位可共同开启`, `Officers: ${manifest.seats.length}, any ${manifest.k} of whom open together`)),
    table(t('开启人', 'Officers'), [t('身份', 'Part'), t('单位', 'Organisation'), t('信用代码', 'Credit code'), t('来源', 'Known by')], manifest.seats.map((seat) => officerRow(app, seat))),
    standingNote(app),
    wholeNote(app),
    crowdNote(app),
    manifest.covers === null ? note('warning', h('p', {}, t('此项目没有掩护投标：开标前，平台的数据库管理员可以数出密文的份数。', 'This tender has no cover bids: before the opening an administrator of the platform could count the ciphertexts.'))) : null,
    note('warning', h('p', {}, t('没有中继：匿名主机所在网络的运营者能看到有哪些地址连接。不愿被看到时换一个网络。', 'There is no relay: whoever runs the network of the anonymous host sees which addresses connect. Use another network if that must not be seen.'))),
    app.standing === 'unknown' ? null : h('div', { class: 'buttons' }, after, next),
  ];
}

/** Whose cosignatures were checked under the newest checkpoint, and how many have to be there. */
function witnessed({ record, trust }) {
  const [names, count, needed] = [record.head.cosigners, trust.witnesses.length, trust.quorum];
  return t(`${names.join('、')} 联署了检查点，已核对（信任文件列 ${count} 个见证机构，需 ${needed} 个）`, `${names.join(', ')} cosigned the checkpoint: checked (the trust file names ${count}, ${needed} needed)`);
}

const officerRow = (app, seat) => [
  t(...ROLES[seat.role]),
  h('span', { lang: 'zh-CN' }, seat.organisation.name),
  h('code', {}, seat.organisation.uscc),
  app.trust.organisations.some((one) => keyId(one.public) === seat.orgKeyId) ? t('信任文件', 'trust file') : t('公开日志', 'the record'),
];

/** The name of an envelope. */
export const envelopeName = (kind) =>
  ({ identity: t('身份', 'identity'), technical: t('技术（暗标）', 'technical (without your name)'), price: t('报价', 'price') })[kind];

function standingNote(app) {
  const shown = h('p', {}, h('code', {}, b64u(app.own.hash)));
  if (app.standing === 'named') return note('good', h('p', {}, t('本页的哈希就是开标清单所写的。', 'The hash of this page is the one that the manifest names.')), shown);
  if (app.standing === 'published') return note('warning', h('p', {}, t('开标清单写的是本页的另一版本；本页的哈希在公开日志中公布过。', 'The manifest names another version of this page; the hash of this one was published in the record.')), shown);
  return note(
    'refusal',
    h('p', {}, t('本页不是公布过的封装页面：文件被改动，或浏览器扩展改动了页面。不在此封装。关闭扩展后重新打开，或使用客户端程序。', 'This is not a published sealing page: the file was altered, or an extension of the browser changed it. Nothing is sealed here. Open it again without extensions, or use the client program.')),
    shown,
  );
}

const wholeNote = (app) =>
  app.record.whole === null
    ? note('warning', h('p', {}, t('公开日志过长，未通读：每一条都有证明，但“没有别的条目”未经核对。客户端程序会通读。', 'The record is too long to be read through here: each entry is proven, but that there is no other one is not. The client program reads all of it.')))
    : null;

function crowdNote(app) {
  if (app.crowd?.holds) return note('good', h('p', {}, t(`托管方 ${app.crowd.epoch} 报告证明：持有此面额未用令牌的单位不少于 ${CROWD} 家。`, `The custodian's report for ${app.crowd.epoch} attests: at least ${CROWD} organisations hold unspent tokens of this amount.`)));
  const why =
    app.crowd === null
      ? t('没有此面额持有单位数的证明', 'How many organisations hold tokens of this amount is not attested')
      : t(`托管方 ${app.crowd.epoch} 报告：持有此面额未用令牌的单位少于 ${CROWD} 家`, `The custodian's report for ${app.crowd.epoch}: fewer than ${CROWD} organisations hold unspent tokens of this amount`);
  return note('warning', h('p', {}, t(`${why}。人越少，金额和时间越能指向您。平时多持有令牌、提前存缴。`, `${why}. The fewer they are, the more amount and time point at you. Hold tokens in advance.`)));
}

/** How long there is, said so that nobody has to count. */
export function countDown(element, left) {
  if (left < 0n) {
    element.textContent = t('已截止', 'over');
    element.className = 'tag refusal';
    return;
  }
  const [days, rest] = [left / (24n * HOUR), Number((left % (24n * HOUR)) / 1_000_000n)];
  const clockLeft = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map((part) => String(part).padStart(2, '0')).join(':');
  element.textContent = days > 0n ? t(`还有 ${days} 天 ${clockLeft}`, `${days} days ${clockLeft} left`) : t(`还有 ${clockLeft}`, `${clockLeft} left`);
  element.className = left < HOUR ? 'tag warning' : 'tag';
}

