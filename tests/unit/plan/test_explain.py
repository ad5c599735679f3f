import pytest

from devenv.errors import ResolutionError, UnknownPackageError
from devenv.model.resolution import ResolutionRules
from devenv.plan.resolve import resolve
from tests.fixtures.package_sets import PackagesInMemory
from tests.fixtures.packages_text import packages_text, packages_text_of, stanza


def refusal(text: bytes, *requested: str) -> ResolutionError:
    with pytest.raises(ResolutionError) as caught:
        resolve(requested, PackagesInMemory(text), ResolutionRules())
    return caught.value


def test_an_unknown_name_comes_with_the_nearest_ones() -> None:
    error = refusal(packages_text(stanza("ripgrep"), stanza("rust")), "ripgerp")

    assert isinstance(error, UnknownPackageError)
    assert error.what == "there is no package 'ripgerp'"
    assert error.hint == "did you mean ripgrep or rust?"


def test_all_unknown_names_are_told_at_once() -> None:
    error = refusal(packages_text(stanza("jq")), "jqq", "xx", "jq")

    assert error.what == "there is no package 'jqq' or 'xx'"
    assert error.hint == "did you mean jq?"


def test_an_unknown_name_that_is_like_no_other_leads_to_the_search() -> None:
    error = refusal(packages_text(stanza("jq")), "xx")

    assert error.hint is not None
    assert "devenv search" in error.hint


def test_a_version_that_is_not_there_comes_with_those_that_are() -> None:
    error = refusal(packages_text_of({"node 18": "", "node 20.1": ""}), "node@99")

    assert not isinstance(error, UnknownPackageError)
    assert error.what == "there is no 'node@99': there is node 20.1 and 18"


def test_a_name_with_several_providers_comes_with_the_list() -> None:
    text = packages_text(
        stanza("mawk", provides="awk"), stanza("gawk", provides="awk, awk (= 1)")
    )

    error = refusal(text, "awk")

    assert "'awk'" in error.what
    assert error.hint == "ask for one of them: gawk or mawk"


def test_a_long_list_is_cut() -> None:
    text = packages_text(*(stanza(f"awk{n}", provides="awk") for n in range(10)))

    error = refusal(text, "awk")

    assert error.hint is not None
    assert error.hint.endswith("awk6, awk7 or 2 more")


@pytest.mark.parametrize(
    ("universe", "requested", "what", "where"),
    [
        pytest.param(
            {"want 1": "app", "app 2": "gone"},
            ["want"],
            "app 2 needs gone, but there is no gone",
            "want -> app",
            id="not there",
        ),
        pytest.param(
            {"want 1": "lib (>= 3)", "lib 1": "", "lib 2": ""},
            ["want"],
            "want 1 needs lib (>= 3), but there is lib 2 and 1",
            "want",
            id="too old",
        ),
        pytest.param(
            {"want 1": "gone | lost (= 1)", "lost 2": ""},
            ["want"],
            "want 1 needs gone or lost (= 1), but there is no gone; there is lost 2",
            "want",
            id="no alternative",
        ),
        pytest.param(
            {"aa 1": "lib (= 1)", "bb 1": "lib (= 2)", "lib 1": "", "lib 2": ""},
            ["aa", "bb"],
            "bb 1 needs lib (= 2), but lib 1 is taken for aa",
            "bb",
            id="two versions of one name",
        ),
        pytest.param(
            {"want 1": "lab", "lib 1": ""},
            ["want"],
            "want 1 needs lab, but there is no lab (there is lib)",
            "want",
            id="nearly there",
        ),
        pytest.param(
            {"lib 1": "", "lib 2": ""},
            ["lib@1", "lib@2"],
            "lib was asked for, but lib 1 is taken for another requirement",
            None,
            id="two requirements for one name",
        ),
    ],
)
def test_what_cannot_be_met_is_told_with_who_wants_it(
    universe: dict[str, str], requested: list[str], what: str, where: str | None
) -> None:
    error = refusal(packages_text_of(universe), *requested)

    assert (error.what, error.where) == (what, where)
