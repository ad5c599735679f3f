"""Trust records as text."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from devenv.errors import FormatError
from devenv.formats.trust_json import parse_trust, render_trust
from devenv.model.spec import ShellText
from devenv.model.trust import (
    Effects,
    InputEffect,
    PackageEffect,
    TrustRecord,
    ValueEffect,
)

ROW = PackageEffect(
    input="own", name="hello", version="1", architecture="all", sha256="ab" * 32
)
RECORD = TrustRecord(
    path="/home/u/pröject \udcff",
    device=1,
    inode=2,
    is_allowed=True,
    decided_at=datetime(2026, 1, 2, tzinfo=UTC),
    digest="cd" * 32,
    files={"devenv.toml": "ab" * 32, "devenv.local.toml": ""},
    effects=Effects(
        inputs={"own": InputEffect(definition="ef", keys=("AB",), address="https://x")},
        trees=("own",),
        packages=(ROW,),
        libraries=("zlib1g",),
        c_library="2.31",
        library_packages=(replace(ROW, name="zlib1g"),),
        values={"A": ValueEffect(value="\x1b\n'\udcfe", source="/p/.env")},
        prepend={"PATH": ("/p/bin",)},
        append={"XS": ("x", "y")},
        unset=("EDITOR",),
        texts={"": ShellText(enter="echo\n"), "fish": ShellText(leave="x")},
        aliases={"t": "make test"},
        programs={"git": "own"},
    ),
    outer={"HOME": "/home/u", "NONE": None},
    history=("ef" * 32,),
    repository="/home/u/.git",
    inside="sub",
)


def test_a_record_comes_back_as_it_was() -> None:
    text = render_trust(RECORD)
    assert text.isascii()
    assert parse_trust(text) == RECORD
    (value,) = parse_trust(text).effects.values.values()
    assert value.source == "/p/.env"
    assert render_trust(parse_trust(text)) == text


def changed(**fields: object) -> str:
    return json.dumps({**json.loads(render_trust(RECORD)), **fields})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="a list"),
        pytest.param("{}", id="nothing in it"),
        pytest.param(render_trust(RECORD)[:-1], id="cut short"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param(changed(format=2), id="of a newer devenv"),
        pytest.param(changed(format="1"), id="a format that is text"),
        pytest.param(changed(is_allowed="false"), id="a decision that is text"),
        pytest.param(changed(is_allowed=None), id="no decision"),
        pytest.param(changed(path=1), id="no path"),
        pytest.param(changed(inode="x"), id="no number"),
        pytest.param(changed(decided_at=10**30), id="no moment"),
        pytest.param(changed(effects={}), id="no effects"),
        pytest.param(changed(effects=None), id="effects of nothing"),
        pytest.param(changed(files=["devenv.toml"]), id="files in a list"),
        pytest.param(changed(history="ab"), id="a history that is text"),
        pytest.param(changed(outer=[]), id="outer variables in a list"),
        pytest.param(changed(outer={"A": 1}), id="a value that is a number"),
    ],
)
def test_what_is_damaged_says_nothing(text: str) -> None:
    with pytest.raises(FormatError):
        parse_trust(text)


@pytest.mark.parametrize("key", sorted(json.loads(render_trust(RECORD))))
def test_a_record_without_one_of_its_keys_says_nothing(key: str) -> None:
    fields = json.loads(render_trust(RECORD))
    del fields[key]
    with pytest.raises(FormatError):
        parse_trust(json.dumps(fields))
