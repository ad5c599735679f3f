"""`devenv init` without a template: what the files of a project ask for."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from devenv.errors import FormatError, UsageError
from devenv.formats.project_files import READERS, reader_of
from devenv.formats.project_names import ProjectNames, parse_project_names
from devenv.formats.spec_initial import initial_spec
from devenv.formats.spec_proposal import proposed_spec
from devenv.formats.version_range import parse_version_range
from devenv.host.files import names_in
from devenv.host.own_data import own_data
from devenv.host.read_once import read_once
from devenv.model.project import Project
from devenv.model.proposal import Findings, Proposal
from devenv.model.spec import Spec
from devenv.operations.archive_versions import archive_versions
from devenv.operations.doors import Display, Doors, this_system
from devenv.plan.propose_packages import Archive, propose_packages

MAX_FILE_BYTES = 1 << 20


def propose_spec(
    folder: Path,
    source: Path | None,
    open_doors: Callable[[], Doors],
    display: Display,
) -> Proposal:
    """Return a spec for what a project's files ask for, with the reasons.

    Nothing of the project is run, and no other file is read than those that
    `READERS` names. Package lists are looked into only where a version or an
    unknown name makes it matter.

    Args:
        folder: the project's.
        source: look at this file only.
        open_doors: opens the store and the network; called at most once.
        display: for what cannot be looked up.

    Raises:
        UsageError: nobody reads a file of the name that `source` has.
        FormatError: `source` cannot be read.
    """
    found = (
        findings_of_file(source) if source is not None else findings_of_folder(folder)
    )
    with archive_versions(open_doors, display, _empty_project(folder)) as archive:
        return proposal_of(found, archive)


def proposal_of(found: list[tuple[str, Findings]], archive: Archive) -> Proposal:
    """Return the proposal for what some files ask for."""
    parts = propose_packages(
        found, project_names(), archive, parse_range=parse_version_range
    )
    if not (parts.packages or parts.unmapped or parts.folders):
        return Proposal(spec=initial_spec(()))
    return Proposal(
        spec=proposed_spec(parts.packages, parts.folders, parts.unmapped),
        packages=parts.packages,
        folders=parts.folders,
        unmapped=parts.unmapped,
    )


def _empty_project(folder: Path) -> Project:
    """Return a project that says nothing: its inputs are the built-in ones."""
    system = this_system().name
    return Project(
        directory=str(folder),
        system=system,
        specs={system: Spec(system=system)},
        spec_files=(),
        files=(),
        contents={},
    )


@cache
def project_names() -> ProjectNames:
    """Return the table of other tools' names that devenv ships."""
    text = own_data("project_names.toml").read_text("utf-8")
    return parse_project_names(text)


def findings_of_file(source: Path) -> list[tuple[str, Findings]]:
    """Return what one file asks for, under its name; see `propose_spec`."""
    reader = reader_of(source.name)
    if reader is None:
        raise UsageError(
            f"devenv does not read {source.name}",
            where=str(source),
            hint=f"it reads {', '.join(READERS)}",
        )
    try:
        text = _text(source)
    except OSError as error:
        raise FormatError(
            f"this cannot be read: {error.strerror}", where=str(source)
        ) from error
    if text is None:
        raise FormatError("there is no such file", where=str(source))
    return [(source.name, reader(text))]


def findings_of_folder(folder: Path) -> list[tuple[str, Findings]]:
    """Return what the files of a folder ask for, in the order of `READERS`."""
    try:
        names = names_in(folder)
    except OSError:
        return []
    order = {name: number for number, name in enumerate(READERS)}
    found = []
    for name in sorted(names, key=lambda name: (order.get(name, len(order)), name)):
        reader = reader_of(name)
        if reader is None:
            continue
        try:
            text = _text(folder / name)
        except (OSError, FormatError) as error:
            reason = error.what if isinstance(error, FormatError) else error.strerror
            found.append((name, Findings(unmapped=(f"it cannot be read: {reason}",))))
            continue
        if text is not None:
            found.append((name, reader(text)))
    return found


def _text(path: Path) -> str | None:
    """Return what a file says; None where there is none.

    Raises:
        FormatError: it is no regular file, too large, or no text.
        OSError: it cannot be read.
    """
    read = read_once(str(path), max_bytes=MAX_FILE_BYTES)
    if read is None:
        return None
    try:
        return read.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("it is not UTF-8", where=str(path)) from error
