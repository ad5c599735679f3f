"""What an environment makes of the variables of a process."""

import pytest

from devenv.model.environment import Environment

ENVIRONMENT = Environment(
    tree="/t", prepend={"PATH": ("/t/a", "/t/b"), "NONE": ()}, values={"A": "1"}
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
