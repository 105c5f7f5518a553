/**
 * An agency's enrolment for a job, with its sealed quote where the mode asks for a price.
 *
 * Signed by the agency's registered key over the hash of the published terms; its hash is the
 * agency's leaf in the draw. The envelope, of kind `quote`, is sealed to the timekeepers and bound to
 * the agency's key, so that a copy in another agency's name does not open.
 * @typedef {import('./envelopes.js').Envelope} Envelope
 * @typedef {import('./timekeeping.js').TimeManifest} TimeManifest
 * @typedef {{ subject: string, round: number, termsHash: Uint8Array, manifestHash: Uint8Array | null,
 *   amendment: number, agency: string, seq: number, previous: Uint8Array | null,
 *   envelope: Envelope | null, key: Uint8Array, isWithdrawal?: boolean, raw?: Uint8Array }} Enrolment
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
import { offerJson, readOffer } from './offers.js';
import { pack, unpack } from './payload.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';
import { NEEDED, ROUND_LIMIT, timeManifestHash, timeSeats } from './timekeeping.js';

/** The fact of an offer that names the price, in whole fen. */
export const PRICE = 'price';

const SUPPLIED_AGAIN = ['ciphertext-differs', 'too-few-releases']; // nobody's fault, and they pass
const WITHDRAWAL = 'enrolment-withdrawal';
const hashOrNull = (hash) => (hash === null ? null : b64u(hash));

/** The header of a quote: the job, the timekeepers' manifest, the agency's own key. */
export const quoteBinding = (subject, manifestHash, amendment, key) =>
  binding(subject, manifestHash, amendment, 'quote', key);

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

/** The structure without its signature. @param {Enrolment} held */
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
}

/**
 * What an enrolment's envelope holds, opened by the released identities (`checkReleases`). Every one
 * of them must give its share. Refused: `ciphertext-differs` (can be supplied again); `ill-sealed`
 * for anything that only the sealer can have caused.
 * @param {Enrolment} held @param {TimeManifest} manifest @param {Map<number, string>} identities
 */
export async function openQuote(held, manifest, identities, ciphertext, sinkFor) {
  checkSealed(held, manifest);
  const bound = bindingOf(held);
  const { envelope } = held;
  try {
    const shares = new Map(
      [...identities].map(([number, identity]) => [
        number,
        openShare(identity, envelope.shares[number - 1], bound, number),
      ]),
    );
    const committed = commitments(envelope, timeSeats(manifest));
    const identity = rebuild(bound, committed, shares, NEEDED);
    const payload = await unpack('quote', openCiphertext(identity, envelope, ciphertext), sinkFor);
    checkBind(payload.bind, bound);
    return { facts: readOffer(payload.main), documents: payload.documents };
  } catch (cause) {
    if (!(cause instanceof Refusal) || SUPPLIED_AGAIN.includes(cause.code)) throw cause;
    throw new Malformed(
      'ill-sealed',
      `报价未按规则封装，无法开启（${cause.code}），原因在报价人`,
      `The quote was not sealed by the rule (${cause.code}), for its maker's cause`,
    );
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
}
