/** Answers of the anonymous host: of one length each, so that the wire does not tell them apart. */

import { canonical, isObject, parse, structure } from './encoding.js';
import { refuse } from './errors.js';
import { Members } from './members.js';

export const ANSWER_LENGTH = 2048;
export const REDEMPTION_LENGTH = 8192; // what a receipt is redeemed for

/** The answer's bytes, exactly `length`. */
export function writeAnswer(answer, length = ANSWER_LENGTH) {
  const missing = length - canonical(structure('answer', { answer, pad: '' })).length;
  if (missing < 0) throw new RangeError('the answer does not fit the one length');
  return canonical(structure('answer', { answer, pad: '0'.repeat(missing) }));
}

/** What the host answered; `malformed` unless it has the one length and form. */
export function readAnswer(raw, length = ANSWER_LENGTH) {
  const given = new Members(parse(raw), 'answer');
  const [answer, pad] = [given.take('answer'), given.text('pad', 0, length)];
  given.end();
  if (raw.length !== length || /[^0]/.test(pad) || !isObject(answer)) {
    refuse('答复不是约定的长度或形式', 'The answer does not have the one length and form');
  }
  return answer;
}
