"""Where an archive can be asked: mirrors in order, and snapshots of the past."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from devenv.errors import FetchError
from devenv.formats.apt_sources import (
    AptSource,
    parse_apt_file,
    parse_mirror_list,
)
from devenv.host.urls import checked
from devenv.patterns import late_pattern
from devenv.values import dataclass, field

MAIN_ARCHIVE = "debian"
SECURITY_ARCHIVE = "debian-security"
SNAPSHOT = "https://snapshot.debian.org/archive"

MIRROR_VARIABLE = "DEVENV_APT_MIRROR"
SECURITY_MIRROR_VARIABLE = "DEVENV_APT_SECURITY_MIRROR"
SNAPSHOT_VARIABLE = "DEVENV_APT_SNAPSHOT"

_RELEASE = (
    r"(?:buster|bullseye|bookworm|trixie|forky|duke|sid|experimental|unstable"
    r"|testing|(?:old){0,3}stable)"
)
_MAIN_SUITE = late_pattern(_RELEASE + r"(?:-updates|-backports|-proposed-updates)?")
_SECURITY_SUITE = late_pattern(_RELEASE + r"(?:-security|/updates)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrors:
    """Base addresses by archive, best first; and of the archive's past, or None.

    An address may be wrong: who asks there checks what comes.
    """

    by_archive: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    snapshot: str | None = SNAPSHOT

    @classmethod
    def find(
        cls,
        env: Mapping[str, str],
        *,
        configured: Sequence[str] = (),
        root: Path = Path("/"),
    ) -> "Mirrors":
        """Return the mirrors that the user and this machine name.

        In this order: `configured` (devenv's own configuration),
        DEVENV_APT_MIRROR (addresses with spaces between), the apt sources below
        `root`. The security archive is the sibling `MIRROR-security` of each of
        the first two, unless DEVENV_APT_SECURITY_MIRROR names it.
        DEVENV_APT_SNAPSHOT stands for the archive's past; empty, it turns it off.

        Raises:
            FetchError: one that the user named is no address.
        """
        named = [*configured, *env.get(MIRROR_VARIABLE, "").split()]
        main = [_base(url) for url in named]
        security = [_base(u) for u in env.get(SECURITY_MIRROR_VARIABLE, "").split()]
        host_main, host_security = _host_mirrors(root)
        snapshot = env.get(SNAPSHOT_VARIABLE, SNAPSHOT)
        return cls(
            by_archive={
                MAIN_ARCHIVE: _unique([*main, *host_main]),
                SECURITY_ARCHIVE: _unique(
                    [
                        *(security or [f"{url}-security" for url in main]),
                        *host_security,
                        *(f"{url}-security" for url in host_main),
                    ]
                ),
            },
            snapshot=_base(snapshot) if snapshot else None,
        )

    def bases(self, archive: str) -> tuple[str, ...]:
        """Return the addresses of an archive's present, best first.

        An archive that is not Debian's is named by its own address.
        """
        if archive in {MAIN_ARCHIVE, SECURITY_ARCHIVE}:
            return self.by_archive.get(archive, ())
        return (archive,)

    def past(self, archive: str, moment: datetime) -> tuple[str, ...]:
        """Return the address of an archive as it was, if somebody keeps it."""
        if self.snapshot is None or archive not in {MAIN_ARCHIVE, SECURITY_ARCHIVE}:
            return ()
        return (f"{self.snapshot}/{archive}/{moment:%Y%m%dT%H%M%SZ}",)


def _host_mirrors(root: Path) -> tuple[list[str], list[str]]:
    """Return what the host's apt uses for Debian's two archives."""
    main: list[str] = []
    security: list[str] = []
    for source in _host_sources(root):
        # Who else calls a suite "stable" has no such component, or address.
        if "main" not in source.components or "debian" not in source.uri:
            continue
        for base in _addresses(source.uri, root):
            if any(_MAIN_SUITE.fullmatch(suite) for suite in source.suites):
                main.append(base)
            if any(_SECURITY_SUITE.fullmatch(suite) for suite in source.suites):
                security.append(base)
    return main, security


def _host_sources(root: Path) -> Iterator[AptSource]:
    folder = root / "etc/apt/sources.list.d"
    try:
        listed = sorted(folder.iterdir())
    except OSError:
        listed = []
    for path in (root / "etc/apt/sources.list", *listed):
        try:
            text = path.read_text("utf-8", errors="replace")
        except OSError:
            continue
        yield from parse_apt_file(path.name, text)


def _addresses(uri: str, root: Path) -> Iterator[str]:
    """Yield the usable addresses of a source; `mirror+file:` names a list."""
    uris: Iterable[str] = (uri,)
    if uri.startswith("mirror+file:"):
        listed = root / uri.removeprefix("mirror+file:").lstrip("/")
        try:
            uris = parse_mirror_list(listed.read_text("utf-8", errors="replace"))
        except OSError:
            return
    for found in uris:
        try:
            yield _base(found)
        except FetchError:
            # apt has methods that we have not (cdrom:, tor+http: ...).
            continue


def _base(url: str) -> str:
    return checked(url).rstrip("/")


def _unique(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(urls))
