"""Run the generators of a tree while it is still a scratch folder."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from devenv.build.bytecode import RunProgram
from devenv.build.draft import TreeDraft
from devenv.build.materialise import write_file
from devenv.errors import ProgramError
from devenv.formats.generators import Generator, parse_generators
from devenv.host.own_data import own_data


def applicable(draft: TreeDraft) -> tuple[Generator, ...]:
    """Return the generators of the table that this tree needs."""
    text = own_data("generators.toml").read_text("utf-8")
    table = parse_generators(text, triplet=draft.system.triplet)
    return tuple(
        row
        for row in table
        if all(draft.find(path) is not None for path in row.when)
        and not (row.unless and draft.find(row.unless) is not None)
    )


def run_generators(
    generators: Iterable[Generator],
    draft: TreeDraft,
    directory: Path,
    run: RunProgram,
) -> tuple[str, ...]:
    """Run each generator in `directory`, where the tree stands unsealed.

    What they write joins the draft, with the scratch folder's path replaced by
    the final one. A generator that fails is reported and leaves the tree
    as it would be without it: one broken plug-in cache must not take the whole
    environment away.

    Returns:
        A sentence for each generator that failed.
    """
    complaints = []
    for generator in generators:
        _separate(generator.writes, directory)
        try:
            status, output = run(_command(generator, draft), b"")
        except ProgramError as error:
            status, output = 1, error.what
        if status != 0:
            complaints.append(
                f"{generator.name} could not be made: {output.strip()[-300:]}"
            )
            _restore(generator.writes, draft, directory)
            continue
        if generator.output is not None:
            (directory / generator.output).write_text(
                output, "utf-8", "surrogateescape"
            )
        _adopt(generator.writes, draft, directory)
    return tuple(complaints)


def _separate(paths: Iterable[str], directory: Path) -> None:
    """Give files that are written over an inode of their own.

    They may be hard links into a store path, which a program that writes in place
    would change for everybody (root's modes are no hindrance).
    """
    for path in paths:
        place = directory / path
        if place.is_file() and not place.is_symlink():
            content = place.read_bytes()
            place.unlink()
            place.write_bytes(content)


def _restore(paths: Iterable[str], draft: TreeDraft, directory: Path) -> None:
    """Make files again what the draft says; what it does not know goes."""
    for path in paths:
        place = draft.resolve(path)
        if place is not None and place in draft.files:
            write_file(draft, place, directory)
        else:
            (directory / path).unlink(missing_ok=True)


def _command(generator: Generator, draft: TreeDraft) -> Sequence[str]:
    words: list[str] = []
    for word in generator.command:
        if "*" in word:
            pattern = word.removeprefix("{tree}/")
            words.extend(f"{draft.final}/{path}" for path in draft.glob(pattern))
        else:
            words.append(word.replace("{tree}", draft.final))
    return words


def _adopt(paths: Iterable[str], draft: TreeDraft, directory: Path) -> None:
    """Take files that appeared on disk into the draft, in their final form."""
    scratch, final = str(directory).encode(), draft.final.encode()
    for path in paths:
        place = directory / path
        if place.is_file() and not place.is_symlink():
            content = place.read_bytes().replace(scratch, final)
            write_file(draft, draft.write(path, content), directory)
