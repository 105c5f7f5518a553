/** Entries of the public journal, read: official acts, each one canonical JSON of at most 16 KiB. */

import { concat, sameBytes } from './bytes.js';
import { canonical, digest, moment, parse, typeOf } from './encoding.js';
import { Malformed, refuse } from './errors.js';
import { Members, objectItem } from './members.js';
import { leafHash } from './merkle.js';

export const ENTRY_LIMIT = 16_384; // bytes

/** Which acts are official; no other kind has an entry. */
export const OFFICIAL_ACTS = (
  'notice amendment manifest rehearsal covers-root covers-revealed sealed-batch closing ' +
  'shares-closed share-dispute opening-record destruction draw-freeze draw-audit draw-consent ' +
  'draw-commit draw-reveal draw-void draw-step draw-result score-lock result award contract ' +
  'bond-decision complaint-decision card parameter keys key-rotation organisation-key bond-key ' +
  'script deposits-root deposits-account library-root timekeeper ' +
  'time-manifest time-release enrolments selection selection-lapse approval-receipt ' +
  'approval-decision agency-entry agency-sanction credit-decision scores'
).split(' ');

/** The entry that these bytes are: `too-large`, `not-official`, `malformed`. */
export function readEntry(raw) {
  if (raw.length > ENTRY_LIMIT) {
    refuse('日志条目超过 16 KiB', 'A journal entry has more than 16 KiB', 'too-large');
  }
  const value = parse(raw);
  const kind = typeOf(value).slice(3, -3);
  const given = new Members(value, kind);
  const entry = {
    kind,
    at: moment(given.text('at')),
    subject: given.matching('subject', /^[!-~]{1,200}$/),
    data: objectItem(given.take('data')),
    raw,
    leaf: leafHash(raw),
  };
  given.end();
  if (!OFFICIAL_ACTS.includes(kind)) {
    refuse(`不属于公开日志的行为：${kind}`, `Not an official act: ${kind}`, 'not-official');
  }
  return entry;
}

/** Refuse (`wrong-commitment`) unless this salt and value are what was committed to. */
export function checkCommitment(committed, salt, value) {
  if (salt.length !== 32 || !sameBytes(digest(concat(salt, canonical(value))), committed)) {
    throw new Malformed(
      'wrong-commitment',
      '公开的内容与先前的承诺不符',
      'What is shown is not what was committed to',
    );
  }
}
