"""How packages are shared out among layers, and where added folders lie."""

import pytest

from devenv.errors import UsageError
from devenv.model.systems import X86_64_LINUX
from devenv.plan.image_layers import GROUPS, LARGE_BYTES, MAX_LARGE, package_layers
from devenv.plan.image_places import is_unfit, leads_out, parse_added
from devenv.plan.image_system import TEXTS, folder_mode, system_links

SMALL = {f"small{number}": number for number in range(50)}
LARGE = {f"large{number}": LARGE_BYTES + number for number in range(MAX_LARGE)}


def test_each_package_is_in_one_layer_and_layers_are_few() -> None:
    layers = package_layers({**SMALL, **LARGE})
    names = [name for layer in layers for name in layer]
    assert sorted(names) == sorted({**SMALL, **LARGE})
    assert len(layers) == MAX_LARGE + GROUPS
    assert package_layers({}) == ()


def test_one_more_small_package_changes_one_layer() -> None:
    before = package_layers({**SMALL, **LARGE})
    after = package_layers({**SMALL, **LARGE, "another": 5})
    assert len(set(after) - set(before)) == 1


def test_another_size_of_a_package_changes_no_other_layer() -> None:
    before = package_layers({**SMALL, **LARGE})
    assert package_layers({**SMALL, **LARGE, "large3": LARGE_BYTES * 9}) == before


def test_of_too_many_large_packages_the_largest_are_by_themselves() -> None:
    layers = package_layers({**LARGE, "huge": LARGE_BYTES * 2})
    assert ("huge",) in layers
    assert layers[-1] == ("large0",)


@pytest.mark.parametrize(
    ("text", "folder", "place"),
    [
        (".=/app", ".", "/app"),
        ("a=b=/app/x/", "a=b", "/app/x"),
        ("src=//srv//x", "src", "/srv/x"),
    ],
)
def test_a_place_is_said_behind_the_last_equals_sign(
    text: str, folder: str, place: str
) -> None:
    assert parse_added(text, "/store") == (folder, place)


@pytest.mark.parametrize(
    "text",
    [".", "=/app", ".=", ".=app", ".=/", ".=/a/../..", ".=/dev", ".=/store/x", ".=//"],
)
def test_what_says_no_place_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="image"):
        parse_added(text, "/store")


@pytest.mark.parametrize(
    ("path", "target", "is_out"),
    [
        (b"a", b"b", False),
        (b"d/a", b"../b", False),
        (b"a", b"../b", True),
        (b"d/a", b"../../b", True),
        (b"d/a", b"x/../../..", True),
        (b"a", b"..b", False),
        (b"a", b"/etc/passwd", True),
    ],
)
def test_a_link_that_leads_out_is_seen(
    path: bytes, target: bytes, *, is_out: bool
) -> None:
    assert leads_out(path, target) is is_out


@pytest.mark.parametrize(
    ("path", "is_bad"),
    [(b".wh.x", True), (b"a/.wh..wh..opq/b", True), (b"a.wh.", False), (b".w", False)],
)
def test_a_name_that_takes_a_file_away_is_seen(path: bytes, *, is_bad: bool) -> None:
    assert is_unfit(path) is is_bad


def test_links_lead_to_what_the_first_tree_has() -> None:
    there = {"/s/one/usr/bin/sh", "/s/two/usr/bin/sh", "/s/two/usr/bin/env"}
    links = system_links(
        ["/s/one", "/s/two"], X86_64_LINUX, is_there=there.__contains__
    )
    assert links == {
        "bin/sh": "/s/one/usr/bin/sh",
        "usr/bin/env": "/s/two/usr/bin/env",
    }


def test_the_system_knows_root_and_nobody_and_everyone_may_write_to_tmp() -> None:
    names = [line.split(b":")[0] for line in TEXTS["etc/passwd"].splitlines()]
    assert names == [b"root", b"nobody"]
    assert (folder_mode("tmp"), folder_mode("tmp/x")) == (0o1777, 0o755)
