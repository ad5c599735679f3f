"""The variables of an environment."""

from pathlib import PurePath as Path

import pytest

from devenv.model.environment import Environment
from devenv.model.systems import X86_64_LINUX
from devenv.plan.variables import environment

TREE = "/store/tree"


def made(*directories: str) -> Environment:
    return environment(
        TREE,
        X86_64_LINUX,
        is_directory=set(directories).__contains__,
        glob=lambda pattern: [
            path for path in directories if Path(path).match(pattern)
        ],
    )


def test_only_folders_of_programs_that_exist_are_on_path() -> None:
    found = made("usr/bin", "usr/games")
    assert found.prepend == {"PATH": (f"{TREE}/usr/bin", f"{TREE}/usr/games")}
    assert found.values == {}


@pytest.mark.parametrize(
    "folder",
    ["usr/lib/postgresql/17/bin", "usr/lib/go-1.24/bin", "usr/lib/llvm-19/bin"],
)
def test_programs_that_debian_calls_by_other_names_are_on_path(folder: str) -> None:
    found = made("usr/bin", folder)
    assert found.prepend["PATH"] == (f"{TREE}/usr/bin", f"{TREE}/{folder}")


def test_pkg_config_sees_the_tree_alone() -> None:
    found = made("usr/bin", "usr/share/pkgconfig", "usr/include")
    assert found.values["PKG_CONFIG_LIBDIR"] == f"{TREE}/usr/share/pkgconfig"
    assert found.prepend["CMAKE_PREFIX_PATH"] == (f"{TREE}/usr",)


def test_shared_data_comes_behind_that_of_the_host() -> None:
    found = made("usr/bin", "usr/share/bash-completion/completions")
    tree = f"{TREE}/usr/share"
    assert found.append == {
        "XDG_DATA_DIRS": ("/usr/local/share", "/usr/share", tree),
    }
    for before, after in (
        (None, f"/usr/local/share:/usr/share:{tree}"),
        ("", f"/usr/local/share:/usr/share:{tree}"),
        ("/usr/share:/x", f"/usr/share:/x:/usr/local/share:{tree}"),
        ("/usr/local/share:/usr/share", f"/usr/local/share:/usr/share:{tree}"),
    ):
        ambient = {} if before is None else {"XDG_DATA_DIRS": before}
        assert found.applied_to(ambient)["XDG_DATA_DIRS"] == after
    assert made("usr/bin", "usr/share/doc", "usr/share/man").append == {}


def test_nothing_that_host_programs_would_trip_over_is_set() -> None:
    everything = made(
        "usr/bin",
        "usr/include",
        "usr/share/aclocal",
        "usr/share/pkgconfig",
        "usr/share/perl5",
        "usr/lib/locale",
        "usr/lib/x86_64-linux-gnu/gconv",
        "usr/libexec/valgrind",
        "usr/lib/debug",
    )
    assert sorted({*everything.prepend, *everything.values}) == [
        "ACLOCAL_PATH",
        "CMAKE_PREFIX_PATH",
        "PATH",
        "PKG_CONFIG_LIBDIR",
        "PKG_CONFIG_SYSTEM_INCLUDE_PATH",
        "PKG_CONFIG_SYSTEM_LIBRARY_PATH",
        "VALGRIND_LIB",
        "VALGRIND_OPTS",
    ]


def test_an_empty_ambient_path_leaves_no_empty_entry() -> None:
    found = made("usr/bin")
    assert found.applied_to({})["PATH"] == f"{TREE}/usr/bin"
    assert found.applied_to({"PATH": ""})["PATH"] == f"{TREE}/usr/bin"
    assert found.applied_to({"PATH": "/bin"})["PATH"] == f"{TREE}/usr/bin:/bin"
