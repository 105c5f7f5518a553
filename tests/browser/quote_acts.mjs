// What the agency's page does with what its browser has: node quote_acts.mjs BUNDLE CASE OUT
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, given, out] = process.argv.slice(2);
const page = await import(pathToFileURL(bundle));
const made = JSON.parse(readFileSync(given, 'utf8'));
const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));

async function act() {
  const fen = made.typed === null ? null : page.fenOf(made.typed);
  if (fen !== null) page.checkLimits(fen, { ceiling: made.ceiling, floor: made.floor });
  const trust = page.readTrust(bytes(made.trust));
  const signer = await page.unlockOrganisation(bytes(made.organisation), made.word);
  const scheme = made.scheme === undefined ? [] : [page.schemeOf(new File([bytes(made.scheme)], made.named))];
  const done = await page.makeEnrolment(made.said, signer, trust, { fen, documents: scheme, leaving: made.leaving });
  if (made.receipt !== null) {
    await page.checkReceipt(made.receipt, new Uint8Array(Buffer.from(made.hash, 'base64url')), trust);
  }
  return { act: done.act, ciphertext: done.ciphertext, scheme: done.scheme, hash: Buffer.from(done.hash).toString('base64url') };
}

let said;
try {
  said = await act();
} catch (cause) {
  if (!(cause instanceof page.Refusal)) throw cause;
  said = { code: cause.code };
}
writeFileSync(out, JSON.stringify(said));
