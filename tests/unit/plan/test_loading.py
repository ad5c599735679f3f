"""Whether a program loads with libraries in front of its own."""

import pytest

from devenv.model.linkage import Linkage
from devenv.plan.loading import breakage


def library(versions: str = "", **needs: str) -> Linkage:
    """Return a library; `needs` maps names to versions, empty for any."""
    return Linkage(
        soname=None,
        needed=tuple(needs),
        version_needs={
            name: frozenset(text.split()) for name, text in needs.items() if text
        },
        versions=frozenset(versions.split()),
    )


OWN = {"libc": library("C_1 C_2"), "liba": library("A_1 A_2", libc="C_1")}
NOTHING: dict[str, Linkage] = {}
PROGRAM = library(liba="A_2", libc="C_2", **{"libm.so.6": "M_1"})


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ({}, None),
        ({"libother": library(libc="C_9")}, None),
        ({"liba": library("A_1 A_2 A_3", libc="C_2")}, None),
        ({"liba": library(libc="C_2")}, None),
        ({"liba": library("A_1")}, "liba there lacks A_2, which program needs"),
        ({"libc": library("C_1")}, "libc there lacks C_2, which program needs"),
        (
            {"libm.so.6": library("M_1")},
            "libm.so.6 there is not the one that the loader belongs to",
        ),
        (
            {"liba": library("A_2", libc="C_3 C_4")},
            "liba there needs C_3, C_4 of libc",
        ),
        ({"liba": library("A_2", libgone="G_1")}, None),
    ],
    ids=[
        "nothing in front",
        "not needed",
        "newer",
        "without versions",
        "older",
        "older C library",
        "another C library",
        "needs a newer C library",
        "needs what is nowhere",
    ],
)
def test_versions_tell(front: dict[str, Linkage], said: str | None) -> None:
    found = breakage("program", PROGRAM, front=front.get, own=OWN.get)

    assert (None if found is None else str(found)) == said


def test_what_is_broken_without_anything_in_front_is_not_blamed_on_it() -> None:
    program = library(liba="A_9")

    assert breakage("program", program, front=NOTHING.get, own=OWN.get) is None


def test_a_library_far_below_the_program_counts() -> None:
    own = {"libtop": library(libmiddle=""), "libmiddle": library(liba="A_2")}
    front = {"liba": library("A_1")}

    found = breakage("program", library(libtop=""), front=front.get, own=own.get)

    assert str(found) == "liba there lacks A_2, which libmiddle needs"


def test_libraries_that_need_each_other_end() -> None:
    own = {"liba": library(libb=""), "libb": library(liba="")}

    assert breakage("program", library(liba=""), front=NOTHING.get, own=own.get) is None
