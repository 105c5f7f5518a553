/** What a file is, by its content; names of files say nothing. */

import { canonical, isObject, parse } from '../encoding.js';
import { Malformed } from '../errors.js';

export const FILE_LIMIT = 64 * 1024 * 1024; // bytes; larger draw files are for the program
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const KEPT = ['receipt', 'act', 'redemption'];
const TYPES = new Map([
  ['yg/receipt/v1', 'receipt'],
  ['yg/submission/v1', 'act'],
  ['yg/withdrawal/v1', 'act'],
  ['yg/inclusion/v1', 'inclusion'],
  ['yg/redemption/v1', 'redemption'],
  ['yg/closing-list/v1', 'list'],
  ['yg/consistency/v1', 'consistency'],
  ['yg/draw-file/v1', 'draw'],
  ['yg/trust/v1', 'trust'],
]);

/**
 * What a file holds, each with its kind: one of the kinds above, `closing` for the proof of a closing
 * record, `checkpoint`, `case` or `unknown`. A receipt as the sealing page keeps it holds three.
 * @param {Uint8Array} raw
 */
export function read(raw) {
  if (raw.length > FILE_LIMIT) {
    throw new Malformed('too-large', '文件超过 64 MB，用 market.verify 核对', 'The file has more than 64 MB; check it with market.verify');
  }
  if (ZIP.every((byte, at) => raw[at] === byte)) return [{ kind: 'case', raw }];
  if (raw[0] !== 0x7b) return [{ kind: isNote(raw) ? 'checkpoint' : 'unknown', raw }];
  const value = parse(raw, FILE_LIMIT);
  if (value.type !== undefined || !isObject(value.receipt)) return [one(raw, value)];
  return KEPT.filter((name) => isObject(value[name])).map((name) => one(canonical(value[name]), value[name]));
}

function one(raw, value) {
  const kind = TYPES.get(value.type) ?? 'unknown';
  const isClosing = kind === 'inclusion' && value.entry?.type === 'yg/closing/v1';
  return { kind: isClosing ? 'closing' : kind, raw, value };
}

/** A checkpoint is a signed note: text, an empty line, signatures that begin with a long dash. */
const isNote = (raw) => new TextDecoder().decode(raw.subarray(0, 65_536)).includes('\n\n\u2014 ');
