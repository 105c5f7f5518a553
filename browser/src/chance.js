/**
 * Chance as a parameter: the machine's generator in the product, written-down bytes in vectors.
 *
 * Every function of the protocol that makes something random takes `chance` and draws from it in
 * the order its documentation states, so that any implementation can replay a recorded run.
 * @typedef {(count: number) => Uint8Array} Chance
 */

const AT_ONCE = 65_536; // bytes that getRandomValues gives in one call

/** So many unpredictable bytes. @type {Chance} */
export function fresh(count) {
  const drawn = new Uint8Array(count);
  for (let start = 0; start < count; start += AT_ONCE) {
    crypto.getRandomValues(drawn.subarray(start, Math.min(count, start + AT_ONCE)));
  }
  return drawn;
}
