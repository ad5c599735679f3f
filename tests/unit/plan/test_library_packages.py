"""Where a library may be, by the names of packages and what they depend on."""

import pytest

from devenv.model.lock import LockedPackage
from devenv.plan.library_packages import likely_packages, package_names


@pytest.mark.parametrize(
    ("soname", "package"),
    [
        ("libssl.so.3", "libssl3"),
        ("libssl.so.3", "libssl3t64"),
        ("libX11.so.6", "libx11-6"),
        ("libglib-2.0.so.0", "libglib-2.0-0"),
        ("libstdc++.so.6", "libstdc++6"),
        ("libgcc_s.so.1", "libgcc-s1"),
        ("libpulsecommon-16.1.so", "libpulsecommon-16.1"),
        ("libLLVM-15.so.1", "libllvm-15-1"),
    ],
)
def test_packages_are_named_after_sonames(soname: str, package: str) -> None:
    assert package in set(package_names(soname))


def test_what_is_no_soname_has_no_package() -> None:
    assert list(package_names("module")) == []


def rows(**needs: str) -> dict[str, LockedPackage]:
    names = {key.replace("_", "-"): value.split() for key, value in needs.items()}
    return {
        name: LockedPackage(
            input="stable",
            name=name,
            version="1",
            architecture="amd64",
            pocket="stable",
            location="x.deb",
            sha256="a" * 64,
            size=1,
            unpacked_kib=1,
            needs=tuple(edges),
        )
        for name, edges in names.items()
    }


ROWS = rows(
    libgl1="libglvnd0 libglx0",
    libglx0="libx11-6 libglx-mesa0",
    libglvnd0="",
    libx11_6="",
    libglx_mesa0="",
)


@pytest.mark.parametrize(
    ("needed", "guesses"),
    [
        (
            {"libX11.so.6": "libglx0"},
            [{"libx11-6"}, {"libx11-6", "libglx-mesa0"}, set(ROWS)],
        ),
        (
            {"libGLdispatch.so.0": "libgl1"},
            [{"libglvnd0", "libglx0"}, {"libglvnd0", "libglx0"}, set(ROWS)],
        ),
        ({"libz.so.1": "gone"}, [set(), set(), set(ROWS)]),
    ],
    ids=["by its name", "by dependency", "anywhere"],
)
def test_the_likeliest_packages_come_first(
    needed: dict[str, str], guesses: list[set[str]]
) -> None:
    assert list(likely_packages(needed, ROWS)) == guesses
