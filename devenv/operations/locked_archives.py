"""Where each package of a lock may be fetched from: mirrors, then the past archive.

Imported once a package is missing: what knows mirrors and archives is 30 modules.
"""

from collections.abc import Callable, Mapping

from devenv.errors import LockError
from devenv.formats.inputs import parse_third_party_input
from devenv.host.http import Download
from devenv.host.urls import checked
from devenv.model.lock import Lock, LockedPackage
from devenv.model.spec import SpecInput
from devenv.operations.doors import Doors
from devenv.operations.locked_package import as_package
from devenv.sources.apt.debs import deb_download
from devenv.sources.apt.inputs import built_in
from devenv.sources.apt.mirrors import Mirrors
from devenv.sources.apt.snapshot import past_bases


def locked_archives(
    doors: Doors, lock: Lock, inputs: Mapping[str, SpecInput]
) -> Callable[[LockedPackage], Download]:
    """Return what says where a locked package's archive may be; see `locked_downloads`.

    Mirrors are looked for all over the host.
    """
    mirrors = Mirrors.find(doors.env, configured=doors.configuration.mirrors)
    # Only those that are used: a mistake in another is none of their business.
    archives = _archives({name: inputs[name] for name in lock.inputs if name in inputs})
    moments = {
        (name, pocket.name): pocket.date
        for name, locked in lock.inputs.items()
        for pocket in locked.pockets
    }

    def download(row: LockedPackage) -> Download:
        archive = archives.get(row.pocket)
        moment = row.seen or moments.get((row.input, row.pocket))
        if archive is None or moment is None:
            raise _unknown_pocket(row)
        bases = (*mirrors.bases(archive), *past_bases(mirrors, archive, moment))
        return deb_download(
            as_package(row),
            dict.fromkeys(bases),
            cache_directory=doors.directories.cache,
        )

    return download


def _archives(inputs: Mapping[str, SpecInput]) -> dict[str, str]:
    """Return the archive of each pocket, by the pocket's name."""
    known = {
        pocket.name: pocket.archive
        for each in built_in().inputs.values()
        for pocket in each.pockets
    }
    # An input of a project has one pocket of its own, which has its name.
    own = {
        name: checked(parse_third_party_input(name, item.table).url)
        for name, item in inputs.items()
    }
    return {**known, **own}


def _unknown_pocket(row: LockedPackage) -> LockError:
    return LockError(
        f"the lock takes {row.name} from {row.pocket} of {row.input},"
        " which is not known here",
        hint="devenv lock makes the lock anew for the inputs that the spec has",
    )
