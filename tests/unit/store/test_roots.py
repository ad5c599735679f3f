import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.store.roots import Root, RootKind, Roots
from tests.fixtures.stores import named

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
APP = named("app")


def add(
    roots: Roots, name: str, now: datetime = NOON, kind: RootKind = RootKind.AD_HOC
) -> None:
    roots.add(name, [APP], kind=kind, label=f"run {name}", now=now)


def names(found: tuple[Root, ...]) -> list[str]:
    return [root.name for root in found]


def test_a_root_is_read_as_it_was_added(tmp_path: Path) -> None:
    roots = Roots(tmp_path)
    add(roots, "jq")

    assert roots.all() == (
        Root(
            name="jq",
            kind=RootKind.AD_HOC,
            label="run jq",
            paths=(APP,),
            last_used=NOON,
        ),
    )


def test_a_state_folder_without_roots_has_none(tmp_path: Path) -> None:
    assert Roots(tmp_path).all() == ()


def test_a_removed_root_is_gone(tmp_path: Path) -> None:
    roots = Roots(tmp_path)
    add(roots, "jq")
    add(roots, "fzf")

    roots.remove("jq")
    roots.remove("never")

    assert names(roots.all()) == ["fzf"]
    assert not roots.stamp("jq").exists()


def test_a_shell_may_touch_the_stamp(tmp_path: Path) -> None:
    roots = Roots(tmp_path)
    add(roots, "jq")
    later = (NOON + 5 * DAY).timestamp()

    os.utime(roots.stamp("jq"), (later, later))

    assert roots.all()[0].last_used == NOON + 5 * DAY


def test_touching_a_root_that_is_gone_does_not_bring_it_back(tmp_path: Path) -> None:
    roots = Roots(tmp_path)

    roots.touch("gone", now=NOON)

    assert roots.all() == ()
    assert not roots.stamp("gone").exists()


def test_a_root_that_was_added_again_is_not_removed_as_the_old_one(
    tmp_path: Path,
) -> None:
    roots = Roots(tmp_path)
    add(roots, "jq")
    (before,) = roots.all()
    add(roots, "jq", NOON + DAY)

    assert not roots.remove_unchanged(before)
    (now,) = roots.all()
    assert roots.remove_unchanged(now)
    assert roots.all() == ()
    assert roots.remove_unchanged(now)


def test_since_when_something_is_gone_is_noted_once(tmp_path: Path) -> None:
    roots = Roots(tmp_path)
    add(roots, "project")

    assert roots.gone_since("project") is None
    assert roots.note_gone("project", now=NOON) == NOON
    assert roots.note_gone("project", now=NOON + DAY) == NOON
    assert roots.gone_since("project") == NOON
    roots.note_there("project")
    assert roots.gone_since("project") is None
    roots.note_gone("project", now=NOON)
    add(roots, "project")
    assert roots.gone_since("project") is None


def test_a_root_without_its_stamp_is_as_old_as_its_file(tmp_path: Path) -> None:
    roots = Roots(tmp_path)
    add(roots, "jq")
    roots.stamp("jq").unlink()
    written = (tmp_path / "roots/jq.json").stat().st_mtime

    assert roots.all()[0].last_used.timestamp() == pytest.approx(written)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"format":2}', '{"format":1,"kind":"x","paths":[]}']
)
def test_a_root_that_cannot_be_understood_is_not_passed_over(
    tmp_path: Path, text: str
) -> None:
    roots = Roots(tmp_path)
    add(roots, "jq")
    (tmp_path / "roots/jq.json").write_text(text)

    with pytest.raises(StoreError, match="cannot be understood"):
        roots.all()


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 101, "a\n"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="name of a root"):
        add(Roots(tmp_path), name)
