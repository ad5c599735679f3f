"""`devenv export oci`: a container image of an environment."""

import shlex
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from devenv.cli import operations
from devenv.cli.options import (
    ARCHIVE,
    LOCK,
    Options,
    PackagesOption,
    add_command,
    given,
)
from devenv.cli.streams import data_file
from devenv.errors import StoreError, UsageError
from devenv.formats.quantities import counted, size
from devenv.host.files import make_private_directory

if TYPE_CHECKING:
    from devenv.model.image import ImageName
    from devenv.operations.doors import Doors
    from devenv.operations.plan_image import ImagePlan, ImageWish

_STANDARD_OUTPUT = Path("-")
_PUBLIC_MODE, _PRIVATE_MODE = 0o644, 0o600


def register(group: typer.Typer) -> None:
    """Add the command to `devenv export`."""
    add_command(
        group,
        "oci",
        oci,
        shares=[LOCK, ARCHIVE],
        examples=[
            "devenv export oci -o image.tar --add .=/app --entry 'python3 main.py'",
            "devenv export oci -p python3 -p ripgrep --tag tools:1.0 | podman load",
            "skopeo copy oci-archive:image.tar docker://registry.example.org/app:1.0",
        ],
    )


def oci(  # noqa: PLR0913 - one for each option
    options: Options,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to; else, or with -, standard output.",
        ),
    ] = None,
    tag: Annotated[
        str | None,
        typer.Option(
            "--tag",
            metavar="NAME[:TAG]",
            help="What it is called; else after the folder or the first package.",
        ),
    ] = None,
    packages: PackagesOption = None,
    add: Annotated[
        list[str] | None,
        typer.Option(
            "--add",
            metavar="DIR=/PLACE",
            help="A folder or file to put into it. May be repeated.",
        ),
    ] = None,
    entry: Annotated[
        str | None,
        typer.Option(
            "--entry",
            metavar="'CMD ARGS'",
            help="What it starts; else a shell, if there is one.",
        ),
    ] = None,
    secrets: Annotated[
        bool,
        typer.Option(
            "--with-secrets",
            help="Take along what dotenv files, { file = } and devenv.local.toml say.",
        ),
    ] = False,
) -> None:
    """Write the environment as a container image, for podman, Docker and registries.

    The file is an OCI archive, which `podman load`, `docker load` and `skopeo copy
    oci-archive:FILE` take. It has the environment's programs at the same paths as here,
    its variables, and the least of a system around them; of the project's files only
    what is added. It is for machines of this kind. The same lock in a store at the same
    path gives the same file.
    """
    target = None if output == _STANDARD_OUTPUT else output
    if target is None and sys.stdout.isatty():
        raise UsageError(
            "a terminal is no place for an image", hint="devenv export oci -o FILE"
        )
    if target is not None and target.is_dir():
        raise UsageError("this is a folder", where=str(target), hint="-o image.tar")
    doors = operations.open_doors(options)
    named = None if tag is None else operations.parse_image_name(tag)
    wished = operations.ImageWish(
        name=named or _name(doors, options, given(packages)),
        added=operations.read_added(doors, given(add)),
        entry=_words(entry),
        with_secrets=secrets,
        output=None if target is None else target.resolve(),
    )
    with _explained(target):
        plan = _plan(doors, options, given(packages), wished)
        with _opened(doors, target, is_private=secrets) as (stream, scratch):
            done = operations.write_image(doors, plan, stream, scratch)
    layers = counted(done.layer_count, "layer")
    doors.display.note(
        f"exported: {plan.name}, {layers}, {size(done.layer_bytes)},"
        f" sha256:{done.config_sha256}"
    )


def _plan(
    doors: "Doors", options: Options, packages: Sequence[str], wished: "ImageWish"
) -> "ImagePlan":
    if packages:
        return operations.image_of_packages(
            doors, operations.make_ad_hoc(doors, packages), wished
        )
    made = operations.enter_project(
        doors, options.project, operations.lock_mode(options)
    )
    return operations.image_of_project(doors, made, wished)


def _name(doors: "Doors", options: Options, packages: Sequence[str]) -> "ImageName":
    """Return what an image is called that nobody gives a name."""
    after = packages[0] if packages else None
    if after is None:
        after = Path(operations.project_directory(doors, options.project)).name
    return operations.image_name_of(after)


def _words(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(
            f"--entry {text!r} is no command: a quote is open",
            hint="write it like --entry 'python3 main.py'",
        ) from error
    if not words:
        raise UsageError("--entry is empty", hint="--entry 'python3 main.py'")
    return words


@contextmanager
def _opened(
    doors: "Doors", target: Path | None, *, is_private: bool
) -> Generator[tuple[BinaryIO, Path]]:
    """Yield where the image goes, and a folder with room for its layers."""
    if target is not None:
        mode = _PRIVATE_MODE if is_private else _PUBLIC_MODE
        with operations.staged_file(target, mode=mode) as file:
            yield file, target.parent
        return
    scratch = doors.directories.cache
    make_private_directory(scratch)
    with data_file() as file:
        yield file, scratch


@contextmanager
def _explained(target: Path | None) -> Generator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StoreError(
            f"the image cannot be made: {error.strerror}",
            where=_where(error, target),
        ) from error


def _where(error: OSError, target: Path | None) -> str:
    """Return the file that an error is about; what is being made has another name."""
    name = error.filename
    if isinstance(name, bytes):
        name = name.decode("utf-8", "surrogateescape")
    if isinstance(name, str) and (
        target is None or not Path(name).name.startswith(f".{target.name[:100]}-")
    ):
        return name
    return str(target or "standard output")
