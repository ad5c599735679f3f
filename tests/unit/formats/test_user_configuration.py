"""The user's own configuration."""

import pytest

from devenv.errors import FormatError
from devenv.formats.user_configuration import parse_user_configuration
from devenv.model.user_configuration import TrustPolicy, UserConfiguration


def test_a_whole_configuration_is_read() -> None:
    text = (
        'default_input = "sid"\n[apt]\nmirrors = ["https://example.org/debian"]\n'
        "accept_expired_days = 7\n"
        '[cache]\nfrom = ["/srv/cache", "https://example.org/x"]\n'
        '[inputs.own]\napt = "https://example.org/apt"\n'
    )
    assert parse_user_configuration(text) == UserConfiguration(
        default_input="sid",
        mirrors=("https://example.org/debian",),
        accept_expired_days=7,
        inputs={"own": {"apt": "https://example.org/apt"}},
        caches=("/srv/cache", "https://example.org/x"),
    )


def test_an_empty_configuration_is_that_of_a_new_user() -> None:
    assert parse_user_configuration("") == UserConfiguration()


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        pytest.param('trust = "exact"', TrustPolicy(is_exact=True), id="in a word"),
        pytest.param(
            '[trust]\nmode = "exact"', TrustPolicy(is_exact=True), id="in a table"
        ),
        pytest.param('trust = "effects"', TrustPolicy(), id="as it is anyway"),
        pytest.param(
            '[trust]\nfree_values = ["A", "B"]\nworktrees = true',
            TrustPolicy(free_values=frozenset({"A", "B"}), worktrees=True),
            id="some freedom",
        ),
    ],
)
def test_a_user_says_what_a_change_may_be(text: str, policy: TrustPolicy) -> None:
    assert parse_user_configuration(text).trust == policy


@pytest.mark.parametrize(
    ("text", "where"),
    [
        pytest.param("default_input = 1", "default_input", id="not text"),
        pytest.param("defaul_input = 'x'", "defaul_input", id="unknown key"),
        pytest.param("[apt]\nmirror = []", "apt.mirror", id="unknown below a table"),
        pytest.param("apt = 1", "apt", id="not a table"),
        pytest.param("[apt]\nmirrors = 'x'", "apt.mirrors", id="not a list"),
        pytest.param(
            "[apt]\naccept_expired_days = true", "apt.accept_expired_days", id="no days"
        ),
        pytest.param(
            "[cache]\nfrom = ['cache']", "cache.from", id="a cache that is relative"
        ),
        pytest.param(
            "[cache]\nfrom = ['ftp://x']", "cache.from", id="no cache's address"
        ),
        pytest.param("[cache]\nfrom = '/x'", "cache.from", id="no list of caches"),
        pytest.param("[cache]\nto = []", "cache.to", id="unknown below cache"),
        pytest.param("[inputs.My_In]\n", "inputs.My_In", id="a name nobody can write"),
        pytest.param("[inputs]\na = 1", "inputs.a", id="an input that is no table"),
        pytest.param("trust = 'never'", "trust", id="a mode of trust that is none"),
        pytest.param("trust = true", "trust", id="trust that is no table"),
        pytest.param("[trust]\nprefix = '/'", "trust.prefix", id="trust by a path"),
        pytest.param("[trust]\nworktrees = 1", "trust.worktrees", id="not a truth"),
        pytest.param("trust.free_values = 'A'", "trust.free_values", id="no names"),
        pytest.param("[", None, id="no TOML"),
    ],
)
def test_a_mistake_is_named_by_its_key(text: str, where: str | None) -> None:
    with pytest.raises(FormatError) as caught:
        parse_user_configuration(text)
    assert caught.value.where == where


def test_an_unknown_key_gets_a_suggestion() -> None:
    with pytest.raises(FormatError) as caught:
        parse_user_configuration("defaul_input = 'x'")
    assert caught.value.hint == "did you mean default_input?"
