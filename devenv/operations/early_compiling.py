"""Byte code of packages, made beside the rest of a tree's making."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from devenv.build.bytecode import (
    Compilation,
    Interpreter,
    Job,
    job_text,
    package_jobs,
    script_arguments,
)
from devenv.errors import ProgramError
from devenv.model.store_path import StorePath
from devenv.operations.derivations import Derivation
from devenv.operations.doors import Doors, processors
from devenv.operations.unpacked_package import UnpackedPackage
from devenv.store.realise import Batch
from devenv.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.host.background import Running

_TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyInterpreter:
    """How to start an interpreter from the store's packages, without a tree."""

    command: tuple[str, ...]
    variables: Mapping[str, str]

    @classmethod
    def find(
        cls,
        doors: Doors,
        packages: Mapping[str, UnpackedPackage],
        interpreter: Interpreter,
        loader: str,
    ) -> "EarlyInterpreter | None":
        """Return how; None without a loader, or if it cannot be told."""
        if not loader:
            return None
        # Few environments have an interpreter; subprocess takes 4 ms.
        from devenv.build.early_start import early_start  # noqa: PLC0415

        facts = {name: item.facts for name, item in packages.items()}
        start = early_start(facts, interpreter, doors.system)
        if start is None:
            return None
        roots = {
            name: doors.store.path_of(packages[name].path) for name in start.packages
        }
        return cls(
            command=tuple(start.command(roots, loader)),
            variables=start.variables(roots),
        )

    def running(
        self, arguments: Sequence[str], *, stdin: bytes | None
    ) -> "AbstractContextManager[Running]":
        """Start it; see `devenv.host.background.running`."""
        from devenv.host.background import running  # noqa: PLC0415 - as above

        return running([*self.command, *arguments], env=self.variables, stdin=stdin)


class EarlyCompiling:
    """The packages whose byte code is missing, compiled before there is a tree.

    `missing` are the byte-code paths of `compilations` that are to be made, and
    `places` the scratch folders that they are made in.
    """

    def __init__(
        self,
        doors: Doors,
        batch: Batch,
        packages: Mapping[str, UnpackedPackage],
        compilations: Mapping[StorePath, tuple[Compilation, Derivation]],
    ) -> None:
        lacking = set(batch.missing)
        self.missing = {
            path: item for path, item in compilations.items() if path in lacking
        }
        self.places = {path: batch.scratch(path) for path in self.missing}
        self._doors = doors
        self._packages = packages
        self._begun: list[tuple[Running, list[Job]]] = []
        self._left = [
            job
            for path, (compilation, _) in self.missing.items()
            for job in package_jobs(
                compilation,
                unpacked=self._root(compilation.package),
                target=self.places[path],
            )
        ]

    @contextmanager
    def begun(self, loader: str) -> Generator[None]:
        """Let the interpreters that can start from `loader` run in the body."""
        if self.missing:
            self._doors.display.detail(
                f"compiling the modules of {len(self.missing)} packages"
            )
        with ExitStack() as stack:
            if self._left:
                self._begin(stack, loader)
            yield

    def finish(self) -> list[Job]:
        """Wait for what was begun; return the jobs that are still to be done."""
        for program, jobs in self._begun:
            try:
                done = program.result(_TIMEOUT_SECONDS)
            except ProgramError as error:
                reason = error.what
            else:
                if done.status == 0:
                    continue
                reason = done.stderr.decode("utf-8", "replace").strip()[-500:]
            self._doors.display.detail(f"compiling once more, in the tree: {reason}")
            self._left += jobs
        self._begun = []
        left, self._left = self._left, []
        return left

    def _begin(self, stack: ExitStack, loader: str) -> None:
        by_interpreter = {
            job.interpreter.program: job.interpreter for job in self._left
        }
        for interpreter in by_interpreter.values():
            early = EarlyInterpreter.find(
                self._doors, self._packages, interpreter, loader
            )
            if early is not None:
                jobs = [job for job in self._left if job.interpreter == interpreter]
                self._left = [
                    job for job in self._left if job.interpreter != interpreter
                ]
                arguments = script_arguments(processors())
                begun = early.running(arguments, stdin=job_text(jobs))
                self._begun.append((stack.enter_context(begun), jobs))

    def _root(self, package: str) -> Path:
        return self._doors.store.path_of(self._packages[package].path)
