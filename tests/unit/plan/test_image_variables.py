"""What of a project's variables goes into an image."""

import pytest

from devenv.formats.dotenv import parse_dotenv
from devenv.formats.spec_toml import parse_spec
from devenv.plan.image_variables import (
    OUTER,
    ImageSpec,
    image_spec,
    place_of,
    placed,
)
from devenv.plan.merge_spec import merge_spec
from devenv.plan.spec_variables import spec_variables

DOTENV = {"/w/.env": parse_dotenv("TOKEN=hunter2\n", file="/w/.env")}
FILES = {"/w/key": b"secret\n"}


def kept(
    env: str, *, has_project: bool = True, with_secrets: bool = False
) -> ImageSpec:
    text = f"dotenv = ['/w/.env']\n[env]\n{env}"
    spec = merge_spec([parse_spec(text, file="/w/devenv.toml")], "x86_64-linux")
    return image_spec(spec, DOTENV, has_project=has_project, with_secrets=with_secrets)


def values(found: ImageSpec, *, with_secrets: bool = False) -> dict[str, str]:
    return dict(
        spec_variables(
            found.spec,
            project="/app",
            dotenv=DOTENV if with_secrets else {},
            files=FILES,
            outer=OUTER,
        ).values
    )


@pytest.mark.parametrize(
    ("env", "value"),
    [
        ("A = 'text'", "text"),
        ("A = '${PROJECT}/x'", "/app/x"),
        ("A = '${HOME}/x'", OUTER["HOME"] + "/x"),
        ("A = '${USER:-me}'", "root"),
        ("A = '${EDITOR:-vi}'", "vi"),
        ("A = '${B}'\nB = 'b'", "b"),
        ("A = '${TOKEN:-none}'\nTOKEN = 'plain'", "plain"),
    ],
)
def test_what_means_the_same_everywhere_goes_along(env: str, value: str) -> None:
    assert values(kept(env))["A"] == value


@pytest.mark.parametrize(
    ("env", "reason", "is_secret"),
    [
        ("A = { file = 'key' }", "it is what /w/key holds", True),
        ("A = 'x${TOKEN}'", "it is from /w/.env", True),
        ("A = '${TOKEN:-default}'", "it is from /w/.env", True),
        ("A = '${NONE:-${TOKEN}}'", "it is from /w/.env", True),
        ("A = '${B}'\nB = '${C}'\nC = { file = 'key' }", "/w/key holds", True),
        ("A = ['x', '${TOKEN}']", "it is from /w/.env", True),
        ("A.prepend = ['x', '${TOKEN}']", "it is from /w/.env", True),
        ("A.append = ['${B}']\nB = { file = 'key' }", "/w/key holds", True),
        ("A = '${SSH_AUTH_SOCK}'", "made from $SSH_AUTH_SOCK of this machine", False),
        ("A = '${A}:x'", "made from $A of this machine", False),
    ],
)
def test_secrets_and_what_is_of_this_machine_stay_out(
    env: str, reason: str, *, is_secret: bool
) -> None:
    found = kept(env)
    assert "A" not in values(found)
    (told,) = [each for each in found.withheld if each.name == "A"]
    assert reason in told.reason
    assert told.is_secret is is_secret
    assert "hunter2" not in str(values(found))


def test_a_dotenv_variable_stays_out_and_is_told() -> None:
    found = kept("A = 'x'")
    assert [each.name for each in found.withheld] == ["TOKEN"]
    assert values(found) == {"A": "x"}


def test_secrets_go_along_if_they_are_asked_for() -> None:
    found = kept("A = { file = 'key' }\nB = '${TOKEN}${A}'", with_secrets=True)
    assert found.withheld == ()
    assert values(found, with_secrets=True) == {
        "A": "secret",
        "B": "hunter2secret",
        "TOKEN": "hunter2",
    }


def test_what_names_the_folder_needs_the_folder() -> None:
    found = kept("A = '${PROJECT}'\nB = '${A}/b'\nC = 'c'", has_project=False)
    assert values(found) == {"C": "c"}
    reasons = {each.name: each.reason for each in found.withheld}
    assert "which is not added" in reasons["A"]
    assert "which is not added" in reasons["B"]


def test_lists_move_with_what_is_added_and_lose_what_is_not() -> None:
    lists = {
        "PATH": ("/w/scripts", "/w/lib/deep", "/opt/tool", "/wide"),
        "P": ("/w/tests",),
    }
    places = {"/w/scripts": "/app", "/w/lib": "/srv/lib"}
    found, withheld = placed(lists, places, "/w")
    assert found == {"PATH": ("/app", "/srv/lib/deep", "/opt/tool", "/wide")}
    assert [each.name for each in withheld] == ["/w/tests in P"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/w", "/app"),
        ("/w/a", "/app/a"),
        ("/w/a/b/", "/data/b"),
        ("/wide", None),
        ("/", None),
    ],
)
def test_the_nearest_added_folder_says_where_a_path_is(
    path: str, place: str | None
) -> None:
    places = {"/w": "/app", "/w/a/b": "/data/b"}
    assert place_of(path, places) == place
