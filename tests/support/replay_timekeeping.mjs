// Replays tests/vectors/timekeeping.json with the committed JavaScript bundle: what was signed is read
// and signed again, the quote is sealed again with the recorded chance, and opened by each pair.
//
//     node replay_timekeeping.mjs BUNDLE VECTORS          how many cases
//     node replay_timekeeping.mjs BUNDLE VECTORS --flip   each with each of its values changed
import { createHash } from 'node:crypto';
import { AssertionError, deepStrictEqual as same, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, file, mode] = process.argv.slice(2);
const p = await import(pathToFileURL(bundle).href);
const { b64u, canonical, digest, unb64u } = p.encoding;
const { timekeeping: time, enrolments } = p;
const vectors = JSON.parse(readFileSync(file, 'utf8')).timekeeping;

const secret = (label) => new Uint8Array(createHash('sha256').update(`yg-test/${label}`).digest());
const signer = (label) => p.signing.loadPrivate(secret(label));
let [manifest, quote, ciphertext, hidden] = [null, null, null, null];

function recorded(text) {
  const held = unb64u(text);
  let place = 0;
  const chance = (count) => {
    ok(place + count <= held.length, 'the tape is at its end');
    place += count;
    return held.slice(place - count, place);
  };
  chance.done = () => same(place, held.length);
  return chance;
}

/** Reads a signed structure and signs it again from what was read. */
const again = {
  async 'time-recipient'(value, key) {
    const { occasion, organisation, recipient } = await time.readTimeRecipient(value);
    return time.makeTimeRecipient(occasion, organisation, recipient, key);
  },
  async 'time-release'(value, key) {
    const read = await time.readRelease(value, manifest);
    const held = manifest.recipients[read.number - 1];
    return time.makeRelease(held, read.identity, read.releasedAt, key);
  },
  async enrolment(value, key) {
    return p.encoding.parse((await enrolments.signEnrolment(await enrolments.readEnrolment(value), key)).raw);
  },
};
again['enrolment-withdrawal'] = again.enrolment;

async function signedAgain({ name, given, gives }) {
  same(given.signed.type, `yg/${name}/v1`);
  same(b64u(digest(canonical(given.signed))), gives.hash);
  const made = await again[name](given.signed, await signer(given.signer));
  same(canonical(made), canonical(given.signed));
}

const replays = {
  async 'time-manifest'({ given, gives }) {
    const read = await time.readTimeManifest(given.manifest);
    same(time.timeManifestJson(read), given.manifest);
    same(b64u(time.timeManifestHash(read)), gives.hash);
    manifest = read;
  },
  async seal_quote({ given, gives, chance }) {
    const [tape, pieces] = [recorded(chance), []];
    const stated = given.enrolment;
    const key = await signer(given.signer);
    const held = await enrolments.readEnrolment(gives.enrolment);
    const bound = enrolments.quoteBinding(stated.subject, unb64u(stated.manifest_hash), stated.amendment, key.public);
    const facts = p.offers.saltedFacts(given.facts, tape);
    const envelope = await enrolments.sealQuote(bound, manifest, facts, (piece) => pieces.push(piece), [], tape);
    tape.done();
    const made = await enrolments.signEnrolment({ ...held, envelope }, key);
    same(enrolments.enrolmentJson(made), stated);
    same(p.encoding.parse(made.raw), gives.enrolment);
    same(b64u(enrolments.enrolmentHash(made)), gives.hash);
    enrolments.checkSealed(made, manifest);
    [quote, ciphertext] = [made, await p.pieces.whole(pieces)];
  },
  async open_quote({ given, gives }) {
    const releases = await Promise.all(given.releases.map((one) => time.readRelease(one, manifest)));
    const identities = time.checkReleases(releases);
    const opened = await enrolments.openQuote(quote, manifest, identities, ciphertext);
    same(p.offers.offerJson(opened.facts), gives.offer);
  },
  async seal_scheme({ given, gives, chance }) {
    const [tape, pieces, sealed] = [recorded(chance), [], []];
    const stated = given.enrolment;
    const key = await signer(given.signer);
    const held = await enrolments.readEnrolment(gives.enrolment);
    const bound = enrolments.quoteBinding(stated.subject, unb64u(stated.manifest_hash), stated.amendment, key.public);
    const raw = unb64u(given.paper);
    const paper = { extension: 'pdf', length: raw.length, pieces: [raw] };
    const scheme = await p.schemes.sealScheme(bound, manifest, [paper], (piece) => sealed.push(piece), tape);
    const facts = enrolments.quoteFacts(given.price, scheme, tape);
    const envelope = await enrolments.sealQuote(bound, manifest, facts, (piece) => pieces.push(piece), [], tape);
    tape.done();
    const made = await enrolments.signEnrolment({ ...held, envelope, scheme }, key);
    same(enrolments.enrolmentJson(made), stated);
    same(p.encoding.parse(made.raw), gives.enrolment);
    same(b64u(enrolments.enrolmentHash(made)), gives.hash);
    enrolments.checkSealed(made, manifest);
    [quote, ciphertext, hidden] = [made, await p.pieces.whole(pieces), await p.pieces.whole(sealed)];
  },
  async open_scheme({ given, gives }) {
    const releases = await Promise.all(given.releases.map((one) => time.readRelease(one, manifest)));
    const identities = time.checkReleases(releases);
    await enrolments.openQuote(quote, manifest, identities, ciphertext);
    const found = await p.schemes.openScheme(quote, manifest, identities, hidden, () => () => undefined);
    same(found.map((one) => ({ name: one.name, digest: b64u(one.digest) })), gives.documents);
  },
};

const replay = (one) => (replays[one.name] ?? signedAgain)(one);

/** The places of all values inside a JSON value, as lists of names. */
function* leaves(value, path = []) {
  if (typeof value !== 'object' || value === null) yield path;
  else for (const name of Object.keys(value)) yield* leaves(value[name], [...path, name]);
}

const changed = (value) => {
  if (typeof value === 'number') return value + 1;
  if (value === null) return 'A';
  const place = Math.floor(value.length / 2);
  return value.slice(0, place) + (value[place] === 'B' ? 'C' : 'B') + value.slice(place + 1);
};

async function flip(one) {
  let count = 0;
  for (const path of leaves({ given: one.given, chance: one.chance ?? [], gives: one.gives })) {
    const copy = structuredClone(one);
    const parent = path.slice(0, -1).reduce((value, name) => value[name], copy);
    parent[path.at(-1)] = changed(parent[path.at(-1)]);
    try {
      await replay(copy);
    } catch (cause) {
      if (!(cause instanceof AssertionError || cause instanceof p.errors.Refusal || cause instanceof RangeError)) {
        throw cause;
      }
      count += 1;
      continue;
    }
    throw new Error(`${one.name}: ${path.join('.')} was changed and nobody noticed`);
  }
  return count;
}

let count = 0;
for (const one of vectors) {
  await replay(one);
  count += mode === '--flip' ? await flip(one) : 1;
  await replay(one);
}
console.log(`timekeeping ${count}`);
