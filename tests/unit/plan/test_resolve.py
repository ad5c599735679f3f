import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import ResolutionError
from devenv.formats.relations import parse_relations
from devenv.model.resolution import Resolution, ResolutionRules
from devenv.plan import search
from devenv.plan.resolve import resolve
from tests.fixtures.package_sets import PackagesInMemory
from tests.fixtures.packages_text import packages_text, packages_text_of, stanza

NO_RULES = ResolutionRules()


def resolved(
    *requested: str,
    of: dict[str, str] | bytes,
    rules: ResolutionRules = NO_RULES,
    extra: tuple[str, ...] = (),
) -> Resolution:
    text = of if isinstance(of, bytes) else packages_text_of(of)
    return resolve(requested, PackagesInMemory(text), rules, extra)


def chosen(resolution: Resolution) -> list[str]:
    return [
        f"{name} {entry.package.version}" for name, entry in resolution.packages.items()
    ]


@pytest.mark.parametrize(
    ("universe", "expected"),
    [
        pytest.param({"want 1": "aa", "aa 1": "", "bb 1": ""}, ["aa 1"], id="simple"),
        pytest.param(
            {"want 1": "aa", "aa 1": "bb", "bb 1": ""}, ["aa 1", "bb 1"], id="chain"
        ),
        pytest.param({"want 1": "aa", "aa 1": "want"}, ["aa 1"], id="cycle"),
        pytest.param({"want 1": "aa", "aa 1": "", "aa 2": ""}, ["aa 2"], id="newest"),
        pytest.param(
            {"want 1": "aa (<< 2)", "aa 1": "", "aa 2": ""}, ["aa 1"], id="bound"
        ),
        pytest.param(
            {"want 1": "aa | bb", "aa 1": "", "bb 1": ""}, ["aa 1"], id="first choice"
        ),
        pytest.param(
            {"want 1": "aa | bb", "bb 1": ""}, ["bb 1"], id="the choice that is there"
        ),
        pytest.param(
            {"want 1": "aa | bb, cc", "aa 1": "", "bb 1": "", "cc 1": "bb"},
            ["bb 1", "cc 1"],
            id="the choice that something needs anyway",
        ),
        pytest.param(
            {"want 1": "aa (>= 2) | bb", "aa 1": "", "bb 1": ""},
            ["bb 1"],
            id="the choice that is new enough",
        ),
        pytest.param(
            {
                "want 1": "aa:any, bb:native, cc:amd64",
                "aa 1": "",
                "bb 1": "",
                "cc 1": "",
            },
            ["aa 1", "bb 1", "cc 1"],
            id="qualifiers",
        ),
        pytest.param(
            {"want 1": "aa:i386 | bb", "aa 1": "", "bb 1": ""},
            ["bb 1"],
            id="another architecture",
        ),
    ],
)
def test_dependencies_are_met(universe: dict[str, str], expected: list[str]) -> None:
    assert chosen(resolved("want", of=universe)) == [*expected, "want 1"]


@pytest.mark.parametrize(
    ("universe", "expected"),
    [
        pytest.param(
            {"want 1": "lib, app", "app 1": "lib (<< 2)", "lib 1": "", "lib 2": ""},
            ["app 1", "lib 1"],
            id="an older version of what was taken first",
        ),
        pytest.param(
            {"want 1": "app, lib", "app 2": "lib (>= 2)", "app 1": "", "lib 1": ""},
            ["app 1", "lib 1"],
            id="an older version of what wants too much",
        ),
        pytest.param(
            {"want 1": "aa | bb", "aa 1": "gone", "bb 1": ""},
            ["bb 1"],
            id="the next alternative",
        ),
        pytest.param(
            {
                "want 1": "aa | bb, cc | dd",
                "aa 1": "lib (= 1)",
                "bb 1": "",
                "cc 1": "lib (= 2)",
                "dd 1": "lib (= 2)",
                "lib 1": "",
                "lib 2": "",
            },
            ["bb 1", "cc 1", "lib 2"],
            id="an alternative of an earlier choice",
        ),
        pytest.param(
            {
                "want 1": "app, lib, tool",
                "lib 1": "",
                "lib 2": "",
                "lib 3": "",
                "app 1": "lib (<< 3)",
                "tool 1": "lib (<< 2)",
            },
            ["app 1", "lib 1", "tool 1"],
            id="two steps back",
        ),
        pytest.param(
            {
                "want 1": "lib, mm, nn, app",
                "lib 1": "",
                "lib 2": "",
                "mm 1": "m1",
                "m1 1": "",
                "nn 1": "",
                "app 1": "aa | bb",
                "aa 1": "lib (= 1)",
                "bb 1": "lib (= 0)",
            },
            ["aa 1", "app 1", "lib 1", "m1 1", "mm 1", "nn 1"],
            id="over what has nothing to do with it",
        ),
    ],
)
def test_a_choice_that_leads_nowhere_is_made_again(
    universe: dict[str, str], expected: list[str]
) -> None:
    assert chosen(resolved("want", of=universe)) == [*expected, "want 1"]


def test_a_search_that_goes_back_too_often_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    versions = {f"lib {number}": "" for number in range(1, 6)}
    universe = {"want 1": "lib, app", "app 1": "lib (= 1)", **versions}
    assert "lib 1" in chosen(resolved("want", of=universe))

    monkeypatch.setattr(search, "MAX_RETURNS", 2)

    with pytest.raises(ResolutionError):
        resolved("want", of=universe)


def test_what_was_given_up_leaves_no_trace() -> None:
    universe = {
        "want 1": "aa | bb",
        "aa 1": "only-aa, systemd, gone",
        "only-aa 1": "",
        "bb 1": "",
    }
    rules = ResolutionRules(skipped=frozenset({"systemd"}))

    found = resolved("want", of=universe, rules=rules)

    assert chosen(found) == ["bb 1", "want 1"]
    assert found.skipped == {}
    assert found.packages["want"].depends_on == ("bb",)


@pytest.mark.parametrize(
    ("depends", "provides", "expected"),
    [
        pytest.param("awk", "awk", "real 1", id="plain"),
        pytest.param("awk", "awk (= 1)", "real 1", id="versioned, any will do"),
        pytest.param("awk (>= 2)", "awk (= 2.1)", "real 1", id="new enough"),
        pytest.param("awk (>= 2) | other", "awk (= 1)", "other 1", id="too old"),
        pytest.param("awk (>= 2) | other", "awk", "other 1", id="no version at all"),
    ],
)
def test_what_a_package_provides_counts_as_policy_says(
    depends: str, provides: str, expected: str
) -> None:
    text = packages_text(
        stanza("want", depends=depends),
        stanza("real", provides=provides),
        stanza("other"),
    )

    assert expected in chosen(resolved("want", of=text))


def test_a_package_goes_before_those_that_provide_its_name() -> None:
    text = packages_text(
        stanza("want", depends="awk"), stanza("awk"), stanza("aa", provides="awk")
    )

    assert chosen(resolved("want", of=text)) == ["awk 1", "want 1"]


def test_the_most_ordinary_and_smallest_provider_is_taken() -> None:
    text = packages_text(
        stanza("want", depends="awk"),
        stanza("aa", provides="awk", size="10", priority="optional"),
        stanza("bb", provides="awk", size="30", priority="required"),
        stanza("cc", provides="awk", size="20", priority="required"),
    )

    assert chosen(resolved("want", of=text)) == ["cc 1", "want 1"]


def test_a_provider_that_is_there_already_is_enough() -> None:
    text = packages_text(
        stanza("want", depends="awk, big"),
        stanza("big", provides="awk", size="999"),
        stanza("small", provides="awk", size="1"),
    )

    found = resolved("want", "big", of=text)

    assert chosen(found) == ["big 1", "want 1"]
    assert found.packages["want"].depends_on == ("big",)


def test_what_only_another_version_provides_does_not_count() -> None:
    text = packages_text(
        stanza("want", depends="fetch | other"),
        stanza("nodejs", "2", provides="fetch"),
        stanza("nodejs", "1"),
        stanza("other"),
    )

    found = resolved("want", "nodejs@1", of=text)

    assert chosen(found) == ["nodejs 1", "other 1", "want 1"]


def test_pre_dependencies_are_met_too() -> None:
    text = packages_text(stanza("want", pre_depends="aa"), stanza("aa"))

    assert chosen(resolved("want", of=text)) == ["aa 1", "want 1"]


@pytest.mark.parametrize(
    ("requirement", "version"),
    [
        ("node", "20.19.2+dfsg-1"),
        ("node@20", "20.19.2+dfsg-1"),
        ("node@20.19", "20.19.2+dfsg-1"),
        ("node@20.1", "20.1-1"),
        ("node@18", "18.2-1"),
        ("node@9.9", "9.9p1-1"),
        ("node@18.2-1", "18.2-1"),
    ],
)
def test_a_version_is_asked_for_by_how_it_begins(
    requirement: str, version: str
) -> None:
    versions = ("9.9p1-1", "18.2-1", "20.1-1", "20.19.2+dfsg-1")
    text = packages_text(*(stanza("node", version) for version in versions))

    assert chosen(resolved(requirement, of=text)) == [f"node {version}"]


def test_an_epoch_is_no_part_of_the_version_that_is_asked_for() -> None:
    text = packages_text(stanza("node", "1:18.2-1"), stanza("node", "20.1-1"))

    assert chosen(resolved("node@18", of=text)) == ["node 1:18.2-1"]


def test_a_name_that_one_package_provides_means_that_package() -> None:
    text = packages_text(
        stanza("nodejs", "1", provides="node"), stanza("nodejs", "2", provides="node")
    )

    found = resolved("node", of=text)

    assert found.answers == {"node": "nodejs"}
    assert found.requested == ("nodejs",)
    assert chosen(found) == ["nodejs 2"]


RULES = ResolutionRules(
    skipped=frozenset({"systemd", "debconf", "cron"}),
    implied={"libc": ("libc-bin", "not-in-this-release"), "git": ("tzdata",)},
    recommended={"git": ("less", "not-in-this-release")},
)


@pytest.mark.parametrize(
    ("universe", "expected", "skipped"),
    [
        pytest.param(
            {"want 1": "systemd", "systemd 1": ""}, [], ["systemd"], id="name"
        ),
        pytest.param({"want 1": "systemd"}, [], ["systemd"], id="not even there"),
        pytest.param(
            {"want 1": "aa | systemd", "aa 1": "", "systemd 1": ""},
            [],
            ["systemd"],
            id="one of the alternatives",
        ),
        pytest.param(
            {"want 1": "aa | systemd, aa", "aa 1": ""},
            ["aa 1"],
            [],
            id="not what another alternative meets",
        ),
    ],
)
def test_what_the_rules_skip_is_left_out_and_noted(
    universe: dict[str, str], expected: list[str], skipped: list[str]
) -> None:
    found = resolved("want", of=universe, rules=RULES)

    assert chosen(found) == [*expected, "want 1"]
    assert found.skipped == dict.fromkeys(skipped, "want")


def test_what_only_a_skipped_package_provides_is_skipped() -> None:
    text = packages_text(
        stanza("want", depends="scheduler"), stanza("cron", provides="scheduler")
    )

    found = resolved("want", of=text, rules=RULES)

    assert chosen(found) == ["want 1"]
    assert found.skipped == {"scheduler": "want"}


def test_no_way_back_leads_to_a_skipped_provider() -> None:
    text = packages_text(
        stanza("want", depends="scheduler | other"),
        stanza("scheduler", depends="gone"),
        stanza("cron", provides="scheduler"),
        stanza("other"),
    )

    assert chosen(resolved("want", of=text, rules=RULES)) == ["other 1", "want 1"]


def test_what_is_asked_for_by_name_is_never_skipped() -> None:
    universe = {"want 1": "cron", "cron 1": "systemd"}

    found = resolved("want", "cron", of=universe, rules=RULES)

    assert chosen(found) == ["cron 1", "want 1"]
    assert found.packages["want"].depends_on == ("cron",)
    assert found.skipped == {"systemd": "cron"}


def test_a_package_brings_what_it_implies() -> None:
    universe = {"want 1": "libc", "libc 1": "", "libc-bin 1": ""}

    found = resolved("want", of=universe, rules=RULES)

    assert chosen(found) == ["libc 1", "libc-bin 1", "want 1"]
    assert found.packages["libc"].depends_on == ("libc-bin",)


@pytest.mark.parametrize(
    ("requested", "expected"),
    [
        pytest.param(["git"], ["git 1", "less 1", "tzdata 1"], id="asked for"),
        pytest.param(["want"], ["git 1", "tzdata 1", "want 1"], id="needed by another"),
    ],
)
def test_a_recommended_package_comes_only_with_one_that_was_asked_for(
    requested: list[str], expected: list[str]
) -> None:
    universe = {"want 1": "git", "git 1": "", "less 1": "", "tzdata 1": ""}

    assert chosen(resolved(*requested, of=universe, rules=RULES)) == expected


def test_extra_packages_come_last_and_are_not_requested() -> None:
    universe = {"want 1": "aa | bb", "aa 1": "", "bb 1": "", "bash 1": "bb"}

    found = resolved("want", of=universe, extra=("bash",))

    assert chosen(found) == ["aa 1", "bash 1", "bb 1", "want 1"]
    assert found.requested == ("want",)
    assert not found.packages["bash"].is_requested
    assert found.closure(found.requested) == {"want", "aa"}


def test_an_extra_package_can_still_change_a_choice_if_it_must() -> None:
    universe = {"want 1": "lib", "bash 1": "lib (= 1)", "lib 1": "", "lib 2": ""}

    found = resolved("want", of=universe, extra=("bash",))

    assert chosen(found) == ["bash 1", "lib 1", "want 1"]


def test_edges_tell_who_needs_whom() -> None:
    universe = {"aa 1": "cc", "bb 1": "cc | aa", "cc 1": "aa"}

    found = resolved("aa", "bb", of=universe)

    assert {n: p.depends_on for n, p in found.packages.items()} == {
        "aa": ("cc",),
        "bb": ("cc",),
        "cc": ("aa",),
    }
    assert {n: p.required_by for n, p in found.packages.items()} == {
        "aa": ("cc",),
        "bb": (),
        "cc": ("aa", "bb"),
    }
    assert [p.is_requested for p in found.packages.values()] == [True, True, False]


def test_a_large_closure_needs_no_deep_stack() -> None:
    universe = {f"p{n} 1": f"p{n + 1}" for n in range(3000)} | {"p3000 1": ""}

    assert len(resolved("p0", of=universe).packages) == 3001


NAMES = ("aa", "bb", "cc", "dd", "ee")


@st.composite
def universes(draw: st.DrawFn) -> dict[str, str]:
    """Return up to five names in up to three versions, with tangled needs."""
    option = st.builds(
        str.__add__,
        st.sampled_from(NAMES),
        st.sampled_from(["", "", " (= 1)", " (>= 2)", " (<< 3)", " (= 3)"]),
    )
    group = st.lists(option, min_size=1, max_size=2).map(" | ".join)
    depends = st.lists(group, max_size=3).map(", ".join)
    keys = [f"{name} {version}" for name in NAMES for version in (1, 2, 3)]
    return draw(st.dictionaries(st.sampled_from(keys), depends, min_size=1))


def is_sound(selection: dict[str, str], universe: dict[str, str]) -> bool:
    """Tell whether name -> version meets its own needs, by looking at each."""
    versions = PackagesInMemory(packages_text_of({}))
    return all(
        any(
            option.name in selection
            and (
                option.operator is None
                or versions.satisfies(
                    selection[option.name], option.operator, option.version or ""
                )
            )
            for option in group
        )
        for name, version in selection.items()
        for group in parse_relations(universe[f"{name} {version}"])
    )


def has_solution(requested: str, universe: dict[str, str]) -> bool:
    """Tell it by trying everything there is."""
    selections: list[dict[str, str]] = [{}]
    for name in NAMES:
        held = [key.split(" ")[1] for key in universe if key.startswith(name)]
        selections += [{**s, name: version} for s in selections for version in held]
    return any(requested in s and is_sound(s, universe) for s in selections)


@given(universes(), st.sampled_from(NAMES))
def test_a_solution_is_found_exactly_if_there_is_one(
    universe: dict[str, str], requested: str
) -> None:
    try:
        found = resolved(requested, of=universe)
    except ResolutionError:
        assert not has_solution(requested, universe)
    else:
        selection = {n: p.package.version for n, p in found.packages.items()}
        assert requested in selection
        assert is_sound(selection, universe)
        assert found.closure([requested]) == set(selection)


@given(universes(), st.randoms(use_true_random=False))
def test_no_order_of_the_input_matters(
    universe: dict[str, str], source: random.Random
) -> None:
    requested = sorted({key.split(" ")[0] for key in universe})
    items = list(universe.items())
    source.shuffle(items)

    outcomes = []
    for names, order in ((requested, universe), (requested[::-1], dict(items))):
        try:
            outcomes.append(repr(resolved(*names, of=order)))
        except ResolutionError as error:
            outcomes.append(f"{error} {error.where}")

    assert outcomes[0] == outcomes[1]
