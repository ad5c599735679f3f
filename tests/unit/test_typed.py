"""Words of `typing` without `typing`."""

import pickle
import subprocess
import sys
import typing

import pytest

from devenv import typed


class Row(typed.NamedTuple):
    """A row."""

    name: str
    size: int = 3

    def doubled(self) -> int:
        return 2 * self.size


class StandardRow(typing.NamedTuple):
    name: str
    size: int = 3


class Named(typed.Protocol):
    def name(self) -> str:
        """Return its name."""


class Somebody(Named):
    def name(self) -> str:
        return "somebody"


def test_a_named_tuple_is_the_standard_librarys() -> None:
    row = Row("a")
    assert tuple(row) == StandardRow("a")
    assert row == ("a", 3)
    assert repr(row) == "Row(name='a', size=3)"
    assert (row.doubled(), Row(size=1, name="b").doubled()) == (6, 2)
    assert row._replace(size=4)._asdict() == {"name": "a", "size": 4}
    assert Row._fields == StandardRow._fields
    assert Row._field_defaults == StandardRow._field_defaults
    assert (Row.__doc__, Row.__module__) == ("A row.", __name__)
    assert pickle.loads(pickle.dumps(row)) == row  # noqa: S301 - ours
    with pytest.raises(TypeError, match="name"):
        Row()  # type: ignore[call-arg, unused-ignore]


def test_a_class_may_say_that_it_is_what_a_protocol_asks_for() -> None:
    assert Somebody().name() == "somebody"


def test_every_word_is_one_of_typing_and_imports_nothing_of_it() -> None:
    words = "Any, BinaryIO, NamedTuple, NoReturn, Protocol, Self, TextIO, TypeVar"
    assert all(hasattr(typing, word) for word in words.split(", "))
    program = (
        f"import sys; from devenv.typed import {words}; print('typing' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
