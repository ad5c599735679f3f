"""One package of the corpus, through unpacking, relocation and rewriting."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from devenv.build.compose import Ingredients, compose, rewrite_texts
from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft, WrittenFile
from devenv.build.patch import patch_package
from devenv.build.redirect_library import library_bytes
from devenv.formats.relocation_rules import parse_relocation_rules
from devenv.model.facts import PackageFacts
from devenv.model.systems import System
from devenv.plan.relocate import REDIRECT_LIBRARY, Relocation, relocations
from tests.network.corpus.archives import archive_complaints
from tests.network.corpus.elf_files import (
    change_complaints,
    fact_complaints,
    load_complaint,
)
from tests.network.corpus.report import Report
from tests.network.corpus.texts import line_complaint, parses, text_complaints

TREE = "/devenv-tree"
_WITHOUT_REDIRECTION = parse_relocation_rules(
    (Path(__file__).parents[3] / "devenv/data/relocation.toml").read_text()
)


@dataclass(slots=True)
class Ground:
    """Packages that stand under every tree: libraries, the loader, interpreters."""

    folder: Path
    system: System
    facts: dict[str, PackageFacts] = field(default_factory=dict)
    roots: dict[str, Path] = field(default_factory=dict)

    def new_root(self, name: str) -> Path:
        """Return a new, empty folder."""
        place = self.folder / name / "root"
        place.mkdir(parents=True)
        return place

    def add(self, facts: PackageFacts, root: Path) -> None:
        """Put a package under everything that is checked later."""
        self.facts[facts.name] = facts
        self.roots[facts.name] = root
        libraries = self.folder / "libraries"
        libraries.mkdir(exist_ok=True)
        own = libraries / REDIRECT_LIBRARY
        own.write_bytes(library_bytes(self.system))
        for place in sorted(root.glob(f"usr/lib/{self.system.triplet}/*.so*")):
            link = libraries / place.name
            if not link.exists():
                link.symlink_to(place.resolve())

    @property
    def loader(self) -> Path:
        """The archive's own dynamic loader."""
        return self.folder / "libraries" / self.system.loader

    def clear(self, root: Path) -> None:
        """Delete a package that was checked, if it is not one of ours."""
        for place in (root.parent, *root.parent.rglob("*")):
            if place.is_dir() and not place.is_symlink():
                place.chmod(0o700)
        shutil.rmtree(root.parent)


def check_package(
    facts: PackageFacts, deb: Path, root: Path, ground: Ground, report: Report
) -> Iterator[str]:
    """Yield what is wrong with one package that was unpacked into `root`."""
    report.counts["files"] += len(facts.files)
    yield from archive_complaints(deb, root)
    for elf in facts.elf_files:
        report.counts["elf"] += 1
        yield from fact_complaints(elf, root / elf.path)
    yield from _relocation_complaints(facts, root, ground, report)
    yield from _text_complaints(facts, root, ground, report)


def _relocation_complaints(
    facts: PackageFacts, root: Path, ground: Ground, report: Report
) -> Iterator[str]:
    wanted = relocations(facts, ground.system, without_redirection=_WITHOUT_REDIRECTION)
    if not wanted:
        return
    target = root.parent / "patched"
    target.mkdir()
    done = patch_package(
        facts, root, target, system=ground.system, loader=str(ground.loader)
    )
    for path, why in done.refused:
        report.counts["refused"] += 1
        report.refusals[f"{why} ({facts.name}: {path})"] += 1
    listed = {entry.path: entry for entry in done.entries}
    for one in wanted:
        if one.path in listed:
            report.counts["programs" if one.is_program else "libraries"] += 1
            for complaint in _elf_complaints(one, root, target, ground):
                yield f"{one.path}: {complaint}"
            place = (target / one.path).stat()
            if int(place.st_mtime) != listed[one.path].mtime_seconds:
                yield f"{one.path}: its time is {place.st_mtime}"
            yield from _loading(one, root, target, ground, report)


def _elf_complaints(
    one: Relocation, root: Path, target: Path, ground: Ground
) -> Iterator[str]:
    return change_complaints(
        root / one.path,
        target / one.path,
        loader=str(ground.loader) if one.is_program else None,
        run_path=one.run_path,
        added=list(one.add_needed),
    )


def _loading(
    one: Relocation, root: Path, target: Path, ground: Ground, report: Report
) -> Iterator[str]:
    places = [
        ground.folder / "libraries",
        root / "usr/lib" / ground.system.triplet,
        root / "usr/lib",
    ]
    libraries = ":".join(map(str, places))
    before, is_whole = load_complaint(
        root / one.path, loader=ground.loader, libraries=libraries
    )
    after, _ = load_complaint(
        target / one.path, loader=ground.loader, libraries=libraries
    )
    if is_whole and before is None:
        report.counts["loaded"] += 1
    if after is not None and before is None:
        yield f"{one.path}: the loader refuses it: {after}"


def _text_complaints(
    facts: PackageFacts, root: Path, ground: Ground, report: Report
) -> Iterator[str]:
    draft = _draft(facts, root, ground)
    own = {fact.path: fact for fact in facts.texts}
    report.counts["texts"] += len(own)
    rewrite_texts(draft, facts.texts)
    for path in own:
        file = draft.files.get(path)
        if not isinstance(file, WrittenFile):
            continue
        report.counts["rewritten"] += 1
        report.kinds[PurePosixPath(path).suffix or _kind(path)] += 1
        before = (root / path).read_bytes()
        for complaint in _one_text(path, before, file.content, draft, report):
            yield f"{path}: {complaint}"


def _one_text(
    path: str, before: bytes, after: bytes, draft: TreeDraft, report: Report
) -> Iterator[str]:
    yield from text_complaints(
        before, after, tree=TREE, find=draft.find, find_prefix=draft.find_prefix
    )
    report.counts["lines"] += after.startswith(b"#!")
    wrong = line_complaint(after, tree=TREE, find=draft.find)
    if wrong:
        yield wrong
    if parses(path, before):
        report.counts["parsed"] += 1
        if not parses(path, after):
            yield "it does not parse any more"


def _draft(facts: PackageFacts, root: Path, ground: Ground) -> TreeDraft:
    packages = {**ground.facts, facts.name: facts}
    roots = {**ground.roots, facts.name: root}
    ingredients = {
        name: Ingredients(facts=one, unpacked=roots[name], replaced={})
        for name, one in packages.items()
    }
    composition = Composition(
        packages=packages, requested=frozenset({facts.name}), system=ground.system
    )
    return compose(ingredients, composition, final=TREE).draft


def _kind(path: str) -> str:
    return "(program)" if "/bin/" in path or "/sbin/" in path else "(none)"
