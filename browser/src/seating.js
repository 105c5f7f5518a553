/**
 * Who may sit together: the checks a client makes before it seals to a manifest's officers.
 *
 * Nobody but outside parties can break the seal only if no organisation, and no group with one
 * interest, holds k.
 */

import { Refusal } from './errors.js';
import { PLATFORM_PAGE, checkSeat, recipientsOf } from './officers.js';

const GROUPED_ROLES = [
  ['owner', 'agent'],
  ['operator', 'centre'],
];

/**
 * All checks, in the order of docs/protocol.md section 8.
 * @param {import('./manifest.js').Manifest} held
 * @param {Map<string, { uscc: string, public: Uint8Array }>} registered signing keys by key id
 * @param {string[]} pinned the key ids of the reader's trust file
 * @param {string[][]} groups credit codes known to share an interest, besides what roles say
 */
export async function checkManifest(held, registered, pinned, groups = []) {
  for (const seat of held.seats) await checkSeat(held.tender, seat, registered);
  checkRecipients(held);
  checkOrganisations(held);
  checkGroups(held, groups);
  checkOutside(held, pinned, groups);
}

/** Refuse (`recipient-twice`) a sealing key that stands twice. */
export function checkRecipients(held) {
  const recipients = held.seats.flatMap(recipientsOf);
  if (new Set(recipients).size !== recipients.length) {
    throw new Refusal(
      'recipient-twice',
      '同一把开标密钥出现两次',
      'One sealing key stands twice in the manifest',
    );
  }
}

/** Refuse (`recipient-reused`) a sealing key that any manifest or rehearsal named before. */
export function checkUnseen(held, seen) {
  if (held.seats.flatMap(recipientsOf).some((recipient) => seen.includes(recipient))) {
    throw new Refusal(
      'recipient-reused',
      '开标密钥曾用于另一次招标，换用密钥池中的新密钥',
      'A sealing key served another tender; take a new one from the pool',
    );
  }
}

/** Refuse (`organisation-holds-k`) when one organisation holds k shares or more. */
export function checkOrganisations(held) {
  const codes = codesOf(held);
  if (codes.some((code) => codes.filter((other) => other === code).length >= held.k)) {
    throw new Refusal(
      'organisation-holds-k',
      '一家单位持有的份额足以单独开标',
      'One organisation holds enough shares to open bids alone',
    );
  }
}

/** Refuse (`group-holds-k`) when organisations with one interest hold k shares together. */
export function checkGroups(held, groups = []) {
  for (const group of interestGroups(held, groups)) {
    if (codesOf(held).filter((code) => group.has(code)).length >= held.k) {
      throw new Refusal(
        'group-holds-k',
        '同一利益方持有的份额足以单独开标',
        'One interest group holds enough shares to open bids alone',
      );
    }
  }
}

/** Refuse (`no-outside-organisation`) without one pinned organisation outside all groups. */
export function checkOutside(held, pinned, groups = []) {
  const inside = interestGroups(held, groups);
  const outside = held.seats.some(
    (seat) =>
      pinned.includes(seat.orgKeyId) && !inside.some((group) => group.has(seat.organisation.uscc)),
  );
  if (!outside) {
    throw new Refusal(
      'no-outside-organisation',
      '开标人中没有信任文件所列的外部单位',
      'No officer belongs to an outside organisation of the trust file',
    );
  }
}

/** Refuse (`too-many-platform-pages`) when k officers work on pages the platform serves. */
export function checkTools(held) {
  if (held.seats.filter((seat) => seat.key.tool === PLATFORM_PAGE).length >= held.k) {
    throw new Refusal(
      'too-many-platform-pages',
      '使用本平台页面的开标人过多，须有足够人数使用客户端或本单位页面',
      'Too many officers work on pages of the platform; more must use the client',
    );
  }
}

/** Credit codes that count as one: by role, and as known; what overlaps is one group. */
export function interestGroups(held, groups = []) {
  const byRole = GROUPED_ROLES.map((roles) =>
    held.seats.filter((seat) => roles.includes(seat.role)).map((seat) => seat.organisation.uscc),
  );
  let merged = [];
  for (const group of [...byRole, ...groups]) {
    const touching = merged.filter((other) => group.some((code) => other.has(code)));
    const joined = new Set([...group, ...touching.flatMap((other) => [...other])]);
    merged = merged.filter((other) => !touching.includes(other));
    if (joined.size > 0) merged.push(joined);
  }
  return merged;
}

const codesOf = (held) => held.seats.map((seat) => seat.organisation.uscc);
