import pytest

from devenv.formats.lock_conflict import has_conflict, split_conflict

TWO_WAY = """a
<<<<<<< HEAD
b = 1
=======
b = 2
>>>>>>> topic
c
<<<<<<< HEAD
=======
d
>>>>>>> topic
"""
DIFF3 = """a
<<<<<<< ours
b = 1
||||||| 1234567
b = 0
=======
b = 2
>>>>>>> theirs
c
"""


@pytest.mark.parametrize(
    ("text", "ours", "theirs"),
    [
        pytest.param(TWO_WAY, "a\nb = 1\nc\n", "a\nb = 2\nc\nd\n", id="two-way"),
        pytest.param(DIFF3, "a\nb = 1\nc\n", "a\nb = 2\nc\n", id="diff3"),
        pytest.param("a\n", "a\n", "a\n", id="none"),
        pytest.param(
            DIFF3.replace("\n", "\r\n"),
            "a\r\nb = 1\r\nc\r\n",
            "a\r\nb = 2\r\nc\r\n",
            id="carriage returns",
        ),
    ],
)
def test_both_sides_of_a_conflict_are_told_apart(
    text: str, ours: str, theirs: str
) -> None:
    assert split_conflict(text) == (ours, theirs)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<<<<<<< a\nb\n=======\n", id="no end"),
        pytest.param("=======\n", id="no start"),
        pytest.param("<<<<<<< a\n>>>>>>> b\n", id="no middle"),
        pytest.param("<<<<<<< a\n<<<<<<< b\n", id="two starts"),
    ],
)
def test_markers_out_of_order_make_no_sides(text: str) -> None:
    assert split_conflict(text) is None


def test_only_whole_markers_count() -> None:
    assert has_conflict(TWO_WAY)
    assert not has_conflict('x = "<<<<<<< y"\n<<<<<<<< no\n')
