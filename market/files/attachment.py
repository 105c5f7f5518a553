"""Handing a kept document to a browser: as a file to save, never as a page to run."""

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response

from market.files.queries import DocumentFacts
from market.files.store import CHUNK, FileStore


def download(store: FileStore, facts: DocumentFacts) -> Response:
    """The document as an attachment under the name it is shown by.

    Whoever calls this has decided that the reader may have it.
    """

    def pieces() -> Iterator[bytes]:
        with store.open(facts.digest) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    response = Response(pieces(), content_type=facts.media_type.mime)
    headers = response.headers
    headers["Content-Length"] = str(facts.size)
    headers["Content-Disposition"] = (
        f'attachment; filename="document{facts.media_type.extension}";'
        f" filename*=UTF-8''{quote(facts.name, safe='')}"
    )
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    headers["Cache-Control"] = "private, no-store"
    return response
