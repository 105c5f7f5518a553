/**
 * age v1 files (age-encryption.org/v1), written in one exact form and read strictly.
 *
 * A file to a recipient has a header of exactly 168 bytes with exactly one X25519 stanza, so that
 * no program can be told from another; a file with any other header is refused.
 */

import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { readBech32, writeBech32 } from './bech32.js';
import { base64, concat, sameSecret, unbase64, utf8 } from './bytes.js';
import { fresh } from './chance.js';
import { refuse } from './errors.js';
import { piecesOf } from './pieces.js';
import { Sealer, Unsealer, chunksLength, openOnce, sealWhole, unsealWhole } from './stream.js';

export const HEADER_LENGTH = 168;
export const NONCE_LENGTH = 16;
export const FILE_KEY_LENGTH = 16;
export const KEY_LENGTH = 32;
export const WORK_FACTOR = 18; // log2 of scrypt's N when writing
export const WORK_LIMIT = 20; // when reading: 1 GiB of memory, no more

const VERSION = 'age-encryption.org/v1';
const B64_32 = '([A-Za-z0-9+/]{43})';
const HEADER = new RegExp(`^${VERSION}\\n-> X25519 ${B64_32}\\n${B64_32}\\n--- ${B64_32}\\n$`);
const SCRYPT = new RegExp(
  `^${VERSION}\\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\\n${B64_32}\\n--- ${B64_32}\\n`,
);
const SCRYPT_HEADER_LIMIT = 200; // bytes; such a header has 156 or 157

/**
 * A fresh identity and its recipient. Draws 32 bytes.
 * @returns {{ identity: string, recipient: string }}
 */
export function newIdentity(chance = fresh) {
  const identity = writeBech32('age-secret-key-', chance(KEY_LENGTH)).toUpperCase();
  return { identity, recipient: recipientOf(identity) };
}

/** The recipient of an identity; text that is no identity is `bad-key-text`. */
export const recipientOf = (identity) =>
  writeBech32('age', x25519.getPublicKey(secretOf(identity)));

/** Refuse (`bad-key-text`) text that is not a recipient in its one form. */
export const checkRecipient = (recipient) => readBech32('age', recipient, KEY_LENGTH);

/** The length in bytes of the file that holds `plain` bytes. */
export const sealedLength = (plain) => HEADER_LENGTH + NONCE_LENGTH + chunksLength(plain);

/**
 * The file that holds the pieces of a source, as it is made; memory needed is two chunks. Draws at
 * once the file key (16 bytes), the ephemeral secret (32) and the nonce (16).
 * @returns {AsyncGenerator<Uint8Array>}
 */
export function writeStream(recipient, source, chance = fresh) {
  const { front, key } = beginning(recipient, chance);
  return sealedPieces(front, key, source);
}

/** The whole file that holds a text; draws as `writeStream`. */
export function write(recipient, text, chance = fresh) {
  const { front, key } = beginning(recipient, chance);
  return concat(front, sealWhole(key, text));
}

/**
 * The text of a file as it is opened. Nothing taken stands before the generator has ended. Refused:
 * `sealed-header`, `sealed-key` (sealed to somebody else), `sealed-mac`, `sealed-body`.
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* readStream(identity, source) {
  let held = new Uint8Array();
  let opener = null;
  for await (const piece of piecesOf(source)) {
    if (opener === null) {
      held = concat(held, piece);
      if (held.length < HEADER_LENGTH + NONCE_LENGTH) continue;
      opener = new Unsealer(payloadKey(fileKey(identity, held), held, HEADER_LENGTH));
      yield* opener.push(held.subarray(HEADER_LENGTH + NONCE_LENGTH));
    } else yield* opener.push(piece);
  }
  if (opener === null) payloadKey(fileKey(identity, held), held, HEADER_LENGTH);
  yield opener.end();
}

/** The whole text of a file; refusals of `readStream`. */
export const read = (identity, file) => readWithFileKey(fileKey(identity, file), file);

/** Refuse (`sealed-header`) a file whose first 168 bytes are not a header in the one form. */
export function checkForm(file) {
  header(file);
}

/** The 16-byte key of one file: what is shown in a dispute. Refused as in `readStream`. */
export function fileKey(identity, file) {
  const { share, body } = header(file);
  const secret = secretOf(identity);
  const salt = concat(share, x25519.getPublicKey(secret));
  const key = openStanza(wrappingKey(secret, share, salt), body);
  checkMac(key, file.subarray(0, HEADER_LENGTH));
  return key;
}

/** The text of a file by its file key: `sealed-header`, `sealed-mac`, `sealed-body`. */
export function readWithFileKey(key, file) {
  header(file);
  checkMac(key, file.subarray(0, HEADER_LENGTH));
  return bodyText(key, file, HEADER_LENGTH);
}

/**
 * A file under a passphrase (one scrypt stanza, N = 2^work, r = 8, p = 1). Draws the file key
 * (16 bytes), the salt (16) and the nonce (16).
 */
export function writePassphrase(passphrase, text, { work = WORK_FACTOR, chance = fresh } = {}) {
  const [key, salt] = [chance(FILE_KEY_LENGTH), chance(16)];
  const wrapped = wrap(passphraseKey(passphrase, salt, work), key);
  const stanza = `-> scrypt ${b64(salt)} ${work}\n${b64(wrapped)}`;
  const { front, key: body } = finished(key, stanza, chance(NONCE_LENGTH));
  return concat(front, sealWhole(body, text));
}

/** The text of a file under a passphrase; refused as in `readStream`, `limit` on the work. */
export function readPassphrase(passphrase, file, limit = WORK_LIMIT) {
  const found = SCRYPT.exec(latin(file.subarray(0, SCRYPT_HEADER_LIMIT)));
  if (found === null || Number(found[2]) > limit) refuseHeader();
  const [salt, body] = [unb64(found[1]), unb64(found[3])];
  const key = openStanza(passphraseKey(passphrase, salt, Number(found[2])), body);
  checkMac(key, file.subarray(0, found[0].length));
  return bodyText(key, file, found[0].length);
}

function beginning(recipient, chance) {
  const [key, secret] = [chance(FILE_KEY_LENGTH), chance(KEY_LENGTH)];
  const to = checkRecipient(recipient);
  const share = x25519.getPublicKey(secret);
  const wrapped = wrap(wrappingKey(secret, to, concat(share, to)), key);
  return finished(key, `-> X25519 ${b64(share)}\n${b64(wrapped)}`, chance(NONCE_LENGTH));
}

function finished(key, stanza, nonce) {
  const head = `${VERSION}\n${stanza}\n---`;
  const front = concat(utf8(`${head} ${b64(macOf(key, utf8(head)))}\n`), nonce);
  return { front, key: derive(key, nonce, 'payload') };
}

async function* sealedPieces(front, key, source) {
  yield front;
  const sealer = new Sealer(key);
  for await (const piece of piecesOf(source)) yield* sealer.push(piece);
  yield sealer.end();
}

function bodyText(key, file, start) {
  return unsealWhole(payloadKey(key, file, start), file.subarray(start + NONCE_LENGTH));
}

function payloadKey(key, file, start) {
  const nonce = file.subarray(start, start + NONCE_LENGTH);
  if (nonce.length < NONCE_LENGTH) refuse('密文不完整', 'The sealed file is cut', 'sealed-body');
  return derive(key, nonce, 'payload');
}

const macOf = (key, covered) => hmac(sha256, derive(key, new Uint8Array(), 'header'), covered);

function checkMac(key, head) {
  const [covered, mac] = [head.subarray(0, -45), head.subarray(-44, -1)];
  if (!sameSecret(utf8(b64(macOf(key, covered))), mac)) {
    refuse('密文头校验不符', 'The header of the sealed file was changed', 'sealed-mac');
  }
}

function header(file) {
  const found = HEADER.exec(latin(file.subarray(0, HEADER_LENGTH)));
  if (found === null) refuseHeader();
  unb64(found[3]);
  return { share: unb64(found[1]), body: unb64(found[2]) };
}

const wrap = (wrapping, key) => chacha20poly1305(wrapping, new Uint8Array(12)).encrypt(key);

function openStanza(wrapping, body) {
  const key = openOnce(wrapping, new Uint8Array(12), body);
  if (key === null) {
    refuse('此密钥打不开这份密文', 'This key does not open this sealed file', 'sealed-key');
  }
  return key;
}

function wrappingKey(secret, point, salt) {
  let shared;
  try {
    shared = x25519.getSharedSecret(secret, point);
  } catch {
    // The point is of small order: everybody would know the result.
    refuse('密文的公钥不可用', 'A public point is not usable', 'sealed-header');
  }
  return derive(shared, salt, `${VERSION}/X25519`);
}

function passphraseKey(passphrase, salt, work) {
  const labelled = concat(utf8(`${VERSION}/scrypt`), salt);
  return scrypt(utf8(passphrase), labelled, { N: 2 ** work, r: 8, p: 1, dkLen: KEY_LENGTH });
}

const derive = (secret, salt, label) => hkdf(sha256, secret, salt, utf8(label), KEY_LENGTH);

function secretOf(identity) {
  if (!/^[\x20-\x7e]+$/.test(identity) || identity !== identity.toUpperCase()) {
    refuse('密钥文本应为大写', 'An identity is written in upper case', 'bad-key-text');
  }
  return readBech32('age-secret-key-', identity.toLowerCase(), KEY_LENGTH);
}

const latin = (raw) => String.fromCharCode(...raw);

const b64 = (raw) => base64(raw).replaceAll('=', '');

function unb64(text) {
  const raw = unbase64(text + '='.repeat((4 - (text.length % 4)) % 4));
  if (raw === null) refuseHeader();
  return raw;
}

function refuseHeader() {
  refuse(
    '密文头不是约定的形式（应恰有一个 X25519 段）',
    'The sealed file does not have the one agreed header',
    'sealed-header',
  );
}
