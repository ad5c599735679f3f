"""JSON without the standard library's `json`."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.plain_json import dumps, loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
SEPARATORS = st.sampled_from([(", ", ": "), (",", ":")])


def outcome(read: Callable[[str], object], text: str) -> str:
    try:
        return repr(read(text))
    except (ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"


@given(VALUES, st.booleans(), SEPARATORS)
def test_a_value_is_written_and_read_as_ever(
    value: object,
    sort_keys: bool,  # noqa: FBT001 (hypothesis gives it)
    separators: tuple[str, str],
) -> None:
    text = dumps(value, sort_keys=sort_keys, separators=separators)
    assert text == json.dumps(value, sort_keys=sort_keys, separators=separators)
    assert repr(loads(text)) == repr(json.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "{", "[1,]", '{"a"}', "1 2", "nul", '"\n"', "[1] x", "\ufeff1"),
        *('"\\ud800"', " \r\n\t[1]\n", "-", "1e999", "[" * 100_000, '{"a":1,"a":2}'),
    ],
    ids=repr,
)
def test_an_odd_text_means_what_it_does_to_json(text: str) -> None:
    assert outcome(loads, text) == outcome(json.loads, text)


@pytest.mark.parametrize("encoding", ["ascii", "utf-8-sig", "utf-16", "utf-32-be"])
def test_bytes_are_read_as_json_reads_them(encoding: str) -> None:
    assert loads('{"a": "b"}'.encode(encoding)) == {"a": "b"}


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="set is not JSON serializable"):
        dumps({"a": {1}})
    looped: list[object] = []
    looped.append(looped)
    with pytest.raises(ValueError, match="Circular"):
        dumps(looped)


def test_nothing_is_imported_for_it() -> None:
    program = (
        "import sys; from devenv.plain_json import dumps, loads;"
        "assert loads(dumps([1.5, {'a': 'b'}])) == [1.5, {'a': 'b'}];"
        "assert loads(b'[1]') == [1];"
        "print(sorted({'json', 're'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
