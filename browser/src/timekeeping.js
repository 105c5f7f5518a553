/**
 * Timekeepers: three programs of different organisations that open small jobs at their moment.
 *
 * For an occasion (subject, round, opening time) each makes a fresh sealing key, signs the recipient
 * and keeps the identity until that time. Any two of three open everything; one who is late or
 * missing delays, and loses nobody anything.
 * @typedef {{ subject: string, round: number, opensAt: bigint }} Occasion
 * @typedef {{ occasion: Occasion, organisation: { name: string, uscc: string }, key: Uint8Array,
 *   recipient: string, json: object }} TimeRecipient
 * @typedef {{ occasion: Occasion, recipients: TimeRecipient[] }} TimeManifest
 * @typedef {{ number: number, identity: string, releasedAt: bigint, json: object }} Release
 */

import { checkRecipient, recipientOf } from './age.js';
import { b64u, canonical, digest, stamp, structure } from './encoding.js';
import { Malformed, Refusal, refuse } from './errors.js';
import { Members, objectItem } from './members.js';
import { readOrganisation } from './officers.js';
import { PUBLIC_LENGTH, SIGNATURE_LENGTH, checkSignature, signed } from './signing.js';

export const KEEPERS = 3;
export const NEEDED = 2;
export const ROUND_LIMIT = 99;

const occasionJson = ({ subject, round, opensAt }) => ({ subject, round, opens_at: stamp(opensAt) });

const sameOccasion = (a, b) =>
  a.subject === b.subject && a.round === b.round && a.opensAt === b.opensAt;

/** @returns {Occasion} */
const readOccasion = (given) => ({
  subject: given.tender('subject'),
  round: given.whole('round', 1, ROUND_LIMIT),
  opensAt: given.moment('opens_at'),
});

/** A timekeeper's signed recipient: `yg/time-recipient/v1`. */
export const makeTimeRecipient = (occasion, organisation, recipient, key) =>
  signed(
    structure('time-recipient', {
      ...occasionJson(occasion),
      organisation: { name: organisation.name, uscc: organisation.uscc },
      key: b64u(key.public),
      recipient,
    }),
    key,
  );

/** A recipient: `malformed`, `bad-key-text`, `bad-key`, `bad-signature`. @returns {Promise<TimeRecipient>} */
export async function readTimeRecipient(value) {
  const given = new Members(value, 'time-recipient');
  const occasion = readOccasion(given);
  const organisation = readOrganisation(given.inner('organisation'));
  const key = given.octets('key', PUBLIC_LENGTH);
  const recipient = given.text('recipient');
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  checkRecipient(recipient);
  await checkSignature(value, key);
  return { occasion, organisation, key, recipient, json: value };
}

/** The structure `yg/time-manifest/v1`. @param {TimeManifest} manifest */
export const timeManifestJson = (manifest) =>
  structure('time-manifest', {
    ...occasionJson(manifest.occasion),
    k: NEEDED,
    recipients: manifest.recipients.map((held) => held.json),
  });

/** The name of a manifest in everything sealed under it. @param {TimeManifest} manifest */
export const timeManifestHash = (manifest) => digest(canonical(timeManifestJson(manifest)));

/** To whom the shares are sealed; nobody has a stand-in. @param {TimeManifest} manifest */
export const timeSeats = (manifest) => manifest.recipients.map((held) => [held.recipient]);

/**
 * A manifest: three different organisations with different keys and recipients, ascending by credit
 * code, all for this occasion (`bad-timekeepers`). @returns {Promise<TimeManifest>}
 */
export async function readTimeManifest(value) {
  const given = new Members(value, 'time-manifest');
  const occasion = readOccasion(given);
  given.whole('k', NEEDED, NEEDED);
  const rows = given.array('recipients', objectItem, KEEPERS, KEEPERS);
  given.end();
  const recipients = await Promise.all(rows.map(readTimeRecipient));
  const codes = recipients.map((held) => held.organisation.uscc);
  const sound =
    recipients.every((held) => sameOccasion(held.occasion, occasion)) &&
    codes.every((code, at) => at === 0 || codes[at - 1] < code) &&
    new Set(recipients.map((held) => b64u(held.key))).size === KEEPERS &&
    new Set(recipients.map((held) => held.recipient)).size === KEEPERS;
  if (!sound) {
    refuse(
      '守时人须为三家不同单位，各为本次开启签发自己的密钥',
      'Timekeepers are three different organisations, each with a key for this occasion',
      'bad-timekeepers',
    );
  }
  return { occasion, recipients };
}

/** The identity made public at its time; `too-early` one microsecond before it. */
export async function makeRelease(held, identity, now, key) {
  if (now < held.occasion.opensAt) {
    const at = stamp(held.occasion.opensAt);
    throw new Refusal(
      'too-early',
      `开启时间是 ${at}，此前不公开密钥`,
      `The opening time is ${at}: no identity before it`,
    );
  }
  if (recipientOf(identity) !== held.recipient) {
    throw new RangeError("the identity is another recipient's");
  }
  const made = structure('time-release', {
    ...occasionJson(held.occasion),
    timekeeper: held.organisation.uscc,
    recipient: held.recipient,
    identity,
    released_at: stamp(now),
  });
  return signed(made, key);
}

/**
 * A release by one of the manifest's timekeepers: `foreign-release`, `bad-signature`,
 * `released-early` (it convicts the timekeeper and opens nothing). @returns {Promise<Release>}
 */
export async function readRelease(value, manifest) {
  const given = new Members(value, 'time-release');
  const occasion = readOccasion(given);
  const uscc = given.uscc('timekeeper');
  const recipient = given.text('recipient');
  const identity = given.text('identity');
  const releasedAt = given.moment('released_at');
  given.octets('signature', SIGNATURE_LENGTH);
  given.end();
  const at = manifest.recipients.findIndex((held) => held.organisation.uscc === uscc);
  const seat = manifest.recipients[at];
  if (
    seat === undefined ||
    !sameOccasion(occasion, manifest.occasion) ||
    recipient !== seat.recipient ||
    recipientOf(identity) !== recipient
  ) {
    throw new Malformed(
      'foreign-release',
      '公开的密钥不属于本次开启的守时人',
      'The identity released is not that of a timekeeper of this occasion',
    );
  }
  await checkSignature(value, seat.key);
  if (releasedAt < occasion.opensAt) {
    throw new Malformed(
      'released-early',
      `守时人 ${seat.organisation.name} 在开启时间前公开了密钥，不予采用`,
      `${seat.organisation.name} released its identity before the opening time`,
    );
  }
  return { number: at + 1, identity, releasedAt, json: value };
}

/** The identities by timekeeper's number; `too-few-releases` below two, nobody's fault. */
export function checkReleases(releases) {
  if (releases.some((held, at) => at > 0 && releases[at - 1].number >= held.number)) {
    refuse('守时人公开记录次序不对或重复', 'Releases are out of order or stand twice');
  }
  if (releases.length < NEEDED) {
    throw new Refusal(
      'too-few-releases',
      `已有${releases.length}家守时人公开密钥，需要${NEEDED}家，等待即可，报价不受影响`,
      `${releases.length} timekeepers have released their identity, ${NEEDED} are needed: wait; no quote is lost`,
    );
  }
  return new Map(releases.map((held) => [held.number, held.identity]));
}
