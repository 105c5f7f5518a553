/** Bytes that come piece by piece, from wherever: memory, a file, the network, a generator. */

import { concat } from './bytes.js';

/**
 * The pieces of a source, none of them empty.
 * @param {Uint8Array | Blob | ReadableStream<Uint8Array> | Iterable<Uint8Array> |
 *   AsyncIterable<Uint8Array>} source
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* piecesOf(source) {
  if (source instanceof Uint8Array) {
    if (source.length > 0) yield source;
  } else if (typeof source.stream === 'function') yield* piecesOf(source.stream());
  else if (typeof source.getReader === 'function') yield* readerPieces(source.getReader());
  else for await (const piece of source) if (piece.length > 0) yield piece;
}

/** Everything of a source in one byte string. @returns {Promise<Uint8Array>} */
export async function whole(source) {
  const held = [];
  for await (const piece of piecesOf(source)) held.push(piece);
  return concat(...held);
}

/** A stream of what a generator yields, for the parts of the browser that take streams. */
export function streamOf(source) {
  const pieces = piecesOf(source);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

async function* readerPieces(reader) {
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value.length > 0) yield value;
    }
    finished = true;
  } finally {
    if (!finished) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}
