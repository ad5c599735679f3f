"""Entries of a layer, read by our own strict reader and by Python's."""

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.formats.tar import TarKind, TarReader
from devenv.formats.tar_layer import LayerEntry, LayerKind, entry_head
from devenv.formats.tar_write import END, entry_padding

LONG = b"/".join([b"d" * 60] * 5) + b"/name"
NAMES = {
    "short": b"a",
    "100 bytes": b"n" * 100,
    "cut at a slash": b"f/" * 60 + b"name",
    "too long to cut": b"n" * 200,
    "too long in all": LONG,
    "a line end": b"a\nb\n",
    "an escape": b"\x1b]0;title\x07",
    "no UTF-8": b"\xff\xfe/" + b"\xe9" * 150,
    "like an option": b"-rf",
    "like a record of pax": b"30 path=elsewhere\n" * 9,
}


def written(entry: LayerEntry, content: bytes = b"") -> bytes:
    return entry_head(entry) + content + entry_padding(len(content)) + END


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("kind", LayerKind, ids=lambda kind: kind.name)
def test_any_name_is_read_as_it_was(name: bytes, kind: LayerKind) -> None:
    is_link = kind in (LayerKind.HARD_LINK, LayerKind.SYMBOLIC_LINK)
    content = b"content" if kind is LayerKind.FILE else b""
    entry = LayerEntry(
        name=name,
        kind=kind,
        mode=0o555,
        size=len(content),
        mtime_seconds=1_700_000_000,
        target=name if is_link else b"",
    )
    archive = written(entry, content)
    (ours,) = TarReader(io.BytesIO(archive))
    assert ours.kind.name == kind.name
    assert ours.name.rstrip(b"/") == name
    assert (ours.size, ours.target or b"") == (len(content), entry.target)
    with tarfile.open(
        fileobj=io.BytesIO(archive), encoding="utf-8", errors="surrogateescape"
    ) as others:
        (member,) = others.getmembers()
    assert member.name.encode("utf-8", "surrogateescape") == name
    assert member.linkname.encode("utf-8", "surrogateescape") == entry.target
    assert (member.mode, member.mtime) == (0o555, 1_700_000_000)
    assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", "")


def test_a_size_from_8_gib_is_told_by_pax() -> None:
    size = (8 << 30) + 5
    head = entry_head(
        LayerEntry(name=b"large", kind=LayerKind.FILE, mode=0o644, size=size)
    )
    with tarfile.open(fileobj=io.BytesIO(head)) as archive:
        assert archive.next().size == size  # type: ignore[union-attr]


@given(
    name=st.binary(min_size=1, max_size=400).filter(
        lambda name: b"\0" not in name and not name.endswith(b"/") and name[:1] != b"/"
    )
)
def test_names_at_random_are_read_as_they_were(name: bytes) -> None:
    entry = LayerEntry(name=name, kind=LayerKind.FILE, mode=0o644)
    (found,) = TarReader(io.BytesIO(written(entry)))
    assert (found.name, found.kind) == (name, TarKind.FILE)


@pytest.mark.parametrize("name", [b"", b"a\0b"], ids=["none", "a NUL"])
def test_what_is_no_name_is_refused(name: bytes) -> None:
    with pytest.raises(ValueError, match="LayerEntry"):
        entry_head(LayerEntry(name=name, kind=LayerKind.FILE, mode=0o644))
