"""What is in a container image of an environment: its layers, and how it starts.

All of it is known before anything is written (`devenv.operations.write_image`).
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from devenv.errors import UsageError
from devenv.formats.tar_layer import LayerEntry, LayerKind
from devenv.host.layer_file import LayerPart
from devenv.model.environment import LIBRARY_PATH, Environment
from devenv.model.image import ImageName, ImageSettings
from devenv.model.spec import ShellText
from devenv.model.store_path import StorePath
from devenv.operations.doors import Doors
from devenv.operations.environments import MadeEnvironment
from devenv.operations.image_added import Added, AddingRules, added_pieces
from devenv.operations.image_contents import (
    Piece,
    StoreContents,
    folder_piece,
    link_piece,
    store_contents,
)
from devenv.operations.image_settings import (
    ImageVariables,
    check_program,
    default_command,
    secret_files,
    variables_of_packages,
    variables_of_project,
)
from devenv.operations.project_environment import ProjectEnvironment
from devenv.operations.realise_lock import RealisedTree
from devenv.plan.image_layers import package_layers
from devenv.plan.image_system import FOLDERS, TEXTS, folder_mode, system_links
from devenv.values import dataclass

DATE_VARIABLE = "SOURCE_DATE_EPOCH"
_MAX_SECONDS = 253_402_300_799
_MAX_DIGITS = 20
_COMMENT_CHARACTERS = 100
_TEXT_MODE = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageWish:
    """What the user wants of an image besides the environment.

    `entry` is the program it starts, with arguments. With `with_secrets` values of
    files and dotenv files are in it, and so are these files where they are added. The
    file `output`, a physical path, is what is being written, and never in it.
    """

    name: ImageName
    added: tuple[Added, ...] = ()
    entry: tuple[str, ...] = ()
    with_secrets: bool = False
    output: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLayer:
    """A layer that can be written: every part of it in the order of names."""

    comment: str
    parts: tuple[LayerPart, ...]

    @property
    def size(self) -> int:
        """The bytes of its files, each counted once."""
        return sum(part.entry.size for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlan:
    """An image that can be written."""

    name: ImageName
    settings: ImageSettings
    layers: tuple[PlannedLayer, ...]


def image_of_project(
    doors: Doors, made: ProjectEnvironment, wish: ImageWish
) -> ImagePlan:
    """Return the image of a project's environment, and say what is not in it.

    Raises:
        SpecError: a variable has no value in an image.
        ProgramError: the environment has not the program to start.
        FormatError, StoreError, OSError: something cannot be put into it.
    """
    places = {str(each.source): each.place for each in wish.added}
    variables = variables_of_project(made, places, with_secrets=wish.with_secrets)
    _tell(doors, made, variables, wish)
    secrets = frozenset() if wish.with_secrets else secret_files(made.project)
    made_of = _Basis(trees=made.realised.trees, environment=made.environment)
    return _plan(doors, made_of, variables, wish, secrets)


def image_of_packages(
    doors: Doors, made: MadeEnvironment, wish: ImageWish
) -> ImagePlan:
    """Return the image of an ad-hoc environment; see `image_of_project`."""
    variables = variables_of_packages(made.environment)
    made_of = _Basis(trees=made.realised.trees, environment=made.environment)
    return _plan(doors, made_of, variables, wish, frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """The environment as it is here."""

    trees: Sequence[RealisedTree]
    environment: Environment


def _tell(
    doors: Doors, made: ProjectEnvironment, variables: ImageVariables, wish: ImageWish
) -> None:
    """Say what of a project does not come along."""
    say = doors.display
    for each in variables.withheld:
        say.warn(f"{each.name} {each.reason}")
    if any(each.is_secret for each in variables.withheld):
        say.note("--with-secrets puts secrets into the image, for all who get it")
    if any(text != ShellText() for text in made.texts.values()):
        say.warn("what [shell] says is not done in an image: there is no hook")
    if LIBRARY_PATH in made.environment.prepend:
        say.warn(
            "libraries has what this machine lacks, and an image has no libraries of"
            " its own: a program of others may need more there"
        )
    if not wish.added:
        say.note("no file of the project is in the image: --add DIR=/PLACE adds some")


def _plan(
    doors: Doors,
    made_of: _Basis,
    variables: ImageVariables,
    wish: ImageWish,
    secrets: frozenset[str],
) -> ImagePlan:
    prepend = made_of.environment.prepend
    here = ":".join(prepend.get("PATH", ()))
    if wish.entry:
        check_program(wish.entry, here)
    others = [StorePath(Path(it).name) for it in prepend.get(LIBRARY_PATH, ())]
    latest = _latest_seconds(doors.env)
    contents = store_contents(doors, made_of.trees, others)
    for path in contents.unfit:
        doors.display.warn(f"{os.fsdecode(path)} is left out: images forbid its name")
    system = _system_layer(doors, contents)
    taking = AddingRules(
        left_out=secrets | ({str(wish.output)} if wish.output else set()),
        digests=contents.digests,
        latest_seconds=latest,
    )
    added = [
        _layer(f"--add {each.place}", added_pieces(doors, each, taking))
        for each in wish.added
    ]
    for layer in added:
        _check_folders(layer, system)
    layers = [*_package_layers(contents), system, *added]
    settings = ImageSettings(
        architecture=doors.system.debian_architecture,
        variables=variables.values,
        folder=wish.added[0].folder if wish.added else "/",
        entrypoint=wish.entry,
        command=() if wish.entry else default_command(here),
        created_seconds=contents.newest_seconds if latest is None else latest,
    )
    return ImagePlan(name=wish.name, settings=settings, layers=tuple(layers))


def _package_layers(contents: StoreContents) -> list[PlannedLayer]:
    packages = contents.packages
    sizes = {
        name: sum(piece.part.entry.size for piece in pieces)
        for name, pieces in packages.items()
    }
    return [
        _layer(" ".join(names), [piece for name in names for piece in packages[name]])
        for names in package_layers(sizes)
    ]


def _system_layer(doors: Doors, contents: StoreContents) -> PlannedLayer:
    """Return what only this environment has, and the least that a system needs."""
    real = {place: tree for tree, place in contents.places.items()}

    def is_there(path: str) -> bool:
        place = next(each for each in real if path.startswith(f"{each}/"))
        return Path(real[place] + path.removeprefix(place)).exists()

    links = system_links([*real], doors.system, is_there=is_there)
    pieces = [
        *contents.own,
        *(folder_piece(each.encode(), folder_mode(each)) for each in FOLDERS),
        *(_text_piece(name, content) for name, content in TEXTS.items()),
        *(link_piece(it.encode(), links[it].encode()) for it in links),
    ]
    return _layer("the environment", pieces)


def _check_folders(added: PlannedLayer, system: PlannedLayer) -> None:
    """Refuse a folder that would take the place of a link into the environment.

    Raises:
        UsageError: there is one.
    """
    links = {
        part.entry.name
        for part in system.parts
        if part.entry.kind is LayerKind.SYMBOLIC_LINK
    }
    for part in added.parts:
        if part.entry.kind is LayerKind.DIRECTORY and part.entry.name in links:
            raise UsageError(
                "this folder of an image is the environment's, and nothing can be put"
                " into it",
                where=f"/{os.fsdecode(part.entry.name)}",
                hint="put it elsewhere, and tell the program by a variable",
            )


def _text_piece(name: str, content: bytes) -> Piece:
    entry = LayerEntry(
        name=name.encode(), kind=LayerKind.FILE, mode=_TEXT_MODE, size=len(content)
    )
    return Piece(LayerPart(entry, content=content))


def _layer(comment: str, pieces: Iterable[Piece]) -> PlannedLayer:
    """Return a layer: each entry once, after its folders, equal files as links."""
    named = {piece.part.entry.name: piece for piece in pieces}
    for name in list(named):
        while name := name.rpartition(b"/")[0]:
            if name not in named:
                mode = folder_mode(name.decode("utf-8", "surrogateescape"))
                named[name] = folder_piece(name, mode)
    first: dict[object, bytes] = {}
    parts = []
    for name in sorted(named):
        part, same = named[name]
        target = name if same is None else first.setdefault(same, name)
        parts.append(part if target == name else _hard_link(part, target))
    shown = comment[:_COMMENT_CHARACTERS] + "..." * (len(comment) > _COMMENT_CHARACTERS)
    return PlannedLayer(comment=shown, parts=tuple(parts))


def _hard_link(part: LayerPart, target: bytes) -> LayerPart:
    entry = part.entry._replace(kind=LayerKind.HARD_LINK, size=0, target=target)
    return LayerPart(entry)


def _latest_seconds(env: Mapping[str, str]) -> int | None:
    """Return the date that nothing may be newer than, if one is given.

    Raises:
        UsageError: it is no number of seconds (reproducible-builds.org).
    """
    text = env.get(DATE_VARIABLE)
    if not text:
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) < _MAX_DIGITS
    if not is_number or int(text) > _MAX_SECONDS:
        raise UsageError(
            f"{DATE_VARIABLE} is no number of seconds: {text[:40]!r}",
            hint="set it by: export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)",
        )
    return int(text)
