"""Python modules that are one tree's own, and their byte code.

Those that were rewritten and hold the tree's path, and those that are links, since
byte code is looked for beside the name that is imported. Everything else has the
byte code of its package. Sources are at hand before the tree is on disk, so that
compiling them does not have to wait for it.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from devenv.build.bytecode import (
    Compilation,
    Interpreter,
    RunProgram,
    compiled_name,
    interpreter_of,
    is_module,
)
from devenv.build.draft import TreeDraft, WrittenFile
from devenv.errors import RelocationError
from devenv.values import dataclass

_ENCODING = ("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnModule:
    """A module at `path` in the tree, and who compiles it."""

    path: str
    source: bytes
    interpreter: Interpreter

    @property
    def target(self) -> str:
        """Where its byte code belongs in the tree."""
        return compiled_name(self.path, self.interpreter)


def own_modules(
    draft: TreeDraft, compiled: Sequence[Compilation]
) -> tuple[OwnModule, ...]:
    """Return the modules that are to be compiled for this tree, sorted.

    `compiled` is what packages have, or will have, byte code of. What a package's
    byte code says of these modules leaves the draft.
    """
    by_version = {item.interpreter.version: item.interpreter for item in compiled}
    if not by_version:
        return ()
    covered = {path for item in compiled for path in item.sources}
    result = []
    for path in sorted(_own(draft)):
        interpreter = interpreter_of(path, by_version)
        target = compiled_name(path, interpreter)
        has_code = path in covered or target in draft.files
        if has_code and not _names_tree(draft, path):
            continue
        draft.remove(target)
        source = draft.read(path)
        result.append(OwnModule(path=path, source=source, interpreter=interpreter))
    return tuple(result)


def stream_arguments() -> list[str]:
    """Return what follows an interpreter's options: the script."""
    return [str(Path(__file__).with_name("bytecode_script.py"))]


def stream_text(modules: Iterable[OwnModule]) -> bytes:
    """Return the standard input of the script for these modules."""
    parts: list[bytes] = []
    for module in modules:
        head = f"/{module.path}\0{len(module.source)}\0"
        parts += (head.encode(*_ENCODING), module.source)
    return b"".join(parts)


def read_stream(output: bytes, modules: Iterable[OwnModule]) -> dict[str, bytes]:
    """Return the byte code that the script wrote, by its place in the tree.

    Raises:
        ValueError: it wrote something else.
    """
    result = {}
    rest = output
    for module in modules:
        length, _, rest = rest.partition(b"\0")
        end = int(length)
        if end > len(rest):
            raise ValueError("byte code ends early")
        if end:
            result[module.target] = rest[:end]
        rest = rest[end:]
    return result


def compile_in_tree(
    modules: Sequence[OwnModule], *, tree: str, run: RunProgram
) -> dict[str, bytes]:
    """Compile modules with the interpreters of `tree`, a materialised tree.

    Raises:
        RelocationError: an interpreter of the tree does not run.
    """
    result = {}
    for program in sorted({module.interpreter.program for module in modules}):
        mine = [item for item in modules if item.interpreter.program == program]
        command = [f"{tree}/{program}", "-I", "-S", "-B", *stream_arguments()]
        status, output = run(command, stream_text(mine))
        if status != 0:
            raise _not_compiled(program, tree, output.strip()[-500:])
        try:
            result.update(read_stream(output.encode(*_ENCODING), mine))
        except ValueError as error:
            raise _not_compiled(program, tree, str(error)) from error
    return result


def _not_compiled(program: str, tree: str, reason: str) -> RelocationError:
    return RelocationError(
        f"the environment's {program} could not compile its modules: {reason}",
        where=tree,
    )


def _own(draft: TreeDraft) -> Iterator[str]:
    for path, file in draft.files.items():
        if isinstance(file, WrittenFile) and is_module(path):
            yield path
    for path in draft.links:
        if is_module(path) and draft.is_file(path):
            yield path


def _names_tree(draft: TreeDraft, path: str) -> bool:
    """Whether a module holds the tree's path below its `#!` line.

    One that was rewritten in that line alone compiles to what its package has.
    """
    file = draft.files.get(path)
    if not isinstance(file, WrittenFile):
        return True
    head, _, rest = file.content.partition(b"\n")
    compiled = rest if head.startswith(b"#!") else file.content
    return draft.final.encode() in compiled
