/**
 * Ed25519 signatures over structures of the protocol (RFC 8032), by the machine's WebCrypto.
 *
 * What is signed is `"yg/sig/v1\n" || type || "\n" || JCS(structure without the signature)`.
 * @typedef {{ secret: CryptoKey, public: Uint8Array }} SigningKey
 */

import { bytesNumber, concat, unhex, utf8 } from './bytes.js';
import { fresh } from './chance.js';
import { b64u, canonical, digest, typeOf, unb64u } from './encoding.js';
import { Malformed, Refusal, refuse } from './errors.js';

export const PUBLIC_LENGTH = 32;
export const PRIVATE_LENGTH = 32;
export const SIGNATURE_LENGTH = 64;

const PREFIX = 'yg/sig/v1\n';
const PKCS8 = unhex('302e020100300506032b657004220420'); // before the 32 bytes (RFC 8410 section 7)

// The y coordinates of the eight points of small order on edwards25519. A key among them would
// verify signatures that nobody made, so its holder could later disown every act.
const FIELD = 2n ** 255n - 19n;
const SMALL_ORDER = new Set([
  0n,
  1n,
  FIELD - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);

/** A fresh signing key. Draws 32 bytes. @returns {Promise<SigningKey>} */
export const newKey = (chance = fresh) => loadPrivate(chance(PRIVATE_LENGTH));

/** The signing key of 32 secret bytes (RFC 8032 section 5.1.5). @returns {Promise<SigningKey>} */
export async function loadPrivate(raw) {
  if (raw.length !== PRIVATE_LENGTH) refuse('私钥应为 32 字节', 'A private key has 32 bytes');
  const secret = await crypto.subtle.importKey('pkcs8', concat(PKCS8, raw), 'Ed25519', true, ['sign']);
  const { x } = await crypto.subtle.exportKey('jwk', secret);
  return { secret, public: unb64u(x, PUBLIC_LENGTH) };
}

/** The 32 secret bytes of a signing key. @param {SigningKey} key @returns {Promise<Uint8Array>} */
export async function privateBytes(key) {
  return new Uint8Array(await crypto.subtle.exportKey('pkcs8', key.secret)).slice(-PRIVATE_LENGTH);
}

/** The 32 public bytes of a signing key. @param {SigningKey} key @returns {Uint8Array} */
export const publicBytes = (key) => key.public;

/** The name of a public key: base64url of the SHA-256 of its bytes. @param {Uint8Array} key */
export const keyId = (key) => b64u(digest(key));

/** The public bytes, if fit: wrong length, non-canonical y or small order is `bad-key`. */
export function checkPublic(key) {
  if (key.length !== PUBLIC_LENGTH) {
    refuse('公钥应为 32 字节', 'A public key has 32 bytes', 'bad-key');
  }
  const height = bytesNumber(key.slice().reverse()) & (2n ** 255n - 1n);
  if (height >= FIELD || SMALL_ORDER.has(height)) {
    refuse('公钥不可用', 'The public key is not usable', 'bad-key');
  }
  return key;
}

/**
 * Whether a signature of 64 bytes over some bytes is that of a public key; `bad-key` for a key
 * that is not fit.
 * @returns {Promise<boolean>}
 */
export async function holds(key, signature, covered) {
  checkPublic(key);
  if (signature.length !== SIGNATURE_LENGTH) return false;
  try {
    const loaded = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', loaded, signature, covered);
  } catch (cause) {
    // A public key that is no point of the curve: some machines refuse to load it at all.
    if (cause instanceof DOMException && ['DataError', 'OperationError'].includes(cause.name)) {
      return false;
    }
    throw cause;
  }
}

/** The bytes that a signature in `member` covers: everything of the structure but itself. */
export function message(value, member = 'signature') {
  const kind = typeOf(value);
  const { [member]: _, ...rest } = value;
  return concat(utf8(`${PREFIX}${kind}\n`), canonical(rest));
}

/** The structure with its signature in `member`. @param {SigningKey} key */
export async function signed(value, key, member = 'signature') {
  const signature = await crypto.subtle.sign('Ed25519', key.secret, message(value, member));
  return { ...value, [member]: b64u(new Uint8Array(signature)) };
}

/** Refuse (`bad-signature`) unless `member` holds the signature of this key over the rest. */
export async function checkSignature(value, key, member = 'signature') {
  const covered = message(value, member);
  let good = false;
  try {
    const text = typeof value[member] === 'string' ? value[member] : '';
    good = await holds(key, unb64u(text, SIGNATURE_LENGTH), covered);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
  }
  if (!good) {
    throw new Malformed(
      'bad-signature',
      '签名不成立：内容与签名人的密钥不符',
      'The signature does not hold for this content and key',
    );
  }
}
