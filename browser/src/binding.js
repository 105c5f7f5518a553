/**
 * What every sealed thing is tied to: one tender, one manifest, one bid key, one kind of envelope.
 *
 * The same header stands in each share before it is sealed and at the front of each payload, so that
 * a share or an envelope copied elsewhere is refused by whoever opens it.
 * @typedef {{ tender: string, manifestHash: Uint8Array, amendment: number, kind: string,
 *   bidPub: Uint8Array, rehearsal?: boolean }} Binding
 */

import { sameBytes } from './bytes.js';
import { fresh } from './chance.js';
import { b64u, canonical, digest, parse, structure } from './encoding.js';
import { Refusal } from './errors.js';
import { Members, checkTender } from './members.js';
import { HOLDER_LIMIT } from './sharing.js';
import { PUBLIC_LENGTH } from './signing.js';

export const HASH_LENGTH = 32;
export const NONCE_LENGTH = 32;
export const SHARE_LENGTH = 75; // 74 bytes y of the identity's text, then x
export const AMENDMENT_LIMIT = 9999;
export const KINDS = ['identity', 'technical', 'price', 'quote', 'scheme', 'nonce'];
export const BID_KINDS = ['identity', 'technical', 'price'];
export const SMALL_KINDS = ['identity', 'nonce']; // of one size, 4 KiB, without documents

const SHARE_TEXT_LIMIT = 4096; // bytes

/** The header of one envelope, its members checked. @returns {Binding} */
export function binding(tender, manifestHash, amendment, kind, bidPub, rehearsal = false) {
  checkTender(tender);
  if (manifestHash.length !== HASH_LENGTH || bidPub.length !== PUBLIC_LENGTH || !KINDS.includes(kind)) {
    throw new RangeError('a hash and a bid key have 32 bytes, a kind is one of six');
  }
  return { tender, manifestHash, amendment, kind, bidPub, rehearsal };
}

/** The kind of an envelope. @param {Members} given */
export const readKind = (given, name = 'kind') => given.choice(name, KINDS);

/** `bind.json`, the first entry of a payload. Draws its nonce, 32 bytes. */
export const bindJson = (bound, chance = fresh) =>
  structure(bound.rehearsal ? 'rehearsal-bind' : 'bind', {
    tender: bound.tender,
    manifest_hash: b64u(bound.manifestHash),
    amendment: bound.amendment,
    kind: bound.kind,
    bid_pub: b64u(bound.bidPub),
    nonce: b64u(chance(NONCE_LENGTH)),
  });

/**
 * Refuse a payload that was not made for this place: `wrong-type`, `malformed`, `copied` (only the
 * act it came with is refused).
 */
export function checkBind(value, bound) {
  const given = new Members(value, bound.rehearsal ? 'rehearsal-bind' : 'bind');
  const same = [
    given.tender() === bound.tender,
    sameBytes(given.octets('manifest_hash', HASH_LENGTH), bound.manifestHash),
    given.whole('amendment', 0, AMENDMENT_LIMIT) === bound.amendment,
    readKind(given) === bound.kind,
    sameBytes(given.octets('bid_pub', PUBLIC_LENGTH), bound.bidPub),
  ];
  given.octets('nonce', NONCE_LENGTH);
  given.end();
  if (same.includes(false)) {
    throw new Refusal(
      'copied',
      '信封是为别处封装的，视为复制，只否决本次提交',
      'The envelope was sealed for another place: this act alone is refused as a copy',
    );
  }
}

/** The bytes sealed to officer i (1-based): the header, i and the share. */
export function shareText(bound, i, share) {
  if (share.length !== SHARE_LENGTH) throw new RangeError('a share has 75 bytes');
  const text = structure(bound.rehearsal ? 'rehearsal-share' : 'share', {
    tender: bound.tender,
    manifest_hash: b64u(bound.manifestHash),
    bid_pub: b64u(bound.bidPub),
    kind: bound.kind,
    i,
    share: b64u(share),
  });
  return canonical(text);
}

/** How many bytes `shareText` has: the same for every share of officer i in this place. */
export const shareTextLength = (bound, i) => shareText(bound, i, new Uint8Array(SHARE_LENGTH)).length;

/** What a bidder publishes of a share: H of the bytes sealed to the officer. */
export const commitment = (text) => digest(text);

/**
 * The share, for the officer's program: 75 bytes, x = i. Refused: `wrong-type`, `malformed`,
 * `foreign-share` (sealed for another tender, manifest, kind, bid key or officer).
 */
export function readShareText(text, bound, i) {
  const kind = bound.rehearsal ? 'rehearsal-share' : 'share';
  const given = new Members(parse(text, SHARE_TEXT_LIMIT), kind);
  const same = [
    given.tender() === bound.tender,
    sameBytes(given.octets('manifest_hash', HASH_LENGTH), bound.manifestHash),
    sameBytes(given.octets('bid_pub', PUBLIC_LENGTH), bound.bidPub),
    readKind(given) === bound.kind,
    given.whole('i', 1, HOLDER_LIMIT) === i,
  ];
  const share = given.octets('share', SHARE_LENGTH);
  given.end();
  if (same.includes(false) || share.at(-1) !== i) {
    throw new Refusal(
      'foreign-share',
      '份额不是为正在开启的信封封装的，已拒绝并报告',
      'The share was not sealed for the envelope being opened; refused and reported',
    );
  }
  return share;
}
