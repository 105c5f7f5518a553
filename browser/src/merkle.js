/**
 * Merkle trees of the public record (RFC 9162 section 2.1, SHA-256): roots, and checks of proofs of
 * inclusion and of mere growth. Everything works on leaf hashes.
 */

import { concat, sameBytes } from './bytes.js';
import { digest } from './encoding.js';
import { refuse } from './errors.js';

export const HASH_LENGTH = 32;
export const EMPTY_ROOT = digest(new Uint8Array()); // the tree without leaves

/** The leaf hash of an entry: SHA-256 of 0x00 and its bytes. */
export const leafHash = (entry) => digest(concat(Uint8Array.of(0), entry));

/** The hash of an inner node: SHA-256 of 0x01 and its two children. */
export const nodeHash = (left, right) => digest(concat(Uint8Array.of(1), left, right));

/** The root of a tree of these leaf hashes, in this order. */
export function root(leaves) {
  if (leaves.length === 0) return EMPTY_ROOT;
  // Complete subtrees from the left, largest first, as many as there are bits set in the count.
  const peaks = [];
  leaves.forEach((leaf, index) => {
    let held = leaf;
    for (let place = index; place % 2 === 1; place = (place - 1) / 2) held = nodeHash(peaks.pop(), held);
    peaks.push(held);
  });
  return peaks.reduceRight((right, left) => nodeHash(left, right));
}

/** The hashes that lead from leaf `index` to the root of these leaves, from the leaf upwards. */
export function inclusionProof(leaves, index) {
  if (index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index}`);
  let [start, end] = [0, leaves.length];
  const path = [];
  while (end - start > 1) {
    let half = 1;
    while (2 * half < end - start) half *= 2;
    const middle = start + half;
    if (index < middle) {
      path.push(root(leaves.slice(middle, end)));
      end = middle;
    } else {
      path.push(root(leaves.slice(start, middle)));
      start = middle;
    }
  }
  return path.reverse();
}

/** Refuse (`not-included`) unless the leaf hash stands at `index` of the tree of `size`. */
export function verifyInclusion(leaf, index, size, proof, treeRoot) {
  checkHashes(leaf, treeRoot, ...proof);
  const found = index >= 0 && index < size ? rootOfProof(leaf, index, size, proof) : null;
  if (found === null || !sameBytes(found, treeRoot)) {
    refuse(
      '包含证明不成立：该条目不在此位置，或日志根不同',
      'The inclusion proof does not hold: the entry is not at this place under this root',
      'not-included',
    );
  }
}

/** The root that a leaf and its proof lead to, or null for a proof of the wrong length. */
export function rootOfProof(leaf, index, size, proof) {
  let [place, last, found] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const step of proof) {
    if (last === 0n) return null;
    if (place & 1n || place === last) {
      found = nodeHash(step, found);
      while (!(place & 1n) && place !== 0n) [place, last] = [place >> 1n, last >> 1n];
    } else found = nodeHash(found, step);
    [place, last] = [place >> 1n, last >> 1n];
  }
  return last === 0n ? found : null;
}

/** Refuse (`not-consistent`) unless the tree of `old` leaves is the beginning of that of `size`. */
export function verifyConsistency(old, oldRoot, size, newRoot, proof) {
  checkHashes(oldRoot, newRoot, ...proof);
  const trivial = old === size || old === 0;
  const sound = old >= 0 && old <= size && (!trivial || proof.length === 0);
  const holds =
    sound &&
    (old !== size || sameBytes(oldRoot, newRoot)) &&
    (old !== 0 || sameBytes(oldRoot, EMPTY_ROOT)) &&
    (trivial || grows(old, oldRoot, size, newRoot, proof));
  if (!holds) {
    refuse(
      '一致性证明不成立：新日志不是旧日志的延续',
      'The consistency proof does not hold: the new log does not continue the old one',
      'not-consistent',
    );
  }
}

function grows(old, oldRoot, size, newRoot, proof) {
  let [place, last] = [BigInt(old) - 1n, BigInt(size) - 1n];
  const steps = (BigInt(old) & place) === 0n ? [oldRoot, ...proof] : [...proof];
  if (proof.length === 0) return false;
  while (place & 1n) [place, last] = [place >> 1n, last >> 1n];
  let [fromOld, fromNew] = [steps[0], steps[0]];
  for (const step of steps.slice(1)) {
    if (last === 0n) return false;
    if (place & 1n || place === last) {
      [fromOld, fromNew] = [nodeHash(step, fromOld), nodeHash(step, fromNew)];
      while (!(place & 1n) && place !== 0n) [place, last] = [place >> 1n, last >> 1n];
    } else fromNew = nodeHash(fromNew, step);
    [place, last] = [place >> 1n, last >> 1n];
  }
  return last === 0n && sameBytes(fromOld, oldRoot) && sameBytes(fromNew, newRoot);
}

function checkHashes(...hashes) {
  if (hashes.some((one) => one.length !== HASH_LENGTH)) {
    refuse('哈希应为 32 字节', 'A hash has 32 bytes', 'bad-hash');
  }
}
