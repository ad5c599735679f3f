"""Whether the base set is needed, from what the packages hold.

Essential packages are in nobody's Depends (Debian Policy 3.8): a script may use
`sed` or `ls` without saying so. A program that is a shell or Perl script is
the evidence that pulls them in.
"""

from collections.abc import Iterable, Sequence

from devenv.model.facts import PackageFacts
from devenv.patterns import late_pattern

PERL = "perl-base"
"""What a Perl script needs, and Essential like the base set."""

_PROGRAM_PLACES = late_pattern(
    r"usr/(s?bin|libexec|games)/"
    r"|usr/lib/git-core"
    r"|usr/share/[^/]+/[^/.]+$"
    r"|usr/lib/[^/]+/[^/.]+$"
)
_NO_EVIDENCE = frozenset(
    {
        "libc-bin",  # ldd is a bash script; nobody's program depends on it
    }
)


def needed_base(
    packages: Iterable[PackageFacts], base_set: Sequence[str]
) -> tuple[str, ...]:
    """Return which base packages must join, sorted; those present are left out.

    `base_set` is the whole set a shell script may expect.
    """
    facts = tuple(packages)
    wanted: set[str] = set()
    for package in facts:
        if package.name in _NO_EVIDENCE:
            continue
        for text in package.texts:
            if text.interpreter and _PROGRAM_PLACES.match(text.path):
                wanted |= _wanted_by(interpreter_name(text.interpreter), base_set)
    return tuple(sorted(wanted - {package.name for package in facts}))


def interpreter_name(line: str) -> str:
    """Return the program a `#!` line runs, seeing through `env`."""
    words = line.split()
    name = words[0].rpartition("/")[2] if words else ""
    if name == "env" and len(words) > 1:
        rest = [word for word in words[1:] if not word.startswith("-")]
        name = rest[0].rpartition("/")[2] if rest else ""
    return name


def _wanted_by(interpreter: str, base_set: Sequence[str]) -> set[str]:
    if interpreter in {"sh", "dash", "bash"}:
        return set(base_set)
    if interpreter == "perl":
        return {PERL}
    return set()
