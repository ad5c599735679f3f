"""Byte code of Python packages, made once a package and interpreter.

Without it the first import of every module would compile it again in each
process: the tree is read-only. Byte code is a store path of its own, because it
depends on the interpreter as well as on the package, and because compiling per
tree would make every new environment with a Python in it seconds slower. Only
modules that a tree has rewritten or links to are compiled for that tree.
The .pyc files are unchecked-hash ones (PEP 552): hard links keep no promise
about times, and a store path never changes.
"""

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from devenv.errors import RelocationError
from devenv.model.facts import PackageFacts
from devenv.patterns import late_pattern
from devenv.values import dataclass

_INTERPRETER = late_pattern(r"usr/bin/python(3\.\d+)")
_INTERPRETERS = "usr/bin/python3."
_VERSIONED = late_pattern(r"usr/lib/python(3\.\d+)/")
_MODULE = ".py"
_PLACES = ("usr/lib/", "usr/share/")

RunProgram = Callable[[Sequence[str], bytes], tuple[int, str]]
"""Runs a command with standard input; returns exit status and its messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A Python of the tree: `3.13`, and the package that holds the program."""

    version: str
    package: str
    program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compilation:
    """The Python files of one package, compiled by one interpreter."""

    package: str
    interpreter: Interpreter
    sources: tuple[str, ...]


def interpreters(packages: Mapping[str, PackageFacts]) -> dict[str, Interpreter]:
    """Return the Pythons that the packages hold, by version."""
    found = {}
    for name in sorted(packages):
        for fact in packages[name].files:
            if not fact.path.startswith(_INTERPRETERS):
                continue
            if match := _INTERPRETER.fullmatch(fact.path):
                version = match.group(1)
                found[version] = Interpreter(
                    version=version, package=name, program=fact.path
                )
    return found


def compilations(packages: Mapping[str, PackageFacts]) -> tuple[Compilation, ...]:
    """Return what is to be compiled, one item a package, sorted by name.

    Files below usr/lib/python3.N belong to that version; all others, shared by
    versions as Debian has it, to the newest interpreter present.
    """
    known = interpreters(packages)
    if not known:
        return ()
    newest = known[max(known, key=_number)]
    result = []
    for name in sorted(packages):
        sources = tuple(
            fact.path
            for fact in packages[name].files
            if fact.path.endswith(_MODULE) and is_module(fact.path)
        )
        chosen = _versioned_interpreter(sources, known) or newest
        fitting = tuple(path for path in sources if _fits(path, chosen))
        if fitting:
            result.append(
                Compilation(package=name, interpreter=chosen, sources=fitting)
            )
    return tuple(result)


def compiled_name(source: str, interpreter: Interpreter) -> str:
    """Return where the byte code of a source file belongs (PEP 3147)."""
    directory, name = posixpath.split(source)
    tag = interpreter.version.replace(".", "")
    stem = name.removesuffix(".py")
    return f"{directory}/__pycache__/{stem}.cpython-{tag}.pyc"


def is_module(path: str) -> bool:
    """Tell whether a file of a tree is a module with byte code beside it."""
    return path.endswith(_MODULE) and path.startswith(_PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One module: where it is read, where its byte code goes, what it is called."""

    interpreter: Interpreter
    source: str
    target: str
    shown: str


def package_jobs(
    compilation: Compilation, *, unpacked: Path, target: Path
) -> list[Job]:
    """Return the jobs of a package: from its unpacked path into a folder."""
    interpreter = compilation.interpreter
    return [
        Job(
            interpreter=interpreter,
            source=f"{unpacked}/{source}",
            target=f"{target}/{compiled_name(source, interpreter)}",
            shown=f"/{source}",
        )
        for source in compilation.sources
    ]


def interpreter_of(path: str, by_version: Mapping[str, Interpreter]) -> Interpreter:
    """Return who compiles a module: its folder's version, or else the newest."""
    match = _VERSIONED.match(path)
    newest = by_version[max(by_version, key=_number)]
    return by_version.get(match.group(1), newest) if match else newest


def script_arguments(workers: int) -> list[str]:
    """Return what follows an interpreter's options: the script and its argument."""
    return [str(Path(__file__).with_name("bytecode_script.py")), str(workers)]


def job_text(jobs: Iterable[Job]) -> bytes:
    """Return the standard input of the script that does the jobs."""
    words = (f"{job.source}\0{job.target}\0{job.shown}\0" for job in jobs)
    return "".join(words).encode("utf-8", "surrogateescape")


def compile_modules(
    jobs: Sequence[Job], *, tree: Path, workers: int, run: RunProgram
) -> None:
    """Do the jobs with the interpreters of `tree`, a materialised tree.

    Args:
        jobs: what to compile; folders are made as needed.
        tree: the folder that the interpreters are started from.
        workers: how many processes compile at once.
        run: runs a program.

    Raises:
        RelocationError: an interpreter of the tree does not run.
    """
    for program in sorted({job.interpreter.program for job in jobs}):
        mine = [job for job in jobs if job.interpreter.program == program]
        text = job_text(mine)
        command = [f"{tree}/{program}", "-I", "-S", "-B", *script_arguments(workers)]
        status, messages = run(command, text)
        if status != 0:
            raise RelocationError(
                f"the environment's {program} could not compile its modules:"
                f" {messages.strip()[-500:]}",
                where=str(tree),
            )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _versioned_interpreter(
    sources: Sequence[str], known: Mapping[str, Interpreter]
) -> Interpreter | None:
    for path in sources:
        match = _VERSIONED.match(path)
        if match and match.group(1) in known:
            return known[match.group(1)]
    return None


def _fits(path: str, interpreter: Interpreter) -> bool:
    match = _VERSIONED.match(path)
    return match is None or match.group(1) == interpreter.version
