"""Leaving a ciphertext on the anonymous host: resumed where it stopped, after any crash."""

import base64
import hashlib
import time
from pathlib import Path
from typing import Final

from bidding.client import files
from bidding.client.wallet import Held
from bidding.client.wire import Line, Refused, Silent
from market.protocol.encoding import Malformed
from market.protocol.members import Members
from market.protocol.uploads import write_ticket

TUS: Final = "1.0.0"
PART: Final = 8 * 1024 * 1024
TRIES: Final = 6  # in a row without a single byte more
PAUSE: Final = 1.0  # seconds of machine time after a broken line
PREFIX: Final = "/api/v1/uploads/"
_TYPE: Final = "application/offset+octet-stream"
_BROKEN: Final = frozenset({"offset-differs", "checksum-differs"})


class Upload:
    """One file on its way; `state` remembers the capability from before the first byte on."""

    def __init__(self, line: Line, held: Held, tender: str, file: Path) -> None:
        self._line = line
        self._held = held
        self._tender = tender
        self._file = file
        self._length = file.stat().st_size
        self._state = file.with_suffix(".upload.json")

    def finish(self) -> None:
        """Bring every byte there; `Silent` when the host does not answer for long."""
        tries = 0
        offset = self._offset()
        while offset < self._length:
            try:
                reached = self._send(offset)
            except (Silent, Refused) as broken:
                if isinstance(broken, Refused) and broken.code not in _BROKEN:
                    raise
                tries += 1
                if tries >= TRIES:
                    raise
                time.sleep(PAUSE)
                reached = self._offset()
            tries = 0 if reached > offset else tries
            offset = reached

    def forget(self) -> None:
        """Let go of the capability: the host no longer has what was left there."""
        self._state.unlink(missing_ok=True)

    def _offset(self) -> int:
        """How much is there; an upload that is gone or was never begun is begun."""
        known = files.read_json_or_none(self._state)
        if known is None:
            self._begin()
            return 0
        path = Members({"p": known.get("path")}).text("p", high=400)
        try:
            answer = self._line.ask("HEAD", path, headers={"Tus-Resumable": TUS})
        except Refused as refused:
            if refused.status not in (404, 410):
                raise
            self._begin()
            return 0
        return _whole(answer.headers.get("upload-offset", ""))

    def _begin(self) -> None:
        answer = self._line.ask(
            "POST",
            PREFIX.rstrip("/"),
            headers={
                "Tus-Resumable": TUS,
                "Upload-Length": str(self._length),
                "Upload-Token": write_ticket(
                    self._tender, self._length, self._held.token, self._held.key
                ),
            },
        )
        path = answer.headers.get("location", "").removeprefix(self._line.origin)
        if not path.startswith(PREFIX):
            raise Malformed(zh="上传地址不对", en="The address of the upload has the wrong form")
        files.keep_json(self._state, {"path": path})

    def _send(self, offset: int) -> int:
        path = str(files.read_json(self._state)["path"])
        with self._file.open("rb") as file:
            file.seek(offset)
            part = file.read(PART)
        checksum = base64.b64encode(hashlib.sha256(part).digest()).decode("ascii")
        answer = self._line.ask(
            "PATCH",
            path,
            part,
            {
                "Tus-Resumable": TUS,
                "Upload-Offset": str(offset),
                "Upload-Checksum": f"sha256 {checksum}",
                "Content-Type": _TYPE,
            },
        )
        return _whole(answer.headers.get("upload-offset", ""))


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise Malformed(zh="上传进度格式不对", en="The progress of the upload has the wrong form")
    return int(text)
