/** Byte strings: joining, comparing, numbers in them. All numbers are big-endian. */

const encoder = new TextEncoder();

/** The UTF-8 bytes of a text. @param {string} text @returns {Uint8Array} */
export const utf8 = (text) => encoder.encode(text);

/** One byte string of several. @param {...Uint8Array} parts @returns {Uint8Array} */
export function concat(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    joined.set(part, place);
    place += part.length;
  }
  return joined;
}

/** Less than, equal to or greater than 0 as `a` stands before, at or behind `b`. */
export function compareBytes(a, b) {
  const shorter = Math.min(a.length, b.length);
  for (let place = 0; place < shorter; place += 1) {
    if (a[place] !== b[place]) return a[place] - b[place];
  }
  return a.length - b.length;
}

/** Whether two byte strings are the same. @param {Uint8Array} a @param {Uint8Array} b */
export const sameBytes = (a, b) => a.length === b.length && compareBytes(a, b) === 0;

/** Whether two byte strings are the same, without telling by time where they differ. */
export function sameSecret(a, b) {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let place = 0; place < a.length; place += 1) difference |= a[place] ^ b[place];
  return difference === 0;
}

/** Whether no item of a list of byte strings stands at or behind the next one. */
export const ascending = (items) =>
  items.every((item, place) => place === 0 || compareBytes(items[place - 1], item) < 0);

/** A whole number in so many bytes. @param {number | bigint} value @param {number} length */
export function numberBytes(value, length) {
  const made = new Uint8Array(length);
  let left = BigInt(value);
  for (let place = length - 1; place >= 0; place -= 1) {
    made[place] = Number(left & 0xffn);
    left >>= 8n;
  }
  if (left !== 0n) throw new RangeError(`${value} does not fit ${length} bytes`);
  return made;
}

/** The whole number that bytes write. @param {Uint8Array} raw @returns {bigint} */
export function bytesNumber(raw) {
  return raw.length === 0 ? 0n : BigInt(`0x${hex(raw)}`);
}

/** Bytes in hexadecimal digits, small letters. @param {Uint8Array} raw @returns {string} */
export const hex = (raw) => Array.from(raw, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The bytes of hexadecimal digits. @param {string} text @returns {Uint8Array} */
export const unhex = (text) =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const inChunks = (raw) => {
  let text = '';
  for (let start = 0; start < raw.length; start += 8192) {
    text += String.fromCharCode(...raw.subarray(start, start + 8192));
  }
  return text;
};

/** Standard base64 with padding (RFC 4648 section 4). @param {Uint8Array} raw @returns {string} */
export const base64 = (raw) => btoa(inChunks(raw));

/**
 * The bytes of standard base64 with padding, or null where it is not written in its one form.
 * @param {string} text @returns {Uint8Array | null}
 */
export function unbase64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  const raw = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  return base64(raw) === text ? raw : null;
}
