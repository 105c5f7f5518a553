/**
 * Proof files: an entry in the log, an act in a batch in the log, one log growing into another.
 *
 * The moment by which something is proved to have been in the record is the witnesses', never the
 * log's own.
 */

import { checkInBatch, readBatch } from './batches.js';
import { NOTE_LIMIT, PROOF_LIMIT } from './checkpoints.js';
import { canonical } from './encoding.js';
import { readEntry } from './entries.js';
import { BATCH_DEPTH } from './fixed_trees.js';
import { Members, octetsOf } from './members.js';
import { verifyConsistency, verifyInclusion } from './merkle.js';
import { checkCheckpoint } from './trust.js';

/** What the proof file of an entry proves: the entry, its index, the checkpoint, by when. */
export async function checkInclusion(value, trust) {
  const given = new Members(value, 'inclusion');
  const [entry, index] = [readEntry(canonical(given.take('entry'))), given.whole('index')];
  const proof = given.array('proof', octetsOf(32), 0, PROOF_LIMIT);
  const checkpoint = await checkCheckpoint(trust, given.text('checkpoint', 1, NOTE_LIMIT));
  given.end();
  verifyInclusion(entry.leaf, index, checkpoint.size, proof, checkpoint.root);
  return { entry, index, checkpoint, by: checkpoint.by };
}

/** What a redemption proves for a leaf; refused as an inclusion, and `not-in-tree`. */
export async function checkRedemption(value, leaf, trust) {
  const given = new Members(value, 'redemption');
  const place = given.whole('place', 0, 2 ** BATCH_DEPTH - 1);
  const path = given.array('path', octetsOf(32), BATCH_DEPTH, BATCH_DEPTH);
  const included = await checkInclusion(given.take('batch'), trust);
  given.end();
  const batch = readBatch(included.entry);
  checkInBatch(batch, leaf, place, path);
  return { batch, place, included };
}

/** The two checkpoints of a file that one log is the beginning of another; `not-consistent`. */
export async function checkConsistency(value, trust) {
  const given = new Members(value, 'consistency');
  const old = await checkCheckpoint(trust, given.text('old', 1, NOTE_LIMIT));
  const newer = await checkCheckpoint(trust, given.text('new', 1, NOTE_LIMIT));
  const proof = given.array('proof', octetsOf(32), 0, 2 * PROOF_LIMIT);
  given.end();
  verifyConsistency(old.size, old.root, newer.size, newer.root, proof);
  return { old, new: newer };
}
