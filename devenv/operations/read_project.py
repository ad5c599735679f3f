"""Read all of a project: every file once, with what tells that it changed."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from devenv import hashes
from devenv.errors import Complaint, FormatError, SpecError
from devenv.formats.spec_toml import SYSTEM_NAMES, parse_spec
from devenv.host.read_once import FileRead, own_user, read_once
from devenv.model.project import Project, ProjectFile
from devenv.model.spec import FileValue, Place, Spec, SpecFile, SpecInput
from devenv.operations.find_project import SPEC_FILE, find_project, no_project
from devenv.plan.merge_spec import merge_spec
from devenv.plan.spec_inputs import has_input_of, input_complaints
from devenv.typed import Protocol
from devenv.values import dataclass, field, replace

__all__ = ["LOCAL_SPEC_FILE", "SPEC_FILE", "find_project", "read_project"]

LOCAL_SPEC_FILE = "devenv.local.toml"

MAX_SPEC_BYTES = 1 << 20
MAX_DOTENV_BYTES = 256 * 1024
MAX_VALUE_FILE_BYTES = 128 * 1024
MAX_SPEC_FILES = 200


class SpecParser(Protocol):
    """What makes a file's text a spec: `parse_spec`, or a memory of what it was."""

    def __call__(self, text: str, *, file: str, home: str) -> SpecFile:
        """Return what the text says."""


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One reading of a project, which may fail.

    `files` gets every file as soon as it is read, by path: so that it is known what
    a failed one was made from, too.
    """

    parse: SpecParser = parse_spec
    files: dict[str, ProjectFile] = field(default_factory=dict)


_NO_VARIABLES: Mapping[str, str] = MappingProxyType({})


def read_project(
    directory: Path,
    *,
    system: str,
    env: Mapping[str, str] = _NO_VARIABLES,
    is_named: bool = False,
    text: str | None = None,
    attempt: Attempt | None = None,
) -> Project:
    """Return what the project in a folder says, and every file it was read from.

    A dotenv file, the file of a value or the key of an input may be missing: it
    is among the files all the same. `devenv.local.toml` is merged last.

    Args:
        directory: the folder that holds `devenv.toml`.
        system: the name of the system whose dotenv files and values are read.
        env: the outer variables: HOME, and SUDO_UID, for whom root stands in.
        is_named: the user named the folder, so that it may be somebody else's.
        text: what `devenv.toml` would say, in place of what it says.
        attempt: learns of every file, though reading may fail.

    Raises:
        NoProjectError: there is no `devenv.toml`.
        SpecError: a file cannot be read, belongs to somebody else, or is wrong;
            it holds all complaints of all files.
    """
    folder = os.path.realpath(directory)
    owners = None if is_named else _trusted_owners(env)
    attempt = attempt or Attempt()
    reading = _Reading(
        home=env.get("HOME", ""),
        owners=owners,
        parse=attempt.parse,
        files=attempt.files,
    )
    if text is not None:
        reading.instead[f"{folder}/{SPEC_FILE}"] = text.encode()
    reading.read_spec(f"{folder}/{SPEC_FILE}", is_own=True)
    if reading.files[f"{folder}/{SPEC_FILE}"].sha256 is None:
        reading.raise_complaints()
        raise no_project(Path(folder))
    reading.read_spec(f"{folder}/{LOCAL_SPEC_FILE}", is_own=True)
    reading.raise_complaints()
    specs = _specs(reading.merged, system)
    _read_others(reading, specs[system])
    _read_keys(reading, specs, system)
    reading.raise_complaints()
    return Project(
        directory=folder,
        system=system,
        specs=specs,
        spec_files=tuple(reading.merged),
        files=tuple(sorted(reading.files.values())),
        contents=reading.contents,
    )


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What has been read so far. `owners` are the users whose specs are read."""

    home: str
    owners: frozenset[int] | None
    parse: SpecParser
    files: dict[str, ProjectFile]
    instead: dict[str, bytes] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    merged: list[SpecFile] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    chain: list[str] = field(default_factory=list)

    def complain(self, what: str, where: str, hint: str) -> None:
        complaint = Complaint(what=what, where=where, hint=hint)
        if complaint not in self.complaints:
            self.complaints.append(complaint)

    def raise_complaints(self) -> None:
        if self.complaints:
            raise SpecError(self.complaints)

    def read(self, path: str, place: Place | None, *, limit: int) -> FileRead | None:
        """Read a file and note it; None where it is missing, or was complained of."""
        try:
            found = read_once(path, max_bytes=limit)
        except (OSError, FormatError) as error:
            reason = error.what if isinstance(error, FormatError) else error.strerror
            what = f"{path} cannot be read: {reason}"
            hint = "mend the file or its rights, or take its name out of the spec"
            self.complain(what, str(place or path), hint)
            self.files[path] = ProjectFile(path=path, sha256=None)
            return None
        if found is None:
            self.files[path] = ProjectFile(path=path, sha256=None)
            return None
        self.files[path] = ProjectFile(
            path=path,
            sha256=hashes.sha256(found.content).hexdigest(),
            mtime_ns=found.mtime_ns,
            size=found.size,
        )
        return found

    def read_content(self, path: str, place: Place, *, limit: int) -> None:
        """Read a file whose bytes are kept, unless it was read before."""
        if path in self.contents or path in self.files:
            return
        found = self.read(path, place, limit=limit)
        if found is not None:
            self.contents[path] = found.content

    def read_spec(
        self, path: str, *, place: Place | None = None, is_own: bool = False
    ) -> None:
        """Read a spec and what it imports, imports first; each file once."""
        if path in self.chain:
            circle = [*self.chain[self.chain.index(path) :], path]
            self.complain(
                f"these files import each other: {' -> '.join(circle)}",
                str(place),
                "take one of the imports away",
            )
            return
        if path in self.files:
            return
        file = self._parsed(path, place, is_own=is_own)
        if file is None:
            return
        self.chain.append(path)
        for item in file.imports:
            self.read_spec(item.path, place=item.place)
        self.chain.pop()
        self.merged.append(file)

    def _parsed(
        self, path: str, place: Place | None, *, is_own: bool
    ) -> SpecFile | None:
        if len(self.files) >= MAX_SPEC_FILES:
            hint = "import fewer files"
            self.complain(f"more than {MAX_SPEC_FILES} files", str(place), hint)
            return None
        before = len(self.complaints)
        found = self.read(path, place, limit=MAX_SPEC_BYTES)
        if found is None:
            if not is_own and len(self.complaints) == before:
                self._complain_of_missing(path, place)
            return None
        if is_own and self.owners is not None and found.owner not in self.owners:
            self._complain_of_owner(path, found.owner)
            return None
        content = self.instead.get(path, found.content)
        try:
            return self.parse(content.decode(), file=path, home=self.home)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            hint = "save it as UTF-8"
            self.complain("this is not UTF-8", f"{path}:{line}", hint)
        except SpecError as error:
            self.complaints.extend(error.complaints)
        return None

    def _complain_of_missing(self, path: str, place: Place | None) -> None:
        chain = " -> ".join([*self.chain, path])
        what = f"the imported {path} is not there"
        if len(self.chain) > 1:
            what += f" ({chain})"
        self.complain(what, str(place), "mend the path, or take the import away")

    def _complain_of_owner(self, path: str, owner: int) -> None:
        folder = path.rpartition("/")[0] or "/"
        what = f"{path.rpartition('/')[2]} belongs to another user ({owner})"
        hint = f"read it first; then name the project: --project {folder}"
        self.complain(what, path, hint)


def _specs(files: Sequence[SpecFile], system: str) -> dict[str, Spec]:
    """Return the spec of every system; they are merged once where they are the same."""
    if not _are_same(files):
        return {name: merge_spec(files, name) for name in SYSTEM_NAMES}
    same = merge_spec(files, system)
    return {name: replace(same, system=name) for name in SYSTEM_NAMES}


def _are_same(files: Iterable[SpecFile]) -> bool:
    """Tell whether files ask for the same on every system."""
    return not any(file.by_system for file in files)


def _read_others(reading: _Reading, spec: Spec) -> None:
    """Read the dotenv files and values that a spec names."""
    for file in spec.dotenv:
        reading.read_content(file.path, file.place, limit=MAX_DOTENV_BYTES)
    for setting in spec.env:
        if isinstance(setting.value, FileValue):
            path = setting.value.path
            reading.read_content(path, setting.place, limit=MAX_VALUE_FILE_BYTES)


def _read_keys(reading: _Reading, specs: Mapping[str, Spec], system: str) -> None:
    """Read the keys of inputs; complain of inputs that are not."""
    some = (specs[system],) if _are_same(reading.merged) else specs.values()
    for each in filter(has_input_of, some):
        # Few specs have any.
        from devenv.sources.apt.inputs import (  # noqa: PLC0415
            MAX_KEY_BYTES,
            built_in,
        )

        for complaint in input_complaints(each, built_in().inputs):
            if complaint not in reading.complaints:
                reading.complaints.append(complaint)
        for path, place in _keys(each.inputs.values()):
            reading.read_content(path, place, limit=MAX_KEY_BYTES)


def _keys(inputs: Iterable[SpecInput]) -> Iterator[tuple[str, Place]]:
    for item in inputs:
        from devenv.formats.inputs import (  # noqa: PLC0415 - as above
            parse_third_party_input,
        )

        found = parse_third_party_input(item.name, item.table)
        if not found.has_inline_key:
            yield str(Path(item.folder) / found.key), item.place


def _trusted_owners(env: Mapping[str, str]) -> frozenset[int]:
    """Return the users whose specs are read unasked: this one, and root.

    For root these are root and who became root by sudo: as git has it.
    """
    user = own_user()
    sudo = env.get("SUDO_UID", "")
    if user == 0 and sudo.isascii() and sudo.isdigit():
        return frozenset({0, int(sudo)})
    return frozenset({0, user})
