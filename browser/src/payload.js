/**
 * The payload of an envelope: one canonical byte form that two readers cannot read differently.
 *
 * `"YGP1" || uint64 length of the body || 32 random bytes || body || zeros` up to a size class. The
 * body is entries `uint16 length of name || name || uint64 length || bytes`: `bind.json`, the one the
 * kind asks for, then `documents/0001.ext` and on without a gap. Written and read as a stream.
 */

import { HEADER_LENGTH, NONCE_LENGTH, sealedLength } from './age.js';
import { SMALL_KINDS } from './binding.js';
import { bytesNumber, concat, numberBytes, sameBytes, utf8 } from './bytes.js';
import { fresh } from './chance.js';
import { canonical, digest, parse } from './encoding.js';
import { refuse } from './errors.js';
import { here } from './hashing.js';
import { piecesOf } from './pieces.js';
import { CHUNK, TAG } from './stream.js';

export const MAGIC = utf8('YGP1');
export const RANDOM_LENGTH = 32;
export const HEAD_LENGTH = MAGIC.length + 8 + RANDOM_LENGTH;
export const SMALL_CLASS = 4096;
export const FIRST_CLASS = 65_536;
export const LAST_CLASS = 2 ** 30;

const STEPS = 8; // classes between a power of two and the next: at most 12.5 % is padding
const BIND_LIMIT = 4096;
const MAIN_LIMIT = 4 * 1024 * 1024;
const DOCUMENT_LIMIT = 9999;
const NAME_LIMIT = 64;
const PIECE = 65_536;
const BIND_NAME = 'bind.json';
const MAIN_NAMES = {
  identity: 'identity.json',
  technical: 'offer.json',
  price: 'offer.json',
  quote: 'offer.json',
  scheme: 'scheme.json',
  nonce: 'nonce.json',
};
const DOCUMENT = /^documents\/([0-9]{4})\.[a-z0-9]{1,10}$/;

const limitOf = (kind) => (SMALL_KINDS.includes(kind) ? SMALL_CLASS : LAST_CLASS);

/** The size class, in bytes, of a payload with a body of so many bytes; `too-large` above. */
export function paddedLength(kind, body) {
  const total = HEAD_LENGTH + body;
  if (total > limitOf(kind)) refuseSize();
  if (SMALL_KINDS.includes(kind)) return SMALL_CLASS;
  if (total <= FIRST_CLASS) return FIRST_CLASS;
  const step = 2 ** (31 - Math.clz32(total - 1)) / STEPS;
  return Math.ceil(total / step) * step;
}

/** Whether a ciphertext of so many bytes can hold a payload of this kind. */
export function isSealedLength(kind, size) {
  const chunks = size - HEADER_LENGTH - NONCE_LENGTH;
  const plain = chunks - TAG * Math.ceil(chunks / (CHUNK + TAG));
  if (plain < HEAD_LENGTH || plain > LAST_CLASS || sealedLength(plain) !== size) return false;
  if (SMALL_KINDS.includes(kind)) return plain === SMALL_CLASS;
  return paddedLength(kind, plain - HEAD_LENGTH) === plain;
}

/** What stands for a payload: `H("yg/payload/v1" || root of its facts || H(payload))`. */
export const payloadHash = (factsRoot, payloadDigest) =>
  digest(concat(utf8('yg/payload/v1'), factsRoot, payloadDigest));

/**
 * The payload in pieces. Draws 32 bytes at once. A document is `{ extension, length, pieces }`, its
 * pieces a source of `piecesOf`, such as a file of the browser. Refused: `too-large`; `malformed`
 * for an extension that is not 1 to 10 small letters or digits.
 * @returns {AsyncGenerator<Uint8Array>}
 */
export function pack(kind, bind, main, documents = [], chance = fresh) {
  const mainRaw = canonical(main);
  const heads = [entry(BIND_NAME, canonical(bind)), entry(MAIN_NAMES[kind], mainRaw)];
  const names = documents.map(documentName);
  const body =
    heads.reduce((sum, raw) => sum + raw.length, 0) +
    documents.reduce((sum, one, at) => sum + entryHead(names[at], 0).length + one.length, 0);
  if ((documents.length > 0 && SMALL_KINDS.includes(kind)) || mainRaw.length > MAIN_LIMIT) refuseSize();
  const padding = paddedLength(kind, body) - HEAD_LENGTH - body;
  const front = concat(MAGIC, numberBytes(body, 8), chance(RANDOM_LENGTH), ...heads);
  return written(front, names, documents, padding);
}

async function* written(front, names, documents, padding) {
  yield front;
  for (const [at, one] of documents.entries()) {
    yield entryHead(names[at], one.length);
    let count = 0;
    for await (const piece of piecesOf(one.pieces)) {
      count += piece.length;
      yield piece;
    }
    if (count !== one.length) throw new RangeError(`${names[at]} has ${count} bytes, not ${one.length}`);
  }
  for (let start = 0; start < padding; start += PIECE) {
    yield new Uint8Array(Math.min(PIECE, padding - start));
  }
}

/**
 * Read a payload to its end. Each document goes, piece by piece, to `sinkFor(name)`; what the sinks
 * got stands only once this has returned. Refused: `bad-payload`, `malformed` for its JSON.
 * @returns {Promise<{ bind: object, main: object, digest: Uint8Array,
 *   documents: { name: string, length: number, digest: Uint8Array }[] }>}
 */
export async function unpack(kind, pieces, sinkFor = () => () => undefined) {
  const source = new Source(pieces);
  if (!sameBytes(await source.take(MAGIC.length), MAGIC)) bad('开头不对', 'does not begin as one');
  const stated = bytesNumber(await source.take(8));
  await source.take(RANDOM_LENGTH);
  if (stated > BigInt(limitOf(kind) - HEAD_LENGTH)) bad('长度不对', 'states a length out of range');
  const body = Number(stated);
  const [size, end] = [paddedLength(kind, body), HEAD_LENGTH + body];
  const bind = await source.json(BIND_NAME, end, BIND_LIMIT);
  const main = await source.json(MAIN_NAMES[kind], end, MAIN_LIMIT);
  const documents = [];
  while (source.position < end) documents.push(await source.document(end, documents.length + 1, sinkFor));
  if (documents.length > 0 && SMALL_KINDS.includes(kind)) {
    bad('不应有附件', 'holds a document where none may be');
  }
  await source.zeros(size - end);
  await source.finish();
  return { bind, main, documents, digest: source.hasher.digest() };
}

const entry = (name, raw) => concat(entryHead(name, raw.length), raw);

const entryHead = (name, length) =>
  concat(numberBytes(name.length, 2), utf8(name), numberBytes(length, 8));

function documentName(one, at) {
  if (at >= DOCUMENT_LIMIT || !/^[a-z0-9]{1,10}$/.test(one.extension)) {
    refuse('附件过多或扩展名不对', 'Too many documents, or an extension not allowed');
  }
  return `documents/${String(at + 1).padStart(4, '0')}.${one.extension}`;
}

/** The bytes of a payload in order, counted and hashed; too few of them is `bad-payload`. */
class Source {
  constructor(pieces) {
    this.pieces = piecesOf(pieces);
    this.held = new Uint8Array();
    this.hasher = here();
    this.position = 0;
  }

  async *stream(count) {
    for (let left = count; left > 0; ) {
      if (this.held.length === 0) {
        const { done, value } = await this.pieces.next();
        if (done) bad('不完整', 'is cut');
        this.held = value;
      }
      const piece = this.held.subarray(0, left);
      this.held = this.held.subarray(piece.length);
      left -= piece.length;
      this.position += piece.length;
      this.hasher.update(piece);
      yield piece;
    }
  }

  async take(count) {
    const held = [];
    for await (const piece of this.stream(count)) held.push(piece);
    return concat(...held);
  }

  /** Name and length of an entry that must lie whole before `end`. */
  async head(end) {
    if (this.position + 2 > end) bad('条目不完整', 'ends inside an entry');
    const size = Number(bytesNumber(await this.take(2)));
    if (size === 0 || size > NAME_LIMIT || this.position + size + 8 > end) {
      bad('条目名长度不对', 'names an entry wrongly');
    }
    const name = String.fromCharCode(...(await this.take(size)));
    const length = bytesNumber(await this.take(8));
    if (length > BigInt(end - this.position)) {
      bad('条目超出正文', 'states an entry longer than its body');
    }
    return { name, length: Number(length) };
  }

  async json(name, end, limit) {
    const found = await this.head(end);
    if (found.name !== name || found.length > limit) bad(`此处应为 ${name}`, `must hold ${name} here`);
    return parse(await this.take(found.length), limit);
  }

  async document(end, place, sinkFor) {
    const { name, length } = await this.head(end);
    const found = DOCUMENT.exec(name);
    if (found === null || Number(found[1]) !== place) {
      bad('附件名称或次序不对', 'names a document wrongly or out of order');
    }
    const [sink, hasher] = [sinkFor(name), here()];
    for await (const piece of this.stream(length)) {
      hasher.update(piece);
      await sink(piece);
    }
    return { name, length, digest: hasher.digest() };
  }

  async zeros(count) {
    for await (const piece of this.stream(count)) {
      if (piece.some((byte) => byte !== 0)) {
        bad('填充不是零', 'is padded with something other than zeros');
      }
    }
  }

  async finish() {
    if (this.held.length > 0 || !(await this.pieces.next()).done) {
      bad('末尾有多余数据', 'goes on behind its end');
    }
  }
}

function bad(zh, en) {
  refuse(`信封内容格式不符：${zh}`, `The payload ${en}`, 'bad-payload');
}

function refuseSize() {
  refuse('内容超过信封的容量', 'The content is too large for its envelope', 'too-large');
}
