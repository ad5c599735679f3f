"""One pocket brought up to date: which mirror to believe, what to fall back on."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from devenv.errors import (
    DevenvError,
    FetchError,
    HashMismatchError,
    NotServedError,
    OfflineError,
    SignatureError,
)
from devenv.formats.http_fields import Validators
from devenv.host.clock import Clock
from devenv.host.http import Fetcher
from devenv.host.progress import Progress
from devenv.host.urls import joined, shown
from devenv.model.apt import Pocket
from devenv.model.systems import System
from devenv.plan import release_rules
from devenv.plan.release_rules import Remembered
from devenv.sources.apt.archive_paths import packages_names, suite_path
from devenv.sources.apt.index_file import IndexFile
from devenv.sources.apt.mirrors import Mirrors
from devenv.sources.apt.packages_files import IndexSource, fetch_indexes
from devenv.sources.apt.refusals import age_words, no_mirror
from devenv.sources.apt.release_records import (
    MAX_RELEASE_BYTES,
    KeptRelease,
    ReleaseRecords,
)
from devenv.sources.apt.snapshot import PocketSnapshot
from devenv.sources.apt.verified_release import Head, verified
from devenv.typed import Protocol
from devenv.values import dataclass, field, replace


class Talk(Progress, Protocol):
    """Progress, and a place for warnings."""

    def warn(self, text: str) -> None:
        """Tell the user of something that may be wrong."""


IsIndexed = Callable[[Pocket, str], bool]


def never(_pocket: Pocket, _release_sha256: str) -> bool:
    """Return that nothing is indexed yet."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class PocketRefresh:
    """What it takes to bring any pocket up to date.

    `is_indexed` tells, of a pocket and the digest of its Release, that what the
    Packages files say is at hand already, so that they are not needed.
    """

    system: System
    fetcher: Fetcher
    clock: Clock
    mirrors: Mirrors
    records: ReleaseRecords
    cache_directory: Path
    progress: Talk
    allow_rollback: bool
    is_indexed: IsIndexed = never
    _away: dict[str, FetchError] = field(default_factory=dict)

    def recent(self, pocket: Pocket, *, max_age: timedelta) -> PocketSnapshot | None:
        """Return the last good one if it is recent, else a new one if possible.

        None if the pocket is optional and its archive does not have it.

        Raises:
            FetchError, SignatureError: there is neither.
        """
        kept = self.records.kept(pocket)
        if kept is None:
            return self.online(pocket)
        age = self.clock.now() - kept.checked_at
        try:
            if timedelta(0) <= age < max_age:
                return self._usable(pocket, kept)
        except (FetchError, SignatureError):
            # Expired, damaged, or its indexes are gone: there may be a better one.
            return self.online(pocket)
        try:
            return self.online(pocket)
        except (FetchError, SignatureError) as error:
            return self._instead(pocket, kept, error)

    def offline(self, pocket: Pocket) -> PocketSnapshot | None:
        """Return the last good one, however old it is.

        Raises:
            OfflineError: it, or an index it vouches for, is not here.
            SignatureError: it is not good any more.
        """
        kept = self.records.kept(pocket)
        if kept is None:
            raise OfflineError(
                f"the package list of {pocket.name} was never downloaded",
                hint="run the same command once without --offline",
            )
        if kept.message is None:
            return None
        return self._snapshot(pocket, self._head(pocket, kept), bases=())

    def online(self, pocket: Pocket) -> PocketSnapshot | None:
        """Ask the mirrors in turn for one that is good and new enough.

        None if the pocket is optional and its archive does not have it.

        Raises:
            SignatureError: what they have is not good enough.
            FetchError: none answers, or none has what belongs together.
        """
        failures: dict[str, DevenvError] = {}
        for base in self._bases(pocket):
            try:
                return self._from_mirror(pocket, base)
            except (FetchError, SignatureError) as error:
                failures[base] = error
        is_missing = all(isinstance(e, NotServedError) for e in failures.values())
        is_new = self.records.remembered(pocket) is None
        # Once it was there, hiding it would hide its updates.
        if failures and is_missing and pocket.is_optional and is_new:
            self.records.keep(pocket, self._kept(None, mirror=""))
            return None
        raise no_mirror(pocket, failures)

    def _bases(self, pocket: Pocket) -> tuple[str, ...]:
        past = self.mirrors.past(pocket.archive, self.clock.now())
        return tuple(dict.fromkeys((*self.mirrors.bases(pocket.archive), *past)))

    def _from_mirror(self, pocket: Pocket, base: str) -> PocketSnapshot:
        """Return what one mirror has, trying twice if it changes meanwhile."""
        known = self.records.kept(pocket)
        head = self._ask(pocket, base, known)
        try:
            return self._accept(pocket, head, base)
        except (HashMismatchError, NotServedError):
            return self._accept(pocket, self._ask(pocket, base, None), base)

    def _ask(self, pocket: Pocket, base: str, known: KeptRelease | None) -> Head:
        if base in self._away:
            raise self._away[base]
        if known is not None and (known.mirror != base or known.message is None):
            known = None
        try:
            answer = self.fetcher.read(
                joined(base, f"{suite_path(pocket)}InRelease"),
                max_size=MAX_RELEASE_BYTES,
                label=f"InRelease of {pocket.name}",
                known=None if known is None else known.validators,
            )
        except NotServedError as error:
            raise self._without_in_release(pocket, base, error) from error
        except FetchError as error:
            # Whoever does not answer is not asked again for the other pockets.
            self._away[base] = error
            raise
        if answer is None and known is not None:
            return self._head(pocket, replace(known, checked_at=self.clock.now()))
        body = None if answer is None else answer.body
        validators = Validators() if answer is None else answer.validators
        return self._head(pocket, self._kept(body, mirror=base, validators=validators))

    def _without_in_release(
        self, pocket: Pocket, base: str, error: NotServedError
    ) -> DevenvError:
        """Say it clearly if the suite is there, but signed in the old way only."""
        if not pocket.keyring:
            return error
        try:
            self.fetcher.read(
                joined(base, f"{suite_path(pocket)}Release"),
                max_size=MAX_RELEASE_BYTES,
                label=f"Release of {pocket.name}",
            )
        except FetchError:
            return error
        return SignatureError(
            f"{pocket.name} has no InRelease file, only Release and perhaps"
            " Release.gpg, which cannot be fetched as one",
            where=shown(base),
            hint="ask its maintainers for an InRelease; apt wants one, too",
        )

    def _head(self, pocket: Pocket, kept: KeptRelease) -> Head:
        architecture = self.system.debian_architecture
        return verified(pocket, kept, architecture=architecture, now=self.clock.now())

    def _accept(self, pocket: Pocket, head: Head, base: str) -> PocketSnapshot:
        """Return what a mirror's Release vouches for, and keep it."""
        if not self.allow_rollback:
            self._check_not_rolled_back(pocket, head)
        warnings = release_rules.staleness(head.release, pocket, now=self.clock.now())
        others = (other for other in self._bases(pocket) if other != base)
        past = self.mirrors.past(pocket.archive, head.release.date)
        snapshot = self._snapshot(pocket, head, bases=(base, *others, *past))
        # Only now: a Release whose indexes nobody has must not shut out others.
        self.records.keep(pocket, head.kept)
        self.records.remember(
            pocket, Remembered(date=head.release.date, sha256=head.sha256)
        )
        for text in warnings:
            self.progress.warn(text)
        return snapshot

    def _usable(self, pocket: Pocket, kept: KeptRelease) -> PocketSnapshot | None:
        """Return what was kept, if it would be accepted from a mirror, too."""
        if kept.message is None:
            return None
        head = self._head(pocket, kept)
        self._check_not_rolled_back(pocket, head)
        release_rules.staleness(head.release, pocket, now=self.clock.now())
        past = self.mirrors.past(pocket.archive, head.release.date)
        bases = dict.fromkeys((kept.mirror, *self._bases(pocket), *past))
        return self._snapshot(pocket, head, bases=tuple(bases))

    def _instead(
        self, pocket: Pocket, kept: KeptRelease, error: DevenvError
    ) -> PocketSnapshot | None:
        """Return what was kept, with a warning; or raise `error`."""
        try:
            snapshot = self._usable(pocket, kept)
        except (FetchError, SignatureError):
            raise error from None
        if snapshot is None:
            raise error
        age = age_words(self.clock.now() - kept.checked_at)
        self.progress.warn(f"{error.what}; using the one of {age} ago")
        return snapshot

    def _check_not_rolled_back(self, pocket: Pocket, head: Head) -> None:
        release_rules.check_not_rolled_back(
            head.release, pocket, remembered=self.records.remembered(pocket)
        )

    def _snapshot(
        self, pocket: Pocket, head: Head, *, bases: tuple[str, ...]
    ) -> PocketSnapshot:
        # Fetched or not, they are hashed anew: 10 MB of a release.
        is_indexed = self.is_indexed(pocket, head.sha256)
        return PocketSnapshot(
            pocket=pocket,
            release=head.release,
            release_sha256=head.sha256,
            mirror=head.kept.mirror,
            packages_files=() if is_indexed else self._files(pocket, head, bases),
            checked_at=head.kept.checked_at,
        )

    def _files(
        self, pocket: Pocket, head: Head, bases: tuple[str, ...]
    ) -> tuple[IndexFile, ...]:
        names = packages_names(
            head.release, pocket, architecture=self.system.debian_architecture
        )
        return fetch_indexes(
            IndexSource(pocket=pocket, release=head.release, bases=bases),
            names,
            fetcher=self.fetcher,
            cache_directory=self.cache_directory,
            progress=self.progress,
        )

    def _kept(
        self,
        message: bytes | None,
        *,
        mirror: str,
        validators: Validators | None = None,
    ) -> KeptRelease:
        return KeptRelease(
            message=message,
            mirror=mirror,
            checked_at=self.clock.now(),
            validators=validators or Validators(),
        )
