"""What a project makes of the variables."""

import pytest

from devenv.errors import SpecError
from devenv.formats.dotenv import parse_dotenv
from devenv.formats.spec_toml import parse_spec
from devenv.model.variables import ProjectVariables
from devenv.plan.merge_spec import merge_spec
from devenv.plan.spec_variables import spec_variables

OUTER = {"HOME": "/home/u", "OUT": "out", "EMPTY": "", "PATH": "/bin"}
FILES = {"/app/token": b"secret\n", "/app/two": b"a\nb\r\n", "/app/odd": b"\xff\n"}


def variables(env: str, dotenv: str = "", *, folder: str = "/app") -> ProjectVariables:
    """Return what `[env]` says over one dotenv file."""
    text = f"dotenv = ['/app/.env']\n[env]\n{env}"
    spec = merge_spec([parse_spec(text, file=f"{folder}/devenv.toml")], "x86_64-linux")
    return spec_variables(
        spec,
        project=folder,
        dotenv={"/app/.env": parse_dotenv(dotenv, file="/app/.env")},
        files=FILES,
        outer=OUTER,
    )


def complaints(env: str, dotenv: str = "", *, folder: str = "/app") -> list[str]:
    with pytest.raises(SpecError) as caught:
        variables(env, dotenv, folder=folder)
    assert all(item.hint and item.where for item in caught.value.complaints)
    return [f"{item.what} ({item.hint})" for item in caught.value.complaints]


@pytest.mark.parametrize(
    ("env", "value"),
    [
        pytest.param("A = 'x'", "x", id="text"),
        pytest.param("A = '${PROJECT}/x'", "/app/x", id="the project"),
        pytest.param(
            "PROJECT = 'no'\nA = '${PROJECT}'", "/app", id="always the folder"
        ),
        pytest.param("A = '${B}'\nB = '${C}y'\nC = 'x'", "xy", id="any order"),
        pytest.param("A = '${OUT}'", "out", id="outer"),
        pytest.param("A = '${NONE:-d}'", "d", id="default"),
        pytest.param("A = '${NONE:-${OUT}}'", "out", id="default of another"),
        pytest.param("A = '${EMPTY:-d}${EMPTY-e}'", "d", id="default for empty"),
        pytest.param("A = '${EMPTY}'", "", id="empty is a value"),
        pytest.param("A = '$${OUT} 5$$ $'", "${OUT} 5$ $", id="literal dollars"),
        pytest.param("A = { file = 'token' }", "secret", id="a file"),
        pytest.param("A = { file = 'two' }", "a\nb", id="one line end is taken off"),
        pytest.param("A = '${B}'\nB = { file = 'token' }", "secret", id="by a file"),
        pytest.param("A = ['./x', 'y', '${OUT}']", "/app/x:y:out", id="a whole list"),
        pytest.param("A = ['x', '${EMPTY}', 'x']", "x", id="empty and double entries"),
        pytest.param("A = []", "", id="an empty list"),
        pytest.param("A = '${PATH}'\nPATH.prepend = ['s']", "/app/s:/bin", id="list"),
        pytest.param("A = '${X:-d}'\nX = false", "d", id="what is taken away"),
    ],
)
def test_a_value_is_found(env: str, value: str) -> None:
    assert variables(env).values["A"] == value


def test_lists_are_added_to() -> None:
    found = variables("PATH = { prepend = ['a', '~/b', './a'], append = ['/c'] }")
    assert found.prepend == {"PATH": ("/app/a", "/home/u/b")}
    assert found.append == {"PATH": ("/c",)}
    assert found.values == {}
    assert found.outer_used == {"HOME": "/home/u"}


def test_a_variable_is_taken_away() -> None:
    found = variables("B = false\nA = false", "A=1\nC=2")
    assert found.unset == ("A", "B")
    assert found.values == {"C": "2"}


class TestOverDotenv:
    def test_env_wins(self) -> None:
        assert variables("A = 'env'", "A=dotenv\nB=2").values == {"A": "env", "B": "2"}

    def test_its_values_can_be_referred_to(self) -> None:
        assert variables("A = '${OUT}${B}'", "OUT=own\nB=2").values["A"] == "own2"

    def test_a_name_in_its_own_value_is_what_is_below(self) -> None:
        assert variables("A = '${A}b'", "A=a").values["A"] == "ab"
        found = variables("OUT = '${OUT}b'")
        assert found.values["OUT"] == "outb"
        assert found.outer_used == {"OUT": "out"}

    def test_a_list_is_added_to_its_value(self) -> None:
        found = variables("A = { prepend = ['x'], append = ['y'] }", "A=a")
        assert found.values == {"A": "x:a:y"}
        assert not found.prepend


def test_what_was_looked_up_outside_is_known() -> None:
    found = variables("A = '${OUT}${NONE:-}${B}'\nB = 'b'", "C=$EMPTY")
    assert found.outer_used == {"OUT": "out", "NONE": None, "EMPTY": ""}


def test_warnings_of_dotenv_files_are_handed_on() -> None:
    (warning,) = variables("", "UID=1000").warnings
    assert warning.where == "/app/.env:1, UID"


@pytest.mark.parametrize(
    ("env", "what", "hint"),
    [
        pytest.param(
            "A = '${NONE}'",
            "NONE has no value",
            "set NONE, or write ${NONE:-} if it may be missing",
            id="no value",
        ),
        pytest.param(
            "A='${B}'\nB='${NONE}'\nC='${B}'",
            "NONE has no value",
            "set NONE, or write ${NONE:-} if it may be missing",
            id="no value, asked for twice",
        ),
        pytest.param(
            "A='${B}'\nB='${C}'\nC='${A}'",
            "these need each other: A -> B -> C -> A",
            "write out one of the values",
            id="circle",
        ),
        pytest.param(
            "A={append=['${B}']}\nB='${A}'",
            "these need each other: A -> B -> A",
            "write out one of the values",
            id="circle through a list",
        ),
        pytest.param(
            "A = { file = 'gone' }",
            "/app/gone is not there",
            "write the file, or take A away",
            id="no file",
        ),
        pytest.param(
            "A = { file = 'odd' }",
            "/app/odd is not UTF-8",
            "save it as UTF-8",
            id="odd bytes",
        ),
        pytest.param(
            "A = ['${B}']\nB = 'x:y'",
            "'x:y' cannot be in a list: it has a colon or a line end",
            "write each entry by itself; a folder needs another name",
            id="colon",
        ),
        pytest.param(
            'A = ["${B}"]\nB = "x\\ny"',
            "'x\\ny' cannot be in a list: it has a colon or a line end",
            "write each entry by itself; a folder needs another name",
            id="line end",
        ),
        pytest.param(
            "PATH.append = ['${OUT}/x']",
            "PATH holds absolute paths, not 'out/x'",
            "begin the entry with / or ./",
            id="relative",
        ),
    ],
)
def test_a_mistake_is_told_once_with_what_to_do(env: str, what: str, hint: str) -> None:
    assert complaints(env) == [f"{what} ({hint})"]


def test_all_mistakes_are_told_at_once() -> None:
    assert len(complaints("A = '${NONE}'\nB = '${NADA}'\nC = 'fine'")) == 2


def test_a_folder_with_a_colon_cannot_be_in_a_list() -> None:
    (told,) = complaints("PATH.prepend = ['bin']", folder="/a:b")
    assert "'/a:b/bin' cannot be in a list" in told


def test_values_that_grow_too_large_are_refused() -> None:
    doubled = "\n".join(f"V{n} = '${{V{n + 1}}}${{V{n + 1}}}'" for n in range(30))
    told = complaints(f"{doubled}\nV30 = 'x'")
    assert any("longer than Linux allows" in item for item in told)
    many = "\n".join(f"V{n} = '{'x' * 100_000}'" for n in range(3))
    (told_of_all,) = complaints(many)
    assert "all variables together" in told_of_all


@pytest.mark.parametrize("is_dotenv", [True, False], ids=["dotenv", "env"])
def test_what_would_fill_the_memory_is_not_made(*, is_dotenv: bool) -> None:
    large, many = "x" * 100_000, "${A}" * 20_000
    if is_dotenv:
        (told,) = complaints("", f"A={large}\nB={many}")
    else:
        (told,) = complaints(f"A = '{large}'\nB = '{many}'")
    assert "longer than Linux allows" in told


def test_a_long_chain_ends_in_an_error() -> None:
    chain = "\n".join(f"V{n} = '${{V{n + 1}}}'" for n in range(2000))
    assert "needs more than 50 others" in complaints(f"{chain}\nV2000 = 'x'")[0]
