"""The byte code of a tree that stands on disk unfinished: its packages', its own."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from devenv.build.bytecode import RunProgram, compile_modules
from devenv.build.draft import TreeDraft
from devenv.build.materialise import link_more, write_file
from devenv.model.store_path import PathKind
from devenv.operations.doors import Doors, processors
from devenv.operations.early_compiling import EarlyCompiling
from devenv.operations.relocate_packages import Derived, derived_files, finish_derived
from devenv.operations.unpacked_package import UnpackedPackage
from devenv.store.realise import Batch
from devenv.values import dataclass

PROGRAM_TIMEOUT_SECONDS = 300.0
"""For a program of the tree that runs while the tree is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """A tree on disk, not finished; `own_code` is where its own byte code goes."""

    draft: TreeDraft
    directory: Path
    own_code: frozenset[str]


def finish_packages(
    doors: Doors,
    batch: Batch,
    packages: Mapping[str, UnpackedPackage],
    compiling: EarlyCompiling,
    tree: Scratch,
) -> None:
    """Finish the byte code of packages that is missing, and link it into the tree.

    What could not be made beside the rest is made with the tree's interpreters.
    """
    missing, places = compiling.missing, compiling.places
    if not missing:
        return
    from devenv.host.listing import read_listing  # noqa: PLC0415 - few trees have any

    compile_modules(
        compiling.finish(),
        tree=tree.directory,
        workers=processors(),
        run=runner_in(tree.directory),
    )
    for path, (compilation, derivation) in missing.items():
        source = packages[compilation.package]
        derived = Derived(
            path=path,
            kind=PathKind.BYTECODE,
            entries=read_listing(places[path]),
            references=(source.path.base,),
            derivation=derivation,
            name=compilation.package,
            version=source.package.version,
        )
        finish_derived(batch, places[path], derived)
        made = derived_files(doors.store.path_of(path))
        joining = {place: made[place] for place in made.keys() - tree.own_code}
        link_more(tree.draft, joining, tree.directory)


def adopt_own_code(tree: Scratch, code: Mapping[str, bytes]) -> None:
    """Put a tree's own byte code in place of what may be there of a package."""
    for target in sorted(tree.own_code):
        if target in code:
            place = tree.draft.write(target, code[target])
            write_file(tree.draft, place, tree.directory)
        else:
            # It does not compile, and its package's byte code is not its own.
            (tree.directory / target).unlink(missing_ok=True)


def runner_in(tree: Path) -> RunProgram:
    """Return what runs programs with the tree at `tree` on their PATH."""
    env = {"PATH": f"{tree}/usr/bin:{tree}/usr/sbin", "HOME": "/nonexistent"}

    def run_program(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        from devenv.host.process import run  # noqa: PLC0415 - few trees need it

        done = run(argv, env=env, stdin=stdin, timeout_seconds=PROGRAM_TIMEOUT_SECONDS)
        text = done.stdout if done.status == 0 else done.stderr or done.stdout
        return done.status, text.decode("utf-8", "surrogateescape")

    return run_program
