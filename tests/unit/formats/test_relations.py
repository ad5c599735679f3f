import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.formats.relations import (
    format_relation,
    format_relations,
    parse_provides,
    parse_relations,
)
from devenv.model.apt import Relation

NAMES = st.from_regex(r"[a-z0-9][a-z0-9+.-]{1,8}", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9][a-z0-9+.~:-]{0,8}", fullmatch=True)
RELATIONS = st.builds(
    lambda name, architecture, bound: Relation(
        name=name,
        architecture=architecture,
        operator=bound and bound[0],
        version=bound and bound[1],
    ),
    NAMES,
    st.sampled_from([None, "any", "native", "amd64"]),
    st.none() | st.tuples(st.sampled_from(["<<", "<=", "=", ">=", ">>"]), VERSIONS),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("jq", Relation(name="jq"), id="a name"),
        pytest.param(
            "libc6 (>= 2.38)",
            Relation(name="libc6", operator=">=", version="2.38"),
            id="a version",
        ),
        pytest.param(
            "libc6(>=2.38)",
            Relation(name="libc6", operator=">=", version="2.38"),
            id="no spaces",
        ),
        pytest.param(
            "python3:any (<< 3.14)",
            Relation(name="python3", architecture="any", operator="<<", version="3.14"),
            id="a qualifier",
        ),
        pytest.param("b [amd64 !i386]", Relation(name="b"), id="architectures"),
        pytest.param("b <!nocheck> <cross>", Relation(name="b"), id="profiles"),
        pytest.param(
            "b:native (= 1:2-3) [linux-any] <!nodoc>",
            Relation(name="b", architecture="native", operator="=", version="1:2-3"),
            id="everything",
        ),
        pytest.param(
            "b (< 2)", Relation(name="b", operator="<", version="2"), id="old operator"
        ),
    ],
)
def test_a_relation_is_read(text: str, expected: Relation) -> None:
    assert parse_relations(text) == ((expected,),)


def test_commas_part_groups_and_bars_part_alternatives() -> None:
    groups = parse_relations(" a | b (>= 1)|c,\n d,, ")

    assert groups == (
        (
            Relation(name="a"),
            Relation(name="b", operator=">=", version="1"),
            Relation(name="c"),
        ),
        (Relation(name="d"),),
    )


def test_no_text_is_no_relation() -> None:
    assert parse_relations("") == ()


@pytest.mark.parametrize(
    "text", ["a b", "a (1)", "a (>= )", "a (>= 1", "a | | b", "-a", "a (~ 1)", "é"]
)
def test_a_malformed_relation_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="is not a relation"):
        parse_relations(text)


def test_provides_are_names_with_at_most_an_exact_version() -> None:
    assert parse_provides("awk, perlapi (= 5.40)") == (
        Relation(name="awk"),
        Relation(name="perlapi", operator="=", version="5.40"),
    )


@pytest.mark.parametrize("text", ["a | b", "a (>= 1)"])
def test_what_cannot_be_provided_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="cannot provide"):
        parse_provides(text)


def test_a_relation_is_shown_as_it_is_written() -> None:
    relation = Relation(name="a", architecture="any", operator=">=", version="1")

    assert format_relation(relation) == "a:any (>= 1)"


@given(st.lists(st.lists(RELATIONS, min_size=1).map(tuple)).map(tuple))
def test_relations_survive_being_written_and_read(
    groups: tuple[tuple[Relation, ...], ...],
) -> None:
    assert parse_relations(format_relations(groups)) == groups
