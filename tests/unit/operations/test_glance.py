"""Changes that are seen at a glance: what a look brings, and nothing it would ask."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from devenv.cli.daemon_process import surroundings
from devenv.daemon.looking import agree, look
from devenv.daemon.surroundings import WatcherSurroundings
from devenv.daemon.watched_project import WatchedProject
from devenv.host.exclusive import locked
from devenv.model.user_configuration import UserConfiguration
from devenv.model.watching import Found
from devenv.operations.activation_state import activation_folder, current_digest
from devenv.operations.glance import Brought, Glance, bring_at_a_glance
from devenv.operations.look_at_project import Look, look_at_project
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.watching import make_free, spec_text

MORE = 'B = "b"\nC = "not free"\nD = "${B}"\n'


@dataclass(slots=True, kw_only=True)
class Edited:
    """A project that is watched and was edited once; `glance` is from then."""

    home: ProjectWorld
    doors: WatcherSurroundings
    watched: WatchedProject
    glance: Glance

    @property
    def hooks(self) -> Path:
        return activation_folder(self.doors.directories.state, self.watched.project)

    def edit(self, old: str, new: str) -> None:
        text = self.home.spec_path.read_text()
        assert old in text
        self.home.spec_path.write_text(text.replace(old, new))

    def bring(self) -> Brought | None:
        return bring_at_a_glance(self.doors, self.glance)

    def look(self, brought: Brought | None) -> Look:
        watched = self.watched
        return look_at_project(
            self.doors,
            watched.project,
            digest=watched.digest,
            basis=watched.basis,
            brought=brought,
        )

    def shown(self) -> tuple[str, str]:
        return (
            (self.hooks / "current.zsh").read_text(),
            (self.hooks / "state").read_text(),
        )


@pytest.fixture
def edited(project: ProjectWorld) -> Edited:
    make_free(project)
    spec_text(project, "first", MORE)
    done = project.run("allow", "--yes")
    assert done.returncode == 0, done.stderr
    doors = surroundings(project.world.environment())
    watched = WatchedProject(number=1, project=str(project.folder))
    assert look(doors, watched).found is Found.SAME
    spec_text(project, "second", MORE)
    found = look(doors, watched)
    assert found.found is Found.DONE
    agree(doors, watched, found)
    assert watched.basis is not None
    glance = doors.glances.of(watched.project, watched.basis)
    assert glance is not None
    return Edited(home=project, doors=doors, watched=watched, glance=glance)


def test_what_is_brought_at_a_glance_is_what_a_whole_look_brings(
    edited: Edited,
) -> None:
    edited.edit("second", "third")
    brought = edited.bring()
    assert brought is not None
    shown = edited.shown()
    assert "'A=third'" in shown[0]
    found = edited.look(brought)
    assert found.found is Found.DONE
    assert found.activation == brought.activation
    assert edited.shown() == shown
    assert current_digest(edited.doors.directories.state, edited.watched.project) == (
        edited.glance.next_one.lot
    )
    os.close(brought.held)
    # What the same look brings without a glance.
    edited.home.run("reload")
    assert edited.shown()[0] == shown[0]
    assert edited.shown()[1].split("\n")[0] == "allowed"


def test_what_has_gone_back_meanwhile_is_brought_back(edited: Edited) -> None:
    edited.edit("second", "third")
    brought = edited.bring()
    edited.edit("third", "second")
    assert brought is not None
    assert edited.look(brought).found is Found.DONE
    assert "'A=second'" in edited.shown()[0]
    os.close(brought.held)


def test_what_failed_on_the_way_is_brought_by_the_look(edited: Edited) -> None:
    edited.edit("second", "third")
    for link in edited.hooks.glob(".next-*.current.zsh"):
        link.unlink()
    brought = edited.bring()
    assert brought is not None
    assert brought.shown is None
    assert edited.look(brought).found is Found.DONE
    assert "'A=third'" in edited.shown()[0]
    os.close(brought.held)


OTHER_CHANGES = (
    ("second", "second"),
    ('"not free"', '"free"'),
    ('"b"', '"c"'),
    ("second", "${B}"),
    ("second", "a\\tb"),
    ("[env]", "[env] # new"),
    ('A = "second"', 'A = "third"\nNEW = "x"'),
)


@contextmanager
def unchanged(edited: Edited) -> Iterator[None]:
    """Hooks have the same before and after."""
    before = sorted(path.name for path in edited.hooks.iterdir()), edited.shown()
    yield
    now = sorted(path.name for path in edited.hooks.iterdir()), edited.shown()
    assert now == before


def test_all_but_a_free_text_is_left_to_the_look(edited: Edited) -> None:
    text = edited.home.spec_path.read_text()
    for old, new in OTHER_CHANGES:
        edited.edit(old, new)
        with unchanged(edited):
            assert edited.bring() is None, (old, new)
        edited.home.spec_path.write_text(text)


def test_where_anything_else_has_changed_all_is_left_to_the_look(
    edited: Edited,
) -> None:
    home, text = edited.home, edited.home.spec_path.read_text()
    edited.edit("second", "third")
    for file, content in (
        (home.folder / "devenv.local.toml", b""),
        (home.folder / "devenv.lock.toml", home.lock_text.encode() + b"\n"),
        (home.folder / "archive.pgp", b"another"),
        (home.world.home / ".config/devenv/config.toml", b"[trust]\n"),
    ):
        before = file.read_bytes() if file.exists() else None
        file.write_bytes(content)
        with unchanged(edited):
            assert edited.bring() is None, file
        file.unlink() if before is None else file.write_bytes(before)
    home.spec_path.chmod(0o666)
    with unchanged(edited):
        assert edited.bring() is None
    home.spec_path.chmod(0o644)
    with locked(edited.hooks / "lock"), unchanged(edited):
        assert edited.bring() is None
    away = home.folder.rename(home.folder.with_name("away"))
    shutil.copytree(away, home.folder)
    with unchanged(edited):
        assert edited.bring() is None
    shutil.rmtree(home.folder)
    away.rename(home.folder)
    # It was the changes, and nothing else.
    brought = edited.bring()
    assert brought is not None
    os.close(brought.held)
    assert text != home.spec_path.read_text()


def test_what_is_denied_is_not_brought(edited: Edited) -> None:
    edited.edit("second", "third")
    assert edited.home.run("deny").returncode == 0
    assert edited.bring() is None
    assert not (edited.hooks / "current.bash").exists()


class _DeniedMeanwhile:
    """The doors of a project that is denied as soon as its effects were seen."""

    def __init__(self, edited: Edited) -> None:
        self._edited = edited
        self.env, self.clock = edited.doors.env, edited.doors.clock
        self.directories, self.system = edited.doors.directories, edited.doors.system

    @property
    def configuration(self) -> UserConfiguration:
        """Return the user's settings, which are asked for before anything is done."""
        assert self._edited.home.run("deny").returncode == 0
        return self._edited.doors.configuration


@pytest.mark.parametrize("is_at_a_glance", [True, False], ids=["glance", "look"])
def test_what_is_denied_between_decision_and_writing_is_not_brought(
    edited: Edited, *, is_at_a_glance: bool
) -> None:
    edited.edit("second", "third")
    doors = _DeniedMeanwhile(edited)
    if is_at_a_glance:
        assert bring_at_a_glance(doors, edited.glance) is None
    else:
        watched = edited.watched
        found = look_at_project(
            doors, watched.project, digest=watched.digest, basis=watched.basis
        )
        assert found.found is Found.TO_BUILD
    assert not (edited.hooks / "current.bash").exists()
