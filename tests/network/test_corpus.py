"""Random packages of the archive go through unpacking and relocation unharmed.

DEVENV_CORPUS_PACKAGES (200) says how many, DEVENV_CORPUS_SEED (1) which,
DEVENV_CORPUS_SECONDS (1,200) when to stop whatever is left. Archives are fetched a
few at a time and deleted when they are done with.
"""

import os
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from devenv.build.unpack import UnpackPool
from devenv.build.unpack_rules import UnpackLimits
from devenv.host.clock import SystemClock
from devenv.host.http import Fetcher
from devenv.model.apt import AptPackage
from devenv.model.facts import PackageFacts
from devenv.operations.doors import Doors
from devenv.operations.package_set import PackageSet, open_packages
from tests.fixtures.quiet_doors import quiet_doors
from tests.network.conftest import unavailable
from tests.network.corpus.checks import Ground, check_package
from tests.network.corpus.report import Report
from tests.network.installation import Installation

pytestmark = [pytest.mark.network, pytest.mark.timeout(1800)]

RELEASE = "trixie"
PAGE = Path(__file__).with_name("corpus.md")
MOST_BYTES = 5_000_000
AT_ONCE = 12
GROUND = (
    "libc6", "libgcc-s1", "libstdc++6", "zlib1g", "libglib2.0-0t64", "libpcre2-8-0",
    "libffi8", "libssl3t64", "libtinfo6", "libncursesw6", "libreadline8t64", "libgmp10",
    "libx11-6", "libxcb1", "libxau6", "libxdmcp6", "libxext6", "libexpat1",
    "libbz2-1.0",
    "liblzma5", "libzstd1", "libselinux1", "libpng16-16t64", "libgomp1", "libcap2",
    "libacl1", "libattr1", "libxml2", "libsqlite3-0", "libcurl4t64", "libuuid1",
    "dash", "bash", "perl-base", "perl", "python3-minimal", "python3.13-minimal",
    "coreutils", "libblkid1", "libmount1", "libatomic1", "libcrypt1", "libdb5.3t64",
)  # fmt: skip
"""Libraries that most programs need, and what scripts are run by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What fetches and unpacks."""

    doors: Doors
    packages: PackageSet
    pool: UnpackPool

    def fetched(
        self, wanted: Sequence[AptPackage]
    ) -> Iterator[tuple[AptPackage, Path]]:
        """Yield packages with their archives, which are then deleted."""
        for start in range(0, len(wanted), AT_ONCE):
            few = wanted[start : start + AT_ONCE]
            downloads = self.packages.downloads(self.doors, few)
            self.doors.fetcher.fetch_all(downloads, self.doors.display)
            for package, download in zip(few, downloads, strict=True):
                yield package, download.target
                download.target.unlink()


@pytest.fixture
def corpus(installation: Installation) -> Iterator[Corpus]:
    for tool in ("readelf", "dpkg-deb", "bash", "sh"):
        if shutil.which(tool) is None:
            unavailable(f"there is no {tool}")
    env = {**os.environ, **installation.variables}
    clock = SystemClock()
    with (
        quiet_doors(env, clock, Fetcher(env, clock)) as doors,
        open_packages(doors, RELEASE) as packages,
        UnpackPool(1) as pool,
    ):
        yield Corpus(doors=doors, packages=packages, pool=pool)


def test_random_packages_are_relocated_and_nothing_else_of_them_changes(
    corpus: Corpus, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    seed = int(os.environ.get("DEVENV_CORPUS_SEED", "1"))
    count = int(os.environ.get("DEVENV_CORPUS_PACKAGES", "200"))
    end = time.monotonic() + float(os.environ.get("DEVENV_CORPUS_SECONDS", "1200"))
    report = Report()
    started = time.monotonic()

    ground = _ground(corpus, tmp_path)
    for package, deb in corpus.fetched(_sample(corpus.packages, seed, count)):
        _check(corpus, package, deb, ground, report)
        if time.monotonic() > end:
            break

    seconds = time.monotonic() - started
    text = report.text(seed=seed, seconds=seconds, most_bytes=MOST_BYTES)
    print(text)  # noqa: T201 - shown when it fails
    if pytestconfig.getoption("write_results", default=False):
        PAGE.write_text(text)
    assert report.counts["packages"] >= min(count, 20)
    assert report.complaints == []


def _sample(packages: PackageSet, seed: int, count: int) -> list[AptPackage]:
    """Return packages by chance, without those that are too large."""
    names = list(packages.universe.names_like("*"))
    random.Random(seed).shuffle(names)  # noqa: S311 - to have the same ones again
    chosen: list[AptPackage] = []
    for name in names:
        versions = packages.universe.versions(name)
        if name in GROUND:
            continue
        if versions and versions[0].size <= MOST_BYTES:
            chosen.append(versions[0])
        if len(chosen) == count:
            break
    return chosen


def _ground(corpus: Corpus, scratch: Path) -> Ground:
    ground = Ground(folder=scratch, system=corpus.doors.system)
    wanted = [corpus.packages.universe.versions(name)[:1] for name in GROUND]
    for package, deb in corpus.fetched([one for found in wanted for one in found]):
        root = ground.new_root(package.name)
        ground.add(_unpacked(corpus, package, deb, root), root)
    return ground


def _check(
    corpus: Corpus, package: AptPackage, deb: Path, ground: Ground, report: Report
) -> None:
    root = ground.new_root(package.name)
    facts = _unpacked(corpus, package, deb, root)
    report.counts["packages"] += 1
    report.counts["bytes"] += package.size
    for complaint in check_package(facts, deb, root, ground, report):
        report.complaints.append(f"{package.name}: {complaint}")
    ground.clear(root)


def _unpacked(
    corpus: Corpus, package: AptPackage, deb: Path, root: Path
) -> PackageFacts:
    limits = UnpackLimits.declared(installed_size_kib=package.installed_size_kib)
    done = corpus.pool.unpack(
        deb, root, limits, name=package.name, version=package.version
    )
    return done.facts
