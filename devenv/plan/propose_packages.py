"""From what a project's files ask for to requirements, with the reason for each."""

import re
from collections.abc import Callable, Mapping, Sequence

from devenv.model.proposal import (
    Findings,
    NameKind,
    Need,
    ProposedFolder,
    ProposedPackage,
)
from devenv.model.version_range import VersionRange
from devenv.plan.choose_version import Choice, choose_version, unchecked_version
from devenv.typed import Protocol
from devenv.values import dataclass, field, replace

Names = Mapping[NameKind, Mapping[str, tuple[str, ...]]]

ParseRange = Callable[[str], VersionRange | None]

_SHARE_TOOLS = frozenset({NameKind.BREW, NameKind.CONDA, NameKind.NIX})
"""Whose names mean, if nothing else, what everybody's mean."""


class Archive(Protocol):
    """What there is; None where no package list could be looked into."""

    def has(self, name: str) -> bool | None: ...

    def versions(self, name: str, *, everywhere: bool) -> tuple[str, ...] | None: ...


@dataclass(slots=True, kw_only=True)
class _Asked:
    """All that was said of one requirement."""

    ranges: list[VersionRange] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedParts:
    """What stands in a proposed spec, and what was left out of it (sentences)."""

    packages: tuple[ProposedPackage, ...]
    folders: tuple[ProposedFolder, ...]
    unmapped: tuple[str, ...]


def propose_packages(
    found: Sequence[tuple[str, Findings]],
    names: Names,
    archive: Archive,
    *,
    parse_range: ParseRange,
) -> ProposedParts:
    """Return requirements for what some files ask for.

    Args:
        found: the names of the files, in order, and what each asks for.
        names: what other tools call things.
        archive: what there is; asked only where the answer matters.
        parse_range: returns what a constraint means, None if it is not understood.
    """
    asked: dict[str, _Asked] = {}
    unmapped: list[str] = []
    for file, findings in found:
        for need in findings.needs:
            meant = _meant(need, names, archive)
            place = f"{file}:{need.line}" if need.line else file
            if meant is not None:
                unmapped += _add(need, place, meant, asked, parse_range)
            elif not need.is_hint:
                unmapped.append(f"{place}: {need.why}: the archive has no {need.name}")
        unmapped += [_placed(file, item) for item in findings.unmapped]
    return ProposedParts(
        packages=tuple(_package(name, each, archive) for name, each in asked.items()),
        folders=_folders(found),
        unmapped=tuple(dict.fromkeys(unmapped)),
    )


def _add(
    need: Need,
    place: str,
    meant: tuple[str, ...],
    asked: dict[str, _Asked],
    parse_range: ParseRange,
) -> tuple[str, ...]:
    """Note what a need means; return what of it is not understood."""
    constraint = parse_range(need.version)
    for written in meant:
        name, _, version = written.partition("@")
        entry = asked.setdefault(name, _Asked())
        reason = f"{place}: {need.why}"
        if reason not in entry.reasons:
            entry.reasons.append(reason)
        own = parse_range(version) if version else constraint
        # Several packages for one name: the version is that of the first.
        if own is not None and (version or written == meant[0]):
            entry.ranges.append(own)
    if constraint is None:
        return (f"{place}: the version {need.version!r} is not understood",)
    return ()


def _meant(need: Need, names: Names, archive: Archive) -> tuple[str, ...] | None:
    """Return the requirements that a name means, None if the archive has none."""
    kinds = [need.kind, *([NameKind.TOOL] if need.kind in _SHARE_TOOLS else [])]
    for kind in kinds:
        if need.name in names.get(kind, {}):
            return names[kind][need.name] or None
    if need.is_hint:
        return None
    is_there = archive.has(need.name)
    if is_there or (is_there is None and need.kind is NameKind.APT):
        return (need.name,)
    return None


def _package(name: str, asked: _Asked, archive: Archive) -> ProposedPackage:
    choice = _choice(name, asked.ranges, archive)
    written = f"{name}@{choice.version}" if choice.version else name
    remarks = (choice.remark,) if choice.remark else ()
    return ProposedPackage(written=written, reasons=(*asked.reasons, *remarks))


def _choice(name: str, ranges: Sequence[VersionRange], archive: Archive) -> Choice:
    # A module is of its interpreter's release, whatever its own version.
    if name.startswith("python3-") or all(each.is_open for each in ranges):
        return Choice()
    nearby = archive.versions(name, everywhere=False)
    if nearby is None:
        return unchecked_version(ranges)
    choice = choose_version(ranges, nearby)
    if choice.is_right and nearby and not choice.remark:
        return choice
    return choose_version(ranges, archive.versions(name, everywhere=True) or nearby)


def _placed(file: str, item: str) -> str:
    """Return a sentence with its file in front, `line 3: ...` as `FILE:3: ...`."""
    match = re.match(r"line (\d+): ", item)
    return f"{file}:{match[1]}: {item[match.end() :]}" if match else f"{file}: {item}"


def _folders(found: Sequence[tuple[str, Findings]]) -> tuple[ProposedFolder, ...]:
    known: dict[str, ProposedFolder] = {}
    for file, findings in found:
        for item in findings.folders:
            reasoned = replace(item, reason=f"{file}: {item.reason}")
            known.setdefault(item.path, reasoned)
    return tuple(known.values())
