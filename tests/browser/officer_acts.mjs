/**
 * The acts of the officers' page without a page: reads a case from a file, writes what was handed in.
 *
 *     node officer_acts.mjs BUNDLE CASE OUT
 *
 * A case has { act, seat, word, pool, organisation, trust, answers: { path: JSON }, storage }. The
 * platform is played from `answers`; everything posted stands in OUT, with the refusal if any.
 */

import { readFileSync, writeFileSync } from 'node:fs';

const [bundle, file, out] = process.argv.slice(2);
const page = await import(`file://${bundle}`);
const given = JSON.parse(readFileSync(file, 'utf8'));
const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));
const held = new Map(Object.entries(given.storage));
const storage = { getItem: (name) => held.get(name) ?? null, setItem: (name, value) => held.set(name, value) };
const memory = new page.Memory(storage, given.seat.account);
const told = { posted: [], code: null, refused: [] };
const platform = {
  async get(path) {
    if (given.answers[path] === undefined) throw new Error(`no answer for ${path}`);
    return given.answers[path];
  },
  async post(path, value) {
    told.posted.push({ path, value });
    return { round: 1, batches: 1, needed: 3, rehearsed: 1, officers: 5 };
  },
};

try {
  const pool = page.unlockPool(bytes(given.pool), given.word);
  const signer = await page.unlockOrganisation(bytes(given.organisation), given.word);
  if (given.act === 'key') await page.giveKey(given.seat, pool, signer, memory, platform);
  if (given.act === 'rehearse') await page.rehearse(given.seat, pool, signer, platform);
  if (given.act === 'open') {
    const trust = page.readTrust(bytes(given.trust));
    memory.refuseOtherTrust(trust.hash);
    const sheet = await page.sheetOf(given.seat, trust, memory, platform);
    const done = await page.openRound(given.seat, sheet, pool, signer, memory, platform, () => {});
    told.refused = done.refused.map(({ kind, code }) => ({ kind, code }));
  }
} catch (cause) {
  if (cause.code === undefined) throw cause;
  told.code = cause.code;
}
writeFileSync(out, JSON.stringify({ ...told, storage: Object.fromEntries(held) }));
