"""From the packages of an environment to the draft of its tree."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from devenv.build.composition import Composition
from devenv.build.draft import MERGED_ROOTS, SourceFile, TreeDraft, WrittenFile
from devenv.build.rules import RULES
from devenv.formats.text_paths import rewrite
from devenv.model.facts import PackageFacts, TextFact
from devenv.plan.rewrite import TreeView, substitutions
from devenv.values import dataclass

_BEGIN_AT = 4
"""A quarter of the files: linking these takes as long as merging the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredients:
    """Where the files of one package come from.

    `unpacked` is the root of its unpacked archive. `replaced` maps tree paths
    to files of derived store paths (relocated programs, byte code) that stand in
    for them or join them.
    """

    facts: PackageFacts
    unpacked: Path
    replaced: Mapping[str, SourceFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """Two packages that hold the same path; the first one, by name, won."""

    path: str
    kept: str
    dropped: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A draft that holds what the packages hold, and nothing else yet.

    `taken` are the paths that each package lost to another.
    """

    draft: TreeDraft
    ingredients: Mapping[str, Ingredients]
    taken: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A draft in which nothing but the content of `texts` can still change."""

    draft: TreeDraft
    texts: tuple[TextFact, ...]
    collisions: tuple[Collision, ...]


def compose(
    ingredients: Mapping[str, Ingredients], composition: Composition, *, final: str
) -> Composed:
    """Return the draft of a tree that is to stand at `final` (absolute).

    The paths that texts name are not yet rewritten: `rewrite_texts` does that, while
    all else goes to disk.
    """
    draft = TreeDraft(final=final, system=composition.system)
    return settle(merge(draft, ingredients), composition)


def changeable(ingredients: Mapping[str, Ingredients]) -> frozenset[str]:
    """Return the paths of all texts that name something, and may be rewritten."""
    facts = (package.facts.texts for package in ingredients.values())
    return frozenset(text.path for texts in facts for text in texts)


def merge(
    draft: TreeDraft,
    ingredients: Mapping[str, Ingredients],
    *,
    begin: Callable[[], None] | None = None,
) -> Merged:
    """Put all files and links of these packages into an empty draft.

    They are merged in the order of their names, which makes the result independent
    of how they were found. `begin` is called as soon as there is much to begin with.
    """
    count = sum(len(item.facts.files) for item in ingredients.values())
    enough = count // _BEGIN_AT
    taken = {}
    for name in sorted(ingredients):
        taken[name] = _add_files(draft, ingredients[name])
        if begin is not None and len(draft.files) >= enough:
            begin()
            begin = None
    _add_links(draft, ingredients)
    return Merged(draft=draft, ingredients=ingredients, taken=taken)


def settle(merged: Merged, composition: Composition) -> Composed:
    """Do to a draft, in place, what installing its packages does."""
    draft, ingredients, taken = merged.draft, merged.ingredients, merged.taken
    _add_root_links(draft)
    for rule in RULES:
        rule(draft, composition)
    return Composed(
        draft=draft,
        texts=_texts(draft, ingredients, taken),
        collisions=_collisions(ingredients, taken),
    )


def _add_files(draft: TreeDraft, package: Ingredients) -> list[str]:
    """Add a package's folders and files; return the paths that were taken."""
    for directory in package.facts.directories:
        draft.add_directory(directory)
    root = f"{package.unpacked}/"
    replaced = package.replaced
    files = {
        path: SourceFile(root + path, is_executable, size, sha256, mtime_seconds)
        for (
            path,
            is_executable,
            size,
            sha256,
            mtime_seconds,
            _,
        ) in package.facts.files
    }
    own = len(files)
    files |= replaced
    named = list(files.items())
    taken = draft.add_files(named[:own])
    draft.add_files(sorted(named[own:]))
    return taken


def _collisions(
    ingredients: Mapping[str, Ingredients], taken: Mapping[str, Sequence[str]]
) -> tuple[Collision, ...]:
    """Name the package that was first at each path which was taken."""
    wanted = {path for paths in taken.values() for path in paths}
    owners: dict[str, str] = {}
    if wanted:
        for name in sorted(ingredients):
            for fact in ingredients[name].facts.files:
                if fact.path in wanted:
                    owners.setdefault(fact.path, name)
    return tuple(
        Collision(
            path=path,
            kept=owners[path] if owners[path] != name else "a folder",
            dropped=name,
        )
        for name, paths in taken.items()
        for path in paths
    )


def _add_links(draft: TreeDraft, ingredients: Mapping[str, Ingredients]) -> None:
    for name in sorted(ingredients):
        root = f"{ingredients[name].unpacked}/"
        for link in ingredients[name].facts.links:
            draft.add_link(link.path, link.target, source=root + link.path)


def _add_root_links(draft: TreeDraft) -> None:
    """Link lib, bin and so on at the root into usr, as a merged system has them.

    Programs that relocate themselves look for `<prefix>/etc`, hence also
    usr/etc and usr/var.
    """
    for name in MERGED_ROOTS:
        if draft.is_directory(f"usr/{name}"):
            draft.add_link(name, f"usr/{name}")
    for name in ("etc", "var"):
        if draft.is_directory(name) and draft.is_directory("usr"):
            draft.add_link(f"usr/{name}", f"../{name}")


def _texts(
    draft: TreeDraft,
    ingredients: Mapping[str, Ingredients],
    taken: Mapping[str, Sequence[str]],
) -> tuple[TextFact, ...]:
    """Return the texts that are in the draft, and not lost to another package."""
    return tuple(
        fact
        for name in sorted(ingredients)
        for fact in ingredients[name].facts.texts
        if fact.path in draft.files and fact.path not in taken[name]
    )


def rewrite_texts(draft: TreeDraft, texts: Iterable[TextFact]) -> None:
    """Have texts name what the tree has by the tree's path."""
    view = TreeView(
        path=draft.final,
        exists=_remembered(draft.find),
        has_prefix=_remembered(draft.find_prefix),
    )
    for fact in texts:
        changes = substitutions(fact, view, draft.system)
        if not changes:
            continue
        file = draft.files[fact.path]
        content = draft.read(fact.path)
        fresh = rewrite(content, changes, only_first_line=fact.has_nul)
        if fresh != content:
            draft.replace_file(
                fact.path,
                WrittenFile(
                    content=fresh,
                    is_executable=file.is_executable,
                    mtime_seconds=file.mtime_seconds,
                ),
            )


def _remembered(look_up: Callable[[str], str | None]) -> Callable[[str], str | None]:
    known: dict[str, str | None] = {}

    def remembered(text: str) -> str | None:
        if text not in known:
            known[text] = look_up(text)
        return known[text]

    return remembered
