/** Sealed batches and the closing list: how anonymous acts stand in the public record. */

import { compareBytes } from './bytes.js';
import { b64u, stamp, structure } from './encoding.js';
import { refuse } from './errors.js';
import { BATCH_DEPTH, checkPath } from './fixed_trees.js';
import { Members, checkTender } from './members.js';
import { root } from './merkle.js';

export { saltedLeaf } from './offers.js';
export const TICK_SECONDS = 5;
const LIST_LIMIT = 100_000; // acts of one closing list
const JOURNAL_SUBJECT = 'journal'; // of a batch's entry: it is about no tender

/** The batch that an entry writes; `wrong-type` for another kind of entry, `malformed`. */
export function readBatch(entry) {
  if (entry.kind !== 'sealed-batch') {
    refuse(
      `此处应为 sealed-batch 条目，却是 ${entry.kind}`,
      `An entry sealed-batch is needed here, not ${entry.kind}`,
      'wrong-type',
    );
  }
  const data = new Members(entry.data);
  const batch = { at: entry.at, tick: data.whole('tick'), root: data.octets('root', 32) };
  data.end();
  if (entry.subject !== JOURNAL_SUBJECT) {
    refuse('批次条目的对象名不对', 'The subject of a batch is always the journal');
  }
  return batch;
}

/** Refuse (`not-in-tree`) unless the leaf stands at this place of the batch. */
export const checkInBatch = (batch, leaf, place, path) =>
  checkPath(BATCH_DEPTH, leaf, place, path, batch.root);

/** The root over the leaves of a closing list, in list order. */
export const listRoot = (leaves) => root(leaves);

const closingOrder = (a, b) => (a.at === b.at ? compareBytes(a.leaf, b.leaf) : a.at < b.at ? -1 : 1);

/** The closing list as a file, in closing order. Acts are `{ at, leaf, tick, place }`. */
export const writeClosingList = (tender, acts) =>
  structure('closing-list', {
    tender: checkTender(tender),
    acts: [...acts]
      .sort(closingOrder)
      .map(({ at, leaf, tick, place }) => ({ at: stamp(at), leaf: b64u(leaf), tick, place })),
  });

/** Tender and acts of a closing list; `malformed` unless in closing order, none twice. */
export function readClosingList(value) {
  const given = new Members(value, 'closing-list');
  const tender = given.tender();
  const acts = given.array('acts', readListed, 0, LIST_LIMIT);
  given.end();
  const leaves = new Set(acts.map((act) => b64u(act.leaf)));
  const places = new Set(acts.map((act) => `${act.tick}/${act.place}`));
  const ordered = acts.every((act, at) => at === 0 || closingOrder(acts[at - 1], act) < 0);
  if (leaves.size !== acts.length || places.size !== acts.length || !ordered) {
    refuse('截标清单的顺序不对或有重复', 'The closing list is out of order or repeats an act');
  }
  return { tender, acts };
}

/** The act of this leaf in a closing list; `omitted` if it is not there. */
export function checkListed(acts, leaf) {
  const found = acts.find((act) => compareBytes(act.leaf, leaf) === 0);
  if (found === undefined) {
    refuse(
      '截标清单中没有这份回执所证明的提交；若此后没有替换或撤回，即为遗漏的证据',
      'The closing list does not hold the act that this receipt proves; unless a later act ' +
        'replaced or withdrew it, this is evidence of an omission',
      'omitted',
    );
  }
  return found;
}

function readListed(item) {
  const row = new Members(item);
  const act = {
    at: row.moment('at'),
    leaf: row.octets('leaf', 32),
    tick: row.whole('tick'),
    place: row.whole('place', 0, 2 ** BATCH_DEPTH - 1),
  };
  row.end();
  return act;
}
