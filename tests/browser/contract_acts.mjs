// What the page of a signature does with what its browser has: node contract_acts.mjs BUNDLE CASE OUT
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, given, out] = process.argv.slice(2);
const page = await import(pathToFileURL(bundle));
const made = JSON.parse(readFileSync(given, 'utf8'));

async function act() {
  const statement = page.readStatement(made.text);
  page.checkShown(statement, new Map(Object.entries(made.shown)), made.hash);
  const file = new Uint8Array(Buffer.from(made.organisation, 'base64'));
  return { signed: await page.signStatement(statement, await page.unlockOrganisation(file, made.word)) };
}

let said;
try {
  said = await act();
} catch (cause) {
  if (!(cause instanceof page.Refusal)) throw cause;
  said = { code: cause.code };
}
writeFileSync(out, JSON.stringify(said));
