"""Byte code of a tree's own modules, made while the tree is put on disk."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from devenv.build.bytecode import Compilation, Interpreter, RunProgram
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
    """Interpreters that wait for modules, or compile them; see `compiling_own`."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._waiting: dict[Interpreter, Running] = {}
        self._begun: list[tuple[Running, list[OwnModule]]] = []
        self._left: list[OwnModule] = []

    def start(
        self,
        stack: ExitStack,
        packages: Mapping[str, UnpackedPackage],
        interpreters: Iterable[Interpreter],
        loader: str,
    ) -> None:
        """Start those that can be started without a tree; `stack` ends them."""
        for interpreter in interpreters:
            early = EarlyInterpreter.find(self._doors, packages, interpreter, loader)
            if early is not None:
                begun = early.running(stream_arguments(), stdin=None)
                self._waiting[interpreter] = stack.enter_context(begun)

    def begin(self, modules: Sequence[OwnModule]) -> None:
        """Have modules compiled by who waits for them."""
        self._left = [item for item in modules if item.interpreter not in self._waiting]
        for interpreter, program in self._waiting.items():
            mine = [item for item in modules if item.interpreter == interpreter]
            if mine:
                program.give(stream_text(mine))
                self._begun.append((program, mine))

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
    compiled: Iterable[Compilation],
    *,
    loader: str,
) -> Generator[OwnCompiling]:
    """Have interpreters start beside the body, and compile a tree's own modules.

    They are those of what packages have, or will have, byte code of. `loader` is the
    relocated C library's, which is there already; empty without one.
    """
    interpreters = {item.interpreter.program: item.interpreter for item in compiled}
    compiling = OwnCompiling(doors)
    with ExitStack() as stack:
        compiling.start(stack, packages, interpreters.values(), loader)
        yield compiling


def _compiled(program: "Running", modules: Sequence[OwnModule]) -> dict[str, bytes]:
    done = program.result(_TIMEOUT_SECONDS)
    if done.status != 0:
        raise ValueError(done.stderr.decode("utf-8", "replace").strip()[-500:])
    return read_stream(done.stdout, modules)
