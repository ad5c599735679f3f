"""Which packages some words mean best."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.plan.rank_packages import best_names, search_text

PACKAGES = [
    ("apache2-utils", "tools for web servers"),
    ("grap", "graph language"),
    ("grep", "GNU grep, egrep and fgrep"),
    ("grepmail", "search mailboxes"),
    ("jo", "create JSON on the command line"),
    ("jq", "lightweight JSON processor"),
    ("jq", "the same version, from elsewhere"),
    ("json-c", "C library"),
    ("libjson", "C++ library"),
    ("ngrep", "network tool"),
    ("nodejs", "evented I/O for V8"),
    ("nodejs", "evented I/O"),
    ("ripgrep", "recursively\tsearches dïrectories"),
    ("g++", "GNU C++ compiler"),
]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param(
            ["grep"], ["grep", "grepmail", "ngrep", "ripgrep"], id="name, start, part"
        ),
        pytest.param(
            ["JSON"], ["json-c", "libjson", "jo", "jq"], id="names before synopses"
        ),
        pytest.param(["json", "processor"], ["jq"], id="every term must match"),
        pytest.param(["processor", "elsewhere"], [], id="in one description"),
        pytest.param(["utils"], ["apache2-utils"], id="word of a name"),
        pytest.param(["elsewhere"], ["jq"], id="the synopsis of another pocket"),
        pytest.param(["nodejs"], ["nodejs"], id="a name comes once"),
        pytest.param(["c++"], ["g++", "libjson"], id="letters of a language"),
        pytest.param(["web servers"], ["apache2-utils"], id="a term of two words"),
        pytest.param(["DÏRECT"], ["ripgrep"], id="capitals beyond ASCII"),
        pytest.param(["recursively searches"], ["ripgrep"], id="a tab is a space"),
        pytest.param(["jq\tlightweight"], [], id="not across name and synopsis"),
        pytest.param(["c\nlibjson"], [], id="not across packages"),
        pytest.param(["\udcaf"], [], id="a byte that is no UTF-8"),
        pytest.param(["", " "], [], id="no terms"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_what_matches_every_term_is_ranked(
    terms: list[str], expected: list[str]
) -> None:
    assert best_names(search_text(PACKAGES), terms, 10) == expected


def test_a_search_ends_at_its_limit() -> None:
    assert best_names(search_text(PACKAGES), ["grep"], 2) == ["grep", "grepmail"]


def test_nothing_is_found_where_nothing_is() -> None:
    assert best_names(search_text([]), ["grep"], 2) == []


def plainly_ranked(
    packages: Sequence[tuple[str, str]], terms: Sequence[str], limit: int
) -> list[str]:
    """Return the same by looking at everything: what the quick way must equal."""
    words = [term.lower() for term in terms if term.strip()]
    ranks: dict[str, int] = {}
    for name, description in packages if words else ():
        found = [_rank(name, description.lower(), word) for word in words]
        if None not in found:
            rank = sum(filter(None, found))
            ranks[name] = min(rank, ranks.get(name, rank))
    return sorted(ranks, key=lambda name: (ranks[name], len(name), name))[:limit]


def _rank(name: str, description: str, word: str) -> int | None:
    if name.startswith(word):
        return 0 if name == word else 1
    if word in name:
        return 2 if word in re.split("[-+.]", name) else 3
    if word in description:
        return 4 if word in re.split("[^a-z0-9+#]+", description) else 5
    return None


NAMES = st.text("ab-+", min_size=1, max_size=5)
WORDS = st.text("abA-+. é", max_size=3)


@given(
    st.lists(st.tuples(NAMES, st.text("abB+- é", max_size=9)), max_size=30),
    st.lists(WORDS, max_size=3),
    st.integers(1, 6),
)
def test_the_quick_way_finds_what_a_look_at_everything_finds(
    packages: list[tuple[str, str]], terms: list[str], limit: int
) -> None:
    found = best_names(search_text(packages), terms, limit)
    assert found == plainly_ranked(packages, terms, limit)
