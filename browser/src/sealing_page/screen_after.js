/** After the opening: what the panel asks about one's own price, answered by the bid key. */

import { ANSWER_LIMIT } from '../price_answers.js';
import { Refusal } from '../errors.js';
import { fenOf, inCapitals } from './capitals.js';
import { button, choice, facts, field, fill, h, note } from './elements.js';
import { answerPrice, askedOf, heldFor, keyHolder, reviewOf, sayPrice } from './review.js';
import { countDown } from './screen_check.js';
import { form } from './screen_lock.js';
import { clock, money, t } from './speech.js';

const QUESTION = {
  asked: ['待说明', 'waits for your answer', 'warning'],
  answered: ['已说明', 'answered', ''],
  stands: ['说明成立，报价有效', 'proved; the price stands', ''],
  invalid: ['说明不成立，投标无效', 'not proved; the bid is invalid', 'refusal'],
};
const CORRECTION = {
  asked: ['待确认', 'waits for your word', 'warning'],
  confirmed: ['已确认', 'confirmed', ''],
  not_confirmed: ['未确认，投标无效', 'not confirmed; the bid is invalid', 'refusal'],
};

/** Show the step. */
export function showAfter(app, main) {
  const { tender } = app.terms;
  if (app.review?.tender !== tender) app.review = { tender, held: null, asked: null };
  app.review.held ??= keyHolder(app.book, tender);
  const { held, asked } = app.review;
  fill(
    main,
    h('h1', { id: 'title', tabindex: '-1' }, t('开标之后：关于报价的询问', 'After the opening: questions about your price')),
    h('p', {}, t('评标委员会可以要求说明过低的报价；报价前后不一致时，修正后的报价须经您确认。在此用投标密钥答复，不需要账户；也可以登录平台，在工作台答复。', 'The panel may ask how a low price is made up; a price that contradicts itself binds you only once you confirm its correction. Here you answer with your bid key, without an account; signed in, you can do it at your desk as well.')),
    held === null ? keyForm(app) : null,
    held !== null && asked === null ? lookPart(app) : null,
    asked === null ? null : found(app, asked),
  );
}

function keyForm(app) {
  const file = field('bid-key', t('投标密钥文件', 'Bid-key file'), { type: 'file', accept: '.age', hint: t('本页或客户端程序保存的文件。密钥只在本页内存中使用。', 'A file kept by this page or by the client program. The key is used in the memory of this page.') });
  const word = field('bid-word', t('文件口令', 'Passphrase of the file'), { type: 'password', class: 'wide', autocomplete: 'off' });
  const go = h('button', { type: 'submit', class: 'button' }, t('查看询问', 'See what is asked'));
  const take = () =>
    app.doing(
      go,
      async () => {
        if (file.input.files.length === 0) throw new Refusal('no-file', '选择投标密钥文件', 'Choose the bid-key file');
        const raw = new Uint8Array(await file.input.files[0].arrayBuffer());
        const held = heldFor(app.terms.tender, await app.helper.ask('unsealPassphrase', { passphrase: word.input.value, file: raw }));
        const asked = await look(app, held);
        app.review = { ...app.review, held, asked };
        app.show();
      },
      'bid-key',
    );
  return h(
    'div',
    {},
    note('warning', h('p', {}, t('此浏览器中没有本项目的投标密钥：选择投标时保存的密钥文件。', 'This browser holds no bid key of this tender: choose the key file that was kept when the bid was made.'))),
    form(take, file.box, word.box, h('div', { class: 'buttons' }, go)),
  );
}

function lookPart(app) {
  const go = button(t('查看询问', 'See what is asked'), 'first', () => app.doing(go, () => refresh(app)));
  return h('div', {}, note('good', h('p', {}, t('本项目的投标密钥在此浏览器中。', 'The bid key of this tender is in this browser.'))), h('div', { class: 'buttons' }, go));
}

/** Ask what is asked, by the newest moment of the record. */
async function look(app, held) {
  await app.record.follow();
  return askedOf(app.addresses.anonymous, app.terms.tender, held);
}

async function refresh(app) {
  app.review.asked = await look(app, app.review.held);
  app.show();
  document.getElementById('title').focus();
}

function found(app, { question, correction }) {
  const again = button(t('再看一次', 'Look again'), 'second', () => app.doing(again, () => refresh(app)));
  const open = correction !== null && isOpen(app, correction, ['asked']);
  return [
    question === null && correction === null ? h('div', { class: 'empty' }, h('p', {}, t('没有关于您报价的询问。开标尚未结束时这里也是空的，稍后再看。', 'Nothing is asked about your price. While the opening is not finished this is empty too; look again later.'))) : null,
    correction === null ? null : correctionPart(app, correction, open),
    question === null ? null : questionPart(app, question, open ? 'second' : ''),
    h('div', { class: 'buttons' }, again),
  ];
}

const isOpen = (app, one, states) => states.includes(one.state) && one.until !== null && app.now() <= one.until;

function standing(app, states, one, open) {
  const [zh, en, kind] = states[one.state];
  const left = h('span', {});
  if (open) app.every(1000, () => countDown(left, one.until - app.now()));
  const until = one.until === null ? null : [t(' 截止 ', ' Until '), h('strong', {}, clock(one.until)), ' ', left];
  const over = !open && ['asked', 'answered'].includes(one.state) ? h('p', { class: 'small' }, t('答复时间已过。', 'The time to answer is over.')) : null;
  return [h('p', {}, h('span', { class: `tag ${kind}`.trim() }, t(zh, en)), until), over];
}

function questionPart(app, question, rank) {
  const { tender, held } = app.review;
  const page = reviewOf(app.book, tender);
  const open = isOpen(app, question, ['asked', 'answered']);
  const kept = page.typed === '' ? (question.answer ?? '') : page.typed;
  const remember = () => {
    page.typed = text.input.value;
    app.book.save();
  };
  const text = field('answer', t('您的说明', 'Your answer'), { kind: 'textarea', rows: 10, class: 'wide', value: kept, oninput: remember, hint: t(`写明价格构成和证明，不超过 ${ANSWER_LIMIT} 字。截止前可再次发送，以最后一次为准。`, `How the price is made up, with evidence, in at most ${ANSWER_LIMIT} characters. Until the time ends the last answer sent counts.`) });
  const go = h('button', { type: 'submit', class: `button ${rank}`.trim() }, t('签名并发送说明', 'Sign and send the answer'));
  const send = () =>
    app.doing(
      go,
      async () => {
        await answerPrice(app.means, tender, held, text.input.value, question.next);
        await refresh(app);
        told(t('说明已送达。', 'The answer has arrived.'));
      },
      'answer',
    );
  return h(
    'section',
    {},
    h('h2', {}, t('要求说明报价', 'Asked how your price is made up')),
    standing(app, QUESTION, question, open),
    h('ul', {}, question.reasons.map((one) => h('li', {}, t(one.zh, one.en)))),
    question.answer === null ? null : [h('h3', {}, t('已送达的说明', 'The answer that has arrived')), h('p', { class: 'told' }, question.answer)],
    open ? form(send, text.box, h('div', { class: 'buttons' }, go)) : null,
  );
}

function correctionPart(app, correction, open) {
  return h(
    'section',
    {},
    h('h2', {}, t('报价修正', 'Correction of your price')),
    standing(app, CORRECTION, correction, open),
    h('ul', {}, correction.steps.map((one) => h('li', {}, t(one.zh, one.en)))),
    facts([
      [t('开标时的报价', 'Price as opened'), money(correction.before)],
      [t('修正后的报价', 'Corrected price'), [h('strong', {}, money(correction.after)), ' ', h('span', { lang: 'zh-CN' }, inCapitals(correction.after))]],
    ]),
    open ? wordForm(app, correction) : null,
  );
}

function wordForm(app, correction) {
  const { tender, held } = app.review;
  const word = choice('word', t('您的答复（不能更改）', 'Your word (it is final)'), [
    ['confirm', t('确认修正后的报价', 'I confirm the corrected price')],
    ['decline', t('不确认（投标无效）', 'I do not confirm it (the bid is invalid)')],
  ]);
  const amount = field('corrected', t('再输入一次修正后的报价（元）', 'Type the corrected price once more (yuan)'), { class: 'short number', inputmode: 'decimal', autocomplete: 'off' });
  const go = h('button', { type: 'submit', class: 'button' }, t('签名并发送答复', 'Sign and send your word'));
  const send = () => {
    const faults = [];
    if (word.value() === null) faults.push(['word-confirm', t('选择确认或不确认', 'Choose whether you confirm it')]);
    if (fenOf(amount.input.value) !== correction.after) faults.push(['corrected', t(`输入的金额不是修正后的报价 ${money(correction.after)}`, `The amount typed is not the corrected price of ${money(correction.after)}`)]);
    if (faults.length > 0) {
      app.faults(faults);
      return;
    }
    app.doing(
      go,
      async () => {
        await sayPrice(app.addresses.anonymous, tender, held, correction.after, word.value() === 'confirm');
        await refresh(app);
        told(t('答复已送达。', 'Your word has arrived.'));
      },
      'corrected',
    );
  };
  return form(send, word.box, amount.box, h('div', { class: 'buttons' }, go));
}

function told(words) {
  document.getElementById('title').after(note('good', h('p', { role: 'status' }, words)));
}
