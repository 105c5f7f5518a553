// Replays tests/vectors/log.json with nothing but Node's own cryptography: a second implementation
// of trees, notes, tiles, fixed trees, numbers and the draw. Prints one line for each group.
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deepStrictEqual as same, ok } from 'node:assert/strict';

const vectors = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const mac = (key, ...parts) => createHmac('sha256', key).update(Buffer.concat(parts)).digest();
const raw = (text) => Buffer.from(text, 'base64url');
const b64u = (bytes) => bytes.toString('base64url');
const utf8 = (text) => Buffer.from(text, 'utf8');
const byBytes = (a, b) => Buffer.compare(a, b);

function jcs(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jcs).join(',')}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${jcs(value[name])}`).join(',')}}`;
}

const leafHash = (entry) => sha(Buffer.from([0]), entry);
const nodeHash = (left, right) => sha(Buffer.from([1]), left, right);

function root(leaves) {
  if (leaves.length === 0) return sha();
  if (leaves.length === 1) return leaves[0];
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  return nodeHash(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

function included(leaf, index, size, proof, expected) {
  let [fn, sn, found] = [index, size - 1, leaf];
  for (const step of proof) {
    ok(sn > 0);
    if (fn % 2 === 1 || fn === sn) {
      found = nodeHash(step, found);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else found = nodeHash(found, step);
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  ok(sn === 0 && found.equals(expected));
}

function ed25519(publicBytes, message, signature) {
  const prefix = Buffer.from('302a300506032b6570032100', 'hex');
  const key = createPublicKey({ key: Buffer.concat([prefix, publicBytes]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
}

function signed(structure, publicBytes, member = 'signature') {
  const { [member]: signature, ...rest } = structure;
  ok(ed25519(publicBytes, utf8(`yg/sig/v1\n${structure.type}\n${jcs(rest)}`), raw(signature)));
}

function* stream(seed, label) {
  for (let counter = 0; ; counter += 1) {
    const four = Buffer.alloc(4);
    four.writeUInt32BE(counter);
    yield mac(seed, utf8('yg/num/v1'), Buffer.from([0]), utf8(label), four).readBigUInt64BE(0);
  }
}

function below(values, limit) {
  const whole = 2n ** 64n;
  const wanted = BigInt(limit);
  for (;;) {
    const { value } = values.next();
    if (value < whole - (whole % wanted)) return Number(value % wanted);
  }
}

function permutation(seed, purpose, things) {
  const values = stream(seed, `perm/${purpose}`);
  const order = [...things];
  for (let place = order.length - 1; place > 0; place -= 1) {
    const other = below(values, place + 1);
    [order[place], order[other]] = [order[other], order[place]];
  }
  return order;
}

function distinct(seed, label, limit, count) {
  const values = stream(seed, label);
  const moved = new Map();
  const drawn = [];
  for (let place = 0; place < count; place += 1) {
    const other = place + below(values, limit - place);
    drawn.push(moved.get(other) ?? other);
    moved.set(other, moved.get(place) ?? place);
  }
  return drawn;
}

function fixedTree({ depth, seed, leaves }) {
  const secret = raw(seed);
  const places = distinct(secret, `place/${depth}`, 2 ** depth, leaves.length);
  const levels = [new Map(places.map((place, number) => [place, raw(leaves[number])]))];
  const node = (level, index) => {
    const held = levels[level]?.get(index);
    if (held) return held;
    const name = Buffer.alloc(6);
    name[0] = depth;
    name[1] = level;
    name.writeUInt32BE(index, 2);
    return mac(secret, utf8('yg/fill/v1'), Buffer.from([0]), name);
  };
  for (let level = 0; level < depth; level += 1) {
    const above = new Map();
    for (const index of levels[level].keys()) {
      const half = Math.floor(index / 2);
      above.set(half, nodeHash(node(level, 2 * half), node(level, 2 * half + 1)));
    }
    levels.push(above);
  }
  const path = (place) =>
    Array.from({ length: depth }, (_, level) => node(level, Math.floor(place / 2 ** level) ^ 1));
  return { places, root: node(depth, 0), path };
}

function replayTrees({ leaves, roots, inclusion }) {
  const held = leaves.map((_, number) => leafHash(utf8(`entry ${number}`)));
  same(held.map(b64u), leaves);
  same(roots.map((_, size) => b64u(root(held.slice(0, size)))), roots);
  for (const { index, size, proof } of inclusion)
    included(held[index], index, size, proof.map(raw), raw(roots[size]));
  return inclusion.length + roots.length;
}

function replayNotes({ checkpoint, log_key: logKey, witness_keys: witnessKeys, inclusion }) {
  const end = checkpoint.lastIndexOf('\n\n');
  const text = checkpoint.slice(0, end + 1);
  const lines = checkpoint.slice(end + 2).trimEnd().split('\n').map((line) => line.split(' '));
  for (const key of [logKey, ...witnessKeys]) {
    const [name, id, ...rest] = key.split('+');
    const material = Buffer.from(rest.join('+'), 'base64');
    same(sha(utf8(`${name}\n`), material).subarray(0, 4).toString('hex'), id);
    const [, , signature] = lines.find((line) => line[1] === name);
    const blob = Buffer.from(signature, 'base64');
    same(blob.subarray(0, 4).toString('hex'), id);
    const cosigned = material[0] === 4;
    const time = cosigned ? blob.readBigUInt64BE(4) : 0n;
    const message = cosigned ? `cosignature/v1\ntime ${time}\n${text}` : text;
    ok(ed25519(material.subarray(1), utf8(message), blob.subarray(cosigned ? 12 : 4)));
  }
  const [, size, expected] = text.split('\n');
  const proof = inclusion.proof.map(raw);
  included(leafHash(utf8(jcs(inclusion.entry))), inclusion.index, Number(size), proof, Buffer.from(expected, 'base64'));
  return 1 + witnessKeys.length;
}

function replayEntries({ entries, leaves, root: expected, commitment }) {
  for (const text of entries) same(jcs(JSON.parse(text)), text);
  same(entries.map((text) => b64u(leafHash(utf8(text)))), leaves);
  same(b64u(root(leaves.map(raw))), expected);
  same(b64u(sha(raw(commitment.salt), utf8(jcs(commitment.value)))), commitment.commitment);
  return entries.length;
}

function replayFixed(cases) {
  for (const held of cases) {
    const tree = fixedTree(held);
    same(tree.places, held.places);
    same(b64u(tree.root), held.root);
    same(tree.places.map((place) => tree.path(place).map(b64u)), held.paths);
  }
  return cases.length;
}

function replayBatches(held, keys) {
  same(b64u(leafHash(Buffer.concat([raw(held.act_salt), utf8(jcs({ act: 1 }))]))), held.act_leaf);
  same(b64u(leafHash(Buffer.concat([raw(held.deposit_salt), utf8(jcs(held.deposit))]))), held.deposit_leaf);
  signed(held.deposits_statement, raw(keys.custodian));
  same(b64u(root(held.closing_list.acts.map((act) => raw(act.leaf)))), held.closing_root);
  let found = raw(held.act_leaf);
  held.redemption.path.forEach((step, level) => {
    const right = (held.redemption.place >> level) & 1;
    found = right ? nodeHash(raw(step), found) : nodeHash(found, raw(step));
  });
  same(b64u(found), held.redemption.batch.entry.data.root);
  return 4;
}

function replayNumbers(held) {
  const seed = raw(held.seed);
  const values = stream(seed, held.stream_label);
  same(held.stream.map(() => values.next().value.toString()), held.stream);
  const six = stream(seed, held.below_label);
  same(held.below_six.map(() => below(six, 6)), held.below_six);
  same(permutation(seed, 'dark-numbers', held.permutation_of), held.permutation);
  same(below(stream(seed, 'pick/k'), 4), held.pick.index);
  same(distinct(seed, 'place/12', 4096, held.distinct_4096.length), held.distinct_4096);
  return 5;
}

function seedOf({ freeze, attempts }) {
  const attempt = attempts.at(-1);
  const freezeHash = b64u(sha(utf8(jcs(freeze))));
  const nonces = attempt.reveals.map(({ party, nonce }) => ({ party, nonce }));
  attempt.commits.forEach((commit, number) => {
    const { draw, attempt: count, party, escrow_hash } = commit;
    const named = jcs({ draw, attempt: count, freeze_hash: freezeHash, party, escrow_hash });
    same(b64u(sha(utf8('yg/nonce/v1'), utf8(named), raw(nonces[number].nonce))), commit.commitment);
    signed(commit, raw(freeze.parties.find((one) => one.party === party).key));
  });
  const commits = attempt.commits.map((commit) => b64u(sha(utf8(jcs(commit)))));
  const value = { draw: freeze.draw, attempt: attempt.attempt, freeze_hash: freezeHash, commits, nonces, beacon: null };
  return sha(utf8('yg/draw/v1\n'), utf8(jcs(value)));
}

function walk(held, seed, tags) {
  const { strata, walk: terms } = held.freeze;
  const seats = new Map(strata.map(({ stratum }) => [stratum, []]));
  const queues = new Map(
    strata.map(({ stratum }, number) => {
      const order = held.leaves[number].map((leaf) => [mac(seed, utf8(stratum), raw(leaf)), leaf]);
      return [stratum, order.sort(([a], [b]) => byBytes(a, b)).map(([, leaf]) => leaf)];
    }),
  );
  const [called, skips] = [new Set(), []];
  const fill = ({ stratum, quota }) => {
    while (seats.get(stratum).length < quota && queues.get(stratum).length > 0) {
      const leaf = queues.get(stratum).shift();
      const alike = [...seats.values()].flat().filter((one) => tags.get(one) === tags.get(leaf));
      if (called.has(leaf)) skips.push([stratum, leaf, 'earlier-stratum', null]);
      else if (alike.length >= terms.unit_cap) skips.push([stratum, leaf, 'unit-cap', alike[0]]);
      else {
        called.add(leaf);
        seats.get(stratum).push(leaf);
      }
    }
  };
  strata.forEach(fill);
  for (const { stratum, leaf, code } of held.steps) {
    if (code === 'unit-cap' || code === 'earlier-stratum') continue;
    seats.set(stratum, seats.get(stratum).filter((one) => one !== leaf));
    skips.push([stratum, leaf, code, null]);
    fill(strata.find((one) => one.stratum === stratum));
  }
  return { seats, skips };
}

function replayDraws({ walk: held, permutation: shuffled, pick: picked, lapsed, refrozen, recusals }) {
  const key = raw(held.pool.key);
  const tags = new Map();
  for (const { id, unit, attributes } of held.pool.candidates) {
    const tag = b64u(mac(key, utf8('yg/draw-unit/v1\0'), utf8(unit)));
    const salt = mac(key, utf8('yg/draw-salt/v1\0'), utf8(id));
    tags.set(b64u(leafHash(Buffer.concat([salt, utf8(jcs({ id, unit_tag: tag, attributes }))]))), tag);
  }
  held.leaves.flat().forEach((leaf) => ok(tags.has(leaf)));
  held.freeze.strata.forEach((one, number) => same(b64u(root(held.leaves[number].map(raw))), one.root));
  const seed = seedOf(held);
  same(b64u(seed), held.result.seed);
  const { seats, skips } = walk(held, seed, tags);
  same([...seats.values()], held.result.seats.map((row) => row.leaves));
  same(skips, held.steps.map((step) => [step.stratum, step.leaf, step.code, step.collides]));
  same(permutation(seedOf(shuffled), shuffled.freeze.purpose, shuffled.leaves[0]), shuffled.result.order);
  const index = below(stream(seedOf(picked), `pick/${picked.freeze.purpose}`), picked.freeze.options.length);
  same([index, picked.freeze.options[index]], [picked.result.index, picked.result.option]);
  return 3 + replayLapsed(lapsed) + replayRefrozen(refrozen) + replayRecusals(recusals);
}

/** Two parties named, each by a signed void; who stands in for one of them goes on. */
function replayLapsed(held) {
  const [first, second] = held.attempts;
  const keys = new Map(held.freeze.parties.map(({ party, key }) => [party, raw(key)]));
  same(first.void.map(({ party }) => party), ['centre', 'notary']);
  for (const one of first.void) {
    same([one.draw, one.attempt, one.cause], [held.freeze.draw, 1, 'not-committed']);
    same(one.freeze_hash, b64u(sha(utf8(jcs(held.freeze)))));
    signed(one, keys.get(one.by));
  }
  same(second.commits.map(({ party }) => party), ['notary-2', 'supervisor']);
  same(permutation(seedOf(held), held.freeze.purpose, held.leaves[0]), held.result.order);
  return 1;
}

/** The freeze that was stopped, the one that replaces it, and every leaf that came or went. */
function replayRefrozen(held) {
  const [old] = held.earlier;
  same(held.freeze.replaces.freeze_hash, b64u(sha(utf8(jcs(old.freeze)))));
  same(held.freeze.walk.key_hash, old.freeze.walk.key_hash);
  const [before, after] = [new Set(old.leaves.flat()), new Set(held.leaves.flat())];
  const changed = [...before].filter((leaf) => !after.has(leaf));
  changed.push(...[...after].filter((leaf) => !before.has(leaf)));
  changed.sort((a, b) => byBytes(raw(a), raw(b)));
  same(held.freeze.replaces.changes.map(({ leaf }) => leaf), changed);
  same(old.audits.map(({ result }) => result), ['fails']);
  same(held.consents.at(-1).reason, 'refreeze');
  same(b64u(seedOf(held)), held.result.seed);
  return 1;
}

/** A fact's salt, the facts' root in the record, and the opened fact of the claim. */
function replayRecusals({ key, id, facts, data, declared, recusals: given }) {
  const made = facts.map(({ section, row }) => {
    const salt = mac(raw(key), utf8('yg/register-fact/v1\0'), utf8(jcs({ id, section, row })));
    return Buffer.concat([salt, utf8(jcs({ section, row }))]);
  });
  same(made.map(b64u), data);
  const leaves = made.map((one) => leafHash(one)).sort(byBytes);
  same(b64u(root(leaves)), declared);
  same(given.claims[0].leaves, leaves.map(b64u));
  ok(data.includes(given.claims[0].fact));
  same(given.case.type, 'yg/recusal-case/v1');
  return 1;
}

const groups = {
  trees: replayTrees,
  notes: replayNotes,
  entries: replayEntries,
  fixed_trees: replayFixed,
  batches: (held) => replayBatches(held, vectors.keys),
  numbers: replayNumbers,
  draws: replayDraws,
};
for (const [name, replay] of Object.entries(groups)) console.log(`${name} ${replay(vectors[name])}`);
