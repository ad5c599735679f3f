import io
import tarfile
from random import Random

import pytest

from devenv.errors import FormatError, UnsafeArchiveError
from devenv.formats.compression import PieceReader
from devenv.formats.tar import TarEntry, TarKind, TarReader
from tests.fixtures.archive_fuzz import hostile_tar
from tests.fixtures.raw_archives import (
    END,
    MTIME_SECONDS,
    POSIX,
    V7,
    Header,
    directory,
    file,
    hard_link,
    long_name,
    long_target,
    pax,
    record,
    symlink,
)
from tests.fixtures.tar_readers import our_reading, their_reading

FORMATS = [
    pytest.param(tarfile.GNU_FORMAT, id="gnu"),
    pytest.param(tarfile.PAX_FORMAT, id="pax"),
    pytest.param(tarfile.USTAR_FORMAT, id="ustar"),
]


def entries_of(content: bytes) -> list[TarEntry]:
    return list(TarReader(io.BytesIO(content)))


def first_of(*parts: bytes) -> TarEntry:
    return entries_of(b"".join(parts) + END)[0]


@pytest.mark.parametrize("dialect", FORMATS)
def test_what_python_writes_is_read(dialect: int) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=dialect) as tar:
        for name, size in (("./short", 3), ("d" * 60 + "/" + "f" * 90, 1024), ("z", 0)):
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = size, 12345, 0o755
            tar.addfile(member, io.BytesIO(b"x" * size))

    reader = TarReader(io.BytesIO(stream.getvalue()))
    read = [(entry, reader.read(2000)) for entry in reader]

    assert [(entry.name, len(content)) for entry, content in read] == [
        (b"./short", 3),
        (b"d" * 60 + b"/" + b"f" * 90, 1024),
        (b"z", 0),
    ]
    assert {(entry.mode, entry.mtime_seconds) for entry, _ in read} == {(0o755, 12345)}


def test_every_kind_of_entry_is_told() -> None:
    content = b"".join(
        (directory(b"d/"), file(b"f", b"x"), symlink(b"s", b"f"), hard_link(b"h", b"f"))
    )

    found = entries_of(content + END)

    assert [(entry.kind, entry.target) for entry in found] == [
        (TarKind.DIRECTORY, b""),
        (TarKind.FILE, b""),
        (TarKind.SYMBOLIC_LINK, b"f"),
        (TarKind.HARD_LINK, b"f"),
    ]


def test_content_that_nobody_reads_is_passed_over() -> None:
    content = file(b"a", b"x" * 5000) + file(b"b", b"y" * 700) + END
    reader = TarReader(io.BytesIO(content))

    read = {entry.name: reader.read(3) for entry in reader}

    assert read == {b"a": b"xxx", b"b": b"yyy"}


def test_reading_stops_at_the_end_of_a_file() -> None:
    reader = TarReader(io.BytesIO(file(b"a", b"x" * 600) + file(b"b") + END))
    next(iter(reader))

    assert [len(reader.read(500)) for _ in range(3)] == [500, 100, 0]


def test_a_file_is_read_by_the_pieces_at_hand() -> None:
    content = file(b"a", b"x" * 600) + file(b"b", b"y") + END
    pieces = (content[start : start + 500] for start in range(0, len(content), 500))
    reader = TarReader(PieceReader(pieces))
    entries = iter(reader)

    assert next(entries).name == b"a"
    # The header takes 512 bytes: 12 of the second piece, and some of the third.
    assert [len(reader.read_piece(300)) for _ in range(4)] == [300, 188, 112, 0]
    assert next(entries).name == b"b"
    assert [reader.read_piece(300) for _ in range(2)] == [b"y", b""]


def test_a_file_that_is_cut_short_has_no_last_piece() -> None:
    reader = TarReader(io.BytesIO(file(b"a", b"x" * 5000)[:1000]))
    next(iter(reader))

    assert len(reader.read_piece(4000)) == 1000 - 512
    with pytest.raises(FormatError, match="cut short"):
        reader.read_piece(4000)


@pytest.mark.parametrize(
    ("content", "name", "target"),
    [
        pytest.param(
            long_name(b"n" * 300) + file(b"n"), b"n" * 300, b"", id="long name"
        ),
        pytest.param(
            long_target(b"t" * 300) + symlink(b"n", b"t"), b"n", b"t" * 300,
            id="long target",
        ),
        pytest.param(
            long_target(b"t" * 300) + long_name(b"n" * 300) + symlink(b"n", b"t"),
            b"n" * 300, b"t" * 300,
            id="both",
        ),
        pytest.param(
            long_name(b"n" * 300) + long_target(b"t" * 300) + symlink(b"n", b"t"),
            b"n" * 300, b"t" * 300,
            id="both, the other way round",
        ),
        pytest.param(
            pax(record(b"path", b"p"), record(b"linkpath", b"t")) + symlink(b"n", b"x"),
            b"p", b"t",
            id="pax",
        ),
        pytest.param(
            Header(name=b"n", magic=POSIX, prefix=b"a/b").packed(), b"a/b/n", b"",
            id="prefix",
        ),
        pytest.param(
            Header(name=b"n", magic=V7, kind=b"\0").packed(), b"n", b"", id="v7"
        ),
    ],
)  # fmt: skip
def test_names_come_from_where_each_dialect_keeps_them(
    content: bytes, name: bytes, target: bytes
) -> None:
    entry = first_of(content)

    assert (entry.name, entry.target) == (name, target)


def test_a_long_name_is_for_one_entry_only() -> None:
    content = long_name(b"n" * 300) + file(b"a") + file(b"b") + END

    assert [entry.name for entry in entries_of(content)] == [b"n" * 300, b"b"]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(b"0", 0), (b"1.999", 1), (b"1700000000.123456789", MTIME_SECONDS)],
)
def test_a_pax_time_is_cut_to_whole_seconds(value: bytes, seconds: int) -> None:
    entry = first_of(pax(record(b"mtime", value)), file(b"a"))

    assert entry.mtime_seconds == seconds


def test_a_pax_size_may_repeat_the_size() -> None:
    assert first_of(pax(record(b"size", b"3")), file(b"a", b"xyz")).size == 3


@pytest.mark.parametrize("key", [b"uid", b"uname", b"atime", b"SCHILY.xattr.user.a"])
def test_records_without_effect_are_passed_over(key: bytes) -> None:
    assert first_of(pax(record(key, b"whatever\n")), file(b"a")).name == b"a"


def test_what_is_read_is_what_another_reader_reads() -> None:
    agreed = 0
    for seed in range(3000):
        content = hostile_tar(Random(seed))  # noqa: S311 - has to repeat
        try:
            found = our_reading(content)
        except (FormatError, UnsafeArchiveError):
            continue
        assert found == their_reading(content), f"seed {seed}"
        agreed += 1

    assert agreed > 500
