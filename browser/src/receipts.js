/** Receipts: what a bidder holds against the platform, without saying who it is. */

import { submissionHash } from './acts.js';
import { HASH_LENGTH } from './binding.js';
import { sameBytes } from './bytes.js';
import { b64u, digest, parse, stamp, structure } from './encoding.js';
import { Refusal, refuse } from './errors.js';
import { Members } from './members.js';
import { saltedLeaf } from './offers.js';
import { SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';

export const PROMISE = 5_000_000n; // microseconds
export const PATIENCE = 60_000_000n; // microseconds

/** The leaf of an act in its sealed batch: `H(0x00 || salt || JCS(act))`, with signature. */
export const actLeaf = (salt, raw) => saltedLeaf(salt, parse(raw));

/** The receipt of an act accepted at a moment, without its signature. */
export const receiptFor = (act, salt, at) =>
  structure('receipt', {
    submission_hash: b64u(submissionHash(act)),
    leaf: b64u(actLeaf(salt, act.raw)),
    salt: b64u(salt),
    at: stamp(at),
    tender: act.tender,
    promise_by: stamp(at + PROMISE),
  });

/** The receipt of a structure: form (`malformed`), then signature (`bad-signature`). */
export async function readReceipt(value, key) {
  const given = new Members(value, 'receipt');
  const receipt = {
    submissionHash: given.octets('submission_hash', HASH_LENGTH),
    leaf: given.octets('leaf', HASH_LENGTH),
    salt: given.octets('salt', HASH_LENGTH),
    at: given.moment('at'),
    tender: given.tender(),
    promiseBy: given.moment('promise_by'),
  };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  await checkSignature(value, key);
  if (receipt.promiseBy !== receipt.at + PROMISE) {
    refuse('承诺时限不对', 'The receipt promises another time than five seconds');
  }
  return receipt;
}

/** Refuse (`receipt-differs`) a receipt that is not for exactly this act. */
export function checkReceipt(receipt, act) {
  const same =
    sameBytes(receipt.submissionHash, submissionHash(act)) &&
    sameBytes(receipt.leaf, actLeaf(receipt.salt, act.raw)) &&
    receipt.tender === act.tender;
  if (!same) {
    throw new Refusal(
      'receipt-differs',
      '回执与所提交的内容不符，保留本地文件并立即再次提交',
      'The receipt is not for what was sent; keep your files and send again at once',
    );
  }
}

/** Whether a receipt should long be redeemable: later than its promise and 60 seconds. */
export const isOverdue = (receipt, now) => now > receipt.promiseBy + PATIENCE;

/** A witness's dated word that it was handed an act (`yg/drop-receipt/v1`). */
export const dropReceipt = (raw, tender, at, witness) =>
  signed(
    structure('drop-receipt', { submission_hash: b64u(digest(raw)), tender, at: stamp(at) }),
    witness,
  );

/** Hash of the act, tender and moment; form (`malformed`), then signature. */
export async function readDropReceipt(value, witness) {
  const given = new Members(value, 'drop-receipt');
  const read = {
    submissionHash: given.octets('submission_hash', HASH_LENGTH),
    tender: given.tender(),
    at: given.moment('at'),
  };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  await checkSignature(value, witness);
  return read;
}
