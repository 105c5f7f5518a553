/**
 * Keys for blind signing: which are fit, and how they are written.
 *
 * A key that somebody shaped could make a holder's blinding fail visibly or its token forgeable, so
 * a client uses only moduli of exactly 3072 bits without small or common factors.
 */

import { bytesNumber, concat, numberBytes, sameBytes, unhex } from './bytes.js';
import { digest } from './encoding.js';
import { refuse } from './errors.js';
import { gcd } from './blind.js';

export const BITS = 3072;
export const LENGTH = BITS / 8; // bytes of sigma, blinded and inv
export const EXPONENT = 65_537n;

const SMALL_FACTOR = 65_536;
// SubjectPublicKeyInfo around a modulus of exactly 3072 bits and the exponent 65537: fixed bytes.
const BEFORE = unhex('308201a2300d06092a864886f70d01010105000382018f003082018a0282018100');
const BEHIND = unhex('0203010001');

/** The key as SubjectPublicKeyInfo (DER), 422 bytes. @param {import('./blind.js').PublicKey} key */
export const writePublic = (key) => concat(BEFORE, numberBytes(key.n, LENGTH), BEHIND);

/**
 * The key that these DER bytes write, if it is fit (`bad-bond-key`): no other algorithm or way to
 * write it, exactly 3072 bits, no factor below 2^16, exponent 65537.
 */
export function readPublic(spki) {
  const key = { n: bytesNumber(spki.subarray(BEFORE.length, -BEHIND.length)), e: EXPONENT };
  const length = BEFORE.length + LENGTH + BEHIND.length;
  if (spki.length !== length || !sameBytes(writePublic(key), spki)) {
    refuse('不是约定形式的 3072 位 RSA 公钥', 'This is not a 3072-bit RSA public key in its one form', 'bad-bond-key');
  }
  checkPublic(key);
  return key;
}

/** Refuse (`bad-bond-key`) a key that is not fit; see `readPublic`. */
export function checkPublic(key) {
  if (key.n.toString(2).length !== BITS || key.e !== EXPONENT) {
    refuse('公钥应为 3072 位、指数 65537', 'The key must have 3072 bits and the exponent 65537', 'bad-bond-key');
  }
  if (smallPrimes().some((prime) => key.n % prime === 0n)) {
    refuse('公钥模数有小因子', 'The modulus has a small factor', 'bad-bond-key');
  }
}

/** Refuse (`bad-bond-key`) keys of which two are equal or share a factor. */
export function checkModuli(keys) {
  let product = 1n;
  for (const key of keys) {
    if (gcd(product, key.n) !== 1n) {
      refuse('两把公钥有公因子', 'Two keys share a factor', 'bad-bond-key');
    }
    product *= key.n;
  }
}

/** The name of a key inside nullifiers: SHA-256 of its DER bytes, 32 bytes. */
export const keyId = (key) => digest(writePublic(key));

let primes = null;

function smallPrimes() {
  if (primes === null) {
    const composite = new Uint8Array(SMALL_FACTOR);
    primes = [];
    for (let number = 2; number < SMALL_FACTOR; number += 1) {
      if (composite[number] === 0) primes.push(BigInt(number));
      else continue;
      for (let other = number * number; other < SMALL_FACTOR; other += number) composite[other] = 1;
    }
  }
  return primes;
}
