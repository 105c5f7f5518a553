// A whole bid made by the committed JavaScript bundle with chance of its own, for Python to read,
// check and open: token, three envelopes, act, ticket, surrender, fact, key pool, share batch, the
// bidder's words on its price.
//
//     node make_bid.mjs BUNDLE VECTORS OUT
import { createHash, createPrivateKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, file, out] = process.argv.slice(2);
const p = await import(pathToFileURL(bundle).href);
const { b64u, canonical, unb64u } = p.encoding;
const vectors = JSON.parse(readFileSync(file, 'utf8'));
const secret = (label) => new Uint8Array(createHash('sha256').update(`yg-test/${label}`).digest());
const named = (section, name) => vectors[section].find((one) => one.name === name);

/** A document that comes as a stream, in pieces that fit no block. */
const streamed = (raw) =>
  p.pieces.streamOf((async function* pieces() {
    for (let start = 0; start < raw.length; start += 1000) yield raw.subarray(start, start + 1000);
  })());

/** The custodian of this test: the private key of the vector signs. */
function custodianSigns(blinded) {
  const der = Buffer.from(named('blind', 'token').given.private_key_pkcs8, 'base64url');
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  const [n, d] = [key.n, key.d].map((text) => p.bytes.bytesNumber(unb64u(text)));
  return p.bytes.numberBytes(p.blind.power(p.bytes.bytesNumber(blinded), d, n), 384);
}

const manifest = p.manifest.readManifest(canonical(named('manifest', 'manifest').given.manifest));
const bondKey = p.bondkeys.readBondKey(named('blind', 'token').given.bond_key);
const bidKey = await p.signing.newKey();
const bound = (kind) =>
  p.binding.binding(manifest.tender, p.manifest.manifestHash(manifest), 0, kind, bidKey.public);

const prepared = p.tokens.prepare(bidKey.public);
const blinding = p.blind.blind(bondKey.key, prepared);
const token = p.tokens.makeToken(bondKey, prepared, custodianSigns(blinding.blinded), blinding.inv);

const ciphertexts = {};
const seal = async (kind, main, documents) => {
  const payload = p.payload.pack(kind, p.binding.bindJson(bound(kind)), main, documents);
  const kept = [];
  const sink = (piece) => kept.push(piece);
  const sealed = await p.envelopes.sealEnvelope(bound(kind), p.manifest.seatsOf(manifest), manifest.k, payload, sink);
  ciphertexts[kind] = b64u(p.bytes.concat(...kept));
  return sealed;
};

const facts = {
  technical: p.offers.saltedFacts({ method: '深基坑支护', 'period-days': 88 }),
  price: p.offers.saltedFacts({ currency: 'CNY', price: 123_456_701 }),
};
const document = new Uint8Array(70_001).fill(0x25);
const sealed = {
  technical: await seal('technical', p.offers.offerJson(facts.technical), [
    { extension: 'pdf', length: document.length, pieces: streamed(document) },
  ]),
  price: await seal('price', p.offers.offerJson(facts.price), []),
};
const payloadHash = (kind) =>
  p.payload.payloadHash(p.offers.factsRoot(facts[kind]), sealed[kind].payloadDigest);
const organisation = await p.signing.loadPrivate(secret('organisation/bidder'));
const identity = await p.identity.signIdentity(
  {
    uscc: '91350100M000100Y43',
    consortium: [],
    tender: manifest.tender,
    manifestHash: p.manifest.manifestHash(manifest),
    amendment: 0,
    bidPub: bidKey.public,
    envelopes: ['technical', 'price'].map((kind) => ({ kind, payloadHash: payloadHash(kind) })),
    inv: blinding.inv,
  },
  organisation,
);
sealed.identity = await seal('identity', identity, []);

const act = await p.acts.signAct(
  {
    kind: p.acts.SUBMISSION,
    tender: manifest.tender,
    manifestHash: p.manifest.manifestHash(manifest),
    amendment: 0,
    seq: 0,
    previous: null,
    envelopes: p.manifest.kindsOf(manifest).map((kind) => sealed[kind].envelope),
    token,
    bidPub: bidKey.public,
  },
  bidKey,
);
const fresh = p.blind.blind(bondKey.key, p.tokens.prepare(bidKey.public, p.bondkeys.REFUND));
const surrender = await p.surrender.signSurrender(token, p.tokens.blindedHash(fresh.blinded), bidKey);

const owner = p.age.newIdentity(() => secret('officer/owner'));
const wanted = p.opening.wantedShares([act], manifest, 3, 1);
const batch = await p.opening.signShareBatch(
  {
    tender: manifest.tender,
    manifestHash: p.manifest.manifestHash(manifest),
    round: 3,
    closingHash: secret('closing'),
    i: 1,
    recipient: owner.recipient,
    ...p.opening.openShares(owner.identity, owner.recipient, wanted, 1),
  },
  await p.signing.loadPrivate(secret('organisation/owner')),
);

const prices = {
  query: await p.priceAnswers.signPriceQuery(manifest.tender, bidKey),
  answer: await p.priceAnswers.signPriceAnswer({ tender: manifest.tender, seq: 1, answer: '材料 40 万元' }, bidKey),
  word: await p.priceConfirmations.signPriceConfirmation(
    { tender: manifest.tender, amount: 123_456_702, confirmed: false },
    bidKey,
  ),
};

const passphrase = p.keypool.newPassphrase();
const identities = p.keypool.newPool(3);
writeFileSync(
  out,
  JSON.stringify({
    act: b64u(act.raw),
    ciphertexts,
    blinded: b64u(blinding.blinded),
    document: b64u(document),
    fact: p.offers.proveFact(facts.price, 'price', sealed.price.payloadDigest),
    ticket: await p.uploads.writeTicket(manifest.tender, sealed.technical.envelope.size, token, bidKey),
    surrender,
    batch,
    prices,
    pool: { passphrase, identities, file: b64u(p.keypool.sealPool(identities, passphrase, { work: 10 })) },
  }),
);
