/**
 * The body of an age v1 file: chunks of 64 KiB under ChaCha20-Poly1305 (the STREAM construction).
 *
 * Nonce of chunk c: c as 11 bytes big-endian, then 01 for the last chunk and 00 for the others. An
 * empty chunk stands only where the whole text is empty. Memory needed: two chunks.
 */

import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concat, numberBytes } from './bytes.js';
import { refuse } from './errors.js';

export const CHUNK = 65_536;
export const TAG = 16;

/** The length in bytes of the chunks that hold `plain` bytes. */
export const chunksLength = (plain) => plain + TAG * Math.max(1, Math.ceil(plain / CHUNK));

/** Cuts what is pushed into blocks of one size; the last block is known only at the end. */
class Blocks {
  constructor(size) {
    this.held = new Uint8Array(size);
    this.filled = 0;
  }

  /** The blocks that are full and certainly not the last. */
  *push(piece) {
    for (let start = 0; start < piece.length; ) {
      if (this.filled === this.held.length) {
        yield this.held;
        this.filled = 0;
      }
      const count = Math.min(piece.length - start, this.held.length - this.filled);
      this.held.set(piece.subarray(start, start + count), this.filled);
      this.filled += count;
      start += count;
    }
  }

  last() {
    return this.held.subarray(0, this.filled);
  }
}

/** Seals a text that is pushed piece by piece. */
export class Sealer {
  /** @param {Uint8Array} key the payload key, 32 bytes */
  constructor(key) {
    this.key = key;
    this.blocks = new Blocks(CHUNK);
    this.place = 0;
  }

  *push(piece) {
    for (const block of this.blocks.push(piece)) yield this.chunk(block, false);
  }

  end() {
    return this.chunk(this.blocks.last(), true);
  }

  chunk(block, last) {
    return chacha20poly1305(this.key, nonce(this.place++, last)).encrypt(block);
  }
}

/**
 * Opens chunks that are pushed piece by piece. A cut is known only at `end`, so nothing taken
 * stands before it. Refused (`sealed-body`): a changed, missing, exchanged or added byte.
 */
export class Unsealer {
  /** @param {Uint8Array} key the payload key, 32 bytes */
  constructor(key) {
    this.key = key;
    this.blocks = new Blocks(CHUNK + TAG);
    this.place = 0;
  }

  *push(piece) {
    for (const block of this.blocks.push(piece)) yield this.text(block, false);
  }

  end() {
    return this.text(this.blocks.last(), true);
  }

  text(block, last) {
    if (block.length <= TAG && this.place > 0) {
      refuse('密文结尾不完整', 'The sealed file ends in an empty chunk', 'sealed-body');
    }
    const opened = openOnce(this.key, nonce(this.place, last), block);
    if (opened === null) {
      refuse('密文已损坏、被改动或不完整', 'The sealed file is damaged, changed or cut', 'sealed-body');
    }
    this.place += 1;
    return opened;
  }
}

/** The text of one sealed piece, or null where key and piece do not fit. */
export function openOnce(key, nonceBytes, sealed) {
  if (sealed.length < TAG) return null;
  try {
    return chacha20poly1305(key, nonceBytes).decrypt(sealed);
  } catch (cause) {
    if (cause instanceof Error && /tag/i.test(cause.message)) return null;
    throw cause;
  }
}

/** All chunks of a text in memory. */
export function sealWhole(key, text) {
  const sealer = new Sealer(key);
  return concat(...sealer.push(text), sealer.end());
}

/** The whole text of chunks in memory. */
export function unsealWhole(key, chunks) {
  const unsealer = new Unsealer(key);
  return concat(...unsealer.push(chunks), unsealer.end());
}

const nonce = (place, last) => concat(numberBytes(place, 11), Uint8Array.of(last ? 1 : 0));
