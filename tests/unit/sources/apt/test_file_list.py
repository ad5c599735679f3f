"""A list of all files in packages, made of Contents indices."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devenv.errors import HashMismatchError, UnusableIndexError
from devenv.host.progress import Silence
from devenv.sources.apt.contents import build_file_list
from devenv.sources.apt.file_list import FileList, Group, open_file_list
from devenv.sources.apt.index_file import IndexFile
from tests.fixtures.apt_indexes import index_file

CONTENTS = b"""\
bin/sh                          shells/dash
lib64/ld.so                     libs/libc6
libexec/other                   misc/other
./opt/tool/run                  misc/tool
readme                          misc/root
usr/bin/both                    editors/vim,editors/neovim
usr/bin/rg                      utils/ripgrep
usr/bin/two  words\t\tcontrib/misc/spaces
usr/lib/x/a                     misc/x
usr/lib/x/b                     misc/x
usr/lib/x/c                     misc/y
usr/share/rg/rg                 utils/ripgrep
"""


def build(target: Path, *texts: bytes) -> int:
    files = [
        index_file(target.with_name(f"contents-{number}"), text)
        for number, text in enumerate(texts)
    ]
    return build_file_list(target, files, progress=Silence())


@contextmanager
def listed(folder: Path, *texts: bytes) -> Iterator[FileList]:
    build(folder / "files", *texts)
    with open_file_list(folder / "files") as opened:
        yield opened


def rows(groups: Iterator[Group]) -> list[tuple[bytes, bytes, list[bytes]]]:
    return [(folder, packages, list(names)) for folder, packages, names in groups]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            b"rg",
            [(b"usr/bin", b"utils/ripgrep"), (b"usr/share/rg", b"utils/ripgrep")],
        ),
        (b"both", [(b"usr/bin", b"editors/vim,editors/neovim")]),
        (b"two  words", [(b"usr/bin", b"contrib/misc/spaces")]),
        (b"b", [(b"usr/lib/x", b"misc/x")]),
        (b"readme", [(b"", b"misc/root")]),
        (b"sh", [(b"usr/bin", b"shells/dash")]),
        (b"ld.so", [(b"usr/lib64", b"libs/libc6")]),
        (b"other", [(b"libexec", b"misc/other")]),
        (b"run", [(b"opt/tool", b"misc/tool")]),
        (b"words", []),
        (b"r", []),
        (b"usr", []),
        (b"misc/x", []),
        (b"", []),
    ],
)
def test_a_name_leads_to_its_folders_and_packages(
    tmp_path: Path, name: bytes, expected: list[tuple[bytes, bytes]]
) -> None:
    with listed(tmp_path, CONTENTS) as files:
        assert files.count == CONTENTS.count(b"\n")
        assert rows(files.named(name)) == [(*row, [name]) for row in expected]


def test_a_fragment_leads_to_whole_groups(tmp_path: Path) -> None:
    with listed(tmp_path, CONTENTS) as files:
        assert rows(files.containing(b"usr/lib/x")) == [
            (b"usr/lib/x", b"misc/x", [b"a", b"b"]),
            (b"usr/lib/x", b"misc/y", [b"c"]),
        ]
        everything = rows(files.containing(b""))
        assert sum(len(names) for _, _, names in everything) == files.count


def test_several_files_make_one_list(tmp_path: Path) -> None:
    with listed(tmp_path, b"usr/bin/x utils/a\n", b"", b"usr/bin/x utils/b") as files:
        assert files.count == 2
        found = rows(files.named(b"x"))
        assert [packages for _, packages, _ in found] == [b"utils/a", b"utils/b"]


def test_the_prose_of_old_files_is_not_listed(tmp_path: Path) -> None:
    prose = b"This file maps\nusr/bin/example  text/like\n\nFILE      LOCATION\n"
    with listed(tmp_path, prose + b"usr/bin/rg utils/ripgrep\n") as files:
        assert rows(files.containing(b"")) == [(b"usr/bin", b"utils/ripgrep", [b"rg"])]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"a b c utils/x\n\nd utils/y\n", id="an empty line"),
        pytest.param(
            b"alone\na b c utils/x\nd utils/y\n", id="a path without a package"
        ),
    ],
)
def test_paths_with_spaces_keep_their_packages(tmp_path: Path, text: bytes) -> None:
    with listed(tmp_path, text) as files:
        assert rows(files.containing(b"")) == [
            (b"", b"utils/x", [b"a b c"]),
            (b"", b"utils/y", [b"d"]),
        ]


def test_every_file_of_a_long_list_is_found_again(tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311
    paths = {
        f"usr/{chance.choice(['lib', 'share', 'share/a b'])}/{chance.randrange(900)}"
        f"/{chance.randrange(40_000)}.txt": f"p{chance.randrange(50)}"
        for _ in range(60_000)
    }
    text = "".join(f"{path:<40} misc/{paths[path]}\n" for path in sorted(paths))
    with listed(tmp_path, text.encode()) as files:
        assert files.count == len(paths)
        for path in sorted(paths)[::499]:
            folder, _, name = path.rpartition("/")
            group = (folder.encode(), f"misc/{paths[path]}".encode(), [name.encode()])
            assert group in rows(files.named(name.encode()))


def test_the_same_contents_make_the_same_bytes(tmp_path: Path) -> None:
    contents = []
    for name in ("one", "two"):
        build(tmp_path / name, CONTENTS)
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]


def test_contents_that_were_not_signed_make_no_list(tmp_path: Path) -> None:
    (tmp_path / "contents").write_bytes(CONTENTS)
    file = IndexFile(path=tmp_path / "contents", max_size=10_000, sha256="0" * 64)
    with pytest.raises(HashMismatchError):
        build_file_list(tmp_path / "files", [file], progress=Silence())
    assert [path.name for path in tmp_path.iterdir()] == ["contents"]


def test_a_list_cut_anywhere_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "files"
    build(target, CONTENTS)
    whole = target.read_bytes()
    for length in range(0, len(whole), 7):
        target.write_bytes(whole[:length])
        with pytest.raises(UnusableIndexError), open_file_list(target):
            pass


def test_a_damaged_block_is_refused_by_who_reads_it(tmp_path: Path) -> None:
    target = tmp_path / "files"
    build(target, CONTENTS)
    target.write_bytes(b"XXXXXX" + target.read_bytes()[6:])
    with open_file_list(target) as files, pytest.raises(UnusableIndexError):
        rows(files.containing(b""))


def test_no_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableIndexError), open_file_list(tmp_path / "none"):
        pass
