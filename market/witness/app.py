"""The witness over HTTP: add-checkpoint of C2SP tlog-witness, a drop, its alarms."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask, Response, jsonify, request

from market.kernel.clock import Clock
from market.kernel.errors import MarketError
from market.protocol.acts import check_act_signature, read_act
from market.protocol.checkpoints import AddCheckpoint, parse_add_checkpoint, size_answer
from market.protocol.encoding import Malformed, b64u, canonical
from market.protocol.merkle import EMPTY_ROOT, NotProved, verify_consistency
from market.protocol.notes import VerifierKey, cosign_text, signature_of
from market.protocol.receipts import drop_receipt
from market.witness.book import Book, Head

DROP_LIMIT = 262_144
"""Bytes of one thing left with the witness: a signed submission without its ciphertexts."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness: its name, its key, the logs it watches, its memory and its clock."""

    name: str
    key: Ed25519PrivateKey
    logs: tuple[VerifierKey, ...]
    book: Book
    clock: Clock

    def add(self, body: bytes) -> Response:
        """Cosign a head that continues what was signed before; otherwise say why not."""
        asked = parse_add_checkpoint(body)
        logs = [key for key in self.logs if key.name == asked.checkpoint.origin]
        if not logs:
            return Response("unknown log\n", status=404)
        try:
            known_key = any(signature_of(asked.note, key) is not None for key in logs)
        except Malformed:
            known_key = False
        if not known_key:
            return Response("not signed by the log\n", status=403)
        with self.book.turn():
            return self._decide(asked)

    def _decide(self, asked: AddCheckpoint) -> Response:
        head = asked.checkpoint
        known = self.book.head(head.origin) or Head(0, EMPTY_ROOT)
        if asked.old != known.size:
            return Response(size_answer(known.size), status=409, content_type="text/x.tlog.size")
        if head.size == known.size and head.root != known.root:
            self._alarm(asked, "two-roots-of-one-size", known)
            return Response(size_answer(known.size), status=409, content_type="text/x.tlog.size")
        try:
            verify_consistency(known.size, known.root, head.size, head.root, asked.proof)
        except NotProved:
            self._alarm(asked, "not-consistent", known)
            return Response("not consistent\n", status=422)
        if head.size > known.size:
            self.book.keep(head.origin, Head(head.size, head.root))
        at = int(self.clock.now().timestamp())
        return Response(
            cosign_text(asked.note.text, self.name, self.key, at).line(),
            content_type="text/plain; charset=utf-8",
        )

    def _alarm(self, asked: AddCheckpoint, what: str, known: Head) -> None:
        self.book.alarm(
            self.clock.now(),
            asked.checkpoint.origin,
            what,
            size=asked.checkpoint.size,
            root=b64u(asked.checkpoint.root),
            known_size=known.size,
            known_root=b64u(known.root),
            note=asked.note.raw().decode(),
        )

    def take(self, body: bytes) -> bytes:
        """Keep a signed submission that the exchange refused; a dated, signed acknowledgement.

        The same submission again is answered with its first moment. Refused: `malformed`,
        `bad-signature`: a witness is no store for anything but acts.
        """
        act = read_act(body)
        check_act_signature(act)
        at = self.book.leave(body, self.clock.now())
        return canonical(drop_receipt(body, act.tender, at, self.key))


def create_app(witness: Witness) -> Flask:
    """The witness as a WSGI application; it sets no cookie and keeps no address."""
    app = Flask("witness", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = DROP_LIMIT

    @app.post("/add-checkpoint")
    def add_checkpoint() -> Response:
        return witness.add(request.get_data())

    @app.post("/drop")
    def drop() -> Response:
        return Response(witness.take(request.get_data()), content_type="application/json")

    @app.get("/checkpoint/<path:origin>")
    def newest(origin: str) -> Response:
        head = witness.book.head(origin)
        if head is None:
            return Response("unknown log\n", status=404)
        return jsonify(size=head.size, root=b64u(head.root))

    @app.get("/alarms")
    def alarms() -> Response:
        return jsonify(witness.book.alarms())

    @app.get("/healthz")
    def health() -> Response:
        return Response("ok\n", content_type="text/plain")

    @app.errorhandler(MarketError)
    def refused(error: MarketError) -> tuple[Response, int]:
        return Response(f"{error.code}\n", content_type="text/plain"), 400

    return app
