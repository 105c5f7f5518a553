/**
 * RSA blind signatures, RSABSSA-SHA384-PSS (RFC 9474), the holder's side, and the equation that
 * links them. Salt 48 bytes, always; MGF1 with SHA-384.
 *
 * The numbers are BigInt, whose speed depends on them: blind only on the holder's own machine.
 * @typedef {{ n: bigint, e: bigint }} PublicKey
 */

import { sha384 } from '@noble/hashes/sha2.js';
import { bytesNumber, concat, numberBytes, sameBytes } from './bytes.js';
import { fresh } from './chance.js';
import { Malformed, Refusal, refuse } from './errors.js';

export const SALT_LENGTH = 48;

const HASH_LENGTH = 48;
const TRIES = 256; // a sound generator fails so often once in 2^256

/** Bytes of a signature, a blinded value or an `inv` under a key. @param {PublicKey} key */
export const lengthOf = (key) => Math.ceil(bitsOf(key) / 8);

const bitsOf = (key) => key.n.toString(2).length;

/** EMSA-PSS-ENCODE (RFC 8017 section 9.1.1) with SHA-384 for a modulus of `bits` bits. */
export function encode(prepared, bits, salt) {
  const [length, top] = [Math.floor((bits + 6) / 8), (bits - 1) % 8];
  const inner = innerHash(prepared, salt);
  const padding = new Uint8Array(length - salt.length - HASH_LENGTH - 2);
  const masked = masks(concat(padding, Uint8Array.of(1), salt), inner);
  if (top > 0) masked[0] &= (1 << top) - 1;
  return concat(masked, inner, Uint8Array.of(0xbc));
}

/**
 * Blind a prepared message (RFC 9474 section 4.2). Draws the salt (48 bytes), then r (as many bytes
 * as the modulus) again and again until 0 < r < n and r has an inverse.
 * @returns {{ blinded: Uint8Array, inv: Uint8Array }}
 */
export function blind(key, prepared, chance = fresh) {
  const encoded = bytesNumber(encode(prepared, bitsOf(key), chance(SALT_LENGTH)));
  if (inverseOf(encoded, key.n) === null) {
    refuse('此密钥不能使用', 'This key cannot be used', 'bad-bond-key');
  }
  for (let tries = 0; tries < TRIES; tries += 1) {
    const r = bytesNumber(chance(lengthOf(key)));
    const inverse = r > 0n && r < key.n ? inverseOf(r, key.n) : null;
    if (inverse !== null) {
      const blinded = (encoded * power(r, key.e, key.n)) % key.n;
      return { blinded: numberBytes(blinded, lengthOf(key)), inv: numberBytes(inverse, lengthOf(key)) };
    }
  }
  throw new Error('the generator of chance is broken');
}

/**
 * Take the blinding off and verify (RFC 9474 section 4.4): the signature `sigma`. Refused
 * (`bad-blind-signature`) when the signer's answer is not good; secrets may be erased only after
 * this has returned.
 */
export function finalize(key, prepared, blindSignature, inv) {
  const answer = answerOf(key, blindSignature);
  const sigma = numberBytes((answer * invOf(key, inv)) % key.n, lengthOf(key));
  try {
    verify(key, prepared, sigma);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new Malformed(
      'bad-blind-signature',
      '保证金托管方的答复不成立，不要删除任何文件，向托管方查询',
      "The custodian's answer is not good; delete nothing and ask the custodian",
    );
  }
  return sigma;
}

/** Refuse (`bad-token-signature`) unless sigma is the PSS signature, salt exactly 48 bytes. */
export function verify(key, prepared, sigma) {
  const value = bytesNumber(sigma);
  if (sigma.length !== lengthOf(key) || value >= key.n || !isEncoded(key, prepared, value)) {
    refuse('令牌签名不成立', 'The signature of the token does not hold', 'bad-token-signature');
  }
}

/**
 * The blinded value that was once signed for this signature: `(sigma * inv^-1)^e mod n`. Good only
 * together with the organisation's signature. Refused: `bad-link`.
 */
export function linkBlinded(sigma, inv, key) {
  const value = bytesNumber(sigma);
  if (sigma.length !== lengthOf(key) || value <= 0n || value >= key.n) refuseLink();
  const r = inverseOf(invOf(key, inv), key.n);
  return numberBytes(power((value * r) % key.n, key.e, key.n), lengthOf(key));
}

/** The `inv` of a lost wallet, from the signature and the signer's answer. */
export function recoverInv(sigma, blindSignature, key) {
  const inverse = inverseOf(answerOf(key, blindSignature), key.n);
  if (inverse === null || sigma.length !== lengthOf(key)) refuseAnswer();
  return numberBytes((bytesNumber(sigma) * inverse) % key.n, lengthOf(key));
}

/** `base` to the `exponent` modulo `modulus`. */
export function power(base, exponent, modulus) {
  let [result, square] = [1n, base % modulus];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** The greatest common divisor. */
export function gcd(a, b) {
  let [high, low] = [a, b];
  while (low !== 0n) [high, low] = [low, high % low];
  return high;
}

function inverseOf(value, modulus) {
  let [high, low, left, right] = [modulus, value % modulus, 0n, 1n];
  while (low !== 0n) {
    const whole = high / low;
    [high, low] = [low, high - whole * low];
    [left, right] = [right, left - whole * right];
  }
  return high === 1n ? (left + modulus) % modulus : null;
}

/** EMSA-PSS-VERIFY (RFC 8017 section 9.1.2) of the number that a signature opens to. */
function isEncoded(key, prepared, value) {
  const bits = bitsOf(key);
  const number = power(value, key.e, key.n);
  if (number >> BigInt(bits - 1) !== 0n) return false;
  const encoded = numberBytes(number, Math.floor((bits + 6) / 8));
  const inner = encoded.subarray(-HASH_LENGTH - 1, -1);
  const block = masks(encoded.subarray(0, -HASH_LENGTH - 1), inner);
  // Encoding again with the salt found there compares padding, mask, hash and trailer at once.
  return sameBytes(encode(prepared, bits, block.subarray(-SALT_LENGTH)), encoded);
}

const innerHash = (prepared, salt) => sha384(concat(new Uint8Array(8), sha384(prepared), salt));

/** A block under MGF1 with SHA-384 (RFC 8017 appendix B.2.1). */
function masks(block, seed) {
  const masked = Uint8Array.from(block);
  for (let start = 0; start < block.length; start += HASH_LENGTH) {
    const mask = sha384(concat(seed, numberBytes(start / HASH_LENGTH, 4)));
    for (let at = start; at < Math.min(block.length, start + HASH_LENGTH); at += 1) {
      masked[at] ^= mask[at - start];
    }
  }
  return masked;
}

function answerOf(key, blindSignature) {
  const answer = bytesNumber(blindSignature);
  if (blindSignature.length !== lengthOf(key) || answer <= 0n || answer >= key.n) refuseAnswer();
  return answer;
}

function invOf(key, inv) {
  const value = bytesNumber(inv);
  const sound = inv.length === lengthOf(key) && value > 0n && value < key.n;
  if (!sound || gcd(value, key.n) !== 1n) refuseLink();
  return value;
}

function refuseAnswer() {
  refuse(
    '保证金托管方的答复不成立',
    "The custodian's answer does not have the right form",
    'bad-blind-signature',
  );
}

function refuseLink() {
  refuse('保证金关联值不成立', 'The value that links the bond is not good', 'bad-link');
}
