"""Which git repository a folder is in, as far as files tell; git is not run."""

from pathlib import Path

from devenv.errors import FormatError
from devenv.host.files import read_limited
from devenv.values import dataclass

_MAX_BYTES = 1 << 16
_GIT = ".git"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worktree:
    """A worktree: the repository's shared folder, and where in it a folder lies."""

    repository: str
    inside: str


def worktree_of(folder: Path) -> Worktree | None:
    """Return the worktree around an absolute, physical folder; None for none.

    The repository itself must name the worktree, as git has it: a `.git` file that
    only claims to belong to one counts for nothing.
    """
    for top in (folder, *folder.parents):
        found = top / _GIT
        if found.is_dir():
            inside = folder.relative_to(top)
            return Worktree(repository=str(found.resolve()), inside=str(inside))
        if found.is_file():
            repository = _shared_folder(found)
            if repository is None:
                return None
            inside = folder.relative_to(top)
            return Worktree(repository=str(repository), inside=str(inside))
    return None


def _shared_folder(file: Path) -> Path | None:
    """Return the folder that a linked worktree shares, if both name each other."""
    kind, _, text = _line(file).partition(": ")
    if kind != "gitdir" or not text:
        return None
    own = (file.parent / text).resolve()
    shared = _line(own / "commondir")
    back = _line(own / "gitdir")
    if not shared or not back or (own / back).resolve() != file.resolve():
        return None
    repository = (own / shared).resolve()
    is_its_own = own.parent == repository / "worktrees"
    return repository if is_its_own else None


def _line(file: Path) -> str:
    try:
        content = read_limited(file, max_bytes=_MAX_BYTES)
    except (OSError, FormatError):
        return ""
    return content.decode("utf-8", "surrogateescape").rstrip("\n")
