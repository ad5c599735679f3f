"""Garbage that goes because the disk is nearly full is spoken of, in one line."""

from datetime import timedelta

import pytest

from devenv.store.keepers import GRACE
from devenv.store.store import Store
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.quiet_doors import QuietDisplay
from tests.fixtures.stores import make, named, realise


def test_what_goes_to_make_room_is_said_once(
    project: ProjectWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devenv.store.session.COLLECT_BELOW_BYTES", 1 << 60)
    with project.doors() as doors:
        before = doors.clock.now() - GRACE - timedelta(seconds=1)
        with (
            Store.open(doors.directories, lambda: before) as store,
            store.session() as session,
        ):
            realise(session, [named("old"), named("older")])
        for name in ("new", "newer"):
            with (
                doors.store.session() as session,
                session.making([named(name)], collected=doors.say_collected) as batch,
            ):
                make(batch, named(name))
                batch.commit()
        assert isinstance(doors.display, QuietDisplay)
        (said,) = doors.display.said
    assert said.startswith("the disk is nearly full: 2 store paths that nothing needs")
