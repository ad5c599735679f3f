"""Digests of store paths: what they depend on, and what they do not."""

from dataclasses import replace

import pytest

from devenv.model.apt import AptPackage
from devenv.model.store_path import StorePath
from devenv.model.systems import AARCH64_LINUX, X86_64_LINUX
from devenv.operations import derivations

PACKAGE = AptPackage(
    name="jq",
    version="1:1.7~rc1-2",
    architecture="amd64",
    filename="pool/j/jq.deb",
    sha256="a" * 64,
    size=1,
    installed_size_kib=1,
    source="jq",
    section="utils",
    priority="optional",
    multi_arch="",
    description="",
    pocket="main",
)
PART = StorePath("a-part-1")
LIBC = StorePath("b-libc-2")


def named(package: AptPackage) -> StorePath:
    derivation = derivations.unpacked(package)
    return derivations.path_for(derivation, name=package.name, version=package.version)


def test_a_store_path_is_the_same_on_every_machine() -> None:
    assert named(PACKAGE).base == "krarlncvgwrfexzaaqrkrjhbnuiaaiy5-jq-1_1.7_rc1-2"


def test_where_an_archive_came_from_is_not_in_its_digest() -> None:
    elsewhere = replace(PACKAGE, filename="other", pocket="security", size=2)
    assert named(elsewhere) == named(PACKAGE)
    assert named(replace(PACKAGE, sha256="b" * 64)) != named(PACKAGE)


@pytest.mark.parametrize(
    "changed",
    [
        {"c_library": None},
        {"c_library": StorePath("b-libc-3")},
        {"store": "/elsewhere"},
    ],
)
def test_relocated_programs_depend_on_library_and_store(
    changed: dict[str, object],
) -> None:
    usual = {"c_library": LIBC, "store": "/store"}
    assert derivations.relocated(PART, **usual) != derivations.relocated(  # type: ignore[arg-type]
        PART,
        **{**usual, **changed},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"requested": ["b"]},
        {"redirect_digest": "other"},
        {"system": AARCH64_LINUX},
        {"store": "/elsewhere"},
    ],
)
def test_a_tree_depends_on_everything_that_shapes_it(
    changed: dict[str, object],
) -> None:
    usual = {
        "requested": ["a"],
        "redirect_digest": "r",
        "system": X86_64_LINUX,
        "store": "/store",
    }
    assert derivations.tree([PART], **usual) != derivations.tree(  # type: ignore[arg-type]
        [PART],
        **{**usual, **changed},  # type: ignore[arg-type]
    )


def test_the_order_of_parts_does_not_matter() -> None:
    def tree(parts: list[StorePath], requested: list[str]) -> derivations.Derivation:
        return derivations.tree(
            parts,
            requested=requested,
            redirect_digest="",
            system=X86_64_LINUX,
            store="/store",
        )

    assert tree([PART, LIBC], ["a", "b"]) == tree([LIBC, PART], ["b", "a"])


def test_kinds_of_one_package_are_told_apart_by_name() -> None:
    derivation = derivations.relocated(PART, c_library=LIBC, store="/store")
    path = derivations.path_for(derivation, name="jq", version="1")
    assert path.base.endswith("-jq-1-patched")
