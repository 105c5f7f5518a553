/** Trees of fixed depth that look the same whether they hold nothing or thousands. */

import { numberBytes, sameBytes, utf8 } from './bytes.js';
import { refuse } from './errors.js';
import { nodeHash } from './merkle.js';
import { distinct, mac } from './numbers.js';

export const BATCH_DEPTH = 12; // anonymous acts of one tick of five seconds
export const DEPOSIT_DEPTH = 20; // deposits booked in one tick of ten minutes
export const COVER_DEPTH = 6; // cover keys of one tender

/** The tree of some leaf hashes under a seed of 32 bytes: root, places, paths. */
export class FixedTree {
  constructor(depth, seed, leaves) {
    this.depth = depth;
    this.seed = seed;
    this.places = distinct(seed, `place/${depth}`, 2 ** depth, leaves.length);
    this.levels = [new Map(this.places.map((place, at) => [place, leaves[at]]))];
    for (let level = 0; level < depth; level += 1) {
      const above = new Set([...this.levels[level].keys()].map((index) => Math.floor(index / 2)));
      this.levels.push(
        new Map([...above].map((index) => [index, nodeHash(this.node(level, 2 * index), this.node(level, 2 * index + 1))])),
      );
    }
    this.root = this.node(depth, 0);
  }

  /** The `depth` hashes beside the way from a place to the root, from the leaf upwards. */
  path(place) {
    return Array.from({ length: this.depth }, (_, level) => {
      const index = Math.floor(place / 2 ** level);
      return this.node(level, index % 2 === 0 ? index + 1 : index - 1);
    });
  }

  node(level, index) {
    return this.levels[level].get(index) ?? fill(this.seed, this.depth, level, index);
  }
}

/** What stands for an empty subtree; level 0 is an empty leaf. */
export const fill = (seed, depth, level, index) =>
  mac(seed, utf8('yg/fill/v1\0'), Uint8Array.of(depth, level), numberBytes(index, 4));

/** The root to which a leaf hash at a place leads along a path. */
export const rootOfPath = (leaf, place, path) =>
  path.reduce((found, beside, level) => {
    const right = Math.floor(place / 2 ** level) % 2 === 1;
    return right ? nodeHash(beside, found) : nodeHash(found, beside);
  }, leaf);

/** Refuse (`not-in-tree`) unless the leaf stands at the place of the tree of this root. */
export function checkPath(depth, leaf, place, path, root) {
  const sound =
    place >= 0 &&
    place < 2 ** depth &&
    path.length === depth &&
    [leaf, root, ...path].every((item) => item.length === 32);
  if (!sound || !sameBytes(rootOfPath(leaf, place, path), root)) {
    refuse(
      '该叶子不在此根之下的此位置',
      'The leaf does not stand at this place under this root',
      'not-in-tree',
    );
  }
}
