"""What `git ls-tree -r -z -l` and `git cat-file --batch` write."""

import re
from collections.abc import Sequence

from devenv.errors import FormatError
from devenv.values import dataclass

_ENTRY = re.compile(
    rb"(?P<mode>\d{6}) (?P<kind>[a-z]+) (?P<object>[0-9a-f]{40,64}) +"
    rb"(?P<size>\d+|-)\t(?P<path>.+)",
    re.DOTALL,
)
REGULAR_MODES = frozenset({"100644", "100755"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """One file of a commit; `size` is 0 for what is no file."""

    mode: str
    object_name: str
    size: int
    path: str


def parse_tree(output: bytes) -> tuple[TreeEntry, ...]:
    """Return the entries of a tree, every folder's.

    Raises:
        FormatError: git said something else, or a path would leave the folder
            or is no text.
    """
    return tuple(_entry(row) for row in output.split(b"\0") if row)


def parse_objects(output: bytes, names: Sequence[str]) -> tuple[bytes, ...]:
    """Return the contents of the objects that were asked for, in their order.

    Raises:
        FormatError: one is missing, or git said something else.
    """
    found = []
    position = 0
    for name in names:
        end = output.find(b"\n", position)
        words = output[position : max(end, 0)].split()
        if len(words) != 3 or words[0].decode() != name or words[1] != b"blob":  # noqa: PLR2004 - name, kind, size
            raise FormatError(f"git has no file {name}")
        size = int(words[2])
        found.append(output[end + 1 : end + 1 + size])
        position = end + 1 + size + 1
    return tuple(found)


def _entry(row: bytes) -> TreeEntry:
    match = _ENTRY.fullmatch(row)
    if match is None:
        raise FormatError("git listed something that is not understood")
    try:
        path = match["path"].decode()
    except UnicodeDecodeError as error:
        raise FormatError("a name in the repository is not UTF-8") from error
    parts = path.split("/")
    if not path.isprintable() or {"", ".", ".."} & set(parts):
        raise FormatError(f"a name in the repository cannot be used: {path!r}")
    if any(part.lower() == ".git" for part in parts):
        raise FormatError("a template holds no .git")
    size = match["size"]
    return TreeEntry(
        mode=match["mode"].decode(),
        object_name=match["object"].decode(),
        size=0 if size == b"-" else int(size),
        path=path,
    )
