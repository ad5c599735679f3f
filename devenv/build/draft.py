"""An environment tree while it is being planned, before a byte is on disk.

Everything that decides what a tree holds (linking, rewriting, the rules for
compilers, certificates and so on) works on a draft; `devenv.build.materialise`
then writes it in one pass. So a rule can be tested without a file system, and
what was decided is known before anything is done.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase

from devenv.errors import RelocationError
from devenv.model.systems import System
from devenv.typed import NamedTuple
from devenv.values import dataclass

MERGED_ROOTS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
"""Root folders that a merged-/usr system keeps as links into usr."""

GENERATED_MTIME_SECONDS = 1
"""Fixed, so that a tree is the same bytes whenever it is made."""

_HOST_ONLY = ("dev", "proc", "run", "sys")
_WILDCARDS = frozenset("*?[")
_MAX_LINKS_FOLLOWED = 40


class SourceFile(NamedTuple):
    """A file that a store path already holds and that the tree hard-links.

    A tuple, because a tree has ten thousand of these.
    """

    source: str
    is_executable: bool
    size: int
    sha256: str
    mtime_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A file that exists in this tree only."""

    content: bytes
    is_executable: bool
    mtime_seconds: int

    @property
    def size(self) -> int:
        """The length of its content in bytes."""
        return len(self.content)


class TreeDraft:
    """Files, links and folders by their path below the tree's root.

    Args:
        final: the absolute path the tree will have in the store.
        system: the system its packages are made for.
    """

    def __init__(self, *, final: str, system: System) -> None:
        self.final = final
        self.system = system
        self.files: dict[str, SourceFile | WrittenFile] = {}
        self.links: dict[str, str] = {}
        self.link_sources: dict[str, str] = {}
        """Symbolic links of store paths that are the same as those at these paths."""
        self._children: dict[str, set[str]] = {"": set()}

    @property
    def directories(self) -> list[str]:
        """Every folder but the root, parents first."""
        return sorted(self._children.keys() - {""})

    @property
    def folders(self) -> Mapping[str, AbstractSet[str]]:
        """Every folder, the root included, and the names in it."""
        return self._children

    def add_directory(self, path: str) -> bool:
        """Make `path` and its parents folders of the tree.

        Returns:
            False if a file or link stands where a folder would be; then nothing
            was changed below it.
        """
        if path in self._children:
            return True
        if path in self.files or path in self.links:
            return False
        parent, _, name = path.rpartition("/")
        if not self.add_directory(parent):
            return False
        self._children[path] = set()
        self._children[parent].add(name)
        return True

    def add_files(self, files: Iterable[tuple[str, SourceFile]]) -> list[str]:
        """Put many files at once; return the paths where something is already.

        The same as `add_file` for each, at a third of the time if those of one
        folder follow each other.
        """
        taken = []
        known = self.files
        last, names = "", self._children[""]
        for path, file in files:
            parent, _, name = path.rpartition("/")
            if parent != last:
                if parent not in self._children:
                    # Through a link, or a folder that nobody has named before.
                    if not self.add_file(path, file):
                        taken.append(path)
                    continue
                last, names = parent, self._children[parent]
            if name in names:
                taken.append(path)
            else:
                names.add(name)
                known[path] = file
        return taken

    def add_file(self, path: str, file: SourceFile | WrittenFile) -> bool:
        """Put a file at `path`; return False if something is there already."""
        path = self._place(path)
        if path in self.files or path in self.links or path in self._children:
            return False
        if not self._enter(path):
            return False
        self.files[path] = file
        return True

    def replace_file(self, path: str, file: SourceFile | WrittenFile) -> str:
        """Put a file at `path`, whatever file or link was there.

        Returns:
            Where it is: links of its folder are followed.

        Raises:
            RelocationError: a file stands where its folder would be.
        """
        path = self._place(path)
        self.remove(path)
        if path in self._children or not self._enter(path):
            raise RelocationError(
                "two packages want a file and a folder at one place", where=path
            )
        self.files[path] = file
        return path

    def write(self, path: str, content: bytes, *, executable: bool = False) -> str:
        """Put a generated file at `path`; see `replace_file`."""
        return self.replace_file(
            path,
            WrittenFile(
                content=content,
                is_executable=executable,
                mtime_seconds=GENERATED_MTIME_SECONDS,
            ),
        )

    def add_link(self, path: str, target: str, *, source: str = "") -> bool:
        """Put a symbolic link at `path`; False if something is there already.

        `source` is a store path's own link with this target, if there is one.

        An absolute target starts at the tree's root and becomes relative, so
        that the tree works wherever it is looked at from. Links into /dev,
        /proc, /run and /sys mean the host's and are left out.
        """
        path = self._place(path)
        if path in self.files or path in self.links or path in self._children:
            return False
        if target.startswith("/"):
            inside = target.strip("/")
            if inside.partition("/")[0] in _HOST_ONLY:
                return False
            target = posixpath.relpath(inside or ".", posixpath.dirname(path) or ".")
            source = ""
        if not self._enter(path):
            return False
        self.links[path] = target
        if source:
            self.link_sources[path] = source
        return True

    def remove(self, path: str) -> None:
        """Take the file or link at `path` out, if there is one."""
        known = self.files.pop(path, None) or self.links.pop(path, None)
        if known is not None:
            self.link_sources.pop(path, None)
            parent, _, name = path.rpartition("/")
            self._children[parent].discard(name)

    def move(self, path: str, target: str) -> None:
        """Give the file at `path` another place."""
        file = self.files[path]
        self.remove(path)
        self.replace_file(target, file)

    def children(self, directory: str) -> list[str]:
        """Return the names in a folder, sorted; none if it is no folder."""
        real = self.resolve(directory)
        return sorted(self._children.get(real, ())) if real is not None else []

    def is_directory(self, path: str) -> bool:
        """Tell whether `path`, links followed, is a folder."""
        return self.resolve(path) in self._children

    def is_file(self, path: str) -> bool:
        """Tell whether `path`, links followed, is a file."""
        return self.resolve(path) in self.files

    def is_program(self, path: str) -> bool:
        """Tell whether `path`, links followed, is an executable file."""
        file = self.files.get(self.resolve(path) or "")
        return file is not None and file.is_executable

    def resolve(self, path: str) -> str | None:
        """Return the real place of `path` with every link followed, or None."""
        return self._walk(path, follow_last=True)

    def find(self, absolute: str) -> str | None:
        """Return the tree path of an absolute path as files name it, or None.

        `/bin/ls` is looked up as `usr/bin/ls`; a link counts though it may
        dangle, as it does for a program that asks with lstat(2).
        """
        path = merged(absolute.strip("/"))
        if path in self.files or path in self.links or path in self._children:
            return path
        return path if self._walk(path, follow_last=False) is not None else None

    def find_prefix(self, absolute: str) -> str | None:
        """Return the tree path of a text that begins some entry's path."""
        directory, _, start = merged(absolute.lstrip("/")).rpartition("/")
        names = self.children(directory)
        if any(name.startswith(start) for name in names):
            return f"{directory}/{start}"
        return None

    def glob(self, pattern: str) -> list[str]:
        """Return the paths that match, sorted; `*` stays within a component."""
        return sorted(self._glob("", pattern.split("/")))

    def read(self, path: str) -> bytes:
        """Return the content of the file at `path`, links followed."""
        match self.files.get(self.resolve(path) or ""):
            case WrittenFile(content=content):
                return content
            case SourceFile(source=source):
                with open(source, "rb", buffering=0) as file:  # noqa: PTH123 - 100s of small ones
                    return file.read()
            case None:
                raise RelocationError("the tree has no such file", where=path)

    def _place(self, path: str) -> str:
        """Return `path` with the links of its folder followed, as a write would."""
        parent, _, name = path.rpartition("/")
        if parent in self._children:
            return path
        here = ""
        for part in parent.split("/"):
            here = f"{here}/{part}" if here else part
            if here in self.links:
                real = self.resolve(here)
                here = real if real is not None and real in self._children else here
        return f"{here}/{name}"

    def _enter(self, path: str) -> bool:
        parent, _, name = path.rpartition("/")
        if not self.add_directory(parent):
            return False
        self._children[parent].add(name)
        return True

    def _walk(self, path: str, *, follow_last: bool) -> str | None:
        todo = path.split("/")[::-1]
        place: list[str] = []
        followed = 0
        while todo:
            name = todo.pop()
            if name in ("", "."):
                continue
            if name == "..":
                if place:
                    place.pop()
                continue
            here = "/".join((*place, name))
            target = self.links.get(here)
            if target is not None and (todo or follow_last):
                followed += 1
                if followed > _MAX_LINKS_FOLLOWED or target.startswith("/"):
                    return None
                todo.extend(target.split("/")[::-1])
            elif here in self._children or here in self.files or target is not None:
                place.append(name)
            else:
                return None
        return "/".join(place)

    def _glob(self, directory: str, pattern: list[str]) -> Iterator[str]:
        head, *rest = pattern
        # A name without a wildcard is looked up: to match one, it would be compiled.
        is_name = _WILDCARDS.isdisjoint(head)
        for name in self.children(directory):
            if name == head if is_name else fnmatchcase(name, head):
                path = f"{directory}/{name}" if directory else name
                if not rest:
                    yield path
                elif self.is_directory(path):
                    yield from self._glob(path, rest)


def merged(path: str) -> str:
    """Return a path below the root with the merged-/usr spelling."""
    if path.partition("/")[0] in MERGED_ROOTS:
        return f"usr/{path}"
    return path
