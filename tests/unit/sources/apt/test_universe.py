from collections.abc import Iterator
from pathlib import Path

import pytest

from devenv.sources.apt.search_file import search_in_file
from devenv.sources.apt.universe import Universe
from tests.fixtures.apt_indexes import built_index
from tests.fixtures.packages_text import packages_text, stanza

MAIN = packages_text(
    stanza("apache2-utils", description="tools for web servers"),
    stanza("grap", description="graph language"),
    stanza("grep", description="GNU grep, egrep and fgrep"),
    stanza("grepmail", description="search mailboxes"),
    stanza("jo", description="create JSON on the command line"),
    stanza("jq", "1.7", description="lightweight JSON processor"),
    stanza("json-c", description="C library"),
    stanza("libjson", description="C++ library"),
    stanza("ngrep", description="network tool"),
    stanza("node-d", description="tests"),
    stanza("nodejs", "20.18", provides="javascript-engine, node-types (= 20)"),
    stanza("postgresql", description="database"),
    stanza("quickjs", provides="javascript-engine"),
    stanza("ripgrep", description="recursively searches directories"),
)
SECURITY = packages_text(
    stanza("nodejs", "20.19", provides="javascript-engine"),
    stanza("nodejs", "20.9"),
    stanza("jq", "1.7", description="the same version, from elsewhere"),
)


@pytest.fixture
def universe(tmp_path: Path) -> Iterator[Universe]:
    found = Universe(
        [
            built_index(tmp_path, "main", MAIN),
            built_index(tmp_path, "security", SECURITY),
        ]
    )
    yield found
    found.close()


def test_versions_of_all_pockets_come_newest_first(universe: Universe) -> None:
    found = [(p.version, p.pocket) for p in universe.versions("nodejs")]

    assert found == [("20.19", "security"), ("20.18", "main"), ("20.9", "security")]


def test_of_the_same_version_the_first_pocket_is_taken(universe: Universe) -> None:
    assert [p.pocket for p in universe.versions("jq")] == ["main"]


def test_an_unknown_name_has_no_versions_and_no_providers(universe: Universe) -> None:
    assert universe.versions("nothing") == ()
    assert universe.providers("nothing") == ()


def test_providers_come_by_name_and_newest_first(universe: Universe) -> None:
    found = [(p.name, p.version) for p, _ in universe.providers("javascript-engine")]

    assert found == [("nodejs", "20.19"), ("nodejs", "20.18"), ("quickjs", "1")]


def test_a_provider_comes_with_the_version_it_provides(universe: Universe) -> None:
    ((package, relation),) = universe.providers("node-types")

    assert (package.name, relation.operator, relation.version) == ("nodejs", "=", "20")


def test_what_is_searched_shows_the_newest_version_of_each_name(
    universe: Universe, tmp_path: Path
) -> None:
    file = tmp_path / "search"
    file.write_bytes(universe.searchable())

    assert search_in_file(str(file), ["nodejs"], 10) == [("nodejs", "20.19", "")]
    assert [row[0] for row in search_in_file(str(file), ["json"], 9)] == [
        "json-c",
        "libjson",
        "jo",
        "jq",
    ]


def test_a_package_is_found_by_what_another_pocket_says_of_it(
    universe: Universe, tmp_path: Path
) -> None:
    file = tmp_path / "search"
    file.write_bytes(universe.searchable())

    found = search_in_file(str(file), ["elsewhere"], 10)
    assert found == [("jq", "1.7", "lightweight JSON processor")]


@pytest.mark.parametrize(
    ("written", "best"),
    [
        pytest.param("ripgerp", "ripgrep", id="two letters swapped"),
        pytest.param("grpe", "grep", id="swapped, with a neighbour"),
        pytest.param("postgres", "postgresql", id="a shorter form"),
        pytest.param("nodejs20", "nodejs", id="a longer form"),
        pytest.param("node", "nodejs", id="a word of its own rather than a family"),
        pytest.param("JQQ", "jq", id="a letter too many, in capitals"),
    ],
)
def test_the_nearest_name_is_what_was_meant(
    universe: Universe, written: str, best: str
) -> None:
    assert universe.nearest_names(written, 3)[0] == best


def test_nothing_is_near_to_nonsense(universe: Universe) -> None:
    assert universe.nearest_names("xyzzyfoo", 3) == ()


def test_the_universe_orders_versions_as_debian_does(universe: Universe) -> None:
    assert universe.satisfies("1.0~rc1", "<<", "1.0")
    assert universe.upstream("1:2.3-4") == "2.3"


def test_names_of_a_pattern_come_once_and_sorted(universe: Universe) -> None:
    assert universe.names_like("*grep") == ("grep", "ngrep", "ripgrep")
    assert universe.names_like("node*") == ("node-d", "nodejs")
    assert universe.names_like("[a-z]*") == ()


def test_closing_twice_is_fine(universe: Universe) -> None:
    universe.close()
    universe.close()
