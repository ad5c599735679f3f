"""What the variables are without what a hook has brought in."""

import pytest

from devenv.plan.outer_variables import without_activation

ACTIVE = {"__DEVENV_ACTIVE": "abc /p", "DEVENV_STATE_TEXT": ""}


@pytest.mark.parametrize(
    ("env", "outer"),
    [
        pytest.param({"A": "1"}, {"A": "1"}, id="nothing is active"),
        pytest.param(
            {"A": "1", "__DEVENV_x": "y"}, {"A": "1"}, id="only what is ours goes"
        ),
        pytest.param(
            {**ACTIVE, "A": "1", "B": "2", "__DEVENV_SET": "A"},
            {"B": "2"},
            id="set, and was not there",
        ),
        pytest.param(
            {**ACTIVE, "A": "1", "__DEVENV_SET": "A", "__DEVENV_o_A": "0"},
            {"A": "0"},
            id="set, and was there",
        ),
        pytest.param(
            {**ACTIVE, "A": "1", "__DEVENV_SET": "A", "__DEVENV_o_A": ""},
            {"A": ""},
            id="set, and was empty",
        ),
        pytest.param(
            {**ACTIVE, "__DEVENV_UNSET": "A B", "__DEVENV_o_A": "0"},
            {"A": "0"},
            id="taken away",
        ),
        pytest.param(
            {
                **ACTIVE,
                "PATH": "/p/bin:/new:/usr/bin:/p/late",
                "__DEVENV_LISTS": "PATH",
                "__DEVENV_f_PATH": "/p/bin",
                "__DEVENV_b_PATH": "/p/late",
                "__DEVENV_o_PATH": "/usr/bin",
            },
            {"PATH": "/new:/usr/bin"},
            id="a list keeps what the user added",
        ),
        pytest.param(
            {
                **ACTIVE,
                "XS": "/a:/b:/a",
                "__DEVENV_LISTS": "XS",
                "__DEVENV_f_XS": "",
                "__DEVENV_b_XS": "/a",
            },
            {"XS": "/a:/b"},
            id="of two equal entries the last one goes",
        ),
        pytest.param(
            {
                **ACTIVE,
                "XS": "/a",
                "__DEVENV_LISTS": "XS YS",
                "__DEVENV_f_XS": "/a",
            },
            {},
            id="a list that was not there",
        ),
    ],
)
def test_the_outer_variables_are_those_without_the_project(
    env: dict[str, str], outer: dict[str, str]
) -> None:
    assert without_activation(env) == outer
