import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.formats.facts_json import decode, encode
from devenv.model.facts import ElfFact, FileFact, LinkFact, PackageFacts, TextFact

_text = st.text(max_size=8) | st.just("caf\udce9")
_texts = st.lists(_text, max_size=3).map(tuple)
_count = st.integers(0, 1 << 40)
_facts = st.builds(
    PackageFacts,
    name=_text,
    version=_text,
    directories=_texts,
    files=st.lists(
        st.builds(
            FileFact,
            path=_text,
            is_executable=st.booleans(),
            size=_count,
            sha256=_text,
            mtime_seconds=_count,
            hard_link_to=st.none() | _text,
        ),
        max_size=3,
    ).map(tuple),
    links=st.lists(st.builds(LinkFact, path=_text, target=_text), max_size=3).map(
        tuple
    ),
    elf_files=st.lists(
        st.builds(
            ElfFact,
            path=_text,
            machine=_count,
            is_64_bit_little_endian=st.booleans(),
            is_dynamic=st.booleans(),
            interpreter=st.none() | _text,
            soname=st.none() | _text,
            needed=_texts,
            run_paths=_texts,
        ),
        max_size=3,
    ).map(tuple),
    texts=st.lists(
        st.builds(
            TextFact,
            path=_text,
            interpreter=st.none() | _text,
            candidates=_texts,
            has_nul=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    postinst=_text,
)


@given(_facts)
def test_facts_come_back_as_they_were(facts: PackageFacts) -> None:
    assert decode(encode(facts)) == facts


@given(_facts)
def test_the_encoding_is_canonical_ascii(facts: PackageFacts) -> None:
    encoded = encode(facts)

    assert encoded.isascii()
    assert encode(decode(encoded)) == encoded
    value = json.loads(encoded)
    assert list(value) == sorted(value)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="no keys"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"version_of_format":2}', id="another version"),
        pytest.param(
            b'{"version_of_format":1,"name":"a","version":"1","directories":[],'
            b'"files":[["a"]],"links":[],"elf_files":[],"texts":[],"postinst":""}',
            id="a short row",
        ),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(FormatError):
        decode(content)
