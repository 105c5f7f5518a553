/**
 * The walk: who is seated when the strata are gone through in drawn order, and who is passed over.
 *
 * The walk only goes forward: whoever was passed over is not called again, and a seat that falls free
 * goes to the next in the same stratum.
 */

import { compareBytes, utf8 } from './bytes.js';
import { unb64u } from './encoding.js';
import { refuse } from './errors.js';
import { mac } from './numbers.js';

export const COMPUTED = ['earlier-stratum', 'unit-cap']; // follow from the order
export const REPORTED = ['recused-after-opening', 'declined', 'no-answer', 'not-signed-in'];

/** The leaves (as text) of a stratum in the order in which they are called. */
export const drawOrder = (seed, stratum, leaves) =>
  leaves
    .map((leaf) => ({ leaf, rank: mac(seed, utf8(stratum), unb64u(leaf, 32)) }))
    .sort((a, b) => compareBytes(a.rank, b.rank))
    .map(({ leaf }) => leaf);

/** A walk through rows `{ stratum, quota, order }`; `cap(stratum, leaf, seated)` as in a unit cap. */
export class Walk {
  constructor(rows, cap) {
    this.rows = new Map(rows.map((row) => [row.stratum, { ...row, next: 0 }]));
    this.cap = cap;
    this.called = new Set();
    this.skips = [];
    this.seats = new Map(rows.map((row) => [row.stratum, []]));
    for (const row of this.rows.values()) this.fill(row);
  }

  /** Take a seat away for a reported code; the next in the stratum gets it. */
  unseat(stratum, leaf, code) {
    const seats = this.seats.get(stratum) ?? [];
    if (!seats.includes(leaf)) refuse('该候选人没有席位', 'This candidate has no seat', 'not-seated');
    this.seats.set(stratum, seats.filter((one) => one !== leaf));
    this.skips.push({ stratum, leaf, code, collides: null });
    this.fill(this.rows.get(stratum));
  }

  fill(row) {
    const seats = this.seats.get(row.stratum);
    while (seats.length < row.quota && row.next < row.order.length) {
      const leaf = row.order[row.next];
      row.next += 1;
      const seated = [...this.seats.values()].flat();
      const met = this.called.has(leaf) ? null : this.cap(row.stratum, leaf, seated);
      if (this.called.has(leaf)) this.skip(row, leaf, 'earlier-stratum', null);
      else if (met !== null) this.skip(row, leaf, 'unit-cap', met);
      else {
        this.called.add(leaf);
        seats.push(leaf);
      }
    }
  }

  skip({ stratum }, leaf, code, collides) {
    this.skips.push({ stratum, leaf, code, collides });
  }
}

/**
 * A unit cap that is computed where the tags of all concerned are open, and follows the record where
 * they are not; `taken` counts those. A tag of null is no unit.
 */
export function recordedCap(limit, tags, steps) {
  const said = new Map(
    steps.filter((step) => step.code === 'unit-cap').map((step) => [`${step.stratum}/${step.leaf}`, step.collides]),
  );
  const cap = (stratum, leaf, seated) => {
    const recorded = said.get(`${stratum}/${leaf}`) ?? null;
    if ([leaf, ...seated].every((one) => tags.has(one))) {
      if (collision(limit, tags, leaf, seated) !== recorded) wrongSteps();
      return recorded;
    }
    if (recorded === null) {
      if (limit !== null) cap.taken += 1;
      return null;
    }
    const known = new Set([leaf, recorded].filter((one) => tags.has(one)).map((one) => tags.get(one)));
    if (limit === null || !seated.includes(recorded) || known.has(null) || known.size > 1) wrongSteps();
    cap.taken += 1;
    return recorded;
  };
  cap.taken = 0;
  return cap;
}

function collision(limit, tags, leaf, seated) {
  const tag = tags.get(leaf);
  if (limit === null || tag === null) return null;
  const alike = seated.filter((one) => tags.get(one) === tag);
  return alike.length >= limit ? alike[0] : null;
}

/** Refuse: the recorded skips are not those of the walk. */
export function wrongSteps() {
  refuse(
    '记录的跳过与重新走过的顺序不符',
    'The recorded skips are not those that walking the order again gives',
    'wrong-steps',
  );
}
