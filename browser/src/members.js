/**
 * Reading a structure member by member: each read once with its type, nothing left over.
 *
 * A member that is missing, of another type, out of range or not foreseen is `malformed`.
 */

import { b64u, checkType, isObject, moment, unb64u } from './encoding.js';
import { refuse } from './errors.js';

const TEXT_LIMIT = 200; // characters, where a reader states no other limit
const TENDER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const USCC = /^[0-9A-HJ-NPQRTUWXY]{18}$/;
const EPOCH = /^[0-9]{4}Q[1-4]$/;

/** The members of one JSON object, taken one by one. */
export class Members {
  /** @param {unknown} value @param {string} [kind] the object must be a "yg/<kind>/v1" */
  constructor(value, kind) {
    if (!isObject(value)) refuse('应为 JSON 对象', 'A JSON object is needed');
    this.left = new Map(Object.entries(value));
    if (kind !== undefined) {
      checkType(value, kind);
      this.left.delete('type');
      this.left.delete('suite');
    }
  }

  /** The member as it stands. @param {string} name */
  take(name) {
    if (!this.left.has(name)) refuse(`缺少成员 ${name}`, `Member ${name} is missing`);
    const value = this.left.get(name);
    this.left.delete(name);
    return value;
  }

  /** Refuse members that nobody has taken. */
  end() {
    if (this.left.size > 0) {
      const odd = [...this.left.keys()].sort().join(', ').slice(0, TEXT_LIMIT);
      refuse(`多余成员：${odd}`, `Members not foreseen: ${odd}`);
    }
  }

  /** A text of `low` to `high` characters. */
  text(name, low = 1, high = TEXT_LIMIT) {
    const value = this.take(name);
    const length = typeof value === 'string' ? [...value].length : -1;
    if (length < low || length > high) {
      refuse(`成员 ${name} 应为文本`, `Member ${name} must be text of a fit length`);
    }
    return value;
  }

  /** A whole number from `low` to `high`, both allowed. */
  whole(name, low = 0, high = Number.MAX_SAFE_INTEGER) {
    const value = this.take(name);
    if (!Number.isSafeInteger(value) || value < low || value > high) {
      refuse(
        `成员 ${name} 应为 ${low} 到 ${high} 的整数`,
        `Member ${name} must be a whole number from ${low} to ${high}`,
      );
    }
    return value;
  }

  /** True or false. */
  truth(name) {
    const value = this.take(name);
    if (typeof value !== 'boolean') {
      refuse(`成员 ${name} 应为真假值`, `Member ${name} must be true or false`);
    }
    return value;
  }

  /** Bytes written as base64url; exactly `length` of them where a length is given. */
  octets(name, length) {
    const value = this.take(name);
    if (typeof value !== 'string') {
      refuse(`成员 ${name} 应为文本`, `Member ${name} must be text`);
    }
    return unb64u(value, length);
  }

  /** A moment, in microseconds since 1970. */
  moment(name) {
    return moment(this.text(name));
  }

  /** One of the allowed words. @param {string} name @param {readonly string[]} allowed */
  choice(name, allowed) {
    const value = this.take(name);
    if (!allowed.includes(value)) {
      refuse(`成员 ${name} 的取值不对`, `Member ${name} has a value not foreseen`);
    }
    return value;
  }

  /** The number of a tender. */
  tender(name = 'tender') {
    return this.matching(name, TENDER);
  }

  /** A unified social credit code of the form of GB 32100-2015. */
  uscc(name = 'uscc') {
    return this.matching(name, USCC);
  }

  /** A quarter, such as "2026Q4". */
  epoch(name = 'epoch') {
    return this.matching(name, EPOCH);
  }

  /** Null for null, else what the reader makes of the member of this name. */
  maybe(name, reader) {
    if (this.left.get(name) === null) {
      this.left.delete(name);
      return null;
    }
    return reader(name);
  }

  /** The members of an object inside this one. */
  inner(name, kind) {
    return new Members(this.take(name), kind);
  }

  /** A list of `low` to `high` items, each made by the reader. */
  array(name, reader, low = 0, high = 4096) {
    const value = this.take(name);
    if (!Array.isArray(value) || value.length < low || value.length > high) {
      refuse(
        `成员 ${name} 应为 ${low} 到 ${high} 项的列表`,
        `Member ${name} must be a list of ${low} to ${high} items`,
      );
    }
    return value.map((item) => reader(item));
  }

  /** A text that matches a pattern. */
  matching(name, pattern) {
    const value = this.take(name);
    if (typeof value !== 'string' || !pattern.test(value)) {
      refuse(`成员 ${name} 的写法不对`, `Member ${name} is not written as agreed`);
    }
    return value;
  }
}

/** A reader of list items that are `length` bytes in base64url. */
export const octetsOf = (length) => (item) => new Members({ item }).octets('item', length);

/** A reader of list items that are one of the allowed words. */
export const choiceOf = (allowed) => (item) => new Members({ item }).choice('item', allowed);

/** A list item that is text. */
export const textItem = (item) => new Members({ item }).text('item');

/** A list item that is a unified social credit code. */
export const usccItem = (item) => new Members({ item }).uscc('item');

/** A list item that is an object. */
export function objectItem(item) {
  if (!isObject(item)) refuse('应为 JSON 对象', 'A JSON object is needed');
  return item;
}

/** The tender number, if it has the form a structure may carry. */
export const checkTender = (tender) => new Members({ tender }).tender();

/** Byte strings as a JSON list of base64url texts. */
export const octetList = (items) => items.map(b64u);

/** A text of 1 to 64 small letters, digits, points, low lines or hyphens. */
export const word = (item) => new Members({ item }).matching('item', /^[a-z0-9][a-z0-9._-]{0,63}$/);

/** A text of 1 to 128 visible ASCII characters: the number of a draw, a case, a subject. */
export const serial = (item) => new Members({ item }).matching('item', /^[!-~]{1,128}$/);
