"""`devenv config`: what holds here, and where it comes from."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from devenv.host.caches import shown_place
from devenv.host.urls import shown
from devenv.model.project import Project
from devenv.model.user_configuration import (
    CACHES_VARIABLE,
    PROGRESS_VARIABLE,
    ProgressStyle,
)
from devenv.operations.configuration import CONFIGURATION_FILE
from devenv.operations.doors import Doors
from devenv.operations.lock_files import lock_path
from devenv.sources.apt.mirrors import (
    MIRROR_VARIABLE,
    SECURITY_MIRROR_VARIABLE,
    SNAPSHOT_VARIABLE,
    Mirrors,
)
from devenv.values import dataclass

BUILT_IN = "built in"
HOST_SOURCES = "the host's apt sources"
_NOWHERE = Path("/proc/self/no-such-root")
_OTHER_VARIABLES = (
    "DEVENV_CEILING",
    "NO_COLOR",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that is set. A name may come several times: the first goes first."""

    name: str
    value: str
    source: str


def show_settings(doors: Doors, project: Project | None) -> tuple[Setting, ...]:
    """Return everything that is set, with what set it.

    A project's settings are those that hold in it.

    Raises:
        FetchError: a mirror that was named is no address.
    """
    return (
        *_folders(doors),
        *_choices(doors, project),
        *_mirrors(doors),
        *_inputs(doors, project),
        *_files(doors, project),
        *_variables(doors.env),
    )


def _folders(doors: Doors) -> Iterator[Setting]:
    for name, variables, folder in (
        ("store", ("DEVENV_STORE_DIR", "XDG_DATA_HOME"), doors.directories.store),
        ("state", ("XDG_STATE_HOME",), doors.directories.state),
        ("cache", ("XDG_CACHE_HOME",), doors.directories.cache),
        ("configuration", ("XDG_CONFIG_HOME",), doors.directories.config),
    ):
        absolute = (
            name for name in variables if doors.env.get(name, "").startswith("/")
        )
        source = next(absolute, "HOME")
        yield Setting(name=f"folder.{name}", value=str(folder), source=source)


def _choices(doors: Doors, project: Project | None) -> Iterator[Setting]:
    file = str(doors.directories.config / CONFIGURATION_FILE)
    configured = doors.configuration
    if project is not None:
        yield Setting(
            name="default_input",
            value=project.spec.default_input,
            source=project.directory,
        )
    else:
        yield Setting(
            name="default_input",
            value=doors.default_input,
            source=file if configured.default_input else BUILT_IN,
        )
    yield _progress(doors, file)
    for place in doors.fetcher.caches.places:
        source = file if place in configured.caches else CACHES_VARIABLE
        yield Setting(name="cache.from", value=shown_place(place), source=source)
    trust = configured.trust
    for name, value, is_set in (
        ("mode", "exact" if trust.is_exact else "effects", trust.is_exact),
        ("free_values", " ".join(sorted(trust.free_values)), trust.free_values),
        ("worktrees", str(trust.worktrees).lower(), trust.worktrees),
    ):
        source = file if is_set else BUILT_IN
        yield Setting(name=f"trust.{name}", value=value, source=source)
    days = configured.accept_expired_days
    yield Setting(
        name="apt.accept_expired_days",
        value=str(days),
        source=file if days else BUILT_IN,
    )


def _progress(doors: Doors, file: str) -> Setting:
    value = doors.env.get(PROGRESS_VARIABLE, "")
    if value in tuple(ProgressStyle):
        return Setting(name="progress", value=value, source=PROGRESS_VARIABLE)
    configured = doors.configuration.progress
    source = file if configured is not ProgressStyle.AUTO else BUILT_IN
    return Setting(name="progress", value=configured.value, source=source)


def _mirrors(doors: Doors) -> Iterator[Setting]:
    env, configured = doors.env, doors.configuration.mirrors
    all_of_them = Mirrors.find(env, configured=configured)
    file = str(doors.directories.config / CONFIGURATION_FILE)
    parts = [
        (file, Mirrors.find({}, configured=configured, root=_NOWHERE)),
        *(
            (name, Mirrors.find({name: env.get(name, "")}, root=_NOWHERE))
            for name in (MIRROR_VARIABLE, SECURITY_MIRROR_VARIABLE)
        ),
    ]
    for archive, addresses in all_of_them.by_archive.items():
        for address in addresses:
            sources = (
                name
                for name, part in parts
                if address in part.by_archive.get(archive, ())
            )
            yield Setting(
                name=f"apt.mirror.{archive}",
                value=shown(address),
                source=next(sources, HOST_SOURCES),
            )
    yield Setting(
        name="apt.snapshot",
        value="none" if all_of_them.snapshot is None else shown(all_of_them.snapshot),
        source=SNAPSHOT_VARIABLE if SNAPSHOT_VARIABLE in env else BUILT_IN,
    )


def _inputs(doors: Doors, project: Project | None) -> Iterator[Setting]:
    if project is not None:
        for name, defined in sorted(project.spec.inputs.items()):
            yield Setting(
                name=f"input.{name}",
                value=_input_text(defined.table),
                source=defined.place.file,
            )
        return
    file = str(doors.directories.config / CONFIGURATION_FILE)
    for name, table in sorted(doors.configuration.inputs.items()):
        yield Setting(name=f"input.{name}", value=_input_text(table), source=file)


def _input_text(table: Mapping[str, object]) -> str:
    suite = table.get("suite", "")
    return f"{shown(str(table.get('apt', '')))} {suite}".strip()


def _files(doors: Doors, project: Project | None) -> Iterator[Setting]:
    file = doors.directories.config / CONFIGURATION_FILE
    yield Setting(name="file.configuration", value=str(file), source=_state(file))
    if project is None:
        return
    for read in project.files:
        state = "missing" if read.sha256 is None else "read"
        yield Setting(name="file.project", value=read.path, source=state)
    lock = lock_path(project.directory)
    yield Setting(name="file.lock", value=str(lock), source=_state(lock))


def _state(file: Path) -> str:
    return "read" if file.is_file() else "missing"


def _variables(env: Mapping[str, str]) -> Iterator[Setting]:
    for name in _OTHER_VARIABLES:
        value = env.get(name)
        if value:
            is_address = name.endswith("_proxy") and "://" in value
            text = shown(value) if is_address else value
            yield Setting(name=f"variable.{name}", value=text, source=name)
