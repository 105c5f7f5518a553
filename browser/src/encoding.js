/**
 * Bytes and JSON as the protocol writes them: one form for every value, everything else refused.
 *
 * RFC 8785 (JCS) for JSON, RFC 4648 section 5 without padding for bytes, RFC 3339 in UTC with six
 * digits for moments. Moments are whole microseconds since 1970 (BigInt).
 */

import canonicalize from 'canonicalize';
import { sha256 } from '@noble/hashes/sha2.js';
import { base64, sameBytes, unbase64, utf8 } from './bytes.js';
import { Malformed, refuse } from './errors.js';

export const SUITE = 'intl-1';
export const BODY_LIMIT = 262_144; // bytes of one JSON body
export const DEPTH_LIMIT = 16; // no structure of the protocol nests deeper

const TYPE = /^yg\/[a-z0-9]+(?:-[a-z0-9]+)*\/v1$/;
const MOMENT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})Z$/;
const MILLISECOND = 1000n;

/** `H` of the protocol: SHA-256, 32 bytes. @param {Uint8Array} raw @returns {Uint8Array} */
export const digest = (raw) => sha256(raw);

/** Bytes as base64url without padding. @param {Uint8Array} raw @returns {string} */
export const b64u = (raw) =>
  base64(raw).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/**
 * The bytes of a base64url text; exactly `length` of them where a length is given. Only the one
 * canonical text of each value is read (`malformed`).
 * @param {string} text @param {number} [length] @returns {Uint8Array}
 */
export function unb64u(text, length) {
  const padded = text.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (text.length % 4)) % 4);
  const raw = /^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1 ? unbase64(padded) : null;
  if (raw === null) refuse('不是规范的 base64url 文本', 'Not canonical base64url text');
  if (length !== undefined && raw.length !== length) {
    refuse(`长度应为 ${length} 字节`, `The length must be ${length} bytes`);
  }
  return raw;
}

/**
 * The one byte form of a JSON value (RFC 8785). Fractions, -0, whole numbers from 2^53 on, strings
 * that are not NFC, lone surrogates, U+0000 and nesting deeper than 16 are `malformed`.
 * @param {unknown} value @returns {Uint8Array}
 */
export function canonical(value) {
  checkValue(value, 0);
  return utf8(canonicalize(value));
}

/**
 * The JSON object that exactly these bytes write: `canonical(parse(raw))` is `raw`.
 * @param {Uint8Array} raw @param {number} [limit] bytes
 * @returns {Record<string, unknown>}
 */
export function parse(raw, limit = BODY_LIMIT) {
  if (raw.length > limit) refuse(`超过 ${limit} 字节`, `More than ${limit} bytes`);
  let value;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw));
  } catch {
    refuse('不是规范的 JSON', 'Not JSON');
  }
  if (!isObject(value)) refuse('最外层应为 JSON 对象', 'The outermost value must be a JSON object');
  // A name that stands twice, another order, blanks, other escapes and number forms differ here.
  if (!sameBytes(canonical(value), raw)) {
    refuse('JSON 未按 RFC 8785 书写', 'The JSON is not written as RFC 8785 says');
  }
  return value;
}

/** Whether a JSON value is an object. @param {unknown} value @returns {boolean} */
export const isObject = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A moment as the protocol writes it: UTC, microseconds, `Z`.
 * @param {bigint} when microseconds since 1970 @returns {string}
 */
export function stamp(when) {
  const rest = ((when % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((when - rest) / MILLISECOND));
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || year < 1 || year > 9999) throw new RangeError('no such year');
  return `${date.toISOString().slice(0, 19)}.${String(rest).padStart(6, '0')}Z`;
}

/** The moment that `stamp` writes; any other text is `malformed`. @param {string} text */
export function moment(text) {
  const found = MOMENT.exec(text);
  if (found === null) refuse('时间格式不对', 'The moment is not written as agreed');
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const when = BigInt(date.getTime()) * MILLISECOND + BigInt(found[7]);
  if (year < 1 || stamp(when) !== text) refuse('没有这样的时间', 'There is no such moment');
  return when;
}

/** A `Date` as a moment, to the millisecond. @param {Date} date @returns {bigint} */
export const momentOf = (date) => BigInt(date.getTime()) * MILLISECOND;

/**
 * A structure: its members with `type` "yg/<kind>/v1" and the suite.
 * @param {string} kind @param {Record<string, unknown>} members
 */
export function structure(kind, members) {
  const type = `yg/${kind}/v1`;
  if (!TYPE.test(type)) throw new RangeError(`not a name of a structure: ${kind}`);
  return { type, suite: SUITE, ...members };
}

/**
 * The `type` of a structure of this suite; `malformed` or `unknown-suite` otherwise.
 * @param {Record<string, unknown>} value @returns {string}
 */
export function typeOf(value) {
  if (typeof value.type !== 'string' || !TYPE.test(value.type)) {
    refuse('成员 type 不对', 'Member type is not one of the protocol');
  }
  if (value.suite !== SUITE) {
    throw new Malformed('unknown-suite', '不支持的算法套件', 'The suite is not known here');
  }
  return value.type;
}

/** Refuse (`wrong-type`) a structure that is not a "yg/<kind>/v1" of this suite. */
export function checkType(value, kind) {
  if (typeOf(value) !== `yg/${kind}/v1`) {
    refuse(`此处应为 yg/${kind}/v1`, `A structure yg/${kind}/v1 is needed here`, 'wrong-type');
  }
}

function checkValue(value, depth) {
  if (depth > DEPTH_LIMIT) refuse('嵌套过深', 'Nested too deeply');
  if (Array.isArray(value)) for (const item of value) checkValue(item, depth + 1);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      checkText(name);
      checkValue(item, depth + 1);
    }
  } else checkScalar(value);
}

function checkScalar(value) {
  if (typeof value === 'string') checkText(value);
  else if (value !== null && typeof value !== 'boolean') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      refuse('只接受绝对值小于 2^53 的整数', 'Only whole numbers below 2^53 are taken');
    }
  }
}

function checkText(text) {
  if (/\0|\p{Surrogate}/u.test(text)) {
    refuse('文本含有不允许的字符', 'A text holds a character that is not allowed');
  }
  if (text.normalize('NFC') !== text) {
    refuse('文本不是 NFC 形式', 'A text is not in Unicode form NFC');
  }
}
