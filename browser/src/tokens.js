/**
 * Bond tokens: what a bidder shows instead of its name, and what marks a token as used.
 *
 * A token is a blind signature over a message that commits to the token's own signing key (the bid
 * key). Refund tokens are the same thing under another key and another label.
 * @typedef {{ denomination: number, epoch: string, prepared: Uint8Array, sigma: Uint8Array,
 *   purpose: string }} Token
 */

import { finalize, linkBlinded, verify } from './blind.js';
import { LENGTH } from './blindkeys.js';
import { BID, REFUND, readDenomination } from './bondkeys.js';
import { concat, sameBytes, utf8 } from './bytes.js';
import { fresh } from './chance.js';
import { b64u, digest, structure } from './encoding.js';
import { Refusal, refuse } from './errors.js';
import { Members } from './members.js';
import { PUBLIC_LENGTH } from './signing.js';

export const PREFIX_LENGTH = 32; // random bytes before the message (RFC 9474, PrepareRandomize)
export const PREPARED_LENGTH = 64;
export const HASH_LENGTH = 32;

const LABELS = { [BID]: 'yg/bond-token/v1', [REFUND]: 'yg/refund-token/v1' };
const KINDS = { [BID]: 'token', [REFUND]: 'refund-token' };

/** The structure of a token. @param {Token} token */
export const tokenJson = (token) =>
  structure(KINDS[token.purpose], {
    denomination: token.denomination,
    epoch: token.epoch,
    prepared: b64u(token.prepared),
    sigma: b64u(token.sigma),
  });

/** The token of a structure, form only; `malformed` otherwise. @returns {Token} */
export function readToken(value, purpose = BID) {
  const given = new Members(value, KINDS[purpose]);
  const token = {
    denomination: readDenomination(given),
    epoch: given.epoch(),
    prepared: given.octets('prepared', PREPARED_LENGTH),
    sigma: given.octets('sigma', LENGTH),
    purpose,
  };
  given.end();
  return token;
}

/** What a token says: `H(label || public)`, 32 bytes, for the public bytes of its key. */
export function tokenMessage(key, purpose = BID) {
  if (key.length !== PUBLIC_LENGTH) {
    refuse('公钥应为 32 字节', 'A public key has 32 bytes', 'bad-key');
  }
  return digest(concat(utf8(LABELS[purpose]), key));
}

/** The message to be blinded, 64 bytes: 32 random bytes (drawn here), then `tokenMessage`. */
export const prepare = (key, purpose = BID, chance = fresh) =>
  concat(chance(PREFIX_LENGTH), tokenMessage(key, purpose));

/** The token from the custodian's answer; `bad-blind-signature` when that is not good. */
export function makeToken(key, prepared, blindSignature, inv) {
  const sigma = finalize(key.key, prepared, blindSignature, inv);
  return { denomination: key.denomination, epoch: key.epoch, prepared, sigma, purpose: key.purpose };
}

/**
 * The key under which a token is good for the holder of a bid key. In this order:
 * `unknown-bond-key`, `foreign-token` (it names another bid key), `bad-token-signature`.
 */
export function checkToken(token, bidPub, keys) {
  const key = keys.key(token.denomination, token.epoch, token.purpose);
  if (!sameBytes(token.prepared.subarray(PREFIX_LENGTH), tokenMessage(bidPub, token.purpose))) {
    throw new Refusal(
      'foreign-token',
      '令牌不属于此投标密钥',
      'The token does not belong to this bid key',
    );
  }
  verify(key.key, token.prepared, token.sigma);
  return key;
}

/** Refuse (`wrong-denomination`) a token of another amount than the manifest asks for. */
export function checkDenomination(token, denomination) {
  if (token.denomination !== denomination) {
    throw new Refusal(
      'wrong-denomination',
      '令牌面额与招标要求的保证金不符',
      'The token is not of the amount this tender asks for',
    );
  }
}

/** What is kept of a token once shown: `H("yg/nullifier/v1" || key_id || prepared)`. */
export function nullifier(keyId, prepared) {
  if (keyId.length !== HASH_LENGTH || prepared.length !== PREPARED_LENGTH) {
    throw new RangeError('a nullifier is taken over 32 and 64 bytes');
  }
  return digest(concat(utf8('yg/nullifier/v1'), keyId, prepared));
}

/** The name of a deposit: `H(blinded)` over its 384 bytes. */
export function blindedHash(blinded) {
  if (blinded.length !== LENGTH) {
    refuse('盲化值长度不对', 'A blinded value has 384 bytes', 'bad-blinded');
  }
  return digest(blinded);
}

/** The name of the deposit that a token and its `inv` point at; `bad-link` if at none. */
export function linkedDeposit(token, inv, keys) {
  const key = keys.key(token.denomination, token.epoch, token.purpose);
  return blindedHash(linkBlinded(token.sigma, inv, key.key));
}
