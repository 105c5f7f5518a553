/**
 * An agency's enrolment for a job, with its sealed quote where the mode asks for a price.
 *
 * Signed by the agency's registered key over the hash of the published terms; its hash is the
 * agency's leaf in the draw. The envelope, of kind `quote`, is sealed to the timekeepers and bound to
 * the agency's key, so that a copy in another agency's name does not open. Where schemes are asked
 * for, a second envelope of kind `scheme` lies beside it (schemes.js), and the price names that one by
 * its hash: a price opens with its own scheme or not at all.
 * @typedef {import('./envelopes.js').Envelope} Envelope
 * @typedef {import('./timekeeping.js').TimeManifest} TimeManifest
 * @typedef {{ subject: string, round: number, termsHash: Uint8Array, manifestHash: Uint8Array | null,
 *   amendment: number, agency: string, seq: number, previous: Uint8Array | null,
 *   envelope: Envelope | null, key: Uint8Array, isWithdrawal?: boolean, raw?: Uint8Array,
 *   scheme?: Envelope | null }} Enrolment
 */

import { AMENDMENT_LIMIT, HASH_LENGTH, bindJson, binding, checkBind } from './binding.js';
import { sameBytes } from './bytes.js';
import { fresh } from './chance.js';
import { b64u, canonical, digest, isObject, structure } from './encoding.js';
import {
  checkEnvelope,
  commitments,
  envelopeJson,
  openCiphertext,
  openShare,
  readEnvelope,
  rebuild,
  sealEnvelope,
} from './envelopes.js';
import { Malformed, Refusal, refuse } from './errors.js';
import { Members } from './members.js';
import { offerJson, readOffer, saltedFacts } from './offers.js';
import { pack, unpack } from './payload.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';
import { NEEDED, ROUND_LIMIT, timeManifestHash, timeSeats } from './timekeeping.js';

/** The fact of an offer that names the price, in whole fen. */
export const PRICE = 'price';

/** The fact of an offer that names the sealed scheme, by the hash of its ciphertext. */
export const SCHEME = 'scheme';

const SUPPLIED_AGAIN = ['ciphertext-differs', 'too-few-releases']; // nobody's fault, and they pass
const WITHDRAWAL = 'enrolment-withdrawal';
const hashOrNull = (hash) => (hash === null ? null : b64u(hash));

/** The header of a quote: the job, the timekeepers' manifest, the agency's own key. */
export const quoteBinding = (subject, manifestHash, amendment, key) =>
  binding(subject, manifestHash, amendment, 'quote', key);

/**
 * What a quote says: its price in fen, and the scheme it belongs to. Draws 32 bytes for each fact.
 * @param {Envelope | null} scheme
 */
export function quoteFacts(price, scheme = null, chance = fresh) {
  const named = scheme === null ? {} : { [SCHEME]: b64u(scheme.ciphertextHash) };
  return saltedFacts({ [PRICE]: price, ...named }, chance);
}

/**
 * Seal an offer to the timekeepers: the ciphertext goes to `sink`. Draws the nonce of `bind.json`
 * (32 bytes), the payload's random bytes (32), then as `sealEnvelope` does.
 * @param {TimeManifest} manifest @returns {Promise<Envelope>}
 */
export async function sealQuote(bound, manifest, facts, sink, documents = [], chance = fresh) {
  const bind = bindJson(bound, chance);
  const payload = pack('quote', bind, offerJson(facts), documents, chance);
  const { envelope } = await sealEnvelope(bound, timeSeats(manifest), NEEDED, payload, sink, chance);
  return envelope;
}

/** The structure without its signature; `scheme` is there only with one. @param {Enrolment} held */
export const enrolmentJson = (held) =>
  structure(held.isWithdrawal ? WITHDRAWAL : 'enrolment', {
    subject: held.subject,
    round: held.round,
    terms_hash: b64u(held.termsHash),
    manifest_hash: hashOrNull(held.manifestHash),
    amendment: held.amendment,
    agency: held.agency,
    seq: held.seq,
    previous: hashOrNull(held.previous),
    envelope: held.envelope === null ? null : envelopeJson(held.envelope),
    key: b64u(held.key),
    ...((held.scheme ?? null) === null ? {} : { scheme: envelopeJson(held.scheme) }),
  });

/** The enrolment with its signed bytes in `raw`. @param {Enrolment} held @returns {Promise<Enrolment>} */
export async function signEnrolment(held, key) {
  if (!sameBytes(key.public, held.key)) throw new RangeError('the enrolment names another key');
  return { ...held, raw: canonical(await signed(enrolmentJson(held), key)) };
}

/** H of the signed bytes: the agency's leaf in the draw. @param {Enrolment} held */
export function enrolmentHash(held) {
  if (held.raw === undefined) throw new RangeError('an enrolment has a hash once it is signed');
  return digest(held.raw);
}

/**
 * The enrolment or withdrawal of a structure, its signature checked by the key it names.
 * @returns {Promise<Enrolment>}
 */
export async function readEnrolment(value) {
  const isWithdrawal = isObject(value) && value.type === `yg/${WITHDRAWAL}/v1`;
  const given = new Members(value, isWithdrawal ? WITHDRAWAL : 'enrolment');
  const octets = (name) => given.octets(name, HASH_LENGTH);
  const held = {
    subject: given.tender('subject'),
    round: given.whole('round', 1, ROUND_LIMIT),
    termsHash: octets('terms_hash'),
    manifestHash: given.maybe('manifest_hash', octets),
    amendment: given.whole('amendment', 0, AMENDMENT_LIMIT),
    agency: given.uscc('agency'),
    seq: given.whole('seq'),
    previous: given.maybe('previous', octets),
    envelope: given.maybe('envelope', (name) => readEnvelope(given.take(name))),
    key: given.octets('key', PUBLIC_LENGTH),
    isWithdrawal,
    raw: canonical(value),
    scheme: isObject(value) && SCHEME in value ? readEnvelope(given.take(SCHEME)) : null,
  };
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  checkWhole(held);
  await checkSignature(value, held.key);
  return held;
}

/** Refuse an enrolment not made for these timekeepers: `other-occasion`, `wrong-envelopes`. */
export function checkSealed(held, manifest) {
  const { subject, round } = manifest.occasion;
  const fits =
    held.subject === subject &&
    held.round === round &&
    held.envelope !== null &&
    sameBytes(held.manifestHash, timeManifestHash(manifest));
  if (!fits) {
    throw new Refusal(
      'other-occasion',
      '报价不是为本项目本轮的守时人封装的',
      'The quote is not sealed for the timekeepers of this job and round',
    );
  }
  checkEnvelope(held.envelope, bindingOf(held), timeSeats(manifest));
  if (hasScheme(held)) checkEnvelope(held.scheme, schemeBinding(held), timeSeats(manifest));
}

/**
 * What an enrolment's envelope holds, opened by the released identities (`checkReleases`). Every one
 * of them must give its share, also of the scheme, which the price must name. Refused: `ciphertext-differs` (can be supplied again); `ill-sealed`
 * for anything that only the sealer can have caused.
 * @param {Enrolment} held @param {TimeManifest} manifest @param {Map<number, string>} identities
 */
export async function openQuote(held, manifest, identities, ciphertext, sinkFor) {
  checkSealed(held, manifest);
  const bound = bindingOf(held);
  try {
    if (hasScheme(held)) rebuilt(held.scheme, schemeBinding(held), manifest, identities);
    const identity = rebuilt(held.envelope, bound, manifest, identities);
    const payload = await unpack('quote', openCiphertext(identity, held.envelope, ciphertext), sinkFor);
    checkBind(payload.bind, bound);
    const facts = readOffer(payload.main);
    checkNamed(held, facts);
    return { facts, documents: payload.documents };
  } catch (cause) {
    throw itsMakers(cause);
  }
}

/** The identity of an envelope from what was released. @param {Map<number, string>} identities */
export function rebuilt(envelope, bound, manifest, identities) {
  const shares = new Map(
    [...identities].map(([number, identity]) => [
      number,
      openShare(identity, envelope.shares[number - 1], bound, number),
    ]),
  );
  return rebuild(bound, commitments(envelope, timeSeats(manifest)), shares, NEEDED);
}

/** A refusal of an opening: as it is where it passes, else `ill-sealed`, its maker's cause. */
export function itsMakers(cause) {
  if (!(cause instanceof Refusal) || SUPPLIED_AGAIN.includes(cause.code)) return cause;
  return new Malformed(
    'ill-sealed',
    `报价未按规则封装，无法开启（${cause.code}），原因在报价人`,
    `The quote was not sealed by the rule (${cause.code}), for its maker's cause`,
  );
}

/** The header of an enrolment's scheme. @param {Enrolment} held */
export const schemeBinding = (held) => ({ ...bindingOf(held), kind: SCHEME });

const hasScheme = (held) => (held.scheme ?? null) !== null;

function checkNamed(held, facts) {
  const named = facts.find((fact) => fact.name === SCHEME)?.value ?? null;
  if (named !== (hasScheme(held) ? b64u(held.scheme.ciphertextHash) : null)) {
    refuse('报价写明的方案与所附方案不同', 'The price names another scheme than the one beside it', 'other-scheme');
  }
}

const bindingOf = (held) => quoteBinding(held.subject, held.manifestHash, held.amendment, held.key);

function checkWhole(held) {
  const [named, sealed] = [held.manifestHash !== null, held.envelope !== null];
  if (named !== sealed || (held.isWithdrawal && sealed)) {
    refuse('报名与封装内容不对应', 'Envelope and manifest stand together, or neither does');
  }
  if ((held.seq === 0) !== (held.previous === null) || (held.isWithdrawal && held.seq === 0)) {
    refuse('报名的次序不对', "An enrolment's number and the one before do not fit");
  }
  if (sealed && held.envelope.kind !== 'quote') refuse('信封种类不对', 'The envelope is not one of a quote');
  if (hasScheme(held) && (!sealed || held.scheme.kind !== SCHEME)) {
    refuse('方案须与报价一并密封', 'A scheme is sealed beside a price, in its own envelope');
  }
}
