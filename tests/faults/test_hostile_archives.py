"""Archives made to escape, to exhaust or to confuse: none gets anywhere."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devenv.build.unpack import Unpacked, UnpackPool
from devenv.build.unpack_rules import UnpackLimits
from devenv.errors import FormatError, UnsafeArchiveError
from devenv.host.listing import read_listing
from tests.fixtures.canary import plant, traces
from tests.fixtures.listings import contents_of_entries
from tests.fixtures.raw_archives import (
    CONTROL,
    END,
    POSIX,
    Header,
    ar,
    ar_member,
    deb,
    deb_of_tar,
    directory,
    file,
    hard_link,
    long_name,
    long_target,
    pax,
    record,
    special,
    symlink,
    with_giant_window,
    xz,
)

LIMITS = UnpackLimits(
    unpacked_bytes=1 << 20, file_bytes=1 << 19, entries=200, seconds=20
)

Attempt = Callable[[bytes], Unpacked]


@pytest.fixture(scope="module", params=["unpack_worker", "python_xz_worker"])
def pool(request: pytest.FixtureRequest) -> Iterator[UnpackPool]:
    folder = {"unpack_worker": "devenv.build"}.get(request.param, "tests.fixtures")
    with UnpackPool(2, worker=f"{folder}.{request.param}") as pool:
        yield pool


@pytest.fixture
def attempt(pool: UnpackPool, tmp_path: Path) -> Iterator[Attempt]:
    """Unpack bytes beside a canary, which must be the same when the test ends."""
    (tmp_path / "beside").mkdir()
    canary = plant(tmp_path / "beside")
    target = tmp_path / "beside" / "target"
    target.mkdir()
    archive = tmp_path / "hostile.deb"
    before = traces(canary)

    def unpack(content: bytes) -> Unpacked:
        archive.write_bytes(content)
        return pool.unpack(archive, target, LIMITS, name="hostile", version="1")

    yield unpack

    assert traces(canary) == before


def hostile(what: str, content: bytes, complaint: str) -> object:
    return pytest.param(content, complaint, id=what)


NAMES = [
    hostile("dot dot", deb(file(b"./../escape")), "climbs out"),
    hostile("dot dot in the middle", deb(file(b"./a/../../escape")), "climbs out"),
    hostile("dot dot at the end", deb(directory(b"./a/..")), "climbs out"),
    hostile("only dot dot", deb(directory(b"..")), "climbs out"),
    hostile("absolute", deb(file(b"/etc/escape")), "absolute"),
    hostile("absolute after dot slash", deb(file(b".//etc/escape")), "absolute"),
    hostile("double slash at the start", deb(file(b"//etc/escape")), "absolute"),
    hostile("double slash inside", deb(file(b"./a//b")), "empty component"),
    hostile("dot component", deb(file(b"./a/./b")), "empty component"),
    hostile("dot slash twice", deb(file(b"././b")), "empty component"),
    hostile("empty name", deb(file(b"")), "empty component"),
    hostile("the root as a file", deb(file(b".")), "empty component"),
    hostile("two slashes after a folder", deb(directory(b"./a//")), "empty component"),
    hostile("newline", deb(file(b"./a\nb")), "control character"),
    hostile("escape character", deb(file(b"./a\x1b[2J")), "control character"),
    hostile("delete character", deb(file(b"./a\x7f")), "control character"),
    hostile("nul in a long name", deb(long_name(b"./a\0b"), file(b"./a")), "end once"),
    hostile(
        "nul in a pax name",
        deb(pax(record(b"path", b"./a\0b")), file(b"a")),
        "impossible",
    ),
    hostile(
        "component of 256 bytes", deb(long_name(b"./" + b"a" * 256), file(b"a")), "255"
    ),
    hostile(
        "65 levels",
        deb(long_name(b"./" + b"/".join([b"a"] * 65)), file(b"a")),
        "too deep",
    ),
    hostile(
        "path of 5,000 bytes",
        deb(long_name(b"a/" * 2500 + b"a"), file(b"a")),
        "too large",
    ),
    hostile(
        "path of 4,096 bytes by pax",
        deb(pax(record(b"path", b"a" * 250 + b"/a" * 1923)), file(b"a")),
        "too long",
    ),
    hostile("a name of ours", deb(directory(b"./.devenv")), "name of ours"),
    hostile(
        "a file in a folder of ours", deb(file(b"./.devenv/facts.json")), "name of ours"
    ),
]

LINKS = [
    hostile(
        "write through a link to the canary",
        deb(symlink(b"./a", b"../canary"), file(b"./a/file")),
        "climbs above",
    ),
    hostile(
        "write through an absolute link",
        deb(symlink(b"./a", b"/tmp"), file(b"./a/escape")),
        "leads through",
    ),
    hostile(
        "write through a link inside",
        deb(directory(b"./b"), symlink(b"./a", b"b"), file(b"./a/c")),
        "leads through",
    ),
    hostile(
        "folder through a link",
        deb(symlink(b"./a", b"/tmp"), directory(b"./a/b")),
        "leads through",
    ),
    hostile(
        "link through a link",
        deb(symlink(b"./a", b"/tmp"), symlink(b"./a/b", b"c")),
        "leads through",
    ),
    hostile(
        "a link replaced by a folder",
        deb(symlink(b"./a", b"/tmp"), directory(b"./a")),
        "leads through",
    ),
    hostile(
        "a folder replaced by a link",
        deb(directory(b"./a"), symlink(b"./a", b"/tmp")),
        "twice",
    ),
    hostile(
        "an implied folder replaced by a link",
        deb(file(b"./a/b"), symlink(b"./a", b"/tmp")),
        "twice",
    ),
    hostile(
        "a link replaced by a file",
        deb(symlink(b"./a", b"/tmp/x"), file(b"./a", b"x")),
        "twice",
    ),
    hostile(
        "target above the root", deb(symlink(b"./a/b", b"../../c")), "climbs above"
    ),
    hostile(
        "target above the root and back",
        deb(symlink(b"./a", b"../target/b")),
        "climbs above",
    ),
    hostile("empty target", deb(symlink(b"./a", b"")), "without one"),
    hostile("newline in a target", deb(symlink(b"./a", b"b\nc")), "unprintable"),
    hostile(
        "target of 4,096 bytes",
        deb(pax(record(b"linkpath", b"a/" * 2048)), symlink(b"./a", b"a")),
        "too long",
    ),
    hostile(
        "realpath chain of deep links",
        deb(
            *(
                symlink(b"./%d" % n, b"/".join([b"%d" % (n - 1)] * 4))
                for n in range(1, 9)
            ),
            symlink(b"./out", b"8/../../canary"),
        ),
        "climbs above",
    ),
    hostile(
        "hard link to outside", deb(hard_link(b"./a", b"../canary/file")), "climbs out"
    ),
    hostile(
        "hard link to an absolute path",
        deb(hard_link(b"./a", b"/etc/passwd")),
        "absolute",
    ),
    hostile(
        "hard link to a later file",
        deb(hard_link(b"./a", b"./b"), file(b"./b")),
        "nothing that came before",
    ),
    hostile(
        "hard link to a symbolic link",
        deb(symlink(b"./b", b"/etc/passwd"), hard_link(b"./a", b"./b")),
        "nothing that came before",
    ),
    hostile(
        "hard link to a folder",
        deb(directory(b"./b"), hard_link(b"./a", b"./b")),
        "nothing that came before",
    ),
    hostile(
        "hard link to itself",
        deb(hard_link(b"./a", b"./a")),
        "nothing that came before",
    ),
    hostile(
        "hard link through a link",
        deb(file(b"./f/x"), symlink(b"./l", b"f"), hard_link(b"./a", b"./l/x")),
        "nothing that came before",
    ),
    hostile(
        "hard link over a file",
        deb(file(b"./a"), file(b"./b"), hard_link(b"./a", b"./b")),
        "twice",
    ),
    hostile(
        "usr/lib as a link to elsewhere", deb(symlink(b"./lib", b"/tmp")), "below usr"
    ),
]

DUPLICATES = [
    hostile("a file twice", deb(file(b"./a"), file(b"./a")), "twice"),
    hostile(
        "a file in /bin and in /usr/bin",
        deb(file(b"./bin/a"), file(b"./usr/bin/a")),
        "twice",
    ),
    hostile(
        "a file left out, twice",
        deb(file(b"./usr/share/doc/a"), file(b"./usr/share/doc/a")),
        "twice",
    ),
    hostile(
        "a file as a folder", deb(file(b"./a"), directory(b"./a")), "leads through"
    ),
    hostile("a folder as a file", deb(directory(b"./a"), file(b"./a")), "twice"),
    hostile("a file below a file", deb(file(b"./a"), file(b"./a/b")), "leads through"),
    hostile(
        "a file left out below a link",
        deb(symlink(b"./usr/share", b"/tmp"), file(b"./usr/share/doc/a")),
        "leads through",
    ),
]

KINDS = [
    hostile("character device", deb(special(b"./a", b"3")), "character device"),
    hostile("block device", deb(special(b"./a", b"4")), "block device"),
    hostile("named pipe", deb(special(b"./a", b"6")), "named pipe"),
    hostile("contiguous file", deb(special(b"./a", b"7")), "contiguous"),
    hostile("sparse file", deb(special(b"./a", b"S")), "sparse"),
    hostile(
        "sparse file by pax",
        deb(pax(record(b"GNU.sparse.major", b"1")), file(b"a")),
        "unknown record",
    ),
    hostile(
        "global header",
        deb(pax(record(b"path", b"/etc/x"), kind=b"g"), file(b"a")),
        "global",
    ),
    hostile("unknown kind", deb(special(b"./a", b"Z")), "unknown"),
    hostile("multi-volume continuation", deb(special(b"./a", b"M")), "unknown"),
]

HEADERS = [
    hostile(
        "wrong checksum",
        deb(Header(name=b"./a", checksum=b"000001\0 ").packed()),
        "wrong checksum",
    ),
    hostile(
        "checksum that is no number",
        deb(Header(name=b"./a", checksum=b"zzzzzz\0 ").packed()),
        "checksum that is no",
    ),
    hostile(
        "unknown dialect",
        deb(Header(name=b"./a", magic=b"starry\0\0").packed()),
        "unknown dialect",
    ),
    hostile(
        "negative size",
        deb(Header(name=b"./a", size=b"-0000000001").packed()),
        "size that is no",
    ),
    hostile(
        "binary size",
        deb(Header(name=b"./a", size=b"\x80" + bytes(10) + b"\1").packed()),
        "size that is no",
    ),
    hostile(
        "giant size", deb(Header(name=b"./a", size=(1 << 33) - 1).packed()), "more than"
    ),
    hostile(
        "negative time",
        deb(Header(name=b"./a", mtime=b"\xff" * 12).packed()),
        "time that is no",
    ),
    hostile(
        "time after 2106",
        deb(Header(name=b"./a", mtime=1 << 32).packed()),
        "out of range",
    ),
    hostile("no size", deb(Header(name=b"./a", size=b"").packed()), "size that is no"),
    hostile(
        "junk after a name",
        deb(Header(name=b"./a\0junk").packed()),
        "after the end of its name",
    ),
    hostile(
        "junk after a target",
        deb(Header(name=b"./a", kind=b"2", target=b"b\0/etc").packed()),
        "after the end of its link",
    ),
    hostile(
        "folder with a size",
        deb(Header(name=b"./a", kind=b"5", size=512).packed() + bytes(512)),
        "has a size",
    ),
    hostile(
        "link with a size",
        deb(
            Header(name=b"./a", kind=b"2", target=b"b", size=512).packed() + bytes(512)
        ),
        "has a size",
    ),
    hostile(
        "file with a target",
        deb(Header(name=b"./a", target=b"b").packed()),
        "is no link",
    ),
    hostile("file named as a folder", deb(file(b"./a/")), "named as a directory"),
    hostile(
        "prefix that climbs",
        deb(Header(name=b"a", magic=POSIX, prefix=b"../..").packed()),
        "climbs out",
    ),
]

EXTENSIONS = [
    hostile(
        "two sizes",
        deb(pax(record(b"size", b"512")), file(b"a", b"x" * 1024)),
        "two sizes",
    ),
    hostile(
        "size of zero hides a header",
        deb(pax(record(b"size", b"0")), file(b"a", file(b"../hidden"))),
        "two sizes",
    ),
    hostile(
        "a record twice",
        deb(pax(record(b"path", b"a"), record(b"path", b"/etc/b")), file(b"a")),
        "record twice",
    ),
    hostile(
        "two pax headers",
        deb(pax(record(b"path", b"a")), pax(record(b"path", b"b")), file(b"a")),
        "two extended",
    ),
    hostile(
        "pax and a long name",
        deb(pax(record(b"path", b"a")), long_name(b"b"), file(b"a")),
        "two extended",
    ),
    hostile(
        "a long name and pax",
        deb(long_name(b"b"), pax(record(b"path", b"a")), file(b"a")),
        "two extended",
    ),
    hostile(
        "two long names",
        deb(long_name(b"a"), long_name(b"b"), file(b"a")),
        "two long names",
    ),
    hostile(
        "two long targets",
        deb(long_target(b"a"), long_target(b"b"), symlink(b"a", b"b")),
        "two long link",
    ),
    hostile(
        "long target on a file",
        deb(long_target(b"/etc/passwd"), file(b"a")),
        "is no link",
    ),
    hostile(
        "long name without an end",
        deb(file(b"L", b"./abc", kind=b"L"), file(b"a")),
        "end once",
    ),
    hostile(
        "long name that is empty",
        deb(file(b"L", b"", kind=b"L"), file(b"a")),
        "empty or too large",
    ),
    hostile(
        "junk in the padding of a long name",
        deb(
            Header(name=b"L", kind=b"L", size=2).packed()
            + b"a\0junk".ljust(512, b"\0"),
            file(b"a"),
        ),
        "after its end",
    ),
    hostile(
        "pax header of 1 MiB",
        deb(pax(record(b"comment", b"x" * (1 << 20))), file(b"a")),
        "too large",
    ),
    hostile(
        "pax length beyond the header",
        deb(pax(b"99 path=a\n"), file(b"a")),
        "malformed",
    ),
    hostile("pax length too short", deb(pax(b"5 path=a\n"), file(b"a")), "malformed"),
    hostile(
        "pax length of zero", deb(pax(b"0 path=a\n"), file(b"a")), "without a length"
    ),
    hostile(
        "pax record without equals", deb(pax(b"9 path a\n"), file(b"a")), "malformed"
    ),
    hostile(
        "pax names in another encoding",
        deb(pax(record(b"hdrcharset", b"BINARY")), file(b"a")),
        "unknown record",
    ),
    hostile(
        "negative pax size",
        deb(pax(record(b"size", b"-1")), file(b"a")),
        "number that is none",
    ),
    hostile(
        "negative pax time",
        deb(pax(record(b"mtime", b"-1")), file(b"a")),
        "number that is none",
    ),
    hostile(
        "pax path that climbs",
        deb(pax(record(b"path", b"../escape")), file(b"a")),
        "climbs out",
    ),
    hostile("an end after an extension", deb(long_name(b"a")), "ends after"),
]

ENDS = [
    hostile("no end", deb(file(b"./a"), end=b""), "cut short"),
    hostile("half an end", deb(file(b"./a"), end=bytes(512)), "cut short"),
    hostile(
        "a block of zeros in the middle", deb(bytes(512), file(b"./a")), "in its middle"
    ),
    hostile("an entry after the end", deb(END, file(b"../escape")), "after its end"),
    hostile("a megabyte of zeros after the end", deb(bytes(1 << 21)), "after its end"),
    hostile(
        "content cut short", deb_of_tar(file(b"./a", b"x" * 9999)[:-2048]), "cut short"
    ),
    hostile("header cut short", deb_of_tar(file(b"./a")[:300]), "cut short"),
    hostile("an empty tar", deb_of_tar(b""), "cut short"),
]

BOMBS = [
    hostile(
        "one file over the limit", deb(file(b"./a", bytes((1 << 19) + 1))), "more than"
    ),
    hostile(
        "many files over the limit",
        deb(*(file(b"./%d" % n, bytes(1 << 19)) for n in range(3))),
        "more than",
    ),
    hostile(
        "too many entries",
        deb(*(directory(b"./%d" % n) for n in range(201))),
        "more than 200",
    ),
    hostile(
        "one folder listed very often", deb(*[directory(b"./a")] * 201), "more than 200"
    ),
    hostile(
        "a ratio of thousands",
        ar(
            (b"debian-binary", b"2.0\n"),
            (b"control.tar", CONTROL),
            (
                b"data.tar.xz",
                xz(Header(name=b"./a", size=1 << 28).packed() + bytes(1 << 28)),
            ),
        ),
        "more than",
    ),
    hostile(
        "a control archive of zeros",
        ar(
            (b"debian-binary", b"2.0\n"),
            (b"control.tar.xz", xz(file(b"./big", bytes(65 << 20)) + END)),
            (b"data.tar", END),
        ),
        "control archive is too large",
    ),
]

BINARY = (b"debian-binary", b"2.0\n")
CONTROL_TAR = (b"control.tar", CONTROL)
DATA_TAR = (b"data.tar", file(b"./a") + END)

OUTER = [
    hostile("not an archive", b"PK\3\4 something else", "does not begin"),
    hostile("an empty file", b"", "does not begin"),
    hostile("no members", b"!<arch>\n", "this one has nothing"),
    hostile("no data", ar(BINARY, CONTROL_TAR), "in this order"),
    hostile("data before control", ar(BINARY, DATA_TAR, CONTROL_TAR), "in this order"),
    hostile(
        "two data members", ar(BINARY, CONTROL_TAR, DATA_TAR, DATA_TAR), "in this order"
    ),
    hostile(
        "two control members",
        ar(BINARY, CONTROL_TAR, CONTROL_TAR, DATA_TAR),
        "in this order",
    ),
    hostile(
        "two format versions",
        ar(BINARY, BINARY, CONTROL_TAR, DATA_TAR),
        "in this order",
    ),
    hostile(
        "a member before the format version",
        ar((b"_x", b""), BINARY, CONTROL_TAR, DATA_TAR),
        "in this order",
    ),
    hostile(
        "a member after the data",
        ar(BINARY, CONTROL_TAR, DATA_TAR, (b"evil", b"x")),
        "in this order",
    ),
    hostile(
        "format version 3",
        ar((b"debian-binary", b"3.0\n"), CONTROL_TAR, DATA_TAR),
        "format version",
    ),
    hostile(
        "format version with more",
        ar((b"debian-binary", b"2.0\nmore"), CONTROL_TAR, DATA_TAR),
        "format version",
    ),
    hostile(
        "unknown compression",
        ar(BINARY, CONTROL_TAR, (b"data.tar.br", b"x")),
        "in this order",
    ),
    hostile(
        "long name of GNU ar",
        ar(BINARY, CONTROL_TAR, (b"/0", b"x")),
        "broken member header",
    ),
    hostile(
        "size that is no number",
        b"!<arch>\n" + ar_member(b"debian-binary", b"2.0\n", size=b"-4"),
        "broken member header",
    ),
    hostile(
        "size beyond the file",
        b"!<arch>\n" + ar_member(b"debian-binary", b"2.0\n", size=b"9999999999"),
        "cut short",
    ),
    hostile(
        "odd member without padding",
        ar(BINARY, CONTROL_TAR, (b"data.tar", b"x"))[:-1],
        "cut short or not padded",
    ),
    hostile(
        "odd member with wrong padding",
        ar(BINARY, CONTROL_TAR, (b"data.tar", b"x"))[:-1] + b"!",
        "cut short or not padded",
    ),
    hostile(
        "junk at the end",
        ar(BINARY, CONTROL_TAR, DATA_TAR) + b"junk",
        "broken member header",
    ),
    hostile(
        "a hundred members",
        ar(BINARY, *[(b"_x", b"")] * 100, CONTROL_TAR, DATA_TAR),
        "more than 16",
    ),
]


def outer(name: bytes, content: bytes) -> bytes:
    return ar(BINARY, CONTROL_TAR, (name, content))


TAR = file(b"./a", b"hello") + END
STREAMS = [
    hostile("xz damaged", outer(b"data.tar.xz", xz(TAR)[:-20] + bytes(20)), "damaged"),
    hostile("xz cut short", outer(b"data.tar.xz", xz(TAR)[:-8]), "cut short"),
    hostile("xz twice", outer(b"data.tar.xz", xz(TAR) + xz(TAR)), "follows"),
    hostile("junk after xz", outer(b"data.tar.xz", xz(TAR) + b"junk"), "follows"),
    hostile("xz that is plain", outer(b"data.tar.xz", TAR), "damaged"),
    hostile("gz that is xz", outer(b"data.tar.gz", xz(TAR)), "damaged"),
    hostile(
        "xz that needs 4 GiB",
        outer(b"data.tar.xz", with_giant_window(xz(TAR))),
        "limit exceeded",
    ),
    hostile("zst that is nothing", outer(b"data.tar.zst", b""), "cut short"),
    hostile(
        "postinst twice",
        deb_of_tar(
            END, control=file(b"./postinst", b"a") + file(b"./postinst", b"b") + END
        ),
        "double",
    ),
]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        *NAMES,
        *LINKS,
        *DUPLICATES,
        *KINDS,
        *HEADERS,
        *EXTENSIONS,
        *ENDS,
        *BOMBS,
        *OUTER,
        *STREAMS,
    ],
)
def test_a_hostile_archive_is_refused_and_touches_nothing_else(
    content: bytes, complaint: str, attempt: Attempt
) -> None:
    with pytest.raises((FormatError, UnsafeArchiveError), match=complaint) as caught:
        attempt(content)

    assert caught.value.where is not None
    assert caught.value.where.endswith("hostile.deb")


CONTAINED = [
    pytest.param(deb(symlink(b"./a", b"/etc/passwd")), id="absolute link"),
    pytest.param(deb(symlink(b"./a", b"b"), symlink(b"./b", b"a")), id="link loop"),
    pytest.param(deb(symlink(b"./a", b"a")), id="link to itself"),
    pytest.param(deb(Header(name=b"./a", mode=0o7777).packed()), id="setuid"),
    pytest.param(
        deb(Header(name=b"./d", kind=b"5", mode=0).packed(), file(b"./d/a")),
        id="folder nobody may enter",
    ),
    pytest.param(
        deb(pax(record(b"SCHILY.xattr.security.capability", b"\1\0\n")), file(b"a")),
        id="capabilities",
    ),
    pytest.param(deb(file(b"./a"), file(b"./A")), id="names that fold"),
    pytest.param(deb(file(b"./caf\xe9")), id="name that is no UTF-8"),
    pytest.param(deb(file(b"./C:\\a"), file(b"./a\\..\\b")), id="backslashes"),
    pytest.param(deb(file(b"./-rf"), file(b"./$(touch x)")), id="names for a shell"),
    pytest.param(
        deb(long_name(b"./" + b"/".join([b"d" * 60] * 64)), file(b"a")), id="64 levels"
    ),
    pytest.param(
        deb(long_name(b"./" + b"a" * 255), file(b"a")), id="component of 255 bytes"
    ),
    pytest.param(deb(file(b"./a", bytes(1 << 19))), id="one file at the limit"),
    pytest.param(
        deb(file(b"./a", bytes(1 << 19)), file(b"./b", bytes(1 << 19))),
        id="an archive at the limit",
    ),
    pytest.param(deb(*(directory(b"./%d" % n) for n in range(200))), id="200 entries"),
    pytest.param(
        deb(directory(b"./a"), directory(b"./a"), directory(b"./a/")),
        id="repeated folder",
    ),
    pytest.param(deb(file(b"./a", b"\x7fELF\2\1\1" + b"\xff" * 500)), id="damaged ELF"),
    pytest.param(deb(file(b"./a", b"#!" + b"/" * 9000)), id="endless interpreter line"),
    pytest.param(
        deb_of_tar(END, control=Header(name=b"./x", kind=b"5", mode=0).packed() + END),
        id="control folder nobody may enter",
    ),
    pytest.param(
        deb_of_tar(END, control=file(b"../../postinst", b"rm -rf /") + END),
        id="control names are not used",
    ),
]


@pytest.mark.parametrize("content", CONTAINED)
def test_a_suspicious_archive_becomes_plain_read_only_files(
    content: bytes, attempt: Attempt, tmp_path: Path
) -> None:
    unpacked = attempt(content)

    target = tmp_path / "beside" / "target"
    found = read_listing(target)
    assert unpacked.contents == contents_of_entries(found)
    for entry in found:
        status = (target / entry.path).lstat()
        permissions = stat.S_IMODE(status.st_mode)
        assert permissions in (0o444, 0o555) or stat.S_ISLNK(status.st_mode)
        assert status.st_nlink == 1 or stat.S_ISDIR(status.st_mode)
