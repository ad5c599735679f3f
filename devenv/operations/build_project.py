"""`devenv build`: a project's environment in the store, and links to its trees."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from devenv.errors import UsageError
from devenv.host.files import random_name
from devenv.operations.doors import Doors
from devenv.operations.project_environment import ProjectEnvironment
from devenv.store.roots import RootKind


def link_trees(doors: Doors, made: ProjectEnvironment, link: Path) -> list[Path]:
    """Make links to the trees of an environment, which keep them; return the links.

    The first tree gets `link` itself, the others `link-INPUT`. A link that is
    there is replaced; anything else is left alone.

    Raises:
        UsageError: something that is no link stands there, or it cannot be made.
    """
    links = []
    for number, tree in enumerate(made.realised.trees):
        place = Path(f"{link}-{tree.input}") if number else link
        _make_link(place, tree.path)
        absolute = os.path.abspath(place)  # noqa: PTH100 (not through the link itself)
        doors.store.add_root(
            _root_name(absolute),
            [tree.plan.path],
            kind=RootKind.PROJECT,
            label=absolute,
        )
        links.append(place)
    return links


def _make_link(place: Path, target: Path) -> None:
    if os.path.lexists(place) and not place.is_symlink():
        raise UsageError(
            "there is something else, which is left alone",
            where=str(place),
            hint="choose another name for the link",
        )
    beside = place.with_name(random_name(f".{place.name[:100]}-"))
    try:
        beside.symlink_to(target)
        beside.replace(place)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise UsageError(
            f"the link cannot be made: {error.strerror}", where=str(place)
        ) from error


def _root_name(link: str) -> str:
    digest = hashlib.sha256(link.encode("utf-8", "surrogateescape")).hexdigest()
    return f"link-{digest[:32]}"
