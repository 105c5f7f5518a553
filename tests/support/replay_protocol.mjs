// Replays tests/vectors/protocol.json with the committed JavaScript bundle: every case is made again
// with the bytes of chance it recorded and compared, every structure read, verified and signed again.
//
//     node replay_protocol.mjs BUNDLE VECTORS          one line for each section
//     node replay_protocol.mjs BUNDLE VECTORS --flip   each case with each of its values changed
import { createHash, createPrivateKey } from 'node:crypto';
import { AssertionError, deepStrictEqual as same, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, file, mode] = process.argv.slice(2);
const p = await import(pathToFileURL(bundle).href);
const { b64u, canonical, digest, unb64u } = p.encoding;
const utf8 = (text) => new TextEncoder().encode(text);
const vectors = JSON.parse(readFileSync(file, 'utf8'));

const secret = (label) => new Uint8Array(createHash('sha256').update(`yg-test/${label}`).digest());
const signer = (label) => p.signing.loadPrivate(secret(label));
const collect = async (source) => p.pieces.whole(source);

/** Chance that gives the recorded bytes; `done` says that none are left. */
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

async function refusal(attempt) {
  try {
    await attempt();
  } catch (cause) {
    if (cause instanceof p.errors.Refusal) return cause.code;
    throw cause;
  }
  throw new AssertionError({ message: 'nothing was refused' });
}

const encoding = {
  canonical: ({ given, gives }) => same(b64u(canonical(given.value)), gives.jcs),
  parse: async ({ given, gives }) =>
    same(await refusal(() => p.encoding.parse(unb64u(given.raw))), gives.refused),
  stamp({ given, gives }) {
    same(p.encoding.stamp(BigInt(given.unix_microseconds)), gives.text);
    same(p.encoding.moment(gives.text), BigInt(given.unix_microseconds));
  },
  digest: ({ given, gives }) => same(b64u(digest(unb64u(given.raw))), gives.digest),
};

const signing = {
  async signed({ given, gives }) {
    const key = await p.signing.loadPrivate(unb64u(given.secret));
    same(b64u(key.public), gives.public);
    same(b64u(await p.signing.privateBytes(key)), given.secret);
    same(p.signing.keyId(key.public), gives.key_id);
    same(b64u(p.signing.message(given.structure)), gives.message);
    same(await p.signing.signed(given.structure, key), gives.signed);
    await p.signing.checkSignature(gives.signed, key.public);
  },
};

let reader = null; // the identity of the section's first case: it opens the other files

const age = {
  new_identity({ gives, chance }) {
    same(p.age.newIdentity(recorded(chance)), gives);
    reader = gives.identity;
  },
  async 'age.write'({ given, gives, chance }) {
    const [plain, tape] = [unb64u(given.plaintext), recorded(chance)];
    same(b64u(p.age.write(given.recipient, plain, tape)), gives.file);
    tape.done();
    same(b64u(await collect(p.age.writeStream(given.recipient, plain, recorded(chance)))), gives.file);
    same(b64u(p.age.read(reader, unb64u(gives.file))), given.plaintext);
    const pieces = Array.from(unb64u(gives.file), (byte) => Uint8Array.of(byte));
    same(b64u(await collect(p.age.readStream(reader, pieces))), given.plaintext);
  },
  async 'age.write zeros'({ given, gives, chance }) {
    const zeros = new Uint8Array(given.zeros);
    const made = await collect(p.age.writeStream(given.recipient, zeros, recorded(chance)));
    same({ length: made.length, sha256: b64u(digest(made)) }, gives);
    same(p.age.sealedLength(given.zeros), gives.length);
    ok(p.bytes.sameBytes(await collect(p.age.readStream(reader, made)), zeros));
  },
  'age.write_passphrase'({ given, gives, chance }) {
    const settings = { work: given.work, chance: recorded(chance) };
    const made = p.age.writePassphrase(given.passphrase, unb64u(given.plaintext), settings);
    same(b64u(made), gives.file);
    same(b64u(p.age.readPassphrase(given.passphrase, made)), given.plaintext);
  },
};

const sharing = {
  split({ given, gives, chance }) {
    const shares = p.sharing.split(utf8(given.secret), given.k, given.n, recorded(chance));
    same(shares.map(b64u), gives.shares);
    const [first, last] = [shares.slice(0, given.k), shares.slice(-given.k)];
    same(p.sharing.combine(last), utf8(given.secret));
    same(p.sharing.allN(last, given.n), shares);
    ok(!p.sharing.isLowerDegree(first));
    ok(p.sharing.isLowerDegree(shares.slice(0, given.k + 1)));
  },
};

/** The signer's half, which no page has: with the private key of the vector. */
function signBlinded(pkcs8, blinded) {
  let key;
  try {
    key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  } catch {
    throw new AssertionError({ message: 'the private key cannot be read' });
  }
  const [n, d, q1, q2, d1, d2] = [key.n, key.d, key.p, key.q, key.dp, key.dq].map((text) =>
    p.bytes.bytesNumber(unb64u(text)),
  );
  const value = p.bytes.bytesNumber(blinded);
  const answer = p.blind.power(value, d, n);
  same([q1 * q2, answer % q1, answer % q2], [n, p.blind.power(value, d1, q1), p.blind.power(value, d2, q2)]);
  return p.bytes.numberBytes(answer, 384);
}

const blind = {
  token({ given, gives, chance }) {
    const [tape, bidPub] = [recorded(chance), unb64u(given.bid_pub)];
    const key = p.bondkeys.readBondKey(given.bond_key);
    same(p.bondkeys.bondKeyJson(key), given.bond_key);
    const keys = new p.bondkeys.KeyRing([key]);
    const prepared = p.tokens.prepare(bidPub, p.bondkeys.BID, tape);
    const blinding = p.blind.blind(key.key, prepared, tape);
    tape.done();
    const answer = signBlinded(unb64u(given.private_key_pkcs8), blinding.blinded);
    const token = p.tokens.makeToken(key, prepared, answer, blinding.inv);
    p.tokens.checkToken(token, bidPub, keys);
    const named = p.tokens.blindedHash(blinding.blinded);
    const made = {
      message: b64u(p.tokens.tokenMessage(bidPub)),
      prepared: b64u(prepared),
      blinded: b64u(blinding.blinded),
      inv: b64u(blinding.inv),
      blind_signature: b64u(answer),
      token: p.tokens.tokenJson(token),
      key_id: b64u(key.id),
      nullifier: b64u(p.tokens.nullifier(key.id, prepared)),
      h_blinded: b64u(named),
      payment_code: p.paymentcode.paymentCode(named),
      linked_deposit: b64u(p.tokens.linkedDeposit(token, blinding.inv, keys)),
    };
    same(made, gives);
    same(p.blind.recoverInv(token.sigma, answer, key.key), blinding.inv);
    same(p.paymentcode.readPaymentCode(gives.payment_code.toLowerCase()), gives.payment_code);
  },
  'refund message': ({ given, gives }) =>
    same(b64u(p.tokens.tokenMessage(unb64u(given.bid_pub), p.bondkeys.REFUND)), gives.message),
  windows({ given, gives }) {
    ok(['bid', 'refund'].includes(given.purpose));
    const times = p.bondkeys.windows(given.epoch, given.purpose);
    const { stamp, moment } = p.encoding;
    same([times.issueFrom, times.issueUntil, times.spendUntil].map(stamp), Object.values(gives));
    same(p.bondkeys.epochOf(moment(gives.issue_from)), given.epoch);
    ok(p.bondkeys.epochOf(moment(gives.issue_from) - 1n) < given.epoch);
  },
};

const bindingFrom = (given) => {
  ok(p.binding.KINDS.includes(given.kind));
  return p.binding.binding(
    given.tender, unb64u(given.manifest_hash, 32), given.amendment ?? 0, given.kind, unb64u(given.bid_pub, 32),
  );
};

const payload = {
  padded_length({ given, gives }) {
    ok(p.binding.KINDS.includes(given.kind));
    same(p.payload.paddedLength(given.kind, given.body), gives.length);
    ok(p.payload.isSealedLength(given.kind, p.age.sealedLength(gives.length)));
    ok(!p.payload.isSealedLength(given.kind, p.age.sealedLength(gives.length) - 1));
  },
  async payload({ given, gives, chance }) {
    const [tape, bound] = [recorded(chance), bindingFrom(given)];
    const facts = p.offers.saltedFacts(given.facts, tape);
    const [bind, offer] = [p.binding.bindJson(bound, tape), p.offers.offerJson(facts)];
    same([bind, offer], [gives.bind, gives.offer]);
    const documents = given.documents.map(({ extension, bytes }) => {
      const raw = unb64u(bytes);
      return { extension, length: raw.length, pieces: raw };
    });
    const raw = await collect(p.payload.pack(given.kind, bind, offer, documents, tape));
    tape.done();
    same([raw.length, b64u(digest(raw))], [gives.length, gives.sha256]);
    const beginning = unb64u(gives.beginning);
    same(raw.slice(0, beginning.length), beginning);
    ok(raw.subarray(beginning.length).every((byte) => byte === 0));
    const kept = new Map();
    const found = await p.payload.unpack(given.kind, raw, (name) => (piece) => kept.set(name, b64u(piece)));
    p.binding.checkBind(found.bind, bound);
    same(found.documents.map(({ name }) => kept.get(name) ?? ''), given.documents.map(({ bytes }) => bytes));
    same(found.digest, digest(raw));
    same(b64u(p.offers.factsRoot(p.offers.readOffer(found.main))), gives.facts_root);
    const { name } = gives.fact_proof;
    same(p.offers.proveFact(facts, name, found.digest), gives.fact_proof);
    p.offers.checkFact(gives.fact_proof, p.payload.payloadHash(unb64u(gives.facts_root), found.digest));
  },
};

/** The payload of an envelope, opened by the officers of these numbers. */
async function openBy(numbers, envelope, bound, seats, k, officers, ciphertext) {
  p.envelopes.checkEnvelope(envelope, bound, seats);
  const shares = new Map(
    numbers.map((i) => {
      const own = envelope.shares.find((share) => share.recipient === seats[i - 1][0]);
      return [i, p.envelopes.openShare(officers[i - 1], own, bound, i)];
    }),
  );
  const committed = p.envelopes.commitments(envelope, seats);
  const identity = p.envelopes.rebuild(bound, committed, shares, k);
  return { identity, raw: await collect(p.envelopes.openCiphertext(identity, envelope, ciphertext)) };
}

const envelope = {
  share_text({ given, gives }) {
    const [bound, share] = [bindingFrom(given), unb64u(given.share, 75)];
    const text = p.binding.shareText(bound, given.i, share);
    same([b64u(text), b64u(p.binding.commitment(text))], [gives.text, gives.commitment]);
    same(p.binding.readShareText(text, bound, given.i), share);
  },
  async seal_envelope({ given, gives, chance }) {
    const [tape, bound, kept] = [recorded(chance), bindingFrom(given), []];
    const sink = (piece) => kept.push(piece);
    const sealed = await p.envelopes.sealEnvelope(bound, given.seats, given.k, unb64u(given.payload), sink, tape);
    tape.done();
    const ciphertext = p.bytes.concat(...kept);
    same(p.envelopes.envelopeJson(sealed.envelope), gives.envelope);
    same(b64u(ciphertext), gives.ciphertext);
    same(b64u(sealed.payloadDigest), gives.payload_digest);
    same(p.envelopes.commitments(sealed.envelope, given.seats).map(b64u), gives.commitments);
    const read = p.envelopes.readEnvelope(gives.envelope);
    for (const numbers of [[1, 2, 3], [5, 3, 4], [1, 2, 3, 4, 5]]) {
      const opened = await openBy(numbers, read, bound, given.seats, given.k, gives.officers, ciphertext);
      same([opened.identity, b64u(opened.raw)], [gives.identity, given.payload]);
    }
  },
};

let held = null; // the manifest of the vectors, for the acts made under it

const manifest = {
  async manifest({ given, gives }) {
    const raw = canonical(given.manifest);
    const read = p.manifest.readManifest(raw);
    same(p.manifest.manifestJson(read), given.manifest);
    same([b64u(p.manifest.manifestHash(read)), p.manifest.writeManifest(read)], [gives.hash, raw]);
    const rows = Object.entries(given.organisation_keys);
    const registered = new Map(rows.map(([id, one]) => [id, { uscc: one.uscc, public: unb64u(one.public) }]));
    await p.seating.checkManifest(read, registered, [read.seats[3].orgKeyId]);
    same(registered.size, read.seats.length);
    for (const seat of read.seats) ok(registered.has(seat.orgKeyId));
    held = read;
  },
  rehearsal_hash({ given, gives }) {
    const hash = p.manifest.rehearsalHash(given.tender, given.recipients, unb64u(given.nonce));
    same(b64u(hash), gives.hash);
  },
  answer({ given, gives }) {
    same(b64u(p.answers.writeAnswer(given.answer, given.length)), gives.raw);
    same(p.answers.readAnswer(unb64u(gives.raw), given.length), given.answer);
  },
};

const { acts } = await import(new URL('./replay_acts.mjs', import.meta.url).href).then((made) =>
  made.replays({ p, same, ok, secret, signer, recorded, openBy, collect, manifest: () => held }),
);

const replays = { encoding, signing, age, sharing, blind, payload, envelope, manifest, acts };
const order = Object.keys(replays);
same(Object.keys(vectors).filter((name) => name !== 'note').sort(), [...order].sort());

const replay = (section, one) => {
  const made = replays[section][one.name] ?? (section === 'acts' ? acts.signed : undefined);
  ok(made, `no replay of ${section}: ${one.name}`);
  return made(one);
};

/** The places of all values inside a JSON value, as lists of names. */
function* leaves(value, path = []) {
  if (typeof value !== 'object' || value === null) yield path;
  else for (const name of Object.keys(value)) yield* leaves(value[name], [...path, name]);
}

// The first sign of the chance: its middle may be a number that blinding drew and could not use.
const changed = (value, name) => {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (value === null || value === '') return 'A';
  const place = name === 'chance' ? 0 : Math.floor(value.length / 2);
  return value.slice(0, place) + (value[place] === 'B' ? 'C' : 'B') + value.slice(place + 1);
};

async function flip(section, one) {
  let count = 0;
  // What is refused as it stands is refused changed as well: only the expected code counts there.
  const given = one.gives.refused === undefined ? one.given : [];
  for (const path of leaves({ given, chance: one.chance ?? [], gives: one.gives })) {
    if (path.at(-1) === 'body') continue; // a size class holds many lengths
    const copy = structuredClone(one);
    const parent = path.slice(0, -1).reduce((value, name) => value[name], copy);
    parent[path.at(-1)] = changed(parent[path.at(-1)], path.at(-1));
    try {
      await replay(section, copy);
    } catch (cause) {
      if (!(cause instanceof AssertionError || cause instanceof p.errors.Refusal)) throw cause;
      count += 1;
      continue;
    }
    throw new Error(`${section} ${one.name}: ${path.join('.')} was changed and nobody noticed`);
  }
  return count;
}

for (const section of order) {
  let count = 0;
  for (const one of vectors[section]) {
    await replay(section, one);
    count += mode === '--flip' ? await flip(section, one) : 1;
    await replay(section, one);
  }
  console.log(`${section} ${count}`);
}
