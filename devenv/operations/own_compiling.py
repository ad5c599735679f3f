"""Byte code of a tree's own modules, made while the tree is put on disk."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from devenv.build.bytecode import RunProgram
from devenv.build.own_modules import (
    OwnModule,
    compile_in_tree,
    read_stream,
    stream_arguments,
    stream_text,
)
from devenv.errors import ProgramError
from devenv.operations.doors import Doors
from devenv.operations.early_compiling import EarlyInterpreter
from devenv.operations.unpacked_package import UnpackedPackage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.host.background import Running

_TIMEOUT_SECONDS = 300.0


class OwnCompiling:
    """Modules that are being compiled; see `compiling_own`."""

    def __init__(self, doors: Doors, modules: Sequence[OwnModule]) -> None:
        self._doors = doors
        self._begun: list[tuple[Running, list[OwnModule]]] = []
        self._left = list(modules)

    def begin(
        self,
        stack: ExitStack,
        packages: Mapping[str, UnpackedPackage],
        loader: str,
    ) -> None:
        """Start what can be started without a tree; `stack` ends it."""
        interpreters = {
            item.interpreter.program: item.interpreter for item in self._left
        }
        for interpreter in interpreters.values():
            early = EarlyInterpreter.find(self._doors, packages, interpreter, loader)
            if early is None:
                continue
            mine = [item for item in self._left if item.interpreter == interpreter]
            self._left = [
                item for item in self._left if item.interpreter != interpreter
            ]
            begun = early.running(stream_arguments(), stdin=stream_text(mine))
            self._begun.append((stack.enter_context(begun), mine))

    def finish(self, *, tree: str, run: RunProgram) -> dict[str, bytes]:
        """Return the byte code of all modules, by its place in the tree.

        What did not go well is done again with the interpreters of `tree`, which
        is on disk by now.

        Raises:
            RelocationError: an interpreter of the tree does not run.
        """
        result: dict[str, bytes] = {}
        for program, modules in self._begun:
            try:
                result |= _compiled(program, modules)
            except (ProgramError, ValueError) as error:
                self._doors.display.detail(f"compiling once more, in the tree: {error}")
                self._left += modules
        return result | compile_in_tree(self._left, tree=tree, run=run)


@contextmanager
def compiling_own(
    doors: Doors,
    packages: Mapping[str, UnpackedPackage],
    modules: Sequence[OwnModule],
    *,
    loader: str,
) -> Generator[OwnCompiling]:
    """Have a tree's own modules compiled beside the body.

    `loader` is the relocated C library's, which is there already; empty without one.
    """
    compiling = OwnCompiling(doors, modules)
    with ExitStack() as stack:
        compiling.begin(stack, packages, loader)
        yield compiling


def _compiled(program: "Running", modules: Sequence[OwnModule]) -> dict[str, bytes]:
    done = program.result(_TIMEOUT_SECONDS)
    if done.status != 0:
        raise ValueError(done.stderr.decode("utf-8", "replace").strip()[-500:])
    return read_stream(done.stdout, modules)
