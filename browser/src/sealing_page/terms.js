/**
 * What a bid for a tender must be made for: notice, manifest and amendments, all from the record,
 * and the officers checked as the client program checks them.
 */

import { checkHistory, readAmendment } from '../amendments.js';
import { readBondKey, KeyRing, checkIssuing, BID } from '../bondkeys.js';
import { sameBytes } from '../bytes.js';
import { b64u, canonical, moment, unb64u } from '../encoding.js';
import { Malformed, Refusal } from '../errors.js';
import { manifestHash, readManifest } from '../manifest.js';
import { Members } from '../members.js';
import { checkManifest, checkUnseen } from '../seating.js';
import { keyId } from '../signing.js';

/** Kinds of entries this page asks about. */
export const KINDS = ['notice', 'manifest', 'rehearsal', 'amendment', 'bond-key', 'organisation-key', 'key-rotation', 'script'];

export const PAGE_SUBJECT = 'sealing-page';

/** Every bond key of the record; `two-bond-keys` if one place has two. */
export async function bondKeys(record) {
  return new KeyRing((await record.entries('bond-key', 'custodian')).map((entry) => readBondKey(entry.data)));
}

/** The newest key that issues tokens of an amount now; `no-issuing-key`. */
export function issuingKey(keys, denomination, now) {
  const issuing = keys.all().filter((key) => {
    if (key.denomination !== denomination || key.purpose !== BID) return false;
    try {
      checkIssuing(key, now);
      return true;
    } catch (cause) {
      if (cause instanceof Refusal) return false;
      throw cause;
    }
  });
  if (issuing.length === 0) {
    throw new Refusal('no-issuing-key', '公开日志中没有此面额正在签发的公钥', 'The record holds no key that issues tokens of this amount now');
  }
  return issuing.sort((a, b) => (a.epoch < b.epoch ? 1 : -1))[0];
}

/**
 * The terms of a published tender. Refused: `not-in-record`, `two-manifests`, `manifest-differs`,
 * `bad-amendment`, and the rules of seating.
 */
export async function termsOf(record, trust, tender) {
  const notices = (await record.entries('notice', tender)).map((entry) => entry.data).filter((data) => data.type === 'yg/tender-notice/v1');
  if (notices.length === 0) throw notInRecord('招标公告', 'the notice of this tender');
  const notice = notices[0];
  const amendments = (await record.entries('amendment', tender)).map((entry) => readAmendment(entry.data));
  const named = unb64u(String(notice.manifest_hash), 32);
  checkHistory(named, amendments);
  const manifest = await soundManifest(record, trust, tender, groupsOf(notice));
  const last = amendments.at(-1);
  if (!sameBytes(manifest.hash, last?.manifestHash ?? named)) {
    throw new Malformed('manifest-differs', '公告所指的开标清单不是日志中的开标清单', 'The notice names another manifest than the record holds');
  }
  return {
    tender,
    manifest,
    notice,
    amendments,
    amendment: last?.version ?? 0,
    deadline: last?.deadline ?? moment(String(notice.deadline)),
    ceiling: Number.isSafeInteger(notice.ceiling) ? notice.ceiling : null,
  };
}

/** The one manifest that the record holds for a tender, its officers checked. */
async function soundManifest(record, trust, tender, groups) {
  const found = new Set((await record.entries('manifest', tender)).map((entry) => b64u(canonical(entry.data))));
  if (found.size === 0) throw notInRecord('开标清单', 'a manifest of this tender');
  if (found.size > 1) {
    throw new Malformed('two-manifests', '日志中有两份不同的开标清单，不封装', 'The record holds two manifests of this tender; nothing is sealed');
  }
  const manifest = readManifest(unb64u([...found][0]));
  if (manifest.tender !== tender) throw notInRecord('开标清单', 'a manifest of this tender');
  const registered = await organisationKeys(record, trust, manifest);
  const pinned = trust.organisations.map((one) => keyId(one.public));
  await checkManifest(manifest, registered, pinned, groups);
  if (record.whole !== null) checkUnseen(manifest, seenElsewhere(record, tender));
  return { ...manifest, hash: manifestHash(manifest), pinned };
}

/** Signing keys of the officers' organisations: pinned in the trust file or in the record. */
async function organisationKeys(record, trust, manifest) {
  const held = new Map();
  for (const name of new Set(manifest.seats.map((seat) => seat.orgKeyId))) {
    for (const { data } of await record.entries('organisation-key', `organisation-key/${name}`)) {
      if (typeof data.key !== 'string') continue;
      const key = { uscc: new Members({ uscc: data.uscc }).uscc(), public: unb64u(data.key, 32) };
      if (data.act === 'revoked') held.delete(keyId(key.public));
      else held.set(keyId(key.public), key);
    }
  }
  for (const one of trust.organisations) held.set(keyId(one.public), { uscc: one.uscc, public: one.public });
  return held;
}

function seenElsewhere(record, tender) {
  return record.whole
    .filter((entry) => entry.subject !== tender)
    .flatMap((entry) => {
      if (entry.kind === 'manifest') return readManifest(canonical(entry.data)).seats.flatMap((seat) => [seat.key.recipient, ...(seat.standIn === null ? [] : [seat.standIn.recipient])]);
      return entry.kind === 'rehearsal' && Array.isArray(entry.data.recipients) ? entry.data.recipients : [];
    });
}

const groupsOf = (notice) => [[notice.owner, notice.agent].filter((one) => typeof one === 'string')];

const notInRecord = (zh, en) =>
  new Refusal('not-in-record', `公开日志中没有${zh}；若刚刚发布，稍后再试`, `The record does not hold ${en}; if it was published just now, try again shortly`);

/**
 * How this page's own hash stands to a manifest: 'named' by it, 'published' (another version that
 * the record names), or 'unknown'.
 */
export async function ownStanding(record, manifest, ownHash) {
  if (manifest !== null && sameBytes(manifest.scriptHash, ownHash)) return 'named';
  const versions = await record.entries('script', PAGE_SUBJECT);
  return versions.some(({ data }) => data.page_hash === b64u(ownHash)) ? 'published' : 'unknown';
}
