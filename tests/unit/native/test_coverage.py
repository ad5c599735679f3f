"""Every function of the C library that takes a path is accounted for."""

from collections import Counter

import pytest

from devenv.model.systems import SYSTEMS
from devenv.native.build import committed
from tests.fixtures.c_library import (
    RELEASES,
    exported_functions,
    group_of,
    groups,
    recorded,
)
from tests.fixtures.elf_tree import need_compiler

KINDS = {"left", "by_itself", "no_path"}


@pytest.fixture(scope="module")
def redirected() -> frozenset[str]:
    need_compiler()
    first, second = (exported_functions(committed(one)) for one in SYSTEMS.values())
    assert first == second
    return first


def test_every_function_of_the_c_library_is_in_a_list(
    redirected: frozenset[str],
) -> None:
    table = groups()

    missing = {
        name
        for name in recorded()
        if name not in redirected and group_of(name, table) is None
    }
    assert missing == set()


def test_what_is_redirected_is_a_function_of_some_c_library(
    redirected: frozenset[str],
) -> None:
    assert redirected - set(recorded()) == set()
    assert len(redirected) > 80


def test_what_is_redirected_stands_in_no_list_by_its_name(
    redirected: frozenset[str],
) -> None:
    listed = {name for group in groups() for name in group.names}

    assert listed & redirected == set()


def test_a_name_stands_in_one_list_and_exists() -> None:
    times = Counter(name for group in groups() for name in group.names)
    plain = {name for name in times if not set(name) & set("*?[")}

    assert {name for name in plain if times[name] > 1} == set()
    assert plain - set(recorded()) == set()


def test_every_list_is_of_a_known_kind_and_gives_its_reason() -> None:
    for group in groups():
        assert group.kind in KINDS
        assert group.why or group.kind == "no_path", group.title


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rename", "left"),
        ("connect", "left"),
        ("system", "left"),
        ("setlocale", "by_itself"),
        ("iconv_open", "by_itself"),
        ("getpwnam", "by_itself"),
        ("strlen", "no_path"),
        ("openat3", None),
        ("pathopen", None),
    ],
)
def test_a_function_is_found_in_its_list(name: str, kind: str | None) -> None:
    found = group_of(name, groups())

    assert (found and found.kind) == kind


def test_the_record_has_all_releases_and_both_architectures() -> None:
    labels = {label for has in recorded().values() for label in has}

    assert {label.partition("-")[0] for label in labels} == set(RELEASES)
    assert {label.rpartition("-")[2] for label in labels} == {"amd64", "arm64"}
    assert len(recorded()) > 2000


def test_the_functions_of_a_library_are_read() -> None:
    need_compiler()
    known = exported_functions(committed(SYSTEMS["x86_64"]))

    assert {"open", "execve", "dlopen"} <= known
    assert "dlsym" not in known
