// Replays tests/vectors/contracts.json with the script of the page on which a side signs.
//
//     node replay_contracts.mjs BUNDLE VECTORS          how many cases
//     node replay_contracts.mjs BUNDLE VECTORS --flip   each with each of its values changed
import { createHash } from 'node:crypto';
import { AssertionError, deepStrictEqual as same } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, file, mode] = process.argv.slice(2);
const page = await import(pathToFileURL(bundle).href);
const { contracts } = JSON.parse(readFileSync(file, 'utf8'));
const secret = (label) => new Uint8Array(createHash('sha256').update(`yg-test/${label}`).digest());

async function replay({ given, gives }) {
  const statement = page.readStatement(given.text);
  same(page.termsHash(statement), gives.hash);
  const key = await page.loadPrivate(secret(given.signer));
  same(await page.signStatement(statement, { uscc: statement[statement.side], key }), gives.signed);
}

/** Every value of a case with one sign of it changed, in the middle and at both ends. */
function* flipped(one) {
  for (const [part, name] of [['given', 'text'], ['given', 'signer'], ['gives', 'hash'], ['gives', 'signed']]) {
    const text = one[part][name];
    for (let at = 0; at < text.length; at += name === 'text' ? 1 : Math.max(1, text.length >> 3)) {
      const copy = structuredClone(one);
      copy[part][name] = text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1);
      yield copy;
    }
  }
}

let count = 0;
for (const one of contracts) {
  await replay(one);
  count += 1;
  if (mode !== '--flip') continue;
  for (const copy of flipped(one)) {
    try {
      await replay(copy);
    } catch (cause) {
      if (!(cause instanceof AssertionError || cause instanceof page.Refusal)) throw cause;
      count += 1;
      continue;
    }
    throw new Error(`${one.name} was changed and nobody noticed`);
  }
}
console.log(`contracts ${count}`);
