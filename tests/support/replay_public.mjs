// Vectors that others published, with the committed JavaScript bundle: RFC 9474 appendix A and the
// age test kit.
//
//     node replay_public.mjs BUNDLE RFC9474 AGE_TESTKIT
import { deepStrictEqual as same } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';

const [bundle, rfc, kit] = process.argv.slice(2);
const p = await import(pathToFileURL(bundle).href);
const { unhex, bytesNumber, concat, numberBytes } = p.bytes;
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

function blindSignatures({ common, cases }) {
  const { n, e, salt, inv, msg, d } = Object.fromEntries(
    Object.entries(common).map(([name, text]) => [name, unhex(text)]),
  );
  const key = { n: bytesNumber(n), e: bytesNumber(e) };
  for (const held of cases) {
    const prepared = concat(unhex(held.msg_prefix), msg);
    same(p.blind.encode(prepared, 4096, salt), unhex(held.encoded_msg));
    const blindSignature = unhex(held.blind_sig);
    same(p.blind.power(bytesNumber(unhex(held.blinded_msg)), bytesNumber(d), key.n), bytesNumber(blindSignature));
    const sigma = p.blind.finalize(key, prepared, blindSignature, inv);
    same(sigma, unhex(held.sig));
    same(p.blind.linkBlinded(sigma, inv, key), unhex(held.blinded_msg));
    const r = bytesNumber(p.blind.recoverInv(sigma, blindSignature, key));
    same(numberBytes(r, 512), inv);
  }
  return cases.length;
}

const CODES = {
  'header failure': ['sealed-header', 'sealed-key', 'sealed-body'], // a missing nonce is the body's here
  'no match': ['sealed-header', 'sealed-key'],
  'HMAC failure': ['sealed-mac', 'sealed-header'],
  'payload failure': ['sealed-body', 'sealed-header'],
};

/** What age opens is opened with the same text, or refused for its other header; nothing else is. */
function ageFiles({ cases }) {
  let opened = 0;
  for (const held of cases) {
    const stored = Buffer.from(held.file, 'base64');
    const file = new Uint8Array(held.zlib ? inflateSync(stored) : stored);
    try {
      if (held.identity) p.age.read(held.identity, file);
      else p.age.readPassphrase(held.passphrase ?? '', file);
    } catch (cause) {
      if (!(cause instanceof p.errors.Refusal)) throw cause;
      const codes = CODES[held.expect] ?? ['sealed-header'];
      same(codes.includes(cause.code), true, `${held.name}: ${held.expect}, but ${cause.code}`);
      continue;
    }
    same(held.expect, 'success', held.name);
    opened += 1;
  }
  return opened;
}

console.log(`blind ${blindSignatures(read(rfc))}`);
console.log(`age ${ageFiles(read(kit))}`);
