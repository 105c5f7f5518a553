/**
 * `offer.json`: what a bidder offers, as facts that can be shown one by one.
 *
 * Each fact is a salted leaf of a small tree whose root enters the payload's hash, so that after
 * opening a price is published with a proof while the rest stays with those who may read it.
 * @typedef {{ name: string, value: unknown, salt: Uint8Array }} Fact
 */

import { concat, sameBytes } from './bytes.js';
import { fresh } from './chance.js';
import { b64u, canonical, structure } from './encoding.js';
import { refuse } from './errors.js';
import { Members, octetList, octetsOf, word } from './members.js';
import { HASH_LENGTH, inclusionProof, leafHash, root, rootOfProof } from './merkle.js';
import { payloadHash } from './payload.js';

export const SALT_LENGTH = 32;
export const FACT_LIMIT = 4096;

const PATH_LIMIT = 12; // hashes from a fact to the root of 4096

/** `H(0x00 || salt || JCS(value))`: the leaf of an act, a deposit, a fact or a cover key. */
export function saltedLeaf(salt, value) {
  if (salt.length !== SALT_LENGTH) throw new RangeError('a leaf needs 32 bytes of salt');
  return leafHash(concat(salt, canonical(value)));
}

const factLeaf = ({ name, value, salt }) => saltedLeaf(salt, { name, value });

/** Facts ascending by name. Draws 32 bytes for each, in this order. @returns {Fact[]} */
export const saltedFacts = (values, chance = fresh) =>
  Object.keys(values)
    .sort()
    .map((name) => ({ name: word(name), value: values[name], salt: chance(SALT_LENGTH) }));

/** The structure `yg/offer/v1` of facts in ascending order. @param {Fact[]} facts */
export const offerJson = (facts) =>
  structure('offer', { facts: facts.map(({ name, value, salt }) => ({ name, value, salt: b64u(salt) })) });

/** The facts of an offer: 1 to 4096, strictly ascending by name; else `malformed`. */
export function readOffer(value) {
  const given = new Members(value, 'offer');
  const facts = given.array('facts', readFact, 1, FACT_LIMIT);
  given.end();
  if (facts.some((fact, at) => at > 0 && facts[at - 1].name >= fact.name)) {
    refuse('报价事实次序不对或重复', 'Facts of an offer are out of order or stand twice');
  }
  if (new Set(facts.map((fact) => b64u(fact.salt))).size !== facts.length) {
    refuse('报价事实的盐重复', 'Two facts of an offer have the same salt');
  }
  return facts;
}

/** The root over the facts' leaves, in their order; of none, H of nothing. */
export const factsRoot = (facts) => root(facts.map(factLeaf));

/** The structure `yg/fact/v1` that proves the fact of this name; `no-such-fact` without one. */
export function proveFact(facts, name, payloadDigest) {
  const index = facts.findIndex((fact) => fact.name === name);
  if (index < 0) refuse(`报价中没有 ${name}`, `The offer holds no ${name}`, 'no-such-fact');
  const path = inclusionProof(facts.map(factLeaf), index);
  const { value, salt } = facts[index];
  return structure('fact', {
    name,
    value,
    salt: b64u(salt),
    index,
    count: facts.length,
    path: octetList(path),
    payload_digest: b64u(payloadDigest),
  });
}

/**
 * The fact of a proof, if it is part of the payload of this hash; `malformed`, `fact-not-proved`.
 * @returns {Fact}
 */
export function checkFact(value, expected) {
  const given = new Members(value, 'fact');
  const fact = { name: word(given.take('name')), value: given.take('value'), salt: given.octets('salt', SALT_LENGTH) };
  const count = given.whole('count', 1, FACT_LIMIT);
  const index = given.whole('index', 0, count - 1);
  const path = given.array('path', octetsOf(HASH_LENGTH), 0, PATH_LIMIT);
  const payloadDigest = given.octets('payload_digest', HASH_LENGTH);
  given.end();
  const found = rootOfProof(factLeaf(fact), index, count, path);
  if (found === null || !sameBytes(payloadHash(found, payloadDigest), expected)) {
    refuse('该事实不属于所封装的投标', 'The fact is not part of the sealed bid', 'fact-not-proved');
  }
  return fact;
}

function readFact(item) {
  const given = new Members(item);
  const fact = { name: word(given.take('name')), value: given.take('value'), salt: given.octets('salt', SALT_LENGTH) };
  given.end();
  return fact;
}
