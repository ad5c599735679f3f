"""Which files of an unpacked package are shared libraries, and by which name."""

from collections.abc import Iterator, Mapping
from posixpath import basename, dirname, normpath

from devenv.model.facts import ElfFact, PackageFacts
from devenv.model.systems import System
from devenv.values import dataclass

_MERGED_ROOTS = ("lib", "lib64")
_MOST_LINKS_FOLLOWED = 8
_FOR_SOME_PROCESSORS = "/glibc-hwcaps/"


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFile:
    """A file that a loader which is sent to its folder takes for `soname`.

    `path` is that of the file itself, relative to the package's root. One that
    is not public lies in a folder of its own (plug-ins, alternatives).
    """

    soname: str
    path: str
    is_public: bool


def library_files(facts: PackageFacts, system: System) -> tuple[LibraryFile, ...]:
    """Return a package's libraries, one a name, public ones before others.

    A library counts by its SONAME, and by its file's name if it has none, where
    the file or a link to it has that name. Those for some processors only are
    left out.
    """
    libraries = {elf.path: elf for elf in facts.elf_files if _is_library(elf, system)}
    public = (f"usr/lib/{system.triplet}", "usr/lib", "usr/lib64")
    found: dict[str, LibraryFile] = {}
    named = sorted(
        _named(facts, libraries), key=lambda one: (dirname(one[0]) not in public, one)
    )
    for place, path in named:
        soname = libraries[path].soname or basename(path)
        if basename(place) == soname and _FOR_SOME_PROCESSORS not in place:
            library = LibraryFile(
                soname=soname, path=path, is_public=dirname(place) in public
            )
            found.setdefault(soname, library)
    return tuple(found.values())


def _is_library(elf: ElfFact, system: System) -> bool:
    return (
        elf.is_64_bit_little_endian
        and elf.is_dynamic
        and elf.machine == system.elf_machine
        and (elf.soname is not None or ".so" in basename(elf.path))
    )


def _named(
    facts: PackageFacts, libraries: Mapping[str, ElfFact]
) -> Iterator[tuple[str, str]]:
    """Yield every name of a library, and the file it stands for."""
    for path in libraries:
        yield path, path
    links = {link.path: link.target for link in facts.links}
    for path in links:
        target = _followed(path, links)
        if target in libraries:
            yield path, target


def _followed(path: str, links: Mapping[str, str]) -> str:
    for _ in range(_MOST_LINKS_FOLLOWED):
        target = links.get(path)
        if target is None:
            break
        # `join` of an absolute target would leave the package's root.
        folder = "" if target.startswith("/") else dirname(path)
        path = _merged(normpath(f"/{folder}/{target}").lstrip("/"))
    return path


def _merged(path: str) -> str:
    return f"usr/{path}" if path.partition("/")[0] in _MERGED_ROOTS else path
