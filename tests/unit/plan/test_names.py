import pytest

from devenv.errors import FormatError
from devenv.formats.name_table import parse_name_table
from devenv.formats.requirement import parse_requirement
from devenv.model.requirement import Requirement
from devenv.operations.known_names import name_table
from devenv.plan.names import expand_names, meanings
from tests.fixtures.package_sets import PackagesInMemory
from tests.fixtures.packages_text import packages_text, stanza

ARCHIVE = PackagesInMemory(
    packages_text(
        stanza("nodejs", "20.19.2+dfsg-1"),
        stanza("golang-go", "2:1.24~2"),
        stanza("golang-1.23-go", "1.23.5-1"),
        stanza("rustc", "1.63.0-2"),
        stanza("cargo", "0.66.0-1"),
        stanza("openjdk-21-jdk-headless", "21.0.13+9-1"),
        stanza("g++", "4:14.2.0-1"),
        stanza("g++-13", "13.3.0-16"),
        stanza("postgresql-17", "17.12-0"),
        stanza("jq", "1.7.1-6"),
    )
)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("jq", ["jq"]),
        ("node", ["nodejs"]),
        ("node@20", ["nodejs@20"]),
        ("node@18", ["node@18"]),
        ("go", ["golang-go"]),
        ("go@1.24", ["golang-go@1.24"]),
        ("go@1.23", ["golang-1.23-go@1.23"]),
        ("go@1.23.5", ["golang-1.23-go@1.23.5"]),
        ("go@1.22", ["go@1.22"]),
        ("rust@1.63", ["rustc@1.63", "cargo"]),
        ("java@21", ["openjdk-21-jdk-headless@21"]),
        ("java@21.0.13", ["openjdk-21-jdk-headless@21.0.13"]),
        ("java@17", ["java@17"]),
        ("c++", ["g++"]),
        ("g++@14", ["g++@14"]),
        ("g++@13", ["g++-13@13"]),
        ("postgres@17", ["postgresql-17@17"]),
        ("no-such-thing", ["no-such-thing"]),
    ],
)
def test_a_name_that_people_use_means_what_the_archive_has(
    text: str, expanded: list[str]
) -> None:
    found = expand_names(parse_requirement(text), ARCHIVE, name_table())
    assert [part.pinned_name for part in found] == expanded


def test_a_meaning_stays_in_the_input_that_was_named() -> None:
    requirement = Requirement(name="rust", input="sid")
    for meaning in meanings(requirement, name_table()):
        assert {part.input for part in meaning} == {"sid"}


def test_a_package_of_the_name_itself_comes_first() -> None:
    own = PackagesInMemory(packages_text(stanza("node", "1"), stanza("nodejs", "20")))
    (found,) = expand_names(parse_requirement("node"), own, name_table())
    assert found.name == "node"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('[a]\nplain = ["b"]\n', id="a key missing"),
        pytest.param('[a]\nplain = ["b@{version}"]\nversioned = []\n', id="no version"),
        pytest.param('[a]\nplain = []\nversioned = ["b@{patch}"]\n', id="a place"),
        pytest.param('[a]\nplain = ["B"]\nversioned = []\n', id="capitals"),
    ],
)
def test_a_wrong_table_is_refused(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_name_table(text)
    assert caught.value.where is not None
    assert caught.value.where.startswith("a")
