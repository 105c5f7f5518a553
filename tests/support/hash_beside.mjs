/**
 * Hashes texts of many lengths through two ports at once and compares with Node's own SHA-256; the
 * two hashers of a length share the work as sealing does. Prints each length that came out right.
 */

import { createHash } from 'node:crypto';

const { hashing } = await import(process.argv[2]);
const lines = [0, 1].map(() => new MessageChannel());
for (const { port2 } of lines) hashing.hashFor(port2);
const hasher = hashing.beside(lines.map(({ port1 }) => port1));

const piece = Uint8Array.from({ length: 70_001 }, (_, at) => at * 7);
const BATCH = 1024 * 1024;
const sizes = [0, 1, 63, 64, 65, BATCH - 1, BATCH, BATCH + 1, 9 * BATCH + 5];
for (const size of sizes) {
  const [first, second, wanted] = [hasher(), hasher(), createHash('sha256')];
  for (let left = size; left > 0; left -= piece.length) {
    const part = piece.slice(0, Math.min(left, piece.length));
    wanted.update(part);
    await Promise.all([first.update(part), second.update(part)]);
    part.fill(0); // what was handed in may be changed after
  }
  const right = wanted.digest('hex');
  const found = await Promise.all([first.digest(), second.digest()]);
  if (!found.every((digest) => Buffer.from(digest).toString('hex') === right)) {
    throw new Error(`${size} bytes hash to something else`);
  }
  console.log(size);
}
for (const { port1 } of lines) port1.close();
