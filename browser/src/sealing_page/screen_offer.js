/** Step 3, offer and documents: everything typed is in the book at once, files in sealed parts. */

import { Refusal } from '../errors.js';
import { digest, b64u, canonical } from '../encoding.js';
import { Members } from '../members.js';
import { paddedLength } from '../payload.js';
import { fenOf, inCapitals } from './capitals.js';
import { button, field, fill, h, table } from './elements.js';
import { form } from './screen_lock.js';
import { money, size, span, t } from './speech.js';
import { Line, jsonOf } from './wire.js';

export const TOTAL_LIMIT = 500 * 1024 * 1024; // bytes of all documents of a bid

const TAKEN = ['pdf', 'xlsx', 'docx'];
const KINDS = ['technical', 'price'];

/** The draft of a tender; made at the first look. */
export function draftOf(app, tender) {
  return (app.book.pages.drafts[tender] ??= { price: '', delivery: '', plan: '', facts: {}, consortium: '', papers: { technical: [], price: [] } });
}

/** Show the step. */
export async function showOffer(app, main) {
  const draft = draftOf(app, app.terms.tender);
  fill(main, h('h1', { id: 'title', tabindex: '-1' }, t('报价与文件', 'Offer and documents')));
  try {
    app.scheme ??= await schemeOf(app);
  } catch (cause) {
    app.scheme = null;
    if (!(cause instanceof Refusal)) throw cause;
  }
  if (app.step !== 'offer') return;
  const typed = offerForm(app, draft);
  main.append(
    h('p', { class: 'small' }, t('填写的内容和文件随时加密保存在此浏览器中；关闭标签页不会丢失。', 'What you type and choose is kept in this browser, encrypted, at once; closing the tab loses nothing.')),
    typed,
  );
}

/** The scoring scheme of the tender, if it is the one whose hash the notice in the record bears. */
async function schemeOf(app) {
  const path = `/api/v1/tenders/${encodeURIComponent(app.terms.tender)}`;
  const told = jsonOf(await new Line(app.addresses.anonymous).get(path));
  const same = b64u(digest(canonical(told.scheme))) === app.terms.notice.scheme_hash;
  if (!same) throw new Refusal('scheme-differs', '评分办法与日志中公告的不符', 'The scoring scheme is not the one of the notice in the record');
  return { ...told.scheme, consortium: told.consortium === true };
}

function offerForm(app, draft) {
  const saved = h('span', { class: 'small', role: 'status' });
  let timer = null;
  const keep = (name, box = draft) => (event) => {
    box[name] = event.target.value;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      await app.book.save();
      saved.textContent = t('已保存', 'saved');
    }, 250);
  };
  const shown = h('span', { class: 'hint', id: 'price-words' });
  const tellPrice = () => {
    const fen = fenOf(draft.price);
    fill(shown, fen === null || fen === 0 ? null : [`${money(fen)} · `, h('span', { lang: 'zh-CN' }, inCapitals(fen))]);
  };
  const hint = app.terms.ceiling === null ? t('含税总价', 'Total with taxes') : t(`含税总价，最高限价 ${money(app.terms.ceiling)}`, `Total with taxes; the ceiling is ${money(app.terms.ceiling)}`);
  const price = field('price', t('投标总价（元）', 'Total price (yuan)'), { class: 'short number', inputmode: 'decimal', autocomplete: 'off', hint, value: draft.price, oninput: (event) => (keep('price')(event), tellPrice()) });
  price.box.append(shown);
  tellPrice();
  const delivery = field('delivery', t('交货期或工期', 'Delivery'), { class: 'wide', autocomplete: 'off', value: draft.delivery, oninput: keep('delivery'), hint: t('开标时与报价一起公布，如：合同签订后 25 日。', 'Published with the price at the opening, such as: 25 days after signing.') });
  const figures = (app.scheme?.criteria ?? []).filter((one) => one.kind === 'objective').map((one) => figureField(one, draft, keep));
  const plan = field('plan', t('技术响应摘要', 'Summary of the technical offer'), { kind: 'textarea', rows: 4, class: 'wide', value: draft.plan, oninput: keep('plan'), hint: t('专家暗标评审：不写单位名称或任何能认出投标人的内容。', 'The panel scores it without your name: nothing here may tell who you are.') });
  const consortium = app.scheme?.consortium ? field('consortium', t('联合体其他成员的信用代码', 'Credit codes of other members of the consortium'), { kind: 'textarea', rows: 2, class: 'medium', value: draft.consortium, oninput: keep('consortium'), hint: t('每行一个；没有则不填。', 'One a line; leave empty without any.') }) : null;
  const go = h('button', { type: 'submit', class: 'button' }, t('继续：封装与提交', 'Go on: seal and send'));
  const next = async () => {
    await app.book.save();
    const faults = [...addingFaults(app), ...faultsOf(app, draft)];
    if (faults.length > 0) app.faults(faults);
    else app.go('send');
  };
  return form(
    next,
    h('h2', {}, t('报价信封', 'Price envelope')),
    price.box,
    delivery.box,
    papersOf(app, draft, 'price', t('报价文件（如分项报价表）', 'Price documents (such as the bill of prices)')),
    h('h2', {}, t('技术信封（暗标）', 'Technical envelope (without your name)')),
    figures.map((one) => one.box),
    plan.box,
    papersOf(app, draft, 'technical', t('技术文件', 'Technical documents')),
    consortium?.box ?? null,
    h('div', { class: 'buttons' }, go, saved),
  );
}

function figureField(criterion, draft, keep) {
  const label = t(criterion.zh, criterion.en);
  const unit = t(criterion.unit_zh, criterion.unit_en);
  return field(`fact-${criterion.subject}`, unit === '' ? label : t(`${label}（${unit}）`, `${label} (${unit})`), {
    class: 'short number',
    inputmode: 'decimal',
    autocomplete: 'off',
    value: draft.facts[criterion.subject] ?? '',
    oninput: keep(criterion.subject, draft.facts),
    hint: t('客观评分项，按此数计分。', 'Scored by this figure.'),
  });
}

/** What is still wrong with a draft: `[field, words]`. */
export function faultsOf(app, draft) {
  const faults = [];
  const fen = fenOf(draft.price);
  if (fen === null || fen === 0) faults.push(['price', t('填写投标总价，如 2400000.00', 'Enter the total price, such as 2400000.00')]);
  else if (app.terms.ceiling !== null && fen > app.terms.ceiling) faults.push(['price', t(`报价超过最高限价 ${money(app.terms.ceiling)}`, `The price exceeds the ceiling of ${money(app.terms.ceiling)}`)]);
  if (draft.delivery.trim() === '') faults.push(['delivery', t('填写交货期或工期', 'Enter the delivery')]);
  for (const one of app.scheme?.criteria ?? []) {
    if (one.kind === 'objective' && !/^[0-9]+$/.test((draft.facts[one.subject] ?? '').trim())) faults.push([`fact-${one.subject}`, t(`${one.zh}：填写整数`, `${one.en}: enter a whole number`)]);
  }
  if (draft.plan.trim() === '' && draft.papers.technical.length === 0) faults.push(['plan', t('填写技术响应摘要或添加技术文件', 'Write a summary or add a technical document')]);
  for (const code of codesOf(draft)) {
    try {
      new Members({ code }).uscc('code');
    } catch {
      faults.push(['consortium', t(`不是统一社会信用代码：${code}`, `Not a credit code: ${code}`)]);
    }
  }
  return faults;
}

/** A document that is still being read would be missing in the bid: `[field, words]` of each. */
export const addingFaults = (app) => [...app.adding].map(([file, { kind }]) => [`papers-${kind}`, t(`${file.name} 正在加入：等它完成，或取消`, `${file.name} is still being added: wait for it, or cancel it`)]);

/** Credit codes of the consortium's other members. */
export const codesOf = (draft) => draft.consortium.split(/\s+/).map((code) => code.trim().toUpperCase()).filter(Boolean);

/** What is sealed of a draft: facts by envelope, papers by envelope. */
export function offerOf(draft) {
  const fen = fenOf(draft.price);
  const technical = Object.fromEntries(Object.entries(draft.facts).filter(([, value]) => value.trim() !== '').map(([name, value]) => [name, Number(value.trim())]));
  const plan = draft.plan.trim().normalize('NFC');
  if (plan !== '') technical.plan = plan;
  return {
    price: { price: fen, 'price-capitals': inCapitals(fen), delivery: draft.delivery.trim().normalize('NFC') },
    technical,
    papers: draft.papers,
    consortium: codesOf(draft),
  };
}

function papersOf(app, draft, kind, label) {
  const { tender } = app.terms;
  const list = h('div', { id: `added-${kind}`, 'aria-live': 'polite' });
  const working = (app.bars[kind] ??= h('div'));
  const id = `papers-${kind}`;
  const show = () => {
    const place = document.getElementById(list.id);
    if (app.step === 'offer' && app.terms.tender === tender && place !== null) fill(place, paperTable(app, draft, kind, show));
    else if (app.step === 'send' && app.bench === null && app.adding.size === 0) app.show();
  };
  const chosen = async (event) => {
    const files = [...event.target.files];
    event.target.value = '';
    app.clear();
    for (const file of files) app.adding.set(file, { kind, length: 0 });
    for (const file of files) {
      try {
        await take(app, draft, kind, file, working);
      } catch (cause) {
        if (cause.code !== 'stopped') app.fail(cause, id);
      }
      fill(working);
      app.adding.delete(file);
      show();
    }
  };
  const add = field(id, label, { type: 'file', multiple: true, accept: TAKEN.map((one) => `.${one}`).join(','), onchange: chosen, hint: t('PDF、XLSX 或 DOCX，全部文件合计不超过 500 MB。', 'PDF, XLSX or DOCX, 500 MB for all documents together.') });
  fill(list, paperTable(app, draft, kind, show));
  return [add.box, working, list];
}

function paperTable(app, draft, kind, show) {
  const papers = draft.papers[kind];
  if (papers.length === 0) return null;
  const rows = papers.map((paper, at) => [
    paper.title,
    size(paper.length),
    h('code', {}, `${paper.digest.slice(0, 16)}…`),
    button(t('移除', 'Remove'), 'second', async () => {
      papers.splice(at, 1);
      await app.book.save();
      await app.helper.ask('remove', { files: [paper] });
      show();
    }, { 'aria-label': t(`移除 ${paper.title}`, `Remove ${paper.title}`) }),
  ]);
  return table(t('已加入的文件', 'Documents added'), [t('文件', 'Document'), t('大小', 'Size'), 'SHA-256', t('移除', 'Remove')], rows);
}

/** Take a chosen file into the store: read once, sealed in parts, in the draft when it is whole. */
async function take(app, draft, kind, file, working) {
  const extension = /\.([A-Za-z0-9]+)$/.exec(file.name)?.[1].toLowerCase() ?? '';
  if (!TAKEN.includes(extension)) throw new Refusal('not-taken', `${file.name}：只接受 PDF、XLSX、DOCX`, `${file.name}: only PDF, XLSX and DOCX are taken`);
  if (file.size === 0) throw new Refusal('empty-file', `${file.name} 是空文件`, `${file.name} is empty`);
  app.adding.set(file, { kind, length: file.size });
  const together = [...KINDS.flatMap((one) => draft.papers[one]), ...app.adding.values()].reduce((sum, { length }) => sum + length, 0);
  if (together > TOTAL_LIMIT) throw new Refusal('too-large', `全部文件合计 ${size(together)}，超过 500 MB`, `All documents together have ${size(together)}, more than 500 MB`);
  await refuseWithoutRoom(together);
  const bar = progressBar(t(`正在加入 ${file.name}`, `Adding ${file.name}`));
  const task = app.helper.begin('takeIn', { file, key: app.book.key }, bar.tell);
  app.tasks.add(task);
  fill(working, bar.element, button(t('取消', 'Cancel'), 'second', () => task.stop()));
  try {
    const kept = await task.done;
    draft.papers[kind].push({ ...kept, title: file.name, extension });
    await app.book.save();
  } finally {
    app.tasks.delete(task);
  }
}

/** Refuse (`no-room`) before half of it is written: documents and ciphertexts lie side by side. */
async function refuseWithoutRoom(together) {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  const wanted = together + paddedLength('technical', together) - (usage ?? 0);
  if (quota !== undefined && wanted > quota) {
    throw new Refusal('no-room', `浏览器给本页的空间为 ${size(quota)}，还需要 ${size(wanted - quota)}：腾出磁盘空间，或使用客户端程序`, `The browser gives this page ${size(quota)}, and ${size(wanted - quota)} more are needed: free the disk or use the client program`);
  }
}

/** A bar with bytes done, rate and time left; what was done before it began tells no rate. */
export function progressBar(words) {
  let began = null;
  const bar = h('progress', { max: '1', 'aria-label': words });
  const said = h('span', { class: 'small' });
  const tell = ({ done, total }) => {
    bar.max = Math.max(1, total);
    bar.value = done;
    began ??= { done, at: performance.now() };
    const rate = Math.round((done - began.done) / Math.max((performance.now() - began.at) / 1000, 0.001));
    const soFar = t(`${size(done)} / ${size(total)}`, `${size(done)} of ${size(total)}`);
    const left = span((total - done) / rate);
    said.textContent = rate > 0 ? soFar + t(` · 每秒 ${size(rate)} · 还需 ${left}`, ` · ${size(rate)} a second · ${left} left`) : soFar;
  };
  return { element: h('p', { class: 'progress' }, h('span', {}, words), bar, said), tell };
}

