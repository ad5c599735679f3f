import json
import random
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from devenv.build.unpack import Unpacked, UnpackPool
from devenv.build.unpack_rules import FACTS_PATH, UnpackLimits
from devenv.errors import FormatError, StoreError, UnsafeArchiveError
from devenv.formats.facts_json import decode
from devenv.host.landlock import landlock_version
from devenv.host.listing import read_listing
from devenv.model.facts import FileFact, LinkFact, TextFact
from tests.fixtures.deb import (
    MTIME_SECONDS,
    Directory,
    Entry,
    File,
    HardLink,
    Symlink,
    make_deb,
    sha256,
)
from tests.fixtures.listings import contents_of_entries
from tests.fixtures.raw_archives import END, deb_of_tar, file, hard_link

LIMITS = UnpackLimits()

TYPICAL: Mapping[str, Entry] = {
    "bin/hello": b"#!/bin/sh\nexec /usr/lib/hello/real\n",
    "usr/lib/hello/real": File(b"program", mode=0o4755, mtime_seconds=1_500_000_000),
    "usr/lib/hello/again": HardLink("usr/lib/hello/real"),
    "usr/lib/hello/link": Symlink("real"),
    "usr/share/hello": Directory(),
    "usr/share/doc/hello/copyright": b"yours",
    "usr/share/locale/de/hello.mo": b"hallo",
    "usr/share/locale/en_GB/hello.mo": b"'ello",
    "etc/hello.conf": b"dir=/usr/share/hello\n",
}

Unpack = Callable[[bytes], Unpacked]


@pytest.fixture(scope="module")
def pool() -> Iterator[UnpackPool]:
    with UnpackPool(2) as pool:
        yield pool


@pytest.fixture
def target(tmp_path: Path) -> Path:
    target = tmp_path / "target"
    target.mkdir()
    return target


@pytest.fixture
def unpack(pool: UnpackPool, tmp_path: Path, target: Path) -> Unpack:
    def unpack(content: bytes) -> Unpacked:
        deb = tmp_path / "package.deb"
        deb.write_bytes(content)
        return pool.unpack(deb, target, LIMITS, name="hello", version="1:2-3")

    return unpack


def test_a_package_becomes_a_merged_tree(unpack: Unpack, target: Path) -> None:
    unpack(make_deb("hello", "1", TYPICAL))

    assert (target / "usr/bin/hello").read_bytes() == TYPICAL["bin/hello"]
    assert (target / "usr/lib/hello/link").readlink() == Path("real")
    assert (target / "usr/share/locale/en_GB/hello.mo").exists()
    assert (target / "usr/share/hello").is_dir()
    assert not (target / "bin").exists()
    assert not (target / "usr/share/doc").exists()
    assert not (target / "usr/share/locale/de").exists()


def test_everything_is_read_only_and_keeps_its_time(
    unpack: Unpack, target: Path
) -> None:
    unpack(make_deb("hello", "1", TYPICAL))

    def mode(path: str) -> int:
        return stat.S_IMODE((target / path).stat().st_mode)

    assert mode("usr/lib/hello/real") == 0o555
    assert mode("etc/hello.conf") == 0o444
    assert mode("usr/share") == mode(".devenv") == 0o555
    assert mode(FACTS_PATH) == 0o444
    assert (target / "usr/lib/hello/real").stat().st_mtime_ns == 1_500_000_000 * 10**9
    assert (target / "etc/hello.conf").stat().st_mtime_ns == MTIME_SECONDS * 10**9
    assert (target / FACTS_PATH).stat().st_mtime_ns == 0


def test_hard_links_share_an_inode(unpack: Unpack, target: Path) -> None:
    unpack(make_deb("hello", "1", TYPICAL))

    first, again = (target / "usr/lib/hello" / name for name in ("real", "again"))
    assert first.stat().st_ino == again.stat().st_ino


def test_the_facts_of_a_package_are_learnt(unpack: Unpack) -> None:
    facts = unpack(make_deb("hello", "1", TYPICAL, postinst="update-x\n")).facts

    assert (facts.name, facts.version) == ("hello", "1:2-3")
    assert facts.postinst == "update-x\n"
    assert "usr/share/hello" in facts.directories
    assert "usr/share/doc" not in facts.directories
    real = FileFact(
        path="usr/lib/hello/real",
        is_executable=True,
        size=7,
        sha256=sha256(b"program"),
        mtime_seconds=1_500_000_000,
    )
    again = real._replace(path="usr/lib/hello/again", hard_link_to=real.path)
    assert facts.files[1:3] == (real, again)
    assert facts.links == (LinkFact(path="usr/lib/hello/link", target="real"),)
    assert facts.texts == (
        TextFact(
            path="usr/bin/hello",
            interpreter="/bin/sh",
            candidates=("/bin/sh", "/usr/lib/hello/real"),
            has_nul=False,
        ),
        TextFact(
            path="etc/hello.conf",
            interpreter=None,
            candidates=("/usr/share/hello",),
            has_nul=False,
        ),
    )


def test_the_facts_lie_in_the_tree(unpack: Unpack, target: Path) -> None:
    unpacked = unpack(make_deb("hello", "1", TYPICAL))

    assert decode((target / FACTS_PATH).read_bytes()) == unpacked.facts


def test_the_listing_is_what_lies_on_disk(unpack: Unpack, target: Path) -> None:
    unpacked = unpack(make_deb("hello", "1", TYPICAL))

    found = read_listing(target)
    assert unpacked.contents == contents_of_entries(found)


@pytest.mark.parametrize("compression", ["", ".gz", ".xz", ".zst"])
def test_compression_makes_no_difference(unpack: Unpack, compression: str) -> None:
    unpacked = unpack(make_deb("hello", "1", {"etc/a": b""}, compression=compression))

    assert [fact.sha256 for fact in unpacked.facts.files] == [sha256(b"")]


def test_names_of_a_hard_link_have_the_facts_of_the_file(unpack: Unpack) -> None:
    files: Mapping[str, Entry] = {
        "usr/bin/a": b"#!/bin/sh\n",
        "usr/bin/b": HardLink("usr/bin/a"),
    }

    texts = unpack(make_deb("hello", "1", files)).facts.texts

    assert [text.path for text in texts] == ["usr/bin/a", "usr/bin/b"]


def test_a_file_left_out_is_kept_under_its_other_names(
    unpack: Unpack, target: Path
) -> None:
    content = b"#!/bin/sh\n"
    entries = (
        file(b"./usr/share/doc/x/run", content),
        file(b"./usr/share/doc/y", b"another"),
        hard_link(b"./usr/share/doc/x/alias", b"./usr/share/doc/x/run"),
        hard_link(b"./usr/bin/z", b"./usr/share/doc/x/alias"),
        hard_link(b"./usr/bin/b", b"./usr/share/doc/x/run"),
        hard_link(b"./usr/bin/c", b"./usr/bin/z"),
        file(b"./usr/bin/d"),
    )

    unpacked = unpack(deb_of_tar(b"".join(entries) + END))

    assert {path.name for path in (target / "usr/bin").iterdir()} == set("zbcd")
    assert (target / "usr/bin/c").read_bytes() == content
    assert (target / "usr/bin/c").stat().st_nlink == 3
    assert unpacked.contents == contents_of_entries(read_listing(target))
    assert len(unpacked.facts.texts) == 3


def test_a_name_left_out_may_still_be_linked_to(unpack: Unpack, target: Path) -> None:
    entries = (
        file(b"./usr/bin/a", b"content"),
        hard_link(b"./usr/share/doc/a", b"./usr/bin/a"),
        hard_link(b"./usr/bin/b", b"./usr/share/doc/a"),
    )

    unpack(deb_of_tar(b"".join(entries) + END))

    assert (target / "usr/bin/b").read_bytes() == b"content"


@pytest.mark.parametrize(
    "link",
    [
        pytest.param({"usr/bin/which": Symlink("/bin/which")}, id="from usr"),
        pytest.param({"sbin/which": Symlink("../bin/which")}, id="another place"),
    ],
)
def test_links_between_bin_and_usr_bin_do_not_collide(
    unpack: Unpack, target: Path, link: Mapping[str, Entry]
) -> None:
    unpack(make_deb("hello", "1", {**link, "bin/which": b"real"}))

    assert (target / "usr/bin/which").read_bytes() == b"real"


def test_the_links_that_merge_usr_are_left_to_the_tree(
    unpack: Unpack, target: Path
) -> None:
    files: Mapping[str, Entry] = {
        "bin": Symlink("usr/bin"),
        "lib": Symlink("/usr/lib"),
        "usr/bin/a": b"",
    }

    facts = unpack(make_deb("base-files", "1", files)).facts

    assert facts.links == ()
    assert {path.name for path in target.iterdir()} == {"usr", ".devenv"}


def test_a_large_file_is_written_and_looked_at_in_pieces(
    unpack: Unpack, target: Path
) -> None:
    content = b"#!/bin/sh\n" + random.Random(1).randbytes(9 << 20)  # noqa: S311

    unpacked = unpack(make_deb("hello", "1", {"usr/bin/big": content}, compression=""))

    assert (target / "usr/bin/big").read_bytes() == content
    assert unpacked.facts.files[0].sha256 == sha256(content)
    assert unpacked.facts.texts[0].has_nul
    assert unpacked.facts.texts[0].candidates == ("/bin/sh",)


@pytest.mark.parametrize("processors", [1, 2], ids=["one thread", "reading ahead"])
@pytest.mark.parametrize("is_damaged", [False, True], ids=["sound", "damaged"])
def test_a_large_archive_is_the_same_to_one_thread_and_to_two(
    tmp_path: Path, target: Path, processors: int, *, is_damaged: bool
) -> None:
    content = random.Random(2).randbytes(3 << 20)  # noqa: S311 - has to repeat
    whole = bytearray(make_deb("hello", "1", {"usr/big": content}, compression=".xz"))
    whole[2 << 20] ^= is_damaged
    deb = tmp_path / "package.deb"
    deb.write_bytes(whole)

    with UnpackPool(processors) as pool:
        if is_damaged:
            with pytest.raises(FormatError, match="damaged"):
                pool.unpack(deb, target, LIMITS, name="hello", version="1")
            return
        unpacked = pool.unpack(deb, target, LIMITS, name="hello", version="1")

    assert (target / "usr/big").read_bytes() == content
    assert unpacked.contents == contents_of_entries(read_listing(target))


def test_more_folders_than_may_be_open_at_once(unpack: Unpack, target: Path) -> None:
    files = {f"usr/{a}/{b}/{c}": b"x" for a in range(9) for b in range(9) for c in "xy"}
    for place in range(64):
        files |= {f"{'d/' * (place % 40)}f{place}": b"deep"}

    unpacked = unpack(make_deb("hello", "1", files))

    assert unpacked.contents == contents_of_entries(read_listing(target))


def test_what_confined_the_worker_is_told(unpack: Unpack) -> None:
    assert unpack(make_deb("a", "1", {})).landlock_version == landlock_version()


def test_the_same_package_is_the_same_whoever_unpacks_it(
    unpack: Unpack, tmp_path: Path
) -> None:
    deb = tmp_path / "other.deb"
    deb.write_bytes(make_deb("hello", "1", TYPICAL))
    (tmp_path / "there").mkdir()
    (tmp_path / "there").chmod(0o777)
    here = unpack(deb.read_bytes())

    # Another umask, locale, time zone and way of hashing strings.
    program = (
        "import os, sys; os.umask(0o027)\n"
        "from pathlib import Path\n"
        "from devenv.build.unpack import UnpackPool\n"
        "from devenv.build.unpack_rules import UnpackLimits\n"
        "with UnpackPool(1) as pool:\n"
        "    print(pool.unpack(Path(sys.argv[1]), Path(sys.argv[2]), UnpackLimits(),\n"
        "          name='hello', version='1:2-3').contents.content_hash)\n"
    )
    environment = {
        "PYTHONPATH": ":".join(sys.path),
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "TZ": "Asia/Kathmandu",
    }
    there = subprocess.run(
        [sys.executable, "-c", program, deb, tmp_path / "there"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert there.stdout.strip() == here.contents.content_hash


def test_packages_are_unpacked_side_by_side(pool: UnpackPool, tmp_path: Path) -> None:
    def one(number: int) -> bytes:
        deb, target = tmp_path / f"{number}.deb", tmp_path / f"{number}"
        deb.write_bytes(make_deb("a", "1", {f"etc/{number}": b"%d" % number}))
        target.mkdir()
        pool.unpack(deb, target, LIMITS, name="a", version="1")
        return (target / "etc" / str(number)).read_bytes()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(one, range(24))) == [b"%d" % n for n in range(24)]


def test_a_package_that_takes_too_long_is_refused(
    pool: UnpackPool, tmp_path: Path, target: Path
) -> None:
    (tmp_path / "slow.deb").write_bytes(make_deb("a", "1", TYPICAL))
    hurried = replace(LIMITS, seconds=0.0)

    with pytest.raises(UnsafeArchiveError, match="too long") as caught:
        pool.unpack(tmp_path / "slow.deb", target, hurried, name="a", version="1")

    assert caught.value.where == str(tmp_path / "slow.deb")


@pytest.mark.parametrize(
    ("limits", "files", "complaint"),
    [
        pytest.param({"file_bytes": 9}, {"etc/a": bytes(10)}, "9 bytes", id="file"),
        pytest.param(
            {"unpacked_bytes": 9},
            {"etc/a": bytes(5), "b": bytes(5)},
            "9 bytes",
            id="sum",
        ),
        pytest.param(
            {"unpacked_bytes": 9},
            {"usr/share/doc/a": bytes(10)},
            "9 bytes",
            id="omitted",
        ),
        pytest.param({"entries": 2}, {"a": b"", "b": b""}, "2 entries", id="entries"),
    ],
)
def test_each_limit_refuses_one_more(
    pool: UnpackPool, tmp_path: Path, target: Path, limits: Mapping[str, int],
    files: Mapping[str, Entry], complaint: str,
) -> None:  # fmt: skip
    deb = tmp_path / "large.deb"
    deb.write_bytes(make_deb("a", "1", files))
    bounded = UnpackLimits(**{**asdict(LIMITS), **limits})

    with pytest.raises(UnsafeArchiveError, match=complaint):
        pool.unpack(deb, target, bounded, name="a", version="1")


def test_a_folder_that_is_not_empty_is_left_alone(unpack: Unpack, target: Path) -> None:
    (target / "mine").write_text("mine")

    with pytest.raises(StoreError, match="not empty"):
        unpack(make_deb("a", "1", TYPICAL))

    assert [path.name for path in target.iterdir()] == ["mine"]


def test_a_missing_package_is_an_error_that_names_it(
    pool: UnpackPool, tmp_path: Path, target: Path
) -> None:
    with pytest.raises(StoreError, match="No such file") as caught:
        pool.unpack(tmp_path / "none.deb", target, LIMITS, name="a", version="1")

    assert caught.value.where == str(tmp_path / "none.deb")


def test_what_the_disk_refuses_is_no_fault_of_the_archive(
    pool: UnpackPool, tmp_path: Path, target: Path
) -> None:
    # The file of facts, which is ours, is larger than this.
    deb = tmp_path / "a.deb"
    deb.write_bytes(make_deb("a", "1", TYPICAL))
    hindered = replace(LIMITS, file_bytes=600)

    with pytest.raises(StoreError, match="File too large"):
        pool.unpack(deb, target, hindered, name="a", version="1")


def test_after_a_refusal_the_pool_goes_on(unpack: Unpack) -> None:
    with pytest.raises(FormatError):
        unpack(b"nonsense")

    assert unpack(make_deb("a", "1", {"etc/a": b"x"})).facts.files[0].size == 1


def test_a_closed_pool_unpacks_nothing(tmp_path: Path, target: Path) -> None:
    (tmp_path / "a.deb").write_bytes(make_deb("a", "1", TYPICAL))
    with UnpackPool(1) as pool:
        pass

    with pytest.raises(StoreError, match="stopped"):
        pool.unpack(tmp_path / "a.deb", target, LIMITS, name="a", version="1")


def test_the_worker_cannot_import_what_the_project_plants(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('planted')")
    (tmp_path / "a.deb").write_bytes(make_deb("a", "1", {"etc/a": b"x"}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", ["", *sys.path])

    with UnpackPool(1) as pool:
        unpacked = pool.unpack(Path("a.deb"), target, LIMITS, name="a", version="1")

    assert json.loads((target / FACTS_PATH).read_text())["name"] == unpacked.facts.name
