"""What readelf and the loader say of an ELF file, before and after relocation.

readelf shares no line with our own reader. Only what relocation is for may differ:
the dynamic section, its strings and the interpreter, and where they stand; tables
in front of the first section that had to make room keep their content.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from devenv.model.facts import ElfFact

_OWN = frozenset({".dynamic", ".dynstr", ".interp"})
_SECTION = re.compile(
    r" *\[ *\d+\] (?P<name>.*?) +(?P<type>[A-Z][A-Z0-9_]+|[0-9a-f]{8}: .*?) +"
    r"(?P<address>[0-9a-f]{16}) (?P<offset>[0-9a-f]{6,}) (?P<size>[0-9a-f]{6,}) "
    r"(?P<rest>.*)"
)
_DYNAMIC = re.compile(r" 0x[0-9a-f]+ \((?P<tag>\w+)\) +(?P<value>.*)")
_BRACKETED = re.compile(r"\[(.*)\]\Z")
_INTERPRETER = re.compile(r"\[Requesting program interpreter: (.*)\]")
_SYMBOL_VALUE = re.compile(r"^( *\d+: )([0-9a-f]{16})(.*)$")
_PLACES = frozenset({
    "STRTAB", "STRSZ", "SYMTAB", "GNU_HASH", "HASH", "VERSYM", "VERNEED", "VERDEF",
    "RPATH", "RUNPATH", "NEEDED", "NULL",
})  # fmt: skip
_READELF = ("readelf", "--wide", "--sections", "--dynamic", "--segments")
_TABLES = ("readelf", "--wide", "--syms", "--relocs", "--version-info")
_NOT_FOUND = re.compile(r"^\t?(\S+) => not found$")
_MISSING = re.compile(r"error while loading shared libraries: ([^:]+): cannot open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What readelf tells of one file."""

    sections: tuple[re.Match[str], ...]
    dynamic: tuple[tuple[str, str], ...]
    interpreter: str | None

    @property
    def needed(self) -> list[str]:
        """The libraries it asks for, in order."""
        return [value for tag, value in self.dynamic if tag == "NEEDED"]

    def named(self, *tags: str) -> list[str]:
        """Return the names in entries of these kinds."""
        return [value for tag, value in self.dynamic if tag in tags]


def read(file: Path) -> Reading:
    """Return what readelf tells of a file."""
    lines = _said([*_READELF, str(file)]).splitlines()
    found = (_DYNAMIC.fullmatch(line) for line in lines)
    interpreters = (_INTERPRETER.search(line) for line in lines)
    return Reading(
        sections=tuple(filter(None, map(_SECTION.fullmatch, lines))),
        dynamic=tuple((one["tag"], _plain(one["value"])) for one in found if one),
        interpreter=next((one[1] for one in interpreters if one), None),
    )


def fact_complaints(fact: ElfFact, file: Path) -> Iterator[str]:
    """Yield where our reading of a file that was not touched is not readelf's."""
    if not fact.is_64_bit_little_endian:
        return
    there = read(file)
    pairs = {
        "needed": (list(fact.needed), there.needed),
        "soname": ([fact.soname] if fact.soname else [], there.named("SONAME")),
        "run path": (list(fact.run_paths), there.named("RPATH", "RUNPATH")),
        "interpreter": (fact.interpreter, there.interpreter),
    }
    for what, (ours, theirs) in pairs.items():
        if ours != theirs:
            yield f"{fact.path}: {what} {ours}, but readelf says {theirs}"


def change_complaints(
    before: Path, after: Path, *, loader: str | None, run_path: str, added: list[str]
) -> Iterator[str]:
    """Yield what else relocation changed than it should, or did not change."""
    old, new = read(before), read(after)
    if loader is not None and new.interpreter != loader:
        yield f"its interpreter is {new.interpreter}"
    if new.named("RPATH", "RUNPATH") != [run_path] or new.named("RUNPATH"):
        yield f"its run paths are {new.named('RPATH', 'RUNPATH')}"
    fresh = [name for name in added if name not in old.needed]
    if new.needed != [*fresh, *old.needed]:
        yield f"it needs {new.needed}"
    if _rest(old) != _rest(new):
        yield f"its dynamic section differs: {sorted(_rest(old) ^ _rest(new))}"
    yield from _section_complaints(old, new)
    yield from _table_complaints(before, after)


def load_complaint(
    file: Path, *, loader: Path, libraries: str
) -> tuple[str | None, bool]:
    """Ask the dynamic loader for what a program needs, without running it.

    Returns:
        What the loader finds wrong with it, or None; and whether all of its
        libraries were there.
    """
    done = subprocess.run(
        [str(loader), "--library-path", libraries, "--list", str(file)],
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        env={},
        timeout=60,
    )
    lines = [*done.stdout.splitlines(), *done.stderr.splitlines()]
    absent = [line for line in lines if _NOT_FOUND.match(line) or _MISSING.search(line)]
    if done.returncode == 0 or absent:
        return None, not absent
    return f"exit {done.returncode}: {' '.join(lines)[-300:]}", True


def _rest(reading: Reading) -> set[tuple[str, str]]:
    return {(tag, value) for tag, value in reading.dynamic if tag not in _PLACES}


def _section_complaints(old: Reading, new: Reading) -> Iterator[str]:
    names = [one["name"] for one in old.sections]
    if names != [one["name"] for one in new.sections]:
        yield f"its sections are {[one['name'] for one in new.sections]}"
        return
    for one, other in zip(old.sections, new.sections, strict=True):
        same = ("type", "rest", *(() if one["name"] in _OWN else ("size",)))
        if any(one[field] != other[field] for field in same):
            yield f"section {one['name']}: {one[0].strip()}; now {other[0].strip()}"


def _table_complaints(before: Path, after: Path) -> Iterator[str]:
    """Compare symbols, relocations and versions, but for where the tables lie."""
    old = _tables(before)
    new = _tables(after)
    if len(old) != len(new):
        yield f"its tables have {len(new)} lines, not {len(old)}"
        return
    for one, other in zip(old, new, strict=True):
        if one != other:
            yield f"a table differs: {one.strip()}; now {other.strip()}"
            return


def _tables(file: Path) -> list[str]:
    text = _said([*_TABLES, str(file)])
    lines = (re.sub(r"(?i)(offset:? )0x[0-9a-f]+|Addr: 0x[0-9a-f]+", "", line)
             for line in text.splitlines())  # fmt: skip
    return [_without_moving(line) for line in lines if line]


def _without_moving(line: str) -> str:
    """Leave out the value of a symbol that stands for a section or for _DYNAMIC."""
    found = _SYMBOL_VALUE.match(line)
    if found and (" SECTION " in line or found[3].endswith(" _DYNAMIC")):
        return found[1] + found[3]
    return line


def _plain(value: str) -> str:
    bracketed = _BRACKETED.search(value)
    return bracketed[1] if bracketed else value


def _said(command: list[str]) -> str:
    variables: Mapping[str, str] = {"PATH": os.defpath, "LC_ALL": "C"}
    done = subprocess.run(
        command, check=False, capture_output=True, env=variables, timeout=120
    )
    return done.stdout.decode("utf-8", "surrogateescape")
