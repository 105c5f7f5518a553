"""What kind of document some bytes are, judged by the bytes and never by a name or a header."""

import os
import struct
import zipfile
from enum import StrEnum
from typing import BinaryIO, Final

from market.kernel.errors import BadInput

SNIFFED: Final = 8  # bytes: the longest signature below
DIRECTORY_LIMIT: Final = 1024 * 1024  # bytes of the list of parts; a real document needs 100 KiB


class MediaType(StrEnum):
    """The kinds of documents this platform takes; everything else is refused."""

    PDF = "pdf"
    XLSX = "xlsx"
    DOCX = "docx"
    PNG = "png"
    JPEG = "jpg"

    @property
    def extension(self) -> str:
        """The ending of a file of this kind, with its dot."""
        return f".{self.value}"

    @property
    def mime(self) -> str:
        """The kind as HTTP names it (IANA)."""
        return _MIME[self]


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_MIME: Final = {
    MediaType.PDF: "application/pdf",
    MediaType.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    MediaType.DOCX: f"{_OFFICE}.wordprocessingml.document",
    MediaType.PNG: "image/png",
    MediaType.JPEG: "image/jpeg",
}
_SIGNATURES: Final = (
    (b"%PDF-", MediaType.PDF),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"\xff\xd8\xff", MediaType.JPEG),
)
_ZIP: Final = b"PK\x03\x04"
_END: Final = struct.Struct("<4s4H2LH")  # end of central directory: APPNOTE.TXT 4.3.16
_END_SIGNATURE: Final = b"PK\x05\x06"
_LOCATOR: Final = b"PK\x06\x07"  # of the 64-bit end record: APPNOTE.TXT 4.3.15
_LOCATOR_LENGTH: Final = 20
_MAIN_PARTS: Final = {
    "word/document.xml": MediaType.DOCX,
    "xl/workbook.xml": MediaType.XLSX,
}


def media_type(file: BinaryIO) -> MediaType:
    """The kind of an open, seekable file; code `unknown-media` for a kind that is not taken.

    An office document with a program inside (`vbaProject.bin`) is `active-content`: it would run
    on the machine of whoever opens it.
    """
    file.seek(0)
    head = file.read(SNIFFED)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(_ZIP):
        return _office(file)
    raise _unknown()


def _office(file: BinaryIO) -> MediaType:
    """The kind of an Office Open XML file by the names of its parts; nothing is unpacked."""
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as parts:
            names = parts.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as cause:
        raise _unknown() from cause
    if "[Content_Types].xml" not in names:
        raise _unknown()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise BadInput(
            "active-content",
            zh="文件含有宏程序：请另存为不含宏的 docx 或 xlsx 后再上传",
            en="The file holds a macro: save it as docx or xlsx without macros and send it again",
        )
    kinds = {kind for part, kind in _MAIN_PARTS.items() if part in names}
    if len(kinds) != 1:
        raise _unknown()
    return kinds.pop()


def _check_directory(file: BinaryIO) -> None:
    """Refuse a list of parts too long to be honest before any library reads it into memory.

    The end record must close the file (no comment) and must not hand over to a 64-bit one, whose
    length would not be the one looked at here.
    """
    size = file.seek(0, os.SEEK_END)
    if size < _END.size + _LOCATOR_LENGTH:
        raise _unknown()
    file.seek(size - _END.size - _LOCATOR_LENGTH)
    if file.read(len(_LOCATOR)) == _LOCATOR:
        raise _unknown()
    file.seek(size - _END.size)
    signature, *_, length, _start, comment = _END.unpack(file.read(_END.size))
    if signature != _END_SIGNATURE or comment or length > DIRECTORY_LIMIT:
        raise _unknown()
    file.seek(0)


def _unknown() -> BadInput:
    return BadInput(
        "unknown-media",
        zh="只接受 PDF、XLSX、DOCX、PNG、JPG 文件",
        en="Only PDF, XLSX, DOCX, PNG and JPG files are taken",
        status=415,
    )
