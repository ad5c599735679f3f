from pathlib import Path

import pytest

from devenv.errors import HashMismatchError, UnusableIndexError
from devenv.sources.apt.contents import build_contents_index, packages_with_program
from devenv.sources.apt.index_file import IndexFile
from tests.fixtures.apt_indexes import index_file

CONTENTS = b"""\
bin/old-style                   admin/old
etc/bin/no-program              admin/etc
sbin/old-admin                  admin/old
usr/bin/both                    editors/vim,editors/neovim
usr/bin/nested/no-program       misc/nested
usr/bin/rg                      utils/ripgrep
usr/bin/two  words\t\tcontrib/misc/spaces
usr/games/cowsay                games/cowsay
usr/local/bin/no-program        misc/local
usr/sbin/admin                  admin/tool
usr/share/usr/bin/no-program    misc/share
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    target = tmp_path / "programs"
    build_contents_index(target, [index_file(tmp_path / "contents", CONTENTS)])
    return target


@pytest.mark.parametrize(
    ("program", "packages"),
    [
        ("rg", ("ripgrep",)),
        ("both", ("neovim", "vim")),
        ("two  words", ("spaces",)),
        ("cowsay", ("cowsay",)),
        ("admin", ("tool",)),
        ("old-style", ("old",)),
        ("old-admin", ("old",)),
        ("no-program", ()),
        ("r", ()),
    ],
)
def test_a_program_leads_to_its_packages(
    index: Path, program: str, packages: tuple[str, ...]
) -> None:
    assert packages_with_program(index, program) == packages


def test_several_files_make_one_index(tmp_path: Path) -> None:
    files = [
        index_file(tmp_path / "amd64", b"usr/bin/x utils/a\n"),
        index_file(tmp_path / "all", b"usr/bin/x utils/b,utils/a\nusr/bin/y utils/b"),
    ]

    assert build_contents_index(tmp_path / "programs", files) == 3
    assert packages_with_program(tmp_path / "programs", "x") == ("a", "b")
    assert packages_with_program(tmp_path / "programs", "y") == ("b",)


def test_the_prose_of_old_files_is_not_read(tmp_path: Path) -> None:
    prose = b"This file maps\nusr/bin/example  text/like\n\nFILE      LOCATION\n"
    files = [index_file(tmp_path / "contents", prose + b"usr/bin/rg utils/ripgrep\n")]
    build_contents_index(tmp_path / "programs", files)

    assert packages_with_program(tmp_path / "programs", "example") == ()
    assert packages_with_program(tmp_path / "programs", "rg") == ("ripgrep",)


def test_a_line_is_read_wherever_the_pieces_end(tmp_path: Path) -> None:
    line = b"usr/bin/program-%06d  utils/package-%06d\n"
    text = b"".join(line % (number, number) for number in range(60_000))
    build_contents_index(
        tmp_path / "programs", [index_file(tmp_path / "contents", text)]
    )

    names = [f"{number:06d}" for number in range(0, 60_000, 997)]
    found = [
        packages_with_program(tmp_path / "programs", f"program-{n}") for n in names
    ]

    assert found == [(f"package-{name}",) for name in names]


def test_contents_that_were_not_signed_make_no_index(tmp_path: Path) -> None:
    (tmp_path / "contents").write_bytes(CONTENTS)
    file = IndexFile(path=tmp_path / "contents", max_size=10_000, sha256="0" * 64)

    with pytest.raises(HashMismatchError):
        build_contents_index(tmp_path / "programs", [file])

    assert [path.name for path in tmp_path.iterdir()] == ["contents"]


def test_another_kind_of_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "programs").write_bytes(b"no database" * 1000)

    with pytest.raises(UnusableIndexError):
        packages_with_program(tmp_path / "programs", "rg")
