/**
 * Acts of a bid key: submission and withdrawal, and the pure checks on them, in the order of
 * docs/protocol.md section 11.
 * @typedef {{ kind: 'submission' | 'withdrawal', tender: string, manifestHash: Uint8Array,
 *   amendment: number, seq: number, previous: Uint8Array | null,
 *   envelopes: import('./envelopes.js').Envelope[], token: import('./tokens.js').Token,
 *   bidPub: Uint8Array, raw?: Uint8Array }} Act
 */

import { AMENDMENT_LIMIT, BID_KINDS, HASH_LENGTH, binding } from './binding.js';
import { sameBytes } from './bytes.js';
import { b64u, canonical, digest, parse, structure, typeOf } from './encoding.js';
import { checkEnvelope, envelopeJson, readEnvelope } from './envelopes.js';
import { Refusal, refuse } from './errors.js';
import { kindsOf, seatsOf } from './manifest.js';
import { Members } from './members.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';
import { readToken, tokenJson } from './tokens.js';

export const SUBMISSION = 'submission';
export const WITHDRAWAL = 'withdrawal';
export const SEQUENCE_LIMIT = 9999;

/** The structure of an act without its signature. @param {Act} act */
export const actJson = (act) =>
  structure(act.kind, {
    tender: act.tender,
    manifest_hash: b64u(act.manifestHash),
    amendment: act.amendment,
    seq: act.seq,
    previous: act.previous === null ? null : b64u(act.previous),
    envelopes: act.envelopes.map(envelopeJson),
    token: tokenJson(act.token),
    bid_pub: b64u(act.bidPub),
  });

/** The act with its signed bytes in `raw`. @returns {Promise<Act>} */
export async function signAct(act, key) {
  return { ...act, raw: canonical(await signed(actJson(act), key)) };
}

/** `submission_hash`: H of the act's bytes. A capability before closing: not published. */
export function submissionHash(act) {
  if (act.raw === undefined) throw new RangeError('an act has a hash once it is signed');
  return digest(act.raw);
}

/** The header that each share and payload of an act must bear. */
export const bindingOf = (act, kind) =>
  binding(act.tender, act.manifestHash, act.amendment, kind, act.bidPub);

/** The envelope of a kind. */
export function envelopeOf(act, kind) {
  const found = act.envelopes.find((envelope) => envelope.kind === kind);
  if (found === undefined) throw new RangeError(`the act holds no ${kind} envelope`);
  return found;
}

/** What no live act of another bid key may hold: ciphertext hashes and commitments, as text. */
export const marksOf = (act) =>
  new Set(
    act.envelopes.flatMap((envelope) => [
      b64u(envelope.ciphertextHash),
      ...envelope.shares.map((share) => b64u(share.commitment)),
    ]),
  );

/** The act of its bytes, form only: `malformed`, `bad-key-text`, `sealed-header`. @returns {Act} */
export function readAct(raw) {
  const value = parse(raw);
  const kind = typeOf(value) === 'yg/withdrawal/v1' ? WITHDRAWAL : SUBMISSION;
  const given = new Members(value, kind);
  const act = {
    kind,
    tender: given.tender(),
    manifestHash: given.octets('manifest_hash', HASH_LENGTH),
    amendment: given.whole('amendment', 0, AMENDMENT_LIMIT),
    seq: given.whole('seq', 0, SEQUENCE_LIMIT),
    previous: given.maybe('previous', (name) => given.octets(name, HASH_LENGTH)),
    envelopes: given.array('envelopes', readEnvelope, 0, BID_KINDS.length),
    token: readToken(given.take('token')),
    bidPub: given.octets('bid_pub', PUBLIC_LENGTH),
    raw,
  };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  checkSound(act);
  return act;
}

/** Refuse (`wrong-tender`) an act sent to another tender than it names. */
export function checkTenderOf(act, tender) {
  if (act.tender !== tender) {
    throw new Refusal(
      'wrong-tender',
      '提交的内容属于另一项目',
      'The act names another tender than the one it was sent to',
    );
  }
}

/** Refuse (`bad-signature`) an act that its bid key did not sign. */
export const checkActSignature = (act) => checkSignature(parse(act.raw), act.bidPub);

/** Refuse `superseded` and `out-of-order`. `last` is null or `{ seq, hash }`. */
export function checkSequence(act, last) {
  if (last !== null && act.seq <= last.seq) {
    throw new Refusal(
      'superseded',
      '该次提交已被后来的提交或撤回取代',
      'This act was superseded by a later one of the same bid key',
    );
  }
  const follows =
    last === null
      ? act.seq === 0 && act.previous === null
      : act.seq === last.seq + 1 && act.previous !== null && sameBytes(act.previous, last.hash);
  if (!follows) {
    throw new Refusal(
      'out-of-order',
      '提交次序不衔接，前一次提交尚未收到',
      'The act does not follow the last one received',
    );
  }
}

/** Refuse `manifest-changed` and `amendment-changed`; a withdrawal may name an earlier one. */
export function checkCurrent(act, manifestHash, amendment) {
  if (!sameBytes(act.manifestHash, manifestHash)) {
    throw new Refusal(
      'manifest-changed',
      '开标清单已变更，按新清单重新封装',
      'The manifest has changed; seal again for the new one',
    );
  }
  if (act.amendment > amendment || (act.kind === SUBMISSION && act.amendment !== amendment)) {
    throw new Refusal(
      'amendment-changed',
      `招标文件现为第 ${amendment} 次更正，阅读后重新封装`,
      `The documents are at amendment ${amendment}; read it and seal again`,
    );
  }
}

/** Refuse (`wrong-envelopes`) other envelopes than the manifest's, each for its officers. */
export function checkShape(act, manifest) {
  checkTenderOf(act, manifest.tender);
  if (act.kind !== SUBMISSION) return;
  if (act.envelopes.map((envelope) => envelope.kind).join() !== kindsOf(manifest).join()) {
    throw new Refusal(
      'wrong-envelopes',
      '信封的种类或次序不合开标清单',
      'The envelopes are not those of the manifest, in its order',
    );
  }
  for (const envelope of act.envelopes) {
    checkEnvelope(envelope, bindingOf(act, envelope.kind), seatsOf(manifest));
  }
}

function checkSound(act) {
  if ((act.previous === null) !== (act.seq === 0)) {
    refuse('seq 与 previous 不一致', 'seq and previous do not agree');
  }
  if ((act.kind === SUBMISSION) !== act.envelopes.length > 0) {
    refuse('提交应有信封，撤回不应有', 'A submission has envelopes and a withdrawal has none');
  }
  if (act.kind === WITHDRAWAL && act.seq === 0) {
    refuse('没有可撤回的提交', 'A withdrawal cannot be the first act');
  }
  const kinds = new Set(act.envelopes.map((envelope) => envelope.kind));
  const hashes = new Set(act.envelopes.map((envelope) => b64u(envelope.ciphertextHash)));
  if (kinds.size !== act.envelopes.length || hashes.size !== act.envelopes.length) {
    refuse('信封重复', 'A kind of envelope or a ciphertext stands twice');
  }
}
