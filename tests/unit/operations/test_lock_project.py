"""A project's lock: made for every system, and moved only where it must be."""

from dataclasses import replace

import pytest

from devenv.errors import (
    DevenvError,
    LockError,
    OfflineError,
    ResolutionError,
    SpecError,
)
from devenv.formats.lock_toml import render_lock
from devenv.model.lock import Lock
from devenv.model.systems import AARCH64_LINUX, X86_64_LINUX
from devenv.operations.lock_mode import LockMode
from devenv.operations.lock_project import ensure_lock, make_lock
from devenv.operations.read_project import read_project
from devenv.plan.lock_update import Update
from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld, for_both


def relock(project: ProjectWorld, mode: LockMode = LockMode.RELOCK) -> Lock:
    """Lock as every command that needs one does, with the newest indexes."""
    with project.doors(refresh=True) as doors:
        return ensure_lock(doors, project.read(), mode)


def update(project: ProjectWorld, *names: str) -> Lock:
    what = Update(everything=not names, names=frozenset(names))
    with project.doors(refresh=True) as doors:
        return make_lock(doors, project.read(), project.lock, update=what)


def versions(lock: Lock, system: str = "x86_64-linux") -> dict[str, str]:
    return {row.name: row.version for row in lock.systems[system].packages}


def refusal(project: ProjectWorld, mode: LockMode = LockMode.RELOCK) -> DevenvError:
    with pytest.raises(DevenvError) as caught:
        relock(project, mode)
    return caught.value


LIBRARY = for_both("lib", "1.0-1", Section="libs")
TOOL = for_both("tool", "1.0-1", depends="lib (>= 1.0), lib (<< 3)")
OTHER = for_both("other-tool", "1.0-1", depends="lib")


def test_every_system_is_locked_whatever_the_machine(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL)
    project.write_spec("tool")
    lock = relock(project)
    assert list(lock.systems) == ["aarch64-linux", "x86_64-linux"]
    for system, architecture in (("aarch64-linux", "arm64"), ("x86_64-linux", "amd64")):
        rows = lock.systems[system].packages
        assert [row.name for row in rows] == ["lib", "tool"]
        assert {row.architecture for row in rows} == {architecture}
    tool = lock.systems["x86_64-linux"].packages[1]
    assert tool.needs == ("lib (<< 3)", "lib (>= 1.0)")
    assert tool.location == "pool/main/t/tool/tool_1.0-1_amd64.deb"


def test_locking_downloads_indexes_and_nothing_else(project: ProjectWorld) -> None:
    relock(project)
    assert not [path for path in project.world.server.paths() if ".deb" in path]


def test_a_lock_made_twice_is_the_same_to_the_byte(project: ProjectWorld) -> None:
    relock(project)
    first = project.lock_text
    project.lock_path.unlink()
    relock(project)
    assert project.lock_text == first


def test_a_lock_that_answers_the_spec_asks_nobody(project: ProjectWorld) -> None:
    lock = relock(project)
    before = project.lock_path.stat()
    project.world.server.requests.clear()
    assert relock(project) == lock
    assert project.world.server.paths() == []
    assert project.lock_path.stat().st_mtime_ns == before.st_mtime_ns


def test_a_package_more_does_not_move_the_others(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL)
    project.write_spec("tool")
    relock(project)
    newer = for_both("lib", "2.0-1", Section="libs")
    project.publish(*LIBRARY, *newer, *TOOL, *OTHER)
    project.write_spec("tool", "other-tool")
    assert versions(relock(project)) == {
        "lib": "1.0-1",
        "other-tool": "1.0-1",
        "tool": "1.0-1",
    }


def test_what_must_move_for_a_new_package_moves(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL)
    project.write_spec("tool")
    relock(project)
    newer = for_both("lib", "2.0-1", Section="libs")
    demanding = for_both("other-tool", depends="lib (>= 2.0)")
    project.publish(*LIBRARY, *newer, *TOOL, *demanding)
    project.write_spec("tool", "other-tool")
    assert versions(relock(project))["lib"] == "2.0-1"


def test_a_package_that_left_the_archive_stays_locked(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL)
    project.write_spec("tool")
    before = relock(project)
    project.publish(*for_both("lib", "2.0-1", Section="libs"), *TOOL, *OTHER)
    project.write_spec("tool", "other-tool")
    after = relock(project)
    assert versions(after)["lib"] == "1.0-1"
    rows = after.systems["x86_64-linux"].packages
    date = before.inputs["own"].pockets[0].date
    assert {row.name: row.seen for row in rows} == {
        "lib": date,
        "other-tool": None,
        "tool": None,
    }
    assert [
        replace(row, seen=None) for row in rows if row.name != "other-tool"
    ] == list(before.systems["x86_64-linux"].packages)


def test_when_a_package_was_last_seen_stays_known(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL)
    project.write_spec("tool")
    date = relock(project).inputs["own"].pockets[0].date
    for version, names in (("2.0-1", ("tool", "x1")), ("3.0-1", ("tool", "x1", "x2"))):
        project.publish(
            *for_both("lib", version), *TOOL, *for_both("x1"), *for_both("x2")
        )
        project.write_spec(*names)
        rows = relock(project).systems["x86_64-linux"].packages
        assert {row.name: row.seen for row in rows}["lib"] == date
    project.publish(*LIBRARY, *TOOL, *for_both("x1"))
    project.write_spec("tool", "x1")
    rows = relock(project).systems["x86_64-linux"].packages
    assert {row.seen for row in rows} == {None}


def test_an_alternative_that_was_chosen_stays_chosen(project: ProjectWorld) -> None:
    picky = for_both("picky", depends="first | lib")
    project.publish(*LIBRARY, *picky)
    project.write_spec("picky")
    relock(project)
    project.publish(*LIBRARY, *picky, *for_both("first"), *OTHER)
    project.write_spec("picky", "other-tool")
    assert "first" not in versions(relock(project))


def test_a_package_less_takes_what_only_it_needed_along(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL, *for_both("alone"))
    project.write_spec("tool", "alone")
    relock(project)
    project.write_spec("alone")
    assert versions(relock(project)) == {"alone": "1.0-1"}


def test_another_order_moves_nothing_and_asks_nobody(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL, *OTHER)
    project.write_spec("tool", "other-tool")
    before = relock(project)
    project.publish(*for_both("tool", "2"), *OTHER, *LIBRARY)
    project.write_spec("other-tool", "tool")
    project.world.server.requests.clear()
    after = relock(project)
    assert project.world.server.paths() == []
    assert list(after.systems["x86_64-linux"].requirements) == ["other-tool", "tool"]
    assert versions(after) == versions(before)


def test_the_base_set_is_locked_and_flagged(project: ProjectWorld) -> None:
    project.publish(*TOOL, *LIBRARY, *for_both("dash", depends="lib"))
    project.write_spec("tool")
    rows = relock(project).systems["x86_64-linux"].packages
    assert {row.name: row.is_base for row in rows} == {
        "dash": True,
        "lib": False,
        "tool": False,
    }


def publish_newer(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL, *OTHER)
    project.write_spec("tool", "other-tool")
    relock(project)
    project.publish(
        *for_both("lib", "2.0-1", Section="libs"),
        *for_both("tool", "2.0-1", depends="lib (>= 1.0)"),
        *for_both("other-tool", "2.0-1", depends="lib"),
    )


def test_an_update_of_everything_takes_the_newest(project: ProjectWorld) -> None:
    publish_newer(project)
    assert set(versions(update(project)).values()) == {"2.0-1"}


def test_an_update_of_one_package_leaves_the_others(project: ProjectWorld) -> None:
    publish_newer(project)
    assert versions(update(project, "tool")) == {
        "lib": "1.0-1",
        "other-tool": "1.0-1",
        "tool": "2.0-1",
    }


def test_an_update_of_one_input_leaves_the_others(project: ProjectWorld) -> None:
    project.publish(*TOOL, *LIBRARY)
    project.publish(*for_both("thing"), suite="other")
    project.write_spec("tool", "other:thing")
    before = relock(project)
    project.publish(*for_both("tool", "2.0-1"))
    project.publish(*for_both("thing", "2.0-1"), suite="other")
    after = update(project, "other")
    assert versions(after) == {"lib": "1.0-1", "tool": "1.0-1", "thing": "2.0-1"}
    assert after.inputs["own"] == before.inputs["own"]
    assert after.inputs["other"] != before.inputs["other"]


def test_rules_of_a_lock_stay_until_it_is_updated(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL, *OTHER)
    project.write_spec("tool")
    relock(project)
    text = project.lock_text
    project.lock_path.write_text(text.replace("\ntree = ", "\ntree = 9"))
    old = project.lock.rules
    project.write_spec("tool", "other-tool")
    assert relock(project).rules == old
    assert update(project).rules != old
    assert update(project, "tool").rules == old


def test_a_conflict_is_solved_anew_from_both_sides(project: ProjectWorld) -> None:
    lib2 = for_both("lib", "2.0-1", Section="libs")
    project.publish(*LIBRARY, *TOOL)
    project.write_spec("tool")
    relock(project)
    ours = project.lock_text
    project.publish(*lib2, *TOOL, *OTHER, *for_both("extra"))
    project.write_spec("tool", "other-tool", "extra")
    project.lock_path.write_text(render_lock(update(project)))
    theirs = project.lock_text
    project.publish(*for_both("lib", "3.0-1"), *TOOL, *OTHER, *for_both("extra", "2"))
    project.lock_path.write_text(
        f"<<<<<<< HEAD\n{ours}||||||| base\n=======\n{theirs}>>>>>>> topic\n"
    )
    assert "merge conflict" in refusal(project, LockMode.LOCKED).what
    lock = relock(project)
    assert versions(lock) == {
        "extra": "1.0-1",
        "lib": "2.0-1",
        "other-tool": "1.0-1",
        "tool": "1.0-1",
    }
    assert project.lock == lock


def test_a_half_resolved_conflict_is_explained(project: ProjectWorld) -> None:
    relock(project)
    project.lock_path.write_text("<<<<<<< HEAD\n" + project.lock_text)
    error = refusal(project)
    assert "half resolved" in error.what
    assert error.hint is not None
    assert "devenv lock" in error.hint


def test_an_edited_hash_gives_way_to_the_index(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL, *OTHER)
    project.write_spec("tool")
    good = relock(project).systems["x86_64-linux"].packages[0].sha256
    project.lock_path.write_text(project.lock_text.replace(good, "ab" * 32))
    project.write_spec("tool", "other-tool")
    with project.doors() as doors:
        lock = ensure_lock(doors, project.read(), LockMode.RELOCK)
        said = doors.display.said  # type: ignore[attr-defined]
    assert lock.systems["x86_64-linux"].packages[0].sha256 == good
    assert any("lib 1.0-1 with another hash" in text for text in said)


def test_a_locked_lock_must_answer_the_spec(project: ProjectWorld) -> None:
    assert "has no lock" in refusal(project, LockMode.LOCKED).what
    lock = relock(project)
    assert relock(project, LockMode.LOCKED) == lock
    project.write_spec("hello", "toolbox")
    error = refusal(project, LockMode.LOCKED)
    assert isinstance(error, LockError)
    assert error.what == (
        "the lock is out of date: packages has toolbox, which the lock has not"
        " (aarch64-linux)"
    )
    assert error.hint == "run `devenv lock`"


def test_a_frozen_lock_is_taken_as_it_is(project: ProjectWorld) -> None:
    assert "has no lock" in refusal(project, LockMode.FROZEN).what
    lock = relock(project)
    project.write_spec("hello", "toolbox")
    assert relock(project, LockMode.FROZEN) == lock


def test_another_key_or_address_is_another_input(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL)
    project.write_spec("tool")
    relock(project)
    spec = project.spec_path.read_text()
    project.publish(*for_both("tool", "0.5-1"), suite="elsewhere")
    project.spec_path.write_text(
        spec.replace('suite = "stable"', 'suite = "elsewhere"')
    )
    assert "own is defined in another way" in refusal(project, LockMode.LOCKED).what
    assert versions(relock(project)) == {"tool": "0.5-1"}


def test_what_cannot_be_met_on_one_system_names_it(project: ProjectWorld) -> None:
    project.publish(
        *for_both("lib"), Package(name="tool", version="1", depends="lib (>= 2)")
    )
    project.write_spec("tool")
    error = refusal(project)
    assert isinstance(error, ResolutionError)
    assert error.what == "on aarch64-linux: there is no package 'tool'"
    assert error.where == f"{project.spec_path}:3, packages[0]"
    assert error.hint is not None
    assert 'write systems = ["x86_64-linux"] in devenv.toml' in error.hint
    assert not project.lock_path.exists()


def test_a_system_may_be_left_out(project: ProjectWorld) -> None:
    project.publish(Package(name="tool", version="1"))
    project.write_spec("tool", more='systems = ["x86_64-linux"]')
    assert list(relock(project).systems) == ["x86_64-linux"]


def test_a_system_has_packages_of_its_own(project: ProjectWorld) -> None:
    project.publish(Package(name="tool", version="1"), *LIBRARY)
    project.write_spec("lib", tables='[system.x86_64-linux]\npackages = ["tool"]\n')
    lock = relock(project)
    assert versions(lock) == {"lib": "1.0-1", "tool": "1"}
    assert versions(lock, "aarch64-linux") == {"lib": "1.0-1"}


def test_the_machine_makes_no_difference(project: ProjectWorld) -> None:
    project.publish(*LIBRARY, *TOOL, Package(name="only-here", version="1"))
    project.write_spec(
        "tool",
        tables='[system.x86_64-linux]\npackages = ["only-here"]\n'
        '[system.aarch64-linux]\ndefault_input = "own"\n',
    )
    texts = set()
    for system in (X86_64_LINUX, AARCH64_LINUX):
        with project.doors() as doors:
            there = replace(doors, system=system)
            read = read_project(project.folder, system=system.name)
            texts.add(render_lock(make_lock(there, read, None)))
    assert len(texts) == 1


def test_offline_a_stale_lock_is_made_of_the_last_indexes(
    project: ProjectWorld,
) -> None:
    relock(project)
    project.write_spec("hello", "toolbox")
    project.world.server.requests.clear()
    with project.doors(offline=True) as doors:
        lock = ensure_lock(doors, project.read(), LockMode.RELOCK)
    assert "toolbox" in versions(lock)
    assert project.world.server.paths() == []


def test_offline_without_an_index_says_what_to_do(project: ProjectWorld) -> None:
    with project.doors(offline=True) as doors, pytest.raises(OfflineError) as caught:
        ensure_lock(doors, project.read(), LockMode.RELOCK)
    assert caught.value.hint is not None
    assert "without --offline" in caught.value.hint
    assert not project.lock_path.exists()


def test_users_inputs_are_not_the_projects(project: ProjectWorld) -> None:
    project.world.configure()
    project.spec_path.write_text('packages = ["own:hello"]\n')
    with pytest.raises(SpecError, match="there is no input 'own'"):
        project.read()
    line = project.input_line("mine", "stable")
    project.spec_path.write_text(f'packages = ["mine:hello"]\n[inputs]\n{line}')
    assert versions(relock(project)) == {"hello": "2.1-1", "hello-data": "2.1-1"}


def test_the_first_want_of_a_package_set_decides_nothing(
    project: ProjectWorld,
) -> None:
    """The rows of a lock do not depend on the order of the requirements."""
    project.publish(
        *LIBRARY,
        *for_both("one", depends="lib | other"),
        *for_both("two", depends="other | lib"),
        *for_both("other"),
    )
    rows = []
    for names in (("one", "two"), ("two", "one")):
        project.write_spec(*names)
        project.lock_path.unlink(missing_ok=True)
        rows.append(relock(project).systems["x86_64-linux"].packages)
    assert rows[0] == rows[1]
