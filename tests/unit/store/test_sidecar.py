import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.model.store_path import PathInfo, PathKind, StorePath
from devenv.store.sidecar import Record, read_record, record_text

RECORD = Record(
    info=PathInfo(
        path=StorePath("a" * 32 + "-x-1"),
        kind=PathKind.TREE,
        content_hash="0" * 64,
        size_bytes=1,
        file_count=2,
        references=("b" * 32 + "-y-1",),
        origin="{}",
    ),
    made_at=datetime(2026, 1, 2, tzinfo=UTC),
)

records = st.builds(
    Record,
    info=st.builds(
        PathInfo,
        path=st.builds(StorePath, st.text()),
        kind=st.sampled_from(PathKind),
        content_hash=st.text(),
        size_bytes=st.integers(),
        file_count=st.integers(),
        references=st.lists(st.text()).map(lambda names: tuple(sorted(names))),
        origin=st.text(),
    ),
    made_at=st.integers(0, 4_000_000_000).map(
        lambda seconds: datetime.fromtimestamp(seconds, UTC)
    ),
)


@given(records)
def test_a_record_survives_its_text(record: Record) -> None:
    assert read_record(record_text(record)) == record


@given(records)
def test_a_record_is_one_line_of_ascii(record: Record) -> None:
    text = record_text(record)

    assert text.isascii()
    assert "\n" not in text


@pytest.mark.parametrize("field", sorted(json.loads(record_text(RECORD))))
@pytest.mark.parametrize("value", [None, {}, True, 1.5, "text", [1]])
def test_a_field_of_another_type_is_refused(field: str, value: object) -> None:
    fields = json.loads(record_text(RECORD))
    fields[field] = value
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    if text == record_text(RECORD) or (isinstance(value, str) and field in FREE_TEXT):
        return

    with pytest.raises(FormatError):
        read_record(text)


FREE_TEXT = {"path", "content_hash", "origin"}


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", "[" * 100_000, record_text(RECORD) + " ", '{"format":2}'],
    ids=["empty", "null", "list", "no field", "deep", "not canonical", "newer"],
)
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        read_record(text)
