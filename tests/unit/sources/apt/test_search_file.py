"""The file in which packages are searched."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devenv.errors import UnusableIndexError
from devenv.sources.apt.search_file import Row, search_file_content, search_in_file

ROWS: list[Row] = [
    ("jq", "1.7", "lightweight JSON processor"),
    ("jo", "1.9", "makes Jsön\tof words"),
    ("libjson-very-long-name", "1:2-3", ""),
]
CONTENT = search_file_content([(name, about) for name, _, about in ROWS], ROWS)


def test_packages_are_found_with_what_is_shown_of_them(tmp_path: Path) -> None:
    file = tmp_path / "search"
    file.write_bytes(CONTENT)
    assert search_in_file(str(file), ["j"], 9) == [ROWS[1], ROWS[0], ROWS[2]]
    assert search_in_file(str(file), ["nothing"], 9) == []


def test_a_line_break_in_a_description_breaks_nothing(tmp_path: Path) -> None:
    file = tmp_path / "search"
    file.write_bytes(search_file_content([("a", "b\nc")], [("a", "1", "b\nc")]))
    assert search_in_file(str(file), ["b c"], 9) == [("a", "1", "b c")]


NAMES = st.text("abcdefgh0123+-.", min_size=1, max_size=12)


@given(st.lists(NAMES, min_size=1, max_size=60, unique=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_is_found_among_all_others(tmp_path: Path, names: list[str]) -> None:
    rows = [(name, f"1.{number}", name.upper()) for number, name in enumerate(names)]
    file = tmp_path / "search"
    file.write_bytes(search_file_content([(n, a) for n, _, a in rows], rows))
    for row in rows:
        assert row in search_in_file(str(file), [row[0]], len(rows))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(CONTENT[:-1], id="cut short"),
        pytest.param(CONTENT[-33:], id="only an end"),
        pytest.param(CONTENT.replace(b"search-1", b"search-2"), id="another format"),
        pytest.param(CONTENT.replace(b"jq\t1.7", b"xx\t1.7"), id="a row is missing"),
        pytest.param(b"x" + CONTENT, id="text of another length"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "search"
    file.write_bytes(content)
    with pytest.raises(UnusableIndexError):
        search_in_file(str(file), ["j"], 9)


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        search_in_file(str(tmp_path / "none"), ["j"], 9)
