"""Requirements as users write them."""

import pytest

from devenv.errors import UsageError
from devenv.formats.requirement import parse_requirement
from devenv.model.requirement import Requirement


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("jq", Requirement(name="jq", written="jq"), id="name"),
        pytest.param("g++", Requirement(name="g++", written="g++"), id="plus signs"),
        pytest.param("c++", Requirement(name="c++", written="c++"), id="c++"),
        pytest.param(
            "ImageMagick",
            Requirement(name="imagemagick", written="ImageMagick"),
            id="case",
        ),
        pytest.param(
            "nodejs@20.1",
            Requirement(name="nodejs", written="nodejs", version="20.1"),
            id="version",
        ),
        pytest.param(
            "trixie-backports:jq@1",
            Requirement(input="trixie-backports", name="jq", written="jq", version="1"),
            id="input",
        ),
    ],
)
def test_a_requirement_is_read(text: str, expected: Requirement) -> None:
    assert parse_requirement(text) == expected


@pytest.mark.parametrize("text", ["", "-x", "a b", "a@", ":a", "a/b", "$(x)", "a\n"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not the name of a package"):
        parse_requirement(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("jq>=1.6", "write jq@1.6: it means every version that begins with 1.6"),
        ("jq==1.6.1", "write jq@1.6.1:"),
        ("jq ~= 1.6", "write jq@1.6:"),
        ("jq (>= 1.6)", "write jq@1.6:"),
        ("jq@^1", "write jq@1:"),
        ("nodejs@v20", "write nodejs@20:"),
        ("nodejs@20.x", "write nodejs@20:"),
        ("nodejs@latest", "write nodejs: without a version it is the newest"),
        ("vim@2:9.1.0-1", "write vim@9.1.0:"),
        ("nodejs@*", "write nodejs: without"),
        ("a b", "write name, name@version or input:name"),
    ],
)
def test_another_tools_way_is_translated(text: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_requirement(text)
    assert (caught.value.hint or "").startswith(hint)
