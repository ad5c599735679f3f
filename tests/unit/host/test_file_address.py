"""The address that SQLite opens a file by."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from devenv.host.file_address import file_address


@pytest.mark.parametrize(
    "name",
    ["a", "a b", "a?mode=ro", "a#b", "100%41", "\u00e4\u2603", "a+b&c=d;e", "~.-_"],
)
def test_the_file_of_an_address_is_the_one_that_is_opened(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    address = file_address(file, "mode=rwc")
    with closing(sqlite3.connect(address, uri=True)) as connection:
        connection.execute("CREATE TABLE made (number INTEGER)")
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert address == f"file:{quote(str(file))}?mode=rwc"


def test_a_path_that_is_no_text_has_an_address_too(tmp_path: Path) -> None:
    file = tmp_path / "\udcff"
    with closing(
        sqlite3.connect(file_address(file, "mode=rwc"), uri=True)
    ) as connection:
        connection.execute("CREATE TABLE made (number INTEGER)")
    assert file.stat().st_size > 0
