"""What git says of a commit, read strictly."""

import subprocess
from pathlib import Path

import pytest

from devenv.errors import FormatError
from devenv.formats.git_tree import parse_objects, parse_tree

NAME = "a" * 40


def row(path: str, mode: str = "100644") -> bytes:
    return f"{mode} blob {NAME}      12\t{path}".encode() + b"\0"


def test_a_listing_is_read() -> None:
    first, second = parse_tree(row("a b/c") + row("run", "100755"))
    assert (first.path, first.size, first.object_name) == ("a b/c", 12, NAME)
    assert second.mode == "100755"


@pytest.mark.parametrize(
    "path", ["../x", "a/../x", "/etc/passwd", ".git/hooks/x", "a/.GIT/x", "a\x1bb"]
)
def test_a_path_that_would_leave_the_folder_is_refused(path: str) -> None:
    with pytest.raises(FormatError, match=r"cannot be used|holds no \.git"):
        parse_tree(row(path))


@pytest.mark.parametrize("output", [b"nonsense\0", b"100644 blob \xff\t\0"])
def test_anything_else_is_refused(output: bytes) -> None:
    with pytest.raises(FormatError, match="not understood"):
        parse_tree(output)


def test_contents_are_taken_apart() -> None:
    other = "b" * 40
    output = f"{NAME} blob 3\na\nb\n{other} blob 0\n\n".encode()
    assert parse_objects(output, [NAME, other]) == (b"a\nb", b"")
    with pytest.raises(FormatError, match="has no file"):
        parse_objects(f"{NAME} missing\n".encode(), [NAME])
    with pytest.raises(FormatError, match="has no file"):
        parse_objects(b"", [NAME])


def test_real_git_is_understood(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"\x00\n")
    git = ("git", "-C", str(tmp_path))
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "f"], check=True)
    tree = subprocess.run([*git, "write-tree"], check=True, capture_output=True)
    listed = subprocess.run(
        [*git, "ls-tree", "-r", "-z", "-l", tree.stdout.decode().strip()],
        check=True,
        capture_output=True,
    )
    (entry,) = parse_tree(listed.stdout)
    assert (entry.path, entry.size) == ("f", 2)
