/**
 * Signed notes and checkpoints (C2SP), read strictly: what the log says of itself, what its
 * witnesses say they saw, and when.
 * @typedef {{ name: string, kind: number, public: Uint8Array, id: string }} VerifierKey
 */

import { base64, bytesNumber, concat, hex, sameBytes, unbase64, utf8 } from './bytes.js';
import { digest } from './encoding.js';
import { refuse } from './errors.js';
import { EMPTY_ROOT } from './merkle.js';
import { checkPublic, holds } from './signing.js';

export const LOG = 0x01;
export const COSIGNER = 0x04;
export const NOTE_LIMIT = 65_536; // bytes
export const PROOF_LIMIT = 63; // hashes of one proof

const SIGNATURE_LIMIT = 64; // lines
const RANGE = 2n ** 63n; // sizes and seconds stay below it
const NAME = /^[!-*,-~]{1,255}$/; // printable, no space, no "+"

/** The key that a vkey text writes; any other text, or a wrong key id, is `malformed`. */
export function parseKey(text) {
  const found = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text);
  const material = found === null ? null : unbase64(found[3]);
  if (material === null || material.length !== 33) {
    refuse('验证公钥格式不对', 'The verifier key is not written as C2SP says');
  }
  const key = { name: found[1], kind: material[0], public: checkPublic(material.slice(1)), id: found[2] };
  checkName(key.name);
  const id = hex(digest(concat(utf8(`${key.name}\n`), material)).subarray(0, 4));
  if (![LOG, COSIGNER].includes(key.kind) || id !== key.id) {
    refuse('验证公钥与其编号不符', 'The verifier key does not have the key id it names');
  }
  return key;
}

/** Refuse a key name or origin that is not printable ASCII without spaces and "+". */
export function checkName(name) {
  if (!NAME.test(name)) refuse('名称不符合 C2SP 规定', 'The name is not one C2SP allows');
}

/** The note that a text is: the signed text with its last newline, and the signature lines. */
export function parseNote(note) {
  const end = note.lastIndexOf('\n\n');
  const rows = note.slice(end + 2).split('\n');
  const sound = utf8(note).length <= NOTE_LIMIT && end > 0 && rows.pop() === '';
  if (!sound || rows.length < 1 || rows.length > SIGNATURE_LIMIT || /[\0-\x09\x0b-\x1f]/.test(note)) {
    refuse('签名文本格式不对', 'The note is not written as C2SP says');
  }
  return { text: note.slice(0, end + 1), signatures: rows.map(parseSignature) };
}

/** The signature bytes of a key in a note, each verified; `bad-signature` if one does not hold. */
export async function signaturesOf(note, key) {
  const found = note.signatures.filter((one) => one.name === key.name && one.id === key.id);
  for (const { signature } of found) {
    const cosigned = key.kind === COSIGNER;
    const at = cosigned ? bytesNumber(signature.subarray(0, 8)) : 0n;
    const covered = cosigned ? `cosignature/v1\ntime ${at}\n${note.text}` : note.text;
    const good = at < RANGE && (await holds(key.public, signature.subarray(cosigned ? 8 : 0), utf8(covered)));
    if (!good) {
      refuse(`${key.name} 的签名不成立`, `The signature of ${key.name} does not hold`, 'bad-signature');
    }
  }
  return found.map((one) => one.signature);
}

/**
 * The checkpoint, if one of the log's keys signed it and `quorum` witnesses cosigned it; `by` is the
 * moment by which so many had seen it, `cosigners` their names. Refused: `malformed`, `bad-signature`, `wrong-origin`,
 * `not-signed`, `not-witnessed`.
 */
export async function verifyCheckpoint(text, logs, witnesses, quorum) {
  const note = parseNote(text);
  const checkpoint = parseText(note.text);
  if (!logs.some((key) => key.name === checkpoint.origin)) {
    const { origin } = checkpoint;
    refuse(`检查点属于另一个日志：${origin}`, `The checkpoint is of another log: ${origin}`, 'wrong-origin');
  }
  let signers = 0;
  for (const key of logs) signers += (await signaturesOf(note, key)).length;
  if (signers === 0) {
    refuse('检查点没有受信任的日志签名', 'No trusted key of the log signed the checkpoint', 'not-signed');
  }
  const [times, cosigners] = [[], []];
  for (const key of witnesses) {
    const seen = (await signaturesOf(note, key)).map((one) => bytesNumber(one.subarray(0, 8)));
    if (seen.length === 0) continue;
    times.push(seen.reduce((a, b) => (a < b ? a : b)));
    cosigners.push(key.name);
  }
  if (times.length < quorum) {
    refuse(
      `检查点只有 ${times.length} 个受信任见证人的联署，需要 ${quorum} 个`,
      `${times.length} trusted witnesses cosigned the checkpoint; ${quorum} are needed`,
      'not-witnessed',
    );
  }
  const ordered = times.sort((a, b) => (a < b ? -1 : 1));
  return { ...checkpoint, by: ordered[quorum - 1] * 1_000_000n, witnesses: times.length, cosigners };
}

function parseText(text) {
  const lines = text.split('\n');
  const root = lines.length === 4 && lines[3] === '' ? unbase64(lines[2]) : null;
  const counted = /^(0|[1-9][0-9]{0,18})$/.test(lines[1] ?? '') && BigInt(lines[1]) < RANGE;
  if (root === null || root.length !== 32 || !counted) {
    refuse('检查点格式不对', 'The checkpoint is not three lines of the agreed form');
  }
  checkName(lines[0]);
  if (lines[1] === '0' && !sameBytes(root, EMPTY_ROOT)) {
    refuse('空日志的根不对', 'The root of an empty log is not this');
  }
  const size = Number(lines[1]);
  if (!Number.isSafeInteger(size)) refuse('日志过大', 'The log is larger than is read here');
  return { origin: lines[0], size, root };
}

function parseSignature(row) {
  const found = /^— ([^ ]+) ([A-Za-z0-9+/]+={0,2})$/.exec(row);
  const raw = found === null ? null : unbase64(found[2]);
  if (raw === null || raw.length <= 4) {
    refuse('签名行格式不对', 'A signature line is not written as C2SP says');
  }
  checkName(found[1]);
  return { name: found[1], id: hex(raw.subarray(0, 4)), signature: raw.slice(4) };
}

/** The vkey text of a verifier key. @param {VerifierKey} key */
export const keyText = (key) =>
  `${key.name}+${key.id}+${base64(concat(Uint8Array.of(key.kind), key.public))}`;
