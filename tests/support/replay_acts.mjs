// The section "acts" of tests/vectors/protocol.json: signed structures, tickets, an opening.
// Used by replay_protocol.mjs, which hands in the bundle and its own tools.

// Who signed which structure; the key of a label is SHA-256 of "yg-test/" and the label.
const SIGNERS = {
  submission: 'bid/a',
  withdrawal: 'bid/a',
  identity: 'organisation/bidder',
  receipt: 'receipt',
  'drop-receipt': 'witness',
  surrender: 'bid/a',
  permit: 'permit',
  'refund-claim': 'bid/refund',
  'share-batch': 'organisation/owner',
  'share-dispute': 'organisation/owner',
  'price-query': 'bid/a',
  'price-answer': 'bid/a',
  'price-confirmation': 'bid/a',
  'link-request': 'platform',
  'link-answer': 'custodian',
  'key-pool': 'organisation/notary',
};

/** The replays of the section by the name of the case; all signed structures under `signed`. */
export function replays({ p, same, ok, secret, signer, recorded, openBy, collect, manifest }) {
  const { b64u, canonical, digest, unb64u } = p.encoding;
  let [act, token, closing, batch] = [null, null, null, null];

  /** Reads a signed structure and signs it again from what was read. */
  const again = {
    async submission(value, key) {
      const read = p.acts.readAct(canonical(value));
      await p.acts.checkActSignature(read);
      p.acts.checkShape(read, manifest());
      p.acts.checkCurrent(read, p.manifest.manifestHash(manifest()), 0);
      p.acts.checkSequence(read, null);
      [act, token] = [read, read.token];
      return p.encoding.parse((await p.acts.signAct(read, key)).raw);
    },
    async withdrawal(value, key) {
      const read = p.acts.readAct(canonical(value));
      await p.acts.checkActSignature(read);
      p.acts.checkShape(read, manifest());
      p.acts.checkSequence(read, { seq: 0, hash: p.acts.submissionHash(act) });
      return p.encoding.parse((await p.acts.signAct(read, key)).raw);
    },
    async identity(value, key) {
      const { identity, orgKeyId } = p.identity.readIdentity(value);
      await p.identity.checkIdentitySignature(value, identity.uscc, new Map([[orgKeyId, key.public]]));
      p.identity.checkIdentity(identity, p.acts.bindingOf(act, 'identity'), p.manifest.kindsOf(manifest()));
      return p.identity.signIdentity(identity, key);
    },
    async receipt(value, key) {
      const read = await p.receipts.readReceipt(value, key.public);
      p.receipts.checkReceipt(read, act);
      ok(!p.receipts.isOverdue(read, read.promiseBy + p.receipts.PATIENCE));
      ok(p.receipts.isOverdue(read, read.promiseBy + p.receipts.PATIENCE + 1n));
      return p.signing.signed(p.receipts.receiptFor(act, read.salt, read.at), key);
    },
    async 'drop-receipt'(value, key) {
      const read = await p.receipts.readDropReceipt(value, key.public);
      same(read.submissionHash, p.acts.submissionHash(act));
      return p.receipts.dropReceipt(act.raw, read.tender, read.at, key);
    },
    async surrender(value, key) {
      const read = await p.surrender.readSurrender(value);
      p.surrender.checkRefundable(read);
      return p.surrender.signSurrender(read.token, read.newBlindedHash, key);
    },
    async permit(value, key) {
      const read = await p.surrender.readPermit(value, key.public);
      return p.signing.signed(p.surrender.permitFor({ token: read, newBlindedHash: read.newBlindedHash }), key);
    },
    async 'refund-claim'(value, key) {
      const read = await p.surrender.readRefundClaim(value);
      return p.surrender.signRefundClaim(read.token, read.deposit, read.account, key);
    },
    async 'share-batch'(value, key) {
      const read = await p.opening.readShareBatch(canonical(value), key.public);
      p.opening.checkBatchPlace(read, manifest(), closing.hash, 3);
      const [wanted] = p.opening.wantedShares([act], manifest(), 3, read.i);
      p.opening.checkBatchShares({ ...read, refused: [] }, [wanted]);
      batch = p.opening.batchHash(value);
      return p.opening.signShareBatch(read, key);
    },
    async 'share-dispute'(value, key) {
      return p.disputes.signDispute(await p.disputes.readDispute(value, key.public), key);
    },
    async 'price-query'(value, key) {
      const read = await p.priceAnswers.readPriceQuery(value);
      same(b64u(read.bidPub), b64u(key.public));
      return p.priceAnswers.signPriceQuery(read.tender, key);
    },
    async 'price-answer'(value, key) {
      const read = await p.priceAnswers.readPriceAnswer(value);
      same(b64u(read.bidPub), b64u(key.public));
      return p.priceAnswers.signPriceAnswer(read, key);
    },
    async 'price-confirmation'(value, key) {
      const read = await p.priceConfirmations.readPriceConfirmation(value);
      same(b64u(read.bidPub), b64u(key.public));
      return p.priceConfirmations.signPriceConfirmation(read, key);
    },
    async 'link-request'(value, key) {
      const { links } = await p.links.readLinkRequest(value, key.public);
      for (const link of links) same(p.tokens.readToken(p.tokens.tokenJson(link.token)), link.token);
      return p.signing.signed(value, key);
    },
    async 'link-answer'(value, key) {
      const { links } = await p.links.readLinkAnswer(value, key.public);
      ok(links.every((link) => link.good));
      return p.signing.signed(value, key);
    },
    async 'key-pool'(value, key) {
      return p.keypool.signKeyPool(await p.keypool.readKeyPool(value, key.public), key);
    },
  };

  const acts = {
    async signed({ name, given, gives }) {
      const [value, key] = [given.signed, await signer(SIGNERS[name])];
      same([value.type, b64u(key.public)], [`yg/${name}/v1`, given.public]);
      same(b64u(p.signing.message(value)), gives.message);
      same(b64u(digest(canonical(value))), gives.hash);
      await p.signing.checkSignature(value, key.public);
      same(canonical(await again[name](value, key)), canonical(value));
    },
    async 'upload ticket'({ given, gives, chance }) {
      const key = await p.signing.loadPrivate(unb64u(given.secret));
      const tape = recorded(chance);
      same(await p.uploads.writeTicket(given.tender, given.length, token, key, tape), gives.header);
      tape.done();
      const read = await p.uploads.readTicket(gives.header);
      same([read.tender, read.length, read.token], [given.tender, given.length, token]);
    },
    async 'open the identity of the submission'({ given, gives }) {
      same(b64u(p.acts.submissionHash(act)), given.submission_hash);
      const [bound, seats] = [p.acts.bindingOf(act, 'identity'), p.manifest.seatsOf(manifest())];
      const sealed = p.acts.envelopeOf(act, 'identity');
      const ciphertext = unb64u(given.ciphertexts.identity);
      for (const numbers of [[1, 3, 5], [2, 4, 5]]) {
        const opened = await openBy(numbers, sealed, bound, seats, 3, given.officers, ciphertext);
        const found = await p.payload.unpack('identity', opened.raw);
        p.binding.checkBind(found.bind, bound);
        same(found.main, gives['identity.json']);
      }
    },
    async 'refund-request'({ given, gives }) {
      same(p.surrender.refundRequest(given.permit, unb64u(given.blinded)), gives.request);
      const { public: platform } = await signer('permit');
      const read = await p.surrender.readRefundRequest(gives.request, platform);
      same(b64u(read.blinded), given.blinded);
    },
    closing({ given, gives }) {
      const { tender, acts: listed } = p.batches.readClosingList(given.list);
      same(p.batches.writeClosingList(tender, [...listed].reverse()), given.list);
      const read = p.opening.readClosing(gives.closing);
      const made = p.opening.makeClosing(tender, read.manifestHash, read.amendment, read.deadline, listed);
      same([made, b64u(read.hash)], [gives.closing, gives.hash]);
      p.opening.checkClosing(read, tender, listed);
      closing = read;
    },
    'shares-closed'({ gives }) {
      const read = p.opening.readSharesClosed(gives.structure, 3);
      same(p.opening.sharesClosed(read.tender, read.round, read.closingHash, read.batches), gives.structure);
      same([read.tender, read.round, read.closingHash], [act.tender, 3, closing.hash]);
      same(read.batches.map((one) => one.i), [1, 2, 4]);
      for (const one of read.batches) same(one.batchHash, batch);
    },
    judge({ given, gives }) {
      const sealed = p.envelopes.readSealedShare(given.sealed_share);
      const bound = p.acts.bindingOf(act, 'price');
      const dispute = { ...bound, i: 1, fileKey: unb64u(given.file_key, 16), identity: null };
      same(p.disputes.judge(dispute, sealed, bound), gives.cause);
      same(sealed.recipient, p.manifest.seatsOf(manifest())[0][0]);
    },
    amendment({ gives }) {
      const read = p.amendments.readAmendment(gives.structure);
      same(p.amendments.amendmentJson(read), gives.structure);
      same([read.tender, read.version, read.deadline], [act.tender, 1, closing.deadline]);
      same(read.textHash, secret('text'));
      p.amendments.checkHistory(p.manifest.manifestHash(manifest()), [read]);
      ok(p.amendments.stands(0, [read]));
      ok(!p.amendments.stands(0, [{ ...read, effect: p.amendments.REQUIRES_NEW }]));
    },
  };
  return { acts };
}
