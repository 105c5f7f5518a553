/** Numbers out of a seed: the same for everybody who has the seed, even for every number drawn. */

import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ascending, bytesNumber, concat, numberBytes, utf8 } from './bytes.js';

const RANGE = 2n ** 64n;

/** HMAC-SHA256 over the parts. @returns {Uint8Array} */
export const mac = (key, ...parts) => hmac(sha256, key, concat(...parts));

/** The values of a stream, each in [0, 2^64). @returns {Generator<bigint>} */
export function* stream(seed, label) {
  for (let counter = 0; counter < 2 ** 32; counter += 1) {
    const block = mac(seed, utf8(`yg/num/v1\0${label}`), numberBytes(counter, 4));
    yield bytesNumber(block.subarray(0, 8));
  }
}

/** The next number in [0, limit) of a stream, from one value or more. */
export function below(values, limit) {
  const wanted = BigInt(limit);
  if (wanted < 1n || wanted > RANGE) throw new RangeError('a number is drawn below [1, 2^64]');
  const fair = RANGE - (RANGE % wanted);
  for (;;) {
    const { value, done } = values.next();
    if (done) throw new RangeError('the stream is at its end');
    if (value < fair) return Number(value % wanted);
  }
}

/** Things that stand strictly ascending, in a drawn order. Stream "perm/<purpose>". */
export function permutation(seed, purpose, things) {
  if (!ascending(things)) throw new RangeError('not strictly ascending');
  const [values, order] = [stream(seed, `perm/${purpose}`), [...things]];
  for (let place = order.length - 1; place > 0; place -= 1) {
    const other = below(values, place + 1);
    [order[place], order[other]] = [order[other], order[place]];
  }
  return order;
}

/** The index drawn from a published list. Stream "pick/<purpose>". */
export function pick(seed, purpose, options) {
  const index = below(stream(seed, `pick/${purpose}`), options.length);
  return { index, option: options[index] };
}

/** `count` different numbers in [0, limit), in drawn order. */
export function distinct(seed, label, limit, count) {
  const [values, moved, drawn] = [stream(seed, label), new Map(), []];
  for (let place = 0; place < count; place += 1) {
    const other = place + below(values, limit - place);
    drawn.push(moved.get(other) ?? other);
    moved.set(other, moved.get(place) ?? place);
  }
  return drawn;
}
