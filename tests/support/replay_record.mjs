// Replays tests/vectors/log.json with the committed JavaScript bundle: what a page checks of the
// public record. (replay_log.mjs is a third implementation, without anything of the product.)
//
//     node replay_record.mjs BUNDLE VECTORS
import { deepStrictEqual as same } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [bundle, file] = process.argv.slice(2);
const p = await import(pathToFileURL(bundle).href);
const { b64u, canonical, unb64u } = p.encoding;
const utf8 = (text) => new TextEncoder().encode(text);
const vectors = JSON.parse(readFileSync(file, 'utf8'));
const raws = (texts) => texts.map((text) => unb64u(text, 32));

async function refused(code, attempt) {
  try {
    await attempt();
  } catch (cause) {
    same(cause.code, code, cause);
    return 1;
  }
  throw new Error(`nothing was refused as ${code}`);
}

const touched = (hash) => Uint8Array.from(hash, (byte, at) => (at === 0 ? byte ^ 1 : byte));

async function trees({ leaves, roots, inclusion, consistency }) {
  const held = leaves.map((_, number) => p.merkle.leafHash(utf8(`entry ${number}`)));
  same(held.map(b64u), leaves);
  same(roots.map((_, size) => b64u(p.merkle.root(held.slice(0, size)))), roots);
  for (const { index, size, proof } of inclusion) {
    same(p.merkle.inclusionProof(held.slice(0, size), index).map(b64u), proof);
    p.merkle.verifyInclusion(held[index], index, size, raws(proof), unb64u(roots[size]));
    const wrong = () => p.merkle.verifyInclusion(touched(held[index]), index, size, raws(proof), unb64u(roots[size]));
    await refused('not-included', wrong);
  }
  for (const { old, new: size, proof } of consistency) {
    const check = (first) => p.merkle.verifyConsistency(old, first, size, unb64u(roots[size]), raws(proof));
    check(unb64u(roots[old]));
    await refused('not-consistent', () => check(touched(unb64u(roots[old]))));
  }
  return inclusion.length + consistency.length;
}

async function notes(held) {
  const trust = p.trust.readTrust(utf8(held.trust));
  same(b64u(trust.hash), held.trust_hash);
  same([...trust.logs, ...trust.witnesses].map(p.checkpoints.keyText), [held.log_key, ...held.witness_keys]);
  const head = await p.trust.checkCheckpoint(trust, held.checkpoint);
  same([head.origin, head.size], [trust.origin, Number(held.checkpoint.split('\n')[1])]);
  const included = await p.inclusions.checkInclusion(held.inclusion, trust);
  same(included.entry.kind, held.inclusion.entry.type.slice(3, -3));
  await p.inclusions.checkConsistency(held.consistency, trust);
  const [first] = held.checkpoint.split('— ');
  await refused('malformed', () => p.trust.checkCheckpoint(trust, first));
  await refused('bad-signature', () => p.trust.checkCheckpoint(trust, held.checkpoint.replace('\n5\n', '\n6\n')));
  const strict = { ...trust, quorum: 3 };
  await refused('not-witnessed', () => p.trust.checkCheckpoint(strict, held.checkpoint));
  const moved = { ...held.inclusion, index: held.inclusion.index + 1 };
  return 4 + (await refused('not-included', () => p.inclusions.checkInclusion(moved, trust)));
}

function entries({ entries: texts, leaves, root, commitment }) {
  const read = texts.map((text) => p.entries.readEntry(utf8(text)));
  same(read.map((entry) => b64u(entry.leaf)), leaves);
  same(b64u(p.merkle.root(read.map((entry) => entry.leaf))), root);
  p.entries.checkCommitment(unb64u(commitment.commitment), unb64u(commitment.salt), commitment.value);
  return read.length;
}

function fixedTrees(cases) {
  for (const held of cases) {
    const tree = new p.fixedTrees.FixedTree(held.depth, unb64u(held.seed), raws(held.leaves));
    same([tree.places, b64u(tree.root)], [held.places, held.root]);
    same(tree.places.map((place) => tree.path(place).map(b64u)), held.paths);
    tree.places.forEach((place, at) =>
      p.fixedTrees.checkPath(held.depth, unb64u(held.leaves[at]), place, tree.path(place), tree.root),
    );
  }
  return cases.length;
}

async function batches(held) {
  const trust = p.trust.readTrust(utf8(vectors.notes.trust));
  same(b64u(p.batches.saltedLeaf(unb64u(held.act_salt), { act: 1 })), held.act_leaf);
  same(b64u(p.batches.saltedLeaf(unb64u(held.deposit_salt), held.deposit)), held.deposit_leaf);
  await p.signing.checkSignature(held.deposits_statement, unb64u(vectors.keys.custodian));
  const list = p.batches.readClosingList(held.closing_list);
  same(b64u(p.batches.listRoot(list.acts.map((act) => act.leaf))), held.closing_root);
  const redeemed = await p.inclusions.checkRedemption(held.redemption, unb64u(held.act_leaf), trust);
  same(redeemed.place, held.redemption.place);
  const other = touched(unb64u(held.act_leaf));
  await refused('omitted', () => p.batches.checkListed(list.acts, other));
  return 5 + (await refused('not-in-tree', () => p.inclusions.checkRedemption(held.redemption, other, trust)));
}

function numbers(held) {
  const seed = unb64u(held.seed);
  const values = p.numbers.stream(seed, held.stream_label);
  same(held.stream.map(() => values.next().value.toString()), held.stream);
  const six = p.numbers.stream(seed, held.below_label);
  same(held.below_six.map(() => p.numbers.below(six, 6)), held.below_six);
  const order = p.numbers.permutation(seed, 'dark-numbers', raws(held.permutation_of));
  same(order.map(b64u), held.permutation);
  same(p.numbers.pick(seed, 'k', ['95', '96', '97', '98']), held.pick);
  same(p.numbers.distinct(seed, 'place/12', 4096, held.distinct_4096.length), held.distinct_4096);
  return 5;
}

async function draws(held) {
  const files = [held.walk, held.permutation, held.pick, held.lapsed, held.refrozen];
  for (const file of files) await p.draws.rerun(canonical(file));
  const change = (edit, of = held.walk) => {
    const copy = structuredClone(of);
    edit(copy);
    return () => p.draws.rerun(canonical(copy));
  };
  const other = b64u(new Uint8Array(32));
  let count = files.length;
  const [named] = held.lapsed.attempts[0].void;
  const alone = (file) => { file.attempts[0].void = named; };
  count += await refused('wrong-commits', change(alone, held.lapsed));
  count += await refused('malformed', change((file) => { file.attempts[0].void = [named]; }, held.lapsed));
  count += await refused('wrong-leaves', change((file) => file.leaves[0].reverse()));
  count += await refused('wrong-nonce', change((file) => { file.attempts[0].reveals[0].nonce = other; }));
  count += await refused('bad-signature', change((file) => { file.attempts[0].commits[0].tool = 'dice'; }));
  count += await refused('wrong-steps', change((file) => file.steps.shift()));
  count += await refused('wrong-result', change((file) => file.result.seats[0].leaves.reverse()));
  count += await refused('no-consent', change((file) => { file.consents = []; }));
  count += await refused('no-audit', change((file) => { file.audits = []; }));
  return count;
}

const groups = { trees, notes, entries, fixed_trees: fixedTrees, batches, numbers, draws };
for (const [name, replay] of Object.entries(groups)) console.log(`${name} ${await replay(vectors[name])}`);
