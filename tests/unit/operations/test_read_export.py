"""An exported project is read strictly: as it was written, or not at all."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pytest

from devenv.errors import DevenvError
from devenv.formats.export_names import HEAD_NAME, archive_name, render_head
from devenv.formats.lock_toml import LOCK_NAME, render_lock
from devenv.formats.tar_write import END, entry_header, entry_padding
from devenv.model.lock import Lock, LockedPackage
from devenv.operations.read_export import Export
from tests.fixtures.locks import RULES, locked_input, locked_package, locked_system

SYSTEM = "x86_64-linux"
CONTENTS = {"hello": b"h" * 700, "jq": b"j" * 1024}


def row(name: str) -> LockedPackage:
    content = CONTENTS[name]
    sha256 = hashlib.sha256(content).hexdigest()
    return replace(locked_package(name, sha256=sha256), size=len(content))


LOCK = Lock(
    rules=RULES,
    inputs={"debian": locked_input()},
    systems={SYSTEM: locked_system({"jq": "debian:jq"}, *map(row, CONTENTS))},
)


def entry(name: str, content: bytes) -> bytes:
    size = len(content)
    return entry_header(name, size) + content + entry_padding(size)


HEAD = entry(HEAD_NAME, render_head(system=SYSTEM, archive_count=2))
LOCK_ENTRY = entry(LOCK_NAME, render_lock(LOCK).encode())
HELLO, JQ = (
    entry(archive_name(row(name).sha256), content) for name, content in CONTENTS.items()
)
UNKNOWN = entry(archive_name("0" * 64), b"x")
OUTSIDE = entry("../../evil", b"x")
DIRECTORY = entry("archives/", b"")
WHOLE = HEAD + LOCK_ENTRY + HELLO + JQ + END


def take(content: bytes, folder: Path) -> list[str]:
    export = Export(io.BytesIO(content), name="project.tar")
    names = []
    for found in export.archives():
        export.copy(found, folder / "cache" / found.name)
        names.append(found.name)
    return names


def test_what_was_exported_is_read(tmp_path: Path) -> None:
    assert take(WHOLE, tmp_path) == ["hello", "jq"]
    for name, content in CONTENTS.items():
        assert (tmp_path / "cache" / name).read_bytes() == content
    assert Export(io.BytesIO(WHOLE), name="x").lock == LOCK


def flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(END, id="an empty archive"),
        pytest.param(entry("README", b"hello") + END, id="another archive"),
        pytest.param(HEAD + HELLO + JQ + END, id="no lock"),
        pytest.param(WHOLE[: -len(JQ)], id="cut short"),
        pytest.param(WHOLE + b"more", id="something behind"),
        pytest.param(HEAD + LOCK_ENTRY + HELLO + END, id="an archive less"),
        pytest.param(HEAD + LOCK_ENTRY + HELLO + HELLO + END, id="one twice"),
        pytest.param(HEAD + LOCK_ENTRY + HELLO + UNKNOWN + END, id="an unknown one"),
        pytest.param(HEAD + LOCK_ENTRY + HELLO + OUTSIDE + JQ + END, id="outside"),
        pytest.param(HEAD + LOCK_ENTRY + DIRECTORY + HELLO + JQ + END, id="a folder"),
        pytest.param(WHOLE.replace(b'"format":1', b'"format":2'), id="newer"),
        pytest.param(flip(WHOLE, WHOLE.index(b"j" * 99)), id="another byte"),
        pytest.param(WHOLE.replace(b"version = 1", b"version = 9"), id="newer lock"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DevenvError):
        take(content, tmp_path)


def test_what_has_another_hash_leaves_nothing(tmp_path: Path) -> None:
    content = flip(WHOLE, WHOLE.index(b"h" * 99))
    with pytest.raises(DevenvError, match="not the one of its lock"):
        take(content, tmp_path)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_flipped_bit_is_found_or_harmless(tmp_path: Path) -> None:
    for place in range(0, len(WHOLE), 41):
        folder = tmp_path / str(place)
        try:
            names = take(flip(WHOLE, place), folder)
        except DevenvError:
            continue
        for name in names:
            assert (folder / "cache" / name).read_bytes() == CONTENTS[name]
