/**
 * `raw`: ChaCha20-Poly1305 in 64 KiB chunks as this browser can, nothing else. `sealed`: a whole
 * envelope for five officers, three of whom open, with its hashes, piece by piece; the hashes are
 * taken beside, as on the sealing page.
 */

import { age, chance, envelopes, hashing, stream } from '/protocol.js';

const MEBIBYTE = 1024 * 1024;
const piece = new Uint8Array(MEBIBYTE);
for (let start = 0; start < MEBIBYTE; start += 65_536) {
  crypto.getRandomValues(piece.subarray(start, start + 65_536));
}

const hashers = hashing.beside([1, 2].map(() => new Worker('/hashing.js', { type: 'module' })));

async function* pieces(count) {
  for (let at = 0; at < count; at += 1) yield piece;
}

const measured = {
  async raw(count) {
    const sealer = new stream.Sealer(new Uint8Array(32).fill(7));
    let size = 0;
    for await (const each of pieces(count)) for (const sealed of sealer.push(each)) size += sealed.length;
    return size + sealer.end().length;
  },
  async sealed(count) {
    const seats = Array.from({ length: 5 }, () => [age.newIdentity().recipient]);
    const bound = {
      tender: 'ZC-2026-000001',
      manifestHash: new Uint8Array(32),
      amendment: 0,
      kind: 'technical',
      bidPub: new Uint8Array(32).fill(1),
      rehearsal: false,
    };
    const sink = () => undefined;
    const { envelope } = await envelopes.sealEnvelope(bound, seats, 3, pieces(count), sink, chance.fresh, hashers);
    return envelope.size;
  },
};

globalThis.onmessage = async ({ data: { what, mebibytes } }) => {
  const began = performance.now();
  const size = await measured[what](mebibytes);
  const seconds = (performance.now() - began) / 1000;
  postMessage({ rate: mebibytes / seconds, size });
};
