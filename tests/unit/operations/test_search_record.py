"""The record that lets a search start at once."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from devenv.operations.search_record import read_record, record_place, record_text

UNTIL = 2_000


@pytest.fixture
def watched(tmp_path: Path) -> list[str]:
    """A file that is there, and one that is not."""
    (tmp_path / "there").write_text("as it was")
    return [str(tmp_path / "there"), str(tmp_path / "away")]


@pytest.fixture
def place(tmp_path: Path, watched: list[str]) -> Path:
    """A record of a search of `sid`."""
    text = record_text(
        input_name="sid", file="/cache/file", until=UNTIL, watched=watched
    )
    assert text is not None
    place = tmp_path / "record"
    place.write_text(text)
    return place


def read(place: Path, watched: list[str], now: float = 1_000) -> object:
    return read_record(str(place), now=now, watched=watched[1])


def test_a_record_holds_while_nothing_changes(place: Path, watched: list[str]) -> None:
    assert read(place, watched) == ("sid", "/cache/file")


def test_a_record_ends_at_its_time(place: Path, watched: list[str]) -> None:
    assert read(place, watched, now=UNTIL - 1) is not None
    assert read(place, watched, now=UNTIL) is None


def changed(there: Path) -> None:
    kept = there.stat()
    there.write_text("something")
    # As a file system does that counts whole seconds.
    os.utime(there, ns=(kept.st_atime_ns, kept.st_mtime_ns))


def replaced(there: Path) -> None:
    beside = there.with_name("beside")
    beside.write_text("as it was")
    beside.rename(there)


@pytest.mark.parametrize("change", [changed, replaced, Path.unlink])
def test_a_changed_file_ends_a_record(
    place: Path, watched: list[str], change: Callable[[Path], None]
) -> None:
    change(Path(watched[0]))
    assert read(place, watched) is None


def test_a_file_that_appears_ends_a_record(place: Path, watched: list[str]) -> None:
    Path(watched[1]).touch()
    assert read(place, watched) is None


def test_a_record_that_depends_on_other_settings_is_none(
    place: Path, tmp_path: Path
) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    assert read_record(str(place), now=1_000, watched=elsewhere) is None


def test_a_part_of_a_record_is_none(place: Path, watched: list[str]) -> None:
    whole = place.read_text()
    for length in range(len(whole) - 1):
        place.write_text(whole[:length])
        assert read(place, watched) is None


def test_a_record_of_another_version_is_none(place: Path, watched: list[str]) -> None:
    place.write_text(place.read_text().replace("record-1", "record-0"))
    assert read(place, watched) is None


def test_no_record_is_none(tmp_path: Path, watched: list[str]) -> None:
    assert read(tmp_path / "nothing", watched) is None


def test_what_a_record_cannot_hold_is_not_recorded() -> None:
    assert record_text(input_name="a", file="/a\nb", until=1, watched=[]) is None


def test_places_of_different_searches_differ() -> None:
    places = {
        record_place("/c", project=project, input_name=name)
        for project in (None, "/user", "/", "/a/projects")
        for name in (None, "sid", "user")
    }
    assert len(places) == 12
    assert all(place.startswith("/c/search/") for place in places)


def test_a_name_that_leads_elsewhere_has_no_place() -> None:
    with pytest.raises(ValueError, match=r"\.\./x"):
        record_place("/c", project=None, input_name="../x")
