/** Bech32 (BIP 173) as age writes its keys: lower case for recipients, upper for identities. */

import { refuse } from './errors.js';

const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const CHECK_LENGTH = 6;

/** The lower-case Bech32 text of bytes under a lower-case prefix. */
export function writeBech32(prefix, raw) {
  const values = regroup(raw, 8, 5);
  const remainder = polymod([...spread(prefix), ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  const check = Array.from({ length: CHECK_LENGTH }, (_, place) => (remainder >> (5 * (5 - place))) & 31);
  return `${prefix}1${[...values, ...check].map((value) => LETTERS[value]).join('')}`;
}

/** The `length` bytes of a lower-case Bech32 text with this prefix; else `bad-key-text`. */
export function readBech32(prefix, text, length) {
  const [head, letters] = [text.slice(0, prefix.length + 1), text.slice(prefix.length + 1)];
  const places = Array.from(letters, (letter) => LETTERS.indexOf(letter));
  const known = head === `${prefix}1` && !places.includes(-1);
  const values = known ? regroup(places.slice(0, -CHECK_LENGTH), 5, 8) : [];
  const raw = Uint8Array.from(values.slice(0, length));
  // Writing it again compares checksum, length and loose bits at once.
  if (!known || raw.length !== length || writeBech32(prefix, raw) !== text) {
    refuse('密钥文本有误，检查是否抄错', 'This is not the text of a key', 'bad-key-text');
  }
  return raw;
}

function polymod(values) {
  let remainder = 1;
  for (const value of values) {
    const top = remainder >>> 25;
    remainder = ((remainder & 0x1ffffff) << 5) ^ value;
    GENERATOR.forEach((term, place) => {
      if ((top >> place) & 1) remainder ^= term;
    });
  }
  return remainder;
}

function spread(prefix) {
  const codes = Array.from(prefix, (sign) => sign.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** Values of `source` bits as values of `target` bits, the last one filled up with zeros. */
function regroup(values, source, target) {
  const made = [];
  let [held, bits] = [0, 0];
  for (const value of values) {
    held = (held << source) | value;
    for (bits += source; bits >= target; ) {
      bits -= target;
      made.push((held >> bits) & ((1 << target) - 1));
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) made.push((held << (target - bits)) & ((1 << target) - 1));
  return made;
}
