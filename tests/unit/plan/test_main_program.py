"""Which program `devenv run PKG` means."""

import pytest

from devenv.plan.main_program import Chosen, Undecided, main_program


@pytest.mark.parametrize(
    ("package", "own", "dependencies", "expected"),
    [
        pytest.param("jq", ["jq", "x"], [], Chosen(program="jq"), id="by name"),
        pytest.param("a", ["only"], ["a"], Chosen(program="only"), id="the only one"),
        pytest.param(
            "ripgrep", ["rg", "rgx"], [], Chosen(program="rg"), id="by the table"
        ),
        pytest.param("golang", [], ["go"], Chosen(program="go"), id="of a dependency"),
        pytest.param(
            "tools", ["b", "a"], ["tools"], Undecided(programs=("a", "b")), id="list"
        ),
        pytest.param("lib", [], [], Undecided(programs=()), id="none at all"),
    ],
)
def test_the_main_program(
    package: str, own: list[str], dependencies: list[str], expected: object
) -> None:
    chosen = main_program(
        package, own=own, of_dependencies=dependencies, table={"ripgrep": "rg"}
    )
    assert chosen == expected
