"""Documents: kept by their hash, judged by their bytes, never by a name."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from market.files.media import DIRECTORY_LIMIT, MediaType, media_type
from market.files.rules import NAME_LIMIT, shown_name
from market.files.store import FileStore
from market.kernel.errors import BadInput, NotFound
from market.protocol.encoding import digest

PDF = b"%PDF-1.7\nwhatever follows"
PNG = b"\x89PNG\r\n\x1a\n\x00"
JPEG = b"\xff\xd8\xff\xe0"


def office_file(*parts: str, comment: bytes = b"") -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as packed:
        for part in parts:
            packed.writestr(part, b"x")
        packed.comment = comment
    return raw.getvalue()


DOCX = office_file("[Content_Types].xml", "word/document.xml")
XLSX = office_file("[Content_Types].xml", "xl/workbook.xml")


def kept_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """An empty folder of documents."""
    return FileStore(tmp_path / "files")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (PDF, MediaType.PDF),
        (PNG, MediaType.PNG),
        (JPEG, MediaType.JPEG),
        (DOCX, MediaType.DOCX),
        (XLSX, MediaType.XLSX),
    ],
)
def test_a_document_is_kept_under_its_hash_with_its_true_kind(
    store: FileStore, tmp_path: Path, raw: bytes, kind: MediaType
) -> None:
    stored = store.put(io.BytesIO(raw))
    assert (stored.digest, stored.size, stored.media_type) == (digest(raw), len(raw), kind)
    name = digest(raw).hex()
    assert kept_files(tmp_path) == [tmp_path / "files" / name[:2] / name]
    with store.open(stored.digest) as file:
        assert file.read() == raw
    assert store.holds(stored.digest)
    assert store.is_whole(stored.digest)


@pytest.mark.parametrize(
    "raw",
    [
        b"plain text",
        b"MZ\x90\x00",
        b"<html><script>",
        b"%PDF",
        b"PK\x03\x04 not a zip",
        office_file("anything.txt"),
        office_file("[Content_Types].xml"),
        office_file("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"),
        office_file("[Content_Types].xml", "word/document.xml", comment=b"x"),
        DOCX + b"appended",
    ],
)
def test_other_kinds_are_refused_and_nothing_is_left(
    store: FileStore, tmp_path: Path, raw: bytes
) -> None:
    with pytest.raises(BadInput, match="unknown-media") as refused:
        store.put(io.BytesIO(raw))
    assert refused.value.status == 415
    assert kept_files(tmp_path) == []


def test_macros_are_refused(store: FileStore) -> None:
    with_macro = office_file("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
    with pytest.raises(BadInput, match="active-content"):
        store.put(io.BytesIO(with_macro))


def test_a_list_of_parts_too_long_to_be_honest_is_not_even_read() -> None:
    many = office_file(
        "[Content_Types].xml",
        "word/document.xml",
        *(f"p/{number}" + "x" * 1000 for number in range(DIRECTORY_LIMIT // 1000)),
    )
    with pytest.raises(BadInput, match="unknown-media"):
        media_type(io.BytesIO(many))


def test_an_empty_document_and_one_byte_too_many_are_refused(tmp_path: Path) -> None:
    store = FileStore(tmp_path, size_limit=len(PDF))
    assert store.put(io.BytesIO(PDF)).size == len(PDF)
    with pytest.raises(BadInput, match="file-too-large") as refused:
        store.put(io.BytesIO(PDF + b"x"))
    assert refused.value.status == 413
    with pytest.raises(BadInput, match="empty-file"):
        store.put(io.BytesIO(b""))
    assert len(kept_files(tmp_path)) == 1


def test_the_same_bytes_at_once_are_kept_once(store: FileStore, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: store.put(io.BytesIO(PDF)), range(8)))
    assert len(set(answers)) == 1
    assert len(kept_files(tmp_path)) == 1


def test_a_source_that_breaks_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int = -1, /) -> bytes:
            if self.tell():
                raise ConnectionResetError
            return super().read(min(size, 5))

    with pytest.raises(ConnectionResetError):
        store.put(Broken(PDF))
    assert kept_files(tmp_path) == []


def test_a_document_changed_on_the_disk_is_noticed(store: FileStore, tmp_path: Path) -> None:
    stored = store.put(io.BytesIO(PDF))
    (path,) = kept_files(tmp_path)
    path.chmod(0o600)
    path.write_bytes(PDF.replace(b"whatever", b"otherwis"))
    assert not store.is_whole(stored.digest)


def test_what_is_not_there_is_not_found_and_a_name_is_no_path(store: FileStore) -> None:
    with pytest.raises(NotFound), store.open(b"x" * 32):
        pass
    assert not store.holds(b"x" * 32)
    for name in (b"", b"../../etc/passwd", b"x" * 31):
        with pytest.raises(ValueError, match="32 bytes"):
            store.holds(name)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("批复.pdf", "批复.pdf"),
        ("批复.exe", "批复.pdf"),
        ("批复", "批复.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\docs\\批复.v2.pdf", "批复.v2.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ("line\nbreak.pdf", "linebreak.pdf"),
        ("   ", "document.pdf"),
        (".pdf", "document.pdf"),
        ("...", "document.pdf"),
        ("", "document.pdf"),
        ("x" * 500 + ".pdf", "x" * (NAME_LIMIT - 4) + ".pdf"),
    ],
)
def test_a_name_shows_no_path_no_tricks_and_the_true_ending(typed: str, shown: str) -> None:
    assert shown_name(typed, MediaType.PDF) == shown
