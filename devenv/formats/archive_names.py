"""Which names an archive may use, and where they land in a merged-/usr tree.

One rule for all names: reject, never repair. A name that two programs could read
in two ways is how archives escape.
"""

import posixpath
import re

from devenv.errors import UnsafeArchiveError
from devenv.values import dataclass

MAX_COMPONENT_BYTES = 255
MAX_DEPTH = 64
MAX_PATH_BYTES = 4095
"""NAME_MAX and PATH_MAX of Linux, and a depth that no package comes near."""

MERGED_ROOTS = frozenset({"bin", "sbin", "lib", "lib32", "lib64", "libx32"})
"""Root folders that a merged-/usr system keeps as links into usr."""

_COMPONENT = rb"(?!\.{1,2}(?:/|\Z))[^/\x00-\x1f\x7f]{1,255}"
_PATH = re.compile(rb"%b(?:/%b){0,63}" % (_COMPONENT, _COMPONENT))
_TARGET = re.compile(rb"[^\x00-\x1f\x7f]{1,4095}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePath:
    """A name of an archive that passed the rules.

    `raw` is as the archive spells it, without a leading `./` or a trailing
    slash; `path` is where it lands. The root of the archive is two empty texts.
    """

    raw: str
    path: str


def read_path(name: bytes, *, is_directory: bool) -> ArchivePath:
    """Check a member's name and return where it lands.

    A leading `./` is stripped once, as tar and deb write it; one trailing slash
    is allowed for directories.

    Raises:
        UnsafeArchiveError: the name is absolute, empty, too long or too deep, has an
            empty, `.` or `..` component, or a control character.
    """
    stripped = name.removeprefix(b"./")
    if is_directory:
        stripped = stripped.removesuffix(b"/")
        if stripped in (b"", b".") and name in (b".", b"./"):
            return ArchivePath(raw="", path="")
    if len(stripped) > MAX_PATH_BYTES or _PATH.fullmatch(stripped) is None:
        raise UnsafeArchiveError(_complaint(stripped), where=_shown(name))
    raw = stripped.decode("utf-8", "surrogateescape")
    return ArchivePath(raw=raw, path=merged(raw))


def merged(path: str) -> str:
    """Return where a relative path lands when /bin, /lib ... are links into usr."""
    return f"usr/{path}" if path.partition("/")[0] in MERGED_ROOTS else path


def read_target(target: bytes, *, link: ArchivePath) -> str:
    """Check a symbolic link's target and return it as the tree needs it.

    An absolute target starts at the tree's root and is normalised. A relative one
    stays as it is, unless the link or what it names moved below usr; then
    it is spelled anew. Where it leads is not looked at: no link is
    ever followed while unpacking.

    Raises:
        UnsafeArchiveError: it is empty, too long, has a control character, or
            climbs above the root.
    """
    if _TARGET.fullmatch(target) is None:
        raise UnsafeArchiveError(
            "a symbolic link has an empty, too long or unprintable target",
            where=link.raw,
        )
    text = target.decode("utf-8", "surrogateescape")
    if text.startswith("/"):
        place = merged(posixpath.normpath(f"/{text.lstrip('/')}")[1:])
        return f"/{place}"
    directory = posixpath.dirname(link.raw)
    _check_stays_inside(directory, text, link.raw)
    named = posixpath.normpath(posixpath.join("/", directory, text))[1:]
    if link.raw == link.path and named == merged(named):
        return text
    return posixpath.relpath(f"/{merged(named)}", f"/{posixpath.dirname(link.path)}")


def named_by(link: str, target: str) -> str:
    """Return the path, below the root, that a target of `read_target` spells."""
    directory = posixpath.dirname(link)
    return posixpath.normpath(posixpath.join("/", directory, target)).lstrip("/")


def _check_stays_inside(directory: str, target: str, link: str) -> None:
    depth = directory.count("/") + 1 if directory else 0
    for component in target.split("/"):
        if component == "..":
            depth -= 1
        elif component not in ("", "."):
            depth += 1
        if depth < 0:
            raise UnsafeArchiveError(
                "a symbolic link climbs above the root of its archive", where=link
            )


def _complaint(name: bytes) -> str:
    components = name.split(b"/")
    if name.startswith(b"/"):
        return "a name in the archive is absolute"
    if len(name) > MAX_PATH_BYTES or len(components) > MAX_DEPTH:
        return "a name in the archive is too long or too deep"
    if b".." in components:
        return "a name in the archive climbs out of it"
    if b"" in components or b"." in components:
        return "a name in the archive has an empty component"
    if max(map(len, components)) > MAX_COMPONENT_BYTES:
        return "a name in the archive has a component of more than 255 bytes"
    return "a name in the archive has a control character"


def _shown(name: bytes) -> str:
    return ascii(name[:200].decode("utf-8", "replace"))
