/**
 * After the opening: what is asked about a bid's price, and the bidder's word on it. Both by the bid
 * key on the anonymous host, without an account; only the key of this very tender is ever shown there,
 * for one that no opened bid bears would be known by it later.
 */

import { SUBMISSION } from '../acts.js';
import { BID } from '../bondkeys.js';
import { b64u, canonical, parse, unb64u } from '../encoding.js';
import { Refusal } from '../errors.js';
import { Members } from '../members.js';
import { ANSWER_LIMIT, signPriceAnswer, signPriceQuery } from '../price_answers.js';
import { signPriceConfirmation } from '../price_confirmations.js';
import { acceptedOf } from './bids.js';
import * as wallet from './wallet.js';
import { Line, jsonOf } from './wire.js';

const WORDS_LIMIT = 20_000; // characters of a reason or a step
const LINES = 1000;
const QUESTION = ['asked', 'answered', 'stands', 'invalid'];
const CORRECTION = ['asked', 'confirmed', 'not_confirmed'];
const NOTHING = ['nothing-asked', 'nothing-corrected'];

/** What is typed and was sent for a tender; made at the first look. */
export const reviewOf = (book, tender) => (book.pages.reviews[tender] ??= { typed: '', sent: null });

/** The token in this browser whose key bid in a tender; null without one. */
export function keyHolder(book, tender) {
  const { tokens } = book.pages;
  const version = acceptedOf(book, tender);
  if (version !== null) return version.kind === SUBMISSION ? (tokens[version.token] ?? null) : null;
  return Object.values(tokens).find((held) => held.purpose === BID && held.tender === tender) ?? null;
}

/** The token of a bid-key file; `other-tender` where it bid elsewhere, `no-bid` where it is no bid's. */
export function heldFor(tender, text) {
  const held = wallet.readHeld(text);
  if (held.purpose !== BID) {
    throw new Refusal('no-bid', '这是退款令牌的文件，不是投标密钥文件', 'This is the file of a refund token, not of a bid key');
  }
  if (held.tender !== null && held.tender !== tender) {
    throw new Refusal('other-tender', `此密钥用于 ${held.tender}`, `This key bid in ${held.tender}`);
  }
  return held;
}

/** What is asked of a key: `{ question, correction }`, each null where there is none. */
export async function askedOf(anonymous, tender, held) {
  const raw = canonical(await signPriceQuery(tender, await wallet.keyOf(held)));
  const [question, correction] = [
    await orNothing(anonymous, `/api/v1/tenders/${tender}/price-questions`, raw),
    await orNothing(anonymous, `/api/v1/tenders/${tender}/price-corrections`, raw),
  ];
  return {
    question: question === null ? null : readQuestion(question),
    correction: correction === null ? null : readCorrection(correction),
  };
}

async function orNothing(anonymous, path, raw) {
  try {
    return jsonOf(await new Line(anonymous).post(path, raw));
  } catch (cause) {
    if (NOTHING.includes(cause.code)) return null;
    throw cause;
  }
}

function readQuestion(value) {
  const given = new Members(value);
  const read = {
    state: given.choice('state', QUESTION),
    reasons: given.array('reasons', lineOf, 0, LINES),
    until: given.moment('until'),
    answer: given.maybe('answer', (name) => given.text(name, 0, ANSWER_LIMIT)),
    next: given.whole('next_seq'),
  };
  given.end();
  return read;
}

function readCorrection(value) {
  const given = new Members(value);
  const read = {
    state: given.choice('state', CORRECTION),
    before: given.whole('before'),
    after: given.whole('after', 1),
    steps: given.array('steps', lineOf, 0, LINES),
    until: given.maybe('until', (name) => given.moment(name)),
  };
  given.end();
  return read;
}

function lineOf(item) {
  const given = new Members(item);
  const read = { zh: given.text('zh', 0, WORDS_LIMIT), en: given.text('en', 0, WORDS_LIMIT) };
  given.end();
  return read;
}

/**
 * Sign an answer and send it; what was signed is in the book before it leaves. The same words again
 * are the same bytes, so that sending again after no answer is safe. `answer-empty`, the host's.
 */
export async function answerPrice({ book, anonymous }, tender, held, typed, next) {
  const answer = typed.trim().normalize('NFC');
  if (answer === '' || [...answer].length > ANSWER_LIMIT) {
    throw new Refusal('answer-empty', `写明价格构成和证明，不超过 ${ANSWER_LIMIT} 字`, `State how the price is made up, in at most ${ANSWER_LIMIT} characters`);
  }
  const [page, key] = [reviewOf(book, tender), await wallet.keyOf(held)];
  const before = page.sent === null ? null : parse(unb64u(page.sent));
  const again = before !== null && before.answer === answer && before.bid_pub === b64u(key.public) && before.seq >= next - 1;
  const act = again ? before : await signPriceAnswer({ tender, seq: next, answer }, key);
  Object.assign(page, { typed, sent: b64u(canonical(act)) });
  await book.save();
  await new Line(anonymous).post(`/api/v1/tenders/${tender}/price-answers`, canonical(act));
}

/** Say whether the corrected price is confirmed; the word is final, and the same word the same bytes. */
export async function sayPrice(anonymous, tender, held, amount, confirmed) {
  const word = await signPriceConfirmation({ tender, amount, confirmed }, await wallet.keyOf(held));
  await new Line(anonymous).post(`/api/v1/tenders/${tender}/price-confirmations`, canonical(word));
}
