/**
 * Shamir's sharing over GF(2^8) with the polynomial 0x11B, shares at x = 1…n.
 *
 * A share is the bytes y(x), one for each byte of the secret, then the byte x. Tables are looked up
 * by secret bytes, so a share must not be made on a machine that somebody else measures.
 */

import { fresh } from './chance.js';
import { refuse } from './errors.js';

export const HOLDER_LIMIT = 15; // most holders of one secret; a manifest names no more officers

const ORDER = 255;
const POWERS = new Uint8Array(2 * ORDER); // of the generator 3, twice around
const LOGARITHMS = new Uint8Array(ORDER + 1);
for (let exponent = 0, value = 1; exponent < ORDER; exponent += 1) {
  POWERS[exponent] = value;
  POWERS[exponent + ORDER] = value;
  LOGARITHMS[value] = exponent;
  const doubled = value << 1;
  value ^= doubled ^ (doubled > ORDER ? 0x11b : 0);
}

/**
 * The n shares of a secret, of which any k give it back. Draws `secret.length * (k - 1)` bytes at
 * once: for each byte of the secret, in order, its coefficients of x, x^2, …, x^(k-1).
 */
export function split(secret, k, n, chance = fresh) {
  if (!(k >= 2 && k <= n && n <= HOLDER_LIMIT)) {
    throw new RangeError(`no sharing among ${n} of whom ${k} suffice`);
  }
  const drawn = chance(secret.length * (k - 1));
  return Array.from({ length: n }, (_, place) => {
    const x = place + 1;
    const share = new Uint8Array(secret.length + 1);
    secret.forEach((byte, at) => {
      let total = 0;
      for (let term = k - 2; term >= 0; term -= 1) {
        total = multiply(total, x) ^ drawn[at * (k - 1) + term];
      }
      share[at] = multiply(total, x) ^ byte;
    });
    share[secret.length] = x;
    return share;
  });
}

/**
 * What the shares give at x = 0: the secret, if they are k or more true shares of it. Nothing is
 * proved about it: see `allN`. Refused (`bad-shares`): fewer than two, unlike lengths, x = 0 or the
 * same x twice.
 */
export function combine(shares) {
  checkShares(shares);
  return interpolate(shares, 0);
}

/** All n shares on the polynomials of degree k - 1 through these k shares. */
export function allN(shares, n) {
  checkShares(shares);
  if (shares.some((share) => share.at(-1) > n)) {
    refuse('份额编号超出范围', 'A share lies beyond n', 'bad-shares');
  }
  return Array.from({ length: n }, (_, place) =>
    Uint8Array.of(...interpolate(shares, place + 1), place + 1),
  );
}

/** Whether k shares lie, in every byte, on a polynomial of a degree below k - 1. */
export function isLowerDegree(shares) {
  checkShares(shares);
  const xs = shares.map((share) => share.at(-1));
  const weights = xs.map((x) => inverse(product(xs, x, x)));
  return weighted(shares, weights).every((byte) => byte === 0);
}

function checkShares(shares) {
  if (shares.length < 2 || shares.some((share) => share.length !== shares[0].length)) {
    refuse('份额不足或长度不一', 'Too few shares, or of unlike lengths', 'bad-shares');
  }
  const xs = shares.map((share) => share.at(-1) ?? 0);
  if (xs.includes(0) || new Set(xs).size !== xs.length) {
    refuse('份额编号为零或重复', 'A share is numbered zero or twice', 'bad-shares');
  }
}

function interpolate(shares, at) {
  const xs = shares.map((share) => share.at(-1));
  const weights = xs.map((x) => multiply(product(xs, x, at), inverse(product(xs, x, x))));
  return weighted(shares, weights);
}

/** The product of (at - other) over all x but one. */
const product = (xs, left, at) =>
  xs.reduce((total, other) => (other === left ? total : multiply(total, at ^ other)), 1);

function weighted(shares, weights) {
  const sum = new Uint8Array(shares[0].length - 1);
  shares.forEach((share, number) => {
    for (let at = 0; at < sum.length; at += 1) sum[at] ^= multiply(weights[number], share[at]);
  });
  return sum;
}

const multiply = (a, b) => (a === 0 || b === 0 ? 0 : POWERS[LOGARITHMS[a] + LOGARITHMS[b]]);
const inverse = (a) => POWERS[ORDER - LOGARITHMS[a]];
