"""What an environment makes of the variables of a process."""

import pytest

from devenv.model.environment import Environment

ENVIRONMENT = Environment(
    trees=("/t",), prepend={"PATH": ("/t/a", "/t/b"), "NONE": ()}, values={"A": "1"}
)


@pytest.mark.parametrize(
    ("ambient", "expected"),
    [
        ({}, "/t/a:/t/b"),
        ({"PATH": ""}, "/t/a:/t/b"),
        ({"PATH": "/bin"}, "/t/a:/t/b:/bin"),
        ({"PATH": "/t/a:/t/b:/bin"}, "/t/a:/t/b:/bin"),
        ({"PATH": "/t/a:/t/b"}, "/t/a:/t/b"),
        ({"PATH": "/t/a:/t/bb"}, "/t/a:/t/b:/t/a:/t/bb"),
    ],
)
def test_entries_come_first_and_once(ambient: dict[str, str], expected: str) -> None:
    assert ENVIRONMENT.applied_to(ambient) == {
        "PATH": expected,
        "A": "1",
        "DEVENV_ENVIRONMENT": "/t",
    }


def test_other_variables_stay_and_the_argument_is_untouched() -> None:
    ambient = {"A": "0", "B": "2", "DEVENV_ENVIRONMENT": "/outer"}
    result = ENVIRONMENT.applied_to(ambient)
    assert (result["A"], result["B"]) == ("1", "2")
    assert result["DEVENV_ENVIRONMENT"] == "/t"
    assert ambient == {"A": "0", "B": "2", "DEVENV_ENVIRONMENT": "/outer"}


@pytest.mark.parametrize(
    ("ambient", "expected"),
    [
        ({}, "/z:/y"),
        ({"LIST": ""}, "/z:/y"),
        ({"LIST": "/a"}, "/a:/z:/y"),
        ({"LIST": "/y:/a"}, "/y:/a:/z"),
        ({"LIST": "/z:/y"}, "/z:/y"),
    ],
)
def test_what_comes_behind_comes_once(ambient: dict[str, str], expected: str) -> None:
    environment = Environment(
        trees=(), prepend={}, values={}, append={"LIST": ("/z", "/y")}
    )
    assert environment.applied_to(ambient) == {"LIST": expected}


def test_variables_are_taken_away() -> None:
    environment = Environment(trees=(), prepend={}, values={"A": "1"}, unset=("B", "C"))
    assert environment.applied_to({"B": "", "D": "4"}) == {"A": "1", "D": "4"}


def test_several_trees_are_named_in_the_order_of_path() -> None:
    environment = Environment(trees=("/t", "/u"), prepend={}, values={})
    assert environment.applied_to({}) == {"DEVENV_ENVIRONMENT": "/t:/u"}
