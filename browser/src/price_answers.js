/**
 * The review of a low offer, by bid key: the bidder asks what was asked, and answers. Both go to the
 * anonymous host after the opening, when the record names who holds which key.
 */

import { b64u, structure } from './encoding.js';
import { Members } from './members.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';

export const ANSWER_LIMIT = 20_000; // characters of an answer

/** `yg/price-query/v1`: the holder of a bid key asks whether its price is questioned. */
export const signPriceQuery = (tender, key) =>
  signed(structure('price-query', { tender, bid_pub: b64u(key.public) }), key);

/** The query of a structure: form (`malformed`), then signature (`bad-signature`). */
export async function readPriceQuery(value) {
  const given = new Members(value, 'price-query');
  const read = { tender: given.tender(), bidPub: given.octets('bid_pub', PUBLIC_LENGTH) };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  await checkSignature(value, read.bidPub);
  return read;
}

/**
 * `yg/price-answer/v1`: how the price is made up. `seq` counts the answers of this key from 0; the
 * last one in time counts.
 */
export const signPriceAnswer = ({ tender, seq, answer }, key) =>
  signed(structure('price-answer', { tender, bid_pub: b64u(key.public), seq, answer }), key);

/** The answer of a structure: form (`malformed`), then signature (`bad-signature`). */
export async function readPriceAnswer(value) {
  const given = new Members(value, 'price-answer');
  const read = {
    tender: given.tender(),
    bidPub: given.octets('bid_pub', PUBLIC_LENGTH),
    seq: given.whole('seq'),
    answer: given.text('answer', 1, ANSWER_LIMIT),
  };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  await checkSignature(value, read.bidPub);
  return read;
}
