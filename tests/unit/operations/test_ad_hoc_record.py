"""Records of ad-hoc environments, from Python's side."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import StoreError
from devenv.model.environment import Environment
from devenv.operations.ad_hoc_record import (
    AdHocRecord,
    _render,
    is_storable,
    last_used,
    read_record,
    read_records,
    record_key_for_packages,
    record_key_for_program,
    records_directory,
    remove_unused_records,
    write_record,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NUL_FREE = st.text(
    st.characters(
        codec=None, exclude_characters="\0", max_codepoint=0x10FFFF, categories=None
    ).filter(lambda c: not "\ud800" <= c <= "\udfff" or "\udc80" <= c <= "\udcff"),
    max_size=30,
)


def record(key: str = "run,jq", **values: str) -> AdHocRecord:
    return AdHocRecord(
        key=key,
        environment=Environment(
            trees=("/store/t",), prepend={"PATH": ("/store/t/bin",)}, values=values
        ),
        program="/store/t/bin/jq" if key.startswith("run") else None,
        made_at=NOW,
        index_checked_at=NOW - timedelta(hours=1),
        store_directory="/store",
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (record_key_for_program("jq"), True),
        (record_key_for_program("bookworm:g++@12.2"), True),
        (record_key_for_packages(["a", "b"]), True),
        (record_key_for_packages([]), False),
        (record_key_for_program(""), False),
        (record_key_for_program(".."), False),
        (record_key_for_program("../x"), False),
        (record_key_for_program("a/b"), False),
        (record_key_for_program("a\n"), False),
        (record_key_for_program("a,b"), False),
        (record_key_for_program("-x"), False),
        (record_key_for_packages(["a", ".b"]), False),
        (record_key_for_program("x" * 251), True),
        (record_key_for_program("x" * 252), False),
    ],
)
def test_a_key_is_a_safe_file_name_or_not_storable(key: str, expected: bool) -> None:  # noqa: FBT001 (a table's column)
    assert is_storable(key) is expected


def test_the_two_kinds_of_key_never_meet() -> None:
    assert record_key_for_program("a") != record_key_for_packages(["a"])


@pytest.mark.parametrize("key", ["run,jq", "with,a,b"])
def test_a_record_is_read_back_as_it_was_written(tmp_path: Path, key: str) -> None:
    written = record(key, ODD="it's\n\udcff\u00e9 }")
    assert write_record(tmp_path, written)
    folder = records_directory(tmp_path) / key
    assert read_record(folder) == written
    assert list(read_records(tmp_path)) == [(folder, written)]
    assert (folder / "expires").stat().st_mtime == (
        NOW + timedelta(hours=23)
    ).timestamp()


@given(value=NUL_FREE)
def test_the_first_line_holds_the_facts_whatever_the_value(value: str) -> None:
    text = _render(record(A=value), start_directory=None)
    first, second = text.split("\n")[:2]
    assert first.isascii()
    assert second == "{"
    assert text.endswith("\n_devenv_is_complete=1\n}\n")


def test_part_of_a_record_is_no_record(tmp_path: Path) -> None:
    write_record(tmp_path, record())
    folder = records_directory(tmp_path) / "run,jq"
    whole = (folder / "record").read_bytes()
    for length in range(len(whole)):
        (folder / "record").write_bytes(whole[:length])
        assert read_record(folder) is None
    (folder / "record").write_bytes(whole.replace(b'"trees"', b'"tree"'))
    assert read_record(folder) is None


def test_packages_get_start_files_and_a_program_none(tmp_path: Path) -> None:
    write_record(tmp_path, record())
    assert not (tmp_path / "shells").exists()
    write_record(tmp_path, record("with,a"))
    (folder,) = (tmp_path / "shells").iterdir()
    text = (records_directory(tmp_path) / "with,a" / "record").read_text()
    assert f"_devenv_start='{folder}'" in text
    assert (folder / "zsh" / ".zshrc").is_file()


def test_writing_again_replaces_and_forgets_the_last_use(tmp_path: Path) -> None:
    write_record(tmp_path, record())
    folder = records_directory(tmp_path) / "run,jq"
    os.utime(folder / "used", (NOW.timestamp(), NOW.timestamp()))
    write_record(tmp_path, record(NEW="1"))
    found = read_record(folder)
    assert found is not None
    assert found.environment.values == {"NEW": "1"}
    assert (folder / "used").stat().st_mtime == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "expires",
        "record",
        "used",
    ]


def test_what_is_not_storable_leaves_nothing(tmp_path: Path) -> None:
    assert not write_record(tmp_path / "state", record("run,../x"))
    assert not (tmp_path / "state").exists()


def test_a_state_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not write_record(tmp_path / "file", record())


def test_a_state_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    records_directory(tmp_path).mkdir()
    records_directory(tmp_path).chmod(0o777)
    (records_directory(tmp_path) / "run,jq").mkdir()
    (records_directory(tmp_path) / "run,jq").chmod(0o777)
    with pytest.raises(StoreError):
        write_record(tmp_path, record())


def test_what_was_not_used_for_a_fortnight_is_removed(tmp_path: Path) -> None:
    ages = {"run,old": 15, "run,used": 15, "run,fresh": 13}
    for key, days in ages.items():
        write_record(tmp_path, record(key))
        moment = (NOW - timedelta(days=days)).timestamp()
        os.utime(records_directory(tmp_path) / key / "record", (moment, moment))
    used = records_directory(tmp_path) / "run,used"
    os.utime(used / "used", (NOW.timestamp(), NOW.timestamp()))
    assert last_used(used) == NOW
    assert remove_unused_records(tmp_path, now=NOW) == ["run,old"]
    left = {path.name for path in records_directory(tmp_path).iterdir()}
    assert left == {"run,used", "run,fresh"}


def test_what_is_no_record_goes_when_it_is_as_old(tmp_path: Path) -> None:
    stray = records_directory(tmp_path) / "run,half"
    stray.mkdir(parents=True)
    (stray / "used").touch()
    os.utime(stray, (0, 0))
    assert remove_unused_records(tmp_path, now=NOW) == ["run,half"]


def test_there_may_be_no_records_at_all(tmp_path: Path) -> None:
    assert remove_unused_records(tmp_path, now=NOW) == []
    assert list(read_records(tmp_path)) == []
