"""A project's lock as text, both ways: `devenv.lock.toml`.

Sorted, one fact a line, a table for each package of each system, so that two
people's changes rarely meet in one line. No host stands in it: a location is
relative to the archive of its pocket.
"""

from collections.abc import Iterable, Iterator, Sequence

from devenv.errors import LockError
from devenv.formats.lock_conflict import has_conflict
from devenv.formats.lock_tables import LOCK_VERSION, read_document
from devenv.formats.toml_lines import instant, key, listed, quoted, read_lines
from devenv.model.lock import (
    Lock,
    LockedInput,
    LockedLibraries,
    LockedPackage,
    LockedSystem,
)
from devenv.patterns import late_pattern
from devenv.typed import Any

LOCK_NAME = "devenv.lock.toml"

_HEAD = "# Made by devenv. Change devenv.toml, and run: devenv lock"
_LINE = late_pattern(r"at line ([0-9]+)")


def render_lock(lock: Lock) -> str:
    """Return a lock as the text of its file; equal locks give equal texts."""
    rules = lock.rules
    lines = [
        _HEAD,
        f"version = {LOCK_VERSION}",
        "",
        "[rules]",
        f"unpack = {rules.unpack}",
        f"relocation = {rules.relocation}",
        f"bytecode = {rules.bytecode}",
        f"tree = {rules.tree}",
    ]
    for name in sorted(lock.inputs):
        lines.extend(_input_lines(lock.inputs[name]))
    for name in sorted(lock.systems):
        lines.extend(_system_lines(name, lock.systems[name]))
    return "\n".join(lines) + "\n"


def parse_lock(text: str, *, file: str) -> Lock:
    """Return what a lock's text says; `file` is named by complaints.

    Raises:
        LockError: it was edited, is damaged, of a newer devenv, or in conflict.
    """
    document = read_lines(text)
    if document is None:
        document = _document(text, file)
    try:
        return read_document(document)
    except LockError as error:
        raise _placed(error, text, file) from error


def _document(text: str, file: str) -> dict[str, Any]:
    if has_conflict(text):
        raise LockError(
            "the lock has a merge conflict",
            where=file,
            hint="run `devenv lock`: it solves it anew from both sides",
        )
    import tomllib  # noqa: PLC0415 - somebody has edited it

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits is a ValueError, too.
        line = _LINE.search(str(error))
        raise LockError(
            f"the lock is not TOML: {error}",
            where=f"{file}:{line[1]}" if line else file,
            hint="take it back from version control, or delete it and run"
            " `devenv lock`",
        ) from error


def _placed(error: LockError, text: str, file: str) -> LockError:
    """Return the error with the file, and the line of the table it is about."""
    at = error.where or ""
    table = at.rpartition(".")[0]
    lines = text.split("\n")
    line = next(
        (
            number
            for name in (at, table)
            for number, found in enumerate(lines, start=1)
            if name and found.strip("[]") == name
        ),
        None,
    )
    file = f"{file}:{line}" if line else file
    return LockError(
        error.what,
        where=f"{file}, {at}" if at else file,
        hint=error.hint
        or "a lock is not edited by hand: take it back from version control, or"
        " delete it and run `devenv lock`",
    )


def _input_lines(locked: LockedInput) -> Iterator[str]:
    if locked.definition:
        yield ""
        yield f"[inputs.{key(locked.name)}]"
        yield f"definition = {quoted(locked.definition)}"
    for pocket in locked.pockets:
        yield ""
        yield f"[[inputs.{key(locked.name)}.pockets]]"
        yield f"name = {quoted(pocket.name)}"
        yield f"date = {instant(pocket.date)}"
        yield f"sha256 = {quoted(pocket.sha256)}"


def _system_lines(name: str, locked: LockedSystem) -> Iterator[str]:
    at = key(name)
    yield ""
    yield f"[{at}]"
    yield f"default_input = {quoted(locked.default_input)}"
    for written, answers in locked.requirements.items():
        yield ""
        yield f"[[{at}.requirements]]"
        yield f"written = {quoted(written)}"
        yield from listed("packages", map(str, answers))
    if locked.libraries is not None:
        yield from _library_lines(f"{at}.libraries", locked.libraries)
    yield from _package_lines(f"{at}.packages", locked.packages)


def _library_lines(at: str, locked: LockedLibraries) -> Iterator[str]:
    yield ""
    yield f"[{at}]"
    yield f"input = {quoted(locked.input)}"
    yield f"c_library = {quoted(locked.c_library)}"
    for written, package in locked.requirements.items():
        yield ""
        yield f"[[{at}.requirements]]"
        yield f"written = {quoted(written)}"
        yield f"package = {quoted(package)}"
    yield from _package_lines(f"{at}.packages", locked.packages)


def _package_lines(at: str, packages: Iterable[LockedPackage]) -> Iterator[str]:
    for package in _sorted(packages):
        yield ""
        yield f"[{at}.{key(package.input)}.{key(package.name)}]"
        yield f"version = {quoted(package.version)}"
        yield f"architecture = {quoted(package.architecture)}"
        yield f"pocket = {quoted(package.pocket)}"
        yield f"location = {quoted(package.location)}"
        yield f"sha256 = {quoted(package.sha256)}"
        yield f"size = {package.size}"
        yield f"unpacked_kib = {package.unpacked_kib}"
        yield from listed("needs", package.needs)
        if package.is_base:
            yield "base = true"
        if package.seen is not None:
            yield f"seen = {instant(package.seen)}"


def _sorted(packages: Iterable[LockedPackage]) -> Sequence[LockedPackage]:
    return sorted(packages, key=lambda package: (package.input, package.name))
