"""What changed from one generation to the next, in one line."""

from dataclasses import replace

import pytest

from devenv.formats.generation_text import changes_text, first_text
from devenv.model.lock import LockedPackage
from devenv.model.lock_diff import LockDiff, PackageChange

ROW = LockedPackage(
    input="debian",
    name="jq",
    version="1.7-1",
    architecture="amd64",
    pocket="debian",
    location="pool/jq.deb",
    sha256="0" * 64,
    size=1,
    unpacked_kib=1,
)


def change(before: LockedPackage | None, after: LockedPackage | None) -> PackageChange:
    return PackageChange(systems=("x86_64-linux",), before=before, after=after)


NEWER = replace(ROW, version="1.8-1", sha256="1" * 64)
BASE = replace(ROW, name="dash", is_base=True)
ADDED, REMOVED = change(None, ROW), change(ROW, None)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param([ADDED], "+jq 1.7-1", id="added"),
        pytest.param([REMOVED], "-jq", id="removed"),
        pytest.param([change(ROW, NEWER)], "jq 1.7-1 -> 1.8-1", id="another version"),
        pytest.param(
            [change(ROW, replace(ROW, sha256="2" * 64))], "jq (other bytes)", id="bytes"
        ),
        pytest.param([REMOVED] * 6, "-jq, -jq, -jq, -jq and 2 more", id="many"),
        pytest.param(
            [change(None, BASE)], "1 package of the base set changed", id="the base set"
        ),
        pytest.param([change(BASE, None), ADDED], "+jq 1.7-1", id="base set and more"),
        pytest.param([], "the same packages, in another environment", id="nothing"),
    ],
)
def test_the_changes_of_packages_are_told(
    changes: list[PackageChange], text: str
) -> None:
    assert changes_text(LockDiff(pockets=(), packages=tuple(changes))) == text


def test_other_rules_are_told_where_nothing_else_changed() -> None:
    diff = LockDiff(pockets=(), packages=(), rules_changed=True)
    assert changes_text(diff) == "the same packages, made by other rules"


def test_the_first_generation_is_a_number_of_packages() -> None:
    assert first_text(["a"]) == "1 package"
