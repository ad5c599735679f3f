"""Packages become an environment tree: relocate, compose, compile, generate."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from devenv.build.bytecode import Compilation, compilations
from devenv.build.compose import (
    Collision,
    Ingredients,
    Merged,
    changeable,
    merge,
    rewrite_texts,
    settle,
)
from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft
from devenv.build.facts_listing import Contents
from devenv.build.filling import filling
from devenv.build.generators import applicable, run_generators
from devenv.build.materialise import TreeListing, seal
from devenv.build.own_modules import own_modules
from devenv.build.redirect_library import library_digest
from devenv.model.lock import RulesVersions
from devenv.model.stage import Stage
from devenv.model.store_path import PathInfo, PathKind, StorePath, canonical_json
from devenv.operations import derivations
from devenv.operations.doors import Doors
from devenv.operations.early_compiling import EarlyCompiling
from devenv.operations.own_compiling import compiling_own
from devenv.operations.relocate_packages import (
    Relocation,
    derived_files,
    loader_path,
    plan_relocations,
    relocate,
)
from devenv.operations.tree_code import (
    Scratch,
    adopt_own_code,
    finish_packages,
    runner_in,
)
from devenv.operations.unpacked_package import UnpackedPackage
from devenv.store.realise import Batch
from devenv.store.session import Session
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TreePlan:
    """Everything a tree is made of, with the store paths it will have."""

    packages: Mapping[str, UnpackedPackage]
    requested: frozenset[str]
    relocations: Mapping[str, Relocation]
    compilations: Mapping[StorePath, tuple[Compilation, derivations.Derivation]]
    path: StorePath
    derivation: derivations.Derivation

    @property
    def derived(self) -> tuple[StorePath, ...]:
        """The store paths made from unpacked ones."""
        relocated = (item.path for item in self.relocations.values())
        return (*relocated, *self.compilations)

    @property
    def paths(self) -> tuple[StorePath, ...]:
        """Every store path the environment needs, the tree last."""
        unpacked = (item.path for item in self.packages.values())
        return (*unpacked, *self.derived, self.path)


def plan_tree(
    doors: Doors,
    packages: Mapping[str, UnpackedPackage],
    requested: Iterable[str],
    rules: RulesVersions = derivations.CURRENT_RULES,
) -> TreePlan:
    """Return what the tree of these packages consists of; nothing is made.

    With other `rules` than today's it says where an older devenv put it.
    """
    asked = frozenset(requested)
    relocations = plan_relocations(doors, packages, rules)
    compiled = _plan_compilations(packages, rules)
    parts = [item.path for item in packages.values()]
    parts += [item.path for item in relocations.values()]
    parts += list(compiled)
    derivation = derivations.tree(
        parts,
        requested=asked,
        redirect_digest=library_digest(doors.system),
        system=doors.system,
        store=str(doors.store.directory),
        rules=rules,
    )
    return TreePlan(
        packages=packages,
        requested=asked,
        relocations=relocations,
        compilations=compiled,
        path=derivations.path_for(derivation, name=_name(asked), version="env"),
        derivation=derivation,
    )


def make_tree(doors: Doors, session: Session, plan: TreePlan) -> Path:
    """Make the tree and what it lacks valid; return its absolute path.

    Raises:
        RelocationError: a program of the tree that must run does not.
        StoreError: the disk is full, or the store cannot be written.
    """
    wanted = (*plan.derived, plan.path)
    with session.making(wanted, waiting=doors.say_waiting) as batch:
        if batch.missing:
            missing = [
                item for item in plan.relocations.values() if item.path in batch.missing
            ]
            doors.display.planned(map(_label, missing))
            try:
                _make_missing(doors, batch, plan, missing)
            finally:
                doors.display.finished()
    return doors.store.path_of(plan.path)


def _make_missing(
    doors: Doors, batch: Batch, plan: TreePlan, missing: Sequence[Relocation]
) -> None:
    loader = loader_path(doors, plan.relocations, doors.system)
    # The C library is the first: compiling, which takes as long as all the rest,
    # starts from its loader.
    for relocation in missing[:1]:
        _relocate(doors, batch, relocation, loader)
    wanted_code = plan.compilations if plan.path in batch.missing else {}
    compiling = EarlyCompiling(doors, batch, plan.packages, wanted_code)
    with compiling.begun(loader):
        for relocation in missing[1:]:
            _relocate(doors, batch, relocation, loader)
        values: list[object] = []
        if plan.path in batch.missing:
            values += _make_tree(doors, batch, plan, compiling, loader)
        # Letting go of a large tree's takes 3 ms.
        batch.commit(meanwhile=values.clear)


def _relocate(doors: Doors, batch: Batch, relocation: Relocation, loader: str) -> None:
    doors.display.became(_label(relocation), Stage.RELOCATING)
    relocate(doors, batch, relocation, loader=loader)
    doors.display.became(_label(relocation), Stage.DONE)


def _label(relocation: Relocation) -> str:
    """Return what the package's download is called, too."""
    package = relocation.source.package
    return f"{package.name} {package.version}"


def _make_tree(
    doors: Doors, batch: Batch, plan: TreePlan, compiling: EarlyCompiling, loader: str
) -> tuple[object, ...]:
    """Make the tree, not yet committed; return the many values it was made from."""
    composition = Composition(
        packages={name: item.facts for name, item in plan.packages.items()},
        requested=plan.requested,
        system=doors.system,
    )
    compiled = [item for item, _ in plan.compilations.values()]
    with (
        compiling_own(doors, plan.packages, compiled, loader=loader) as own_compiling,
        _merged(doors, batch, plan) as (merged, scratch, finish),
    ):
        draft = merged.draft
        composed = settle(merged, composition)
        _tell(doors, composed.collisions)
        rewrite_texts(draft, composed.texts)
        own = own_modules(draft, compiled)
        own_compiling.begin(own)
        listing = TreeListing(draft)
        # Most of it is there: a tree is links, which take no room.
        batch.note_made(files=len(draft.files), size_bytes=0)
        finish()
        tree = Scratch(
            draft=draft,
            directory=scratch,
            own_code=frozenset(module.target for module in own),
        )
        finish_packages(doors, batch, plan.packages, compiling, tree)
        code = own_compiling.finish(tree=str(scratch), run=runner_in(scratch))
    adopt_own_code(tree, code)
    _generate(doors, draft, scratch)
    seal(draft, scratch)
    _finish(batch, plan, listing.contents())
    return merged, listing, composed


@contextmanager
def _merged(
    doors: Doors, batch: Batch, plan: TreePlan
) -> Generator[tuple[Merged, Path, Callable[[], None]]]:
    """Merge the packages, and begin to fill a folder; yield what finishes that, too."""
    final = doors.store.path_of(plan.path)
    draft = TreeDraft(final=str(final), system=doors.system)
    ingredients = _ingredients(doors, batch, plan)
    scratch = batch.scratch(plan.path)
    with filling(draft, scratch, later=changeable(ingredients)) as filled:
        merged = merge(draft, ingredients, begin=filled.begin)
        filled.begin()
        yield merged, scratch, filled.finish


def _tell(doors: Doors, collisions: Iterable[Collision]) -> None:
    for collision in collisions:
        doors.display.detail(
            f"/{collision.path} is in {collision.kept} and in {collision.dropped};"
            f" the first one is used"
        )


def _ingredients(doors: Doors, batch: Batch, plan: TreePlan) -> dict[str, Ingredients]:
    replaced = {
        name: derived_files(doors.store.path_of(item.path))
        for name, item in plan.relocations.items()
    }
    for path, (compilation, _) in plan.compilations.items():
        if path not in batch.missing:
            compiled = derived_files(doors.store.path_of(path))
            replaced.setdefault(compilation.package, {}).update(compiled)
    return {
        name: Ingredients(
            facts=item.facts,
            unpacked=doors.store.path_of(item.path),
            replaced=replaced.get(name, {}),
        )
        for name, item in plan.packages.items()
    }


def _plan_compilations(
    packages: Mapping[str, UnpackedPackage], rules: RulesVersions
) -> dict[StorePath, tuple[Compilation, derivations.Derivation]]:
    facts = {name: item.facts for name, item in packages.items()}
    result = {}
    for compilation in compilations(facts):
        source = packages[compilation.package]
        interpreter = packages[compilation.interpreter.package]
        derivation = derivations.bytecode(
            source.path, interpreter=interpreter.path, rules=rules
        )
        path = derivations.path_for(
            derivation, name=compilation.package, version=source.package.version
        )
        result[path] = (compilation, derivation)
    return result


def _generate(doors: Doors, draft: TreeDraft, scratch: Path) -> None:
    """Run the generators at the tree's final path.

    Scripts of the tree name its final path, so while they run a link stands
    there. If that is as far as it gets, it is debris like any other.
    """
    generators = applicable(draft)
    if not generators:
        return
    final = Path(draft.final)
    final.symlink_to(scratch.name)
    try:
        complaints = run_generators(generators, draft, scratch, runner_in(final))
    finally:
        final.unlink()
    for complaint in complaints:
        doors.display.warn(complaint)


def _finish(batch: Batch, plan: TreePlan, found: Contents) -> None:
    references = (
        *(item.path.base for item in plan.packages.values()),
        *(path.base for path in plan.derived),
    )
    batch.finish(
        plan.path,
        PathInfo(
            path=plan.path,
            kind=PathKind.TREE,
            content_hash=found.content_hash,
            size_bytes=found.size_bytes,
            file_count=found.entry_count,
            references=tuple(sorted(references)),
            origin=canonical_json(plan.derivation),
        ),
    )


def _name(requested: frozenset[str]) -> str:
    """Return a short name for a tree: its first requirement tells most."""
    ordered = sorted(requested)
    return ordered[0] if len(ordered) == 1 else f"{ordered[0]}-and-{len(ordered) - 1}"
