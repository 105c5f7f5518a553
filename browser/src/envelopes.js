/**
 * Sealing an envelope and opening it again with k officers.
 *
 * After any k shares are known, all n are rebuilt and compared with all n commitments, so which
 * officers came never decides whether a bid opens.
 * @typedef {{ recipient: string, sealed: Uint8Array, commitment: Uint8Array }} SealedShare
 * @typedef {{ kind: string, size: number, ciphertextHash: Uint8Array, shares: SealedShare[] }} Envelope
 * @typedef {import('./binding.js').Binding} Binding
 */

import {
  checkForm,
  checkRecipient,
  newIdentity,
  read,
  readStream,
  recipientOf,
  sealedLength,
  write,
  writeStream,
} from './age.js';
import {
  HASH_LENGTH,
  SHARE_LENGTH,
  commitment,
  readKind,
  readShareText,
  shareText,
  shareTextLength,
} from './binding.js';
import { sameBytes, utf8 } from './bytes.js';
import { fresh } from './chance.js';
import { b64u } from './encoding.js';
import { Refusal, refuse } from './errors.js';
import { here } from './hashing.js';
import { Members } from './members.js';
import { isSealedLength } from './payload.js';
import { piecesOf } from './pieces.js';
import { HOLDER_LIMIT, allN, combine, isLowerDegree, split } from './sharing.js';

const SHARE_LIMIT = 2 * HOLDER_LIMIT; // each officer and a stand-in
const SEALED_LIMIT = 2048; // bytes of one sealed share; its exact length follows from the act

/** An envelope as it stands in an act. @param {Envelope} envelope */
export const envelopeJson = (envelope) => ({
  kind: envelope.kind,
  size: envelope.size,
  ciphertext_hash: b64u(envelope.ciphertextHash),
  shares: envelope.shares.map((share) => ({
    recipient: share.recipient,
    sealed_share: b64u(share.sealed),
    commitment: b64u(share.commitment),
  })),
});

/** An envelope of an act: `malformed`, `bad-key-text`, `sealed-header`. @returns {Envelope} */
export function readEnvelope(item) {
  const given = new Members(item);
  const [kind, size] = [readKind(given), given.whole('size')];
  const ciphertextHash = given.octets('ciphertext_hash', HASH_LENGTH);
  const shares = given.array('shares', readSealedShare, 2, SHARE_LIMIT);
  given.end();
  if (!isSealedLength(kind, size)) {
    refuse('密文长度不属于约定的等级', 'No payload of this kind has a ciphertext of this size');
  }
  return { kind, size, ciphertextHash, shares };
}

/** One officer's share as it stands in an act. @returns {SealedShare} */
export function readSealedShare(item) {
  const given = new Members(item);
  const share = {
    recipient: given.text('recipient'),
    sealed: given.octets('sealed_share'),
    commitment: given.octets('commitment', HASH_LENGTH),
  };
  given.end();
  checkRecipient(share.recipient);
  if (share.sealed.length > SEALED_LIMIT) refuse('份额过长', 'A sealed share is too long');
  checkForm(share.sealed);
  return share;
}

/**
 * Seal a payload: the ciphertext goes to `sink` piece by piece (awaited), the envelope is returned.
 *
 * Draws, in this order: the identity (32 bytes); file key, ephemeral secret and nonce of the
 * ciphertext (16, 32, 16); the coefficients (74 * (k - 1)); then for each recipient in order file
 * key, ephemeral secret and nonce (16, 32, 16).
 * @param {Binding} bound
 * @param {string[][]} seats for officer 1, 2, … n the recipients of that share
 * @param {number} k
 * @param {Parameters<typeof piecesOf>[0]} payload
 * @param {(piece: Uint8Array) => unknown} sink
 * @param {typeof here} hashing makes the two hashers
 * @returns {Promise<{ envelope: Envelope, payloadDigest: Uint8Array }>}
 */
export async function sealEnvelope(bound, seats, k, payload, sink, chance = fresh, hashing = here) {
  const { identity, recipient } = newIdentity(chance);
  const [payloadHasher, cipherHasher] = [hashing(), hashing()];
  let size = 0;
  for await (const piece of writeStream(recipient, watched(payload, payloadHasher), chance)) {
    await cipherHasher.update(piece);
    size += piece.length;
    await sink(piece);
  }
  const shares = split(utf8(identity), k, seats.length, chance).flatMap((share, at) => {
    const text = shareText(bound, at + 1, share);
    return seats[at].map((to) => ({
      recipient: to,
      sealed: write(to, text, chance),
      commitment: commitment(text),
    }));
  });
  const envelope = { kind: bound.kind, size, ciphertextHash: await cipherHasher.digest(), shares };
  return { envelope, payloadDigest: await payloadHasher.digest() };
}

/** Refuse (`wrong-envelopes`) an envelope that is not made for exactly these officers. */
export function checkEnvelope(envelope, bound, seats) {
  const wanted = seats.flatMap((recipients, at) => recipients.map((to) => ({ i: at + 1, to })));
  if (
    envelope.shares.length !== wanted.length ||
    envelope.shares.some((share, at) => share.recipient !== wanted[at].to)
  ) {
    wrong('开标密钥与清单不符', 'names other officers than the manifest');
  }
  const numbered = envelope.shares.map((share, at) => ({ i: wanted[at].i, share }));
  for (const { i, share } of numbered) {
    if (share.sealed.length !== sealedLength(shareTextLength(bound, i))) {
      wrong('份额长度不对', 'holds a sealed share of another length than it must have');
    }
  }
  numbered.slice(1).forEach(({ i, share }, at) => {
    const before = numbered[at];
    if (i === before.i && !sameBytes(before.share.commitment, share.commitment)) {
      wrong('替补的承诺与正式开标人不同', 'deals a stand-in another share');
    }
  });
  const different = new Set(envelope.shares.map((share) => b64u(share.commitment)));
  if (different.size !== seats.length) wrong('份额承诺重复', 'commits twice to one share');
}

/** The n commitments of an envelope that `checkEnvelope` has passed, officer 1 first. */
export function commitments(envelope, seats) {
  const byRecipient = new Map(envelope.shares.map((share) => [share.recipient, share.commitment]));
  return seats.map((recipients) => byRecipient.get(recipients[0]));
}

/**
 * The officer's program: open one sealed share and give out its 75 bytes, or refuse, with nothing
 * of it posted: `sealed-…`, `malformed`, `wrong-type`, `foreign-share`, `share-mismatch`.
 */
export function openShare(identity, sealed, bound, i) {
  const share = readShareText(read(identity, sealed.sealed), bound, i);
  checkPosted(bound, i, share, sealed.commitment);
  return share;
}

/** Refuse (`share-mismatch`) a share that misses its commitment. That names nobody. */
export function checkPosted(bound, i, share, committed) {
  const fits =
    share.length === SHARE_LENGTH &&
    share.at(-1) === i &&
    sameBytes(commitment(shareText(bound, i, share)), committed);
  if (!fits) {
    throw new Refusal(
      'share-mismatch',
      '份额与承诺不符，未采用；这不说明是谁的责任',
      'The share misses its commitment and is not used; this names nobody',
    );
  }
}

/**
 * The identity that opens an envelope, from any k posted shares by officer number. The k lowest
 * numbers are taken; all n shares are rebuilt and must give all n commitments. Refused: `ill-dealt`
 * (the bidder's cause, whatever would decrypt), `share-mismatch`.
 * @param {Binding} bound @param {Uint8Array[]} committed @param {Map<number, Uint8Array>} shares
 */
export function rebuild(bound, committed, shares, k) {
  if (shares.size < k) throw new RangeError(`${shares.size} shares where ${k} are needed`);
  const numbers = [...shares.keys()].sort((a, b) => a - b).slice(0, k);
  for (const i of numbers) checkPosted(bound, i, shares.get(i), committed[i - 1]);
  const chosen = numbers.map((i) => shares.get(i));
  const rebuilt = allN(chosen, committed.length);
  const asCommitted = rebuilt.every((share, at) =>
    sameBytes(commitment(shareText(bound, at + 1, share)), committed[at]),
  );
  const identity = String.fromCharCode(...combine(chosen));
  if (!asCommitted || isLowerDegree(chosen) || !isIdentity(identity)) {
    throw new Refusal(
      'ill-dealt',
      '份额分配有误，投标无法按规则开启，原因在投标人',
      "The shares were not dealt by the rule: the bid is not opened, for the bidder's cause",
    );
  }
  return identity;
}

/**
 * The payload of a ciphertext, which must be the one the act names. Refused: `ciphertext-differs`
 * (other bytes: anybody can supply the right ones), `sealed-…` only when they are the right ones.
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* openCiphertext(identity, envelope, source) {
  const hasher = here();
  const pieces = piecesOf(source);
  let failure = null;
  try {
    yield* readStream(identity, { [Symbol.asyncIterator]: () => ({ next: () => hashed(pieces, hasher) }) });
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    failure = cause;
    // The rest counts too before anybody is blamed.
    while (!(await hashed(pieces, hasher)).done);
  } finally {
    await pieces.return(undefined);
  }
  if (!sameBytes(hasher.digest(), envelope.ciphertextHash)) {
    throw new Refusal(
      'ciphertext-differs',
      '密文不是提交时的密文，可重新提供',
      'These are not the bytes that the act names; they can be supplied again',
    );
  }
  if (failure !== null) throw failure;
}

async function hashed(pieces, hasher) {
  const step = await pieces.next();
  if (!step.done) hasher.update(step.value);
  return step;
}

async function* watched(source, hasher) {
  for await (const piece of piecesOf(source)) {
    await hasher.update(piece);
    yield piece;
  }
}

function isIdentity(text) {
  try {
    recipientOf(text);
    return true;
  } catch (cause) {
    if (cause instanceof Refusal) return false;
    throw cause;
  }
}

function wrong(zh, en) {
  throw new Refusal('wrong-envelopes', `信封不合开标清单：${zh}`, `An envelope ${en}`);
}
