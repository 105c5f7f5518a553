/**
 * The manifest of a tender: who can open its bids together, in which rounds, with which bond. Its
 * form is read here; whether its officers may sit together is `seating`.
 * @typedef {{ no: number, opens: string[], reveals: string, to: string, after: string }} Round
 * @typedef {{ tender: string, k: number, seats: import('./officers.js').Seat[], rounds: Round[],
 *   bond: number, covers: Uint8Array | null, scriptHash: Uint8Array }} Manifest
 */

import { BID_KINDS, HASH_LENGTH } from './binding.js';
import { readDenomination } from './bondkeys.js';
import { b64u, canonical, digest, parse, structure } from './encoding.js';
import { refuse } from './errors.js';
import { Members, choiceOf } from './members.js';
import { readSeat, recipientsOf, seatJson } from './officers.js';
import { HOLDER_LIMIT } from './sharing.js';

export const MANIFEST_LIMIT = 15_360; // bytes, so that its journal entry stays within 16 KiB

const REVEALS = ['identity', 'facts', 'nothing'];
const AUDIENCES = ['public', 'panel', 'opening-service'];
const AFTER = ['closing', 'score-lock'];

/** The structure of a manifest. @param {Manifest} held */
export const manifestJson = (held) =>
  structure('manifest', {
    tender: held.tender,
    k: held.k,
    n: held.seats.length,
    officers: held.seats.map(seatJson),
    rounds: held.rounds.map(({ no, opens, reveals, to, after }) => ({ no, opens: [...opens], reveals, to, after })),
    bond: { denomination: held.bond },
    covers: held.covers === null ? null : { root: b64u(held.covers) },
    script_hash: b64u(held.scriptHash),
  });

/** Its bytes as journaled; `too-large` above 15 KiB. @param {Manifest} held */
export function writeManifest(held) {
  const raw = canonical(manifestJson(held));
  if (raw.length > MANIFEST_LIMIT) {
    refuse('开标清单过长', 'The manifest is too large for the journal', 'too-large');
  }
  return raw;
}

/** The name of a manifest in everything sealed under it. @param {Manifest} held */
export const manifestHash = (held) => digest(canonical(manifestJson(held)));

/** The envelopes of a bid, in their order. @param {Manifest} held @returns {string[]} */
export const kindsOf = (held) => held.rounds.flatMap((round) => round.opens);

/** For officer 1, 2, … the recipients of its share. @param {Manifest} held @returns {string[][]} */
export const seatsOf = (held) => held.seats.map(recipientsOf);

/** The round of this number; `no-such-round` otherwise. @returns {Round} */
export function roundOf(held, no) {
  const found = held.rounds[no - 1];
  if (found === undefined) refuse('没有这一轮', 'The manifest has no such round', 'no-such-round');
  return found;
}

/** The manifest of its bytes; `malformed` unless form, k, n and rounds are sound. */
export function readManifest(raw) {
  const given = new Members(parse(raw, MANIFEST_LIMIT), 'manifest');
  const [tender, k, n] = [given.tender(), given.whole('k', 2, HOLDER_LIMIT), given.whole('n')];
  const seats = given.array('officers', readSeat, 3, HOLDER_LIMIT);
  const rounds = given.array('rounds', readRound, 2, BID_KINDS.length);
  const bondGiven = given.inner('bond');
  const bond = readDenomination(bondGiven);
  bondGiven.end();
  const covers = given.maybe('covers', (name) => {
    const inner = given.inner(name);
    const found = inner.octets('root', HASH_LENGTH);
    inner.end();
    return found;
  });
  const scriptHash = given.octets('script_hash', HASH_LENGTH);
  given.end();
  if (n !== seats.length || k >= n) {
    refuse('开标人数与门限不符', 'The numbers of officers do not agree: 2 <= k < n is needed');
  }
  checkRounds(rounds);
  return { tender, k, seats, rounds, bond, covers, scriptHash };
}

/** What stands in place of a manifest's hash in a rehearsal: H of `yg/rehearsal/v1`. */
export const rehearsalHash = (tender, recipients, nonce) =>
  digest(canonical(structure('rehearsal', { tender, recipients: [...recipients], nonce: b64u(nonce) })));

function readRound(item) {
  const given = new Members(item);
  const round = {
    no: given.whole('no', 1, BID_KINDS.length),
    opens: given.array('opens', choiceOf(BID_KINDS), 1, BID_KINDS.length),
    reveals: given.choice('reveals', REVEALS),
    to: given.choice('to', AUDIENCES),
    after: given.choice('after', AFTER),
  };
  given.end();
  return round;
}

function checkRounds(rounds) {
  const kinds = rounds.flatMap((round) => round.opens);
  const first = rounds[0];
  if (rounds.some((round, at) => round.no !== at + 1)) {
    refuse('轮次编号不连续', 'The rounds are not numbered 1, 2, 3');
  }
  if (new Set(kinds).size !== kinds.length) {
    refuse('同一种信封出现在两轮', 'A kind of envelope is opened twice');
  }
  const said = [first.opens.join(), first.reveals, first.to, first.after].join(' ');
  if (said !== 'identity identity opening-service closing') {
    refuse('第一轮应只开身份信封', 'Round 1 must open the identity alone, inside the service');
  }
}
