"""From a nod to an activation, and what happens to it afterwards."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from devenv.errors import DevenvError, NoProjectError, TrustError
from devenv.model.activation import HookState, HookWord
from devenv.model.trust import NewKind, TrustState
from devenv.model.user_configuration import TrustPolicy
from devenv.operations.activation_state import activation_folder
from devenv.operations.allow_project import (
    AllowProposal,
    accept,
    propose_allowing,
)
from devenv.operations.build_folder import read_hook_state, read_log
from devenv.operations.change_lock import update_lock
from devenv.operations.change_packages import add_packages, remove_packages
from devenv.operations.doors import Doors
from devenv.operations.enter_project import enter_project
from devenv.operations.forbid_project import deny_project, revoke_decision
from devenv.operations.keep_allowed import keep_allowed
from devenv.operations.list_trust import list_trust, programs_of
from devenv.operations.lock_mode import LockMode
from devenv.operations.project_status import project_status
from devenv.operations.reload_project import reload_project
from devenv.operations.wait_for_project import wait_for_project
from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.quiet_doors import QuietDisplay
from tests.fixtures.world import HELLO, HELLO_DATA, PACKAGES
from tests.shells.terminal import required

GREETING = '[env]\nGREETING = "hello"\n'
EVIL = GREETING.replace("hello", "evil")
GIT = Package(
    name="git",
    version="1.0-1",
    architecture="all",
    files={"usr/bin/git": b"#!/bin/sh\necho not the one you think\n"},
)
TOOLBOX_WITH_SSH = Package(
    name="toolbox",
    version="2.0",
    architecture="all",
    files={"usr/bin/ssh": b"#!/bin/sh\necho evil\n"},
)


@dataclass(slots=True, kw_only=True)
class Flow:
    """A project, the doors to it, and what hooks have of it."""

    project: ProjectWorld
    doors: Doors

    @property
    def folder(self) -> Path:
        return self.project.folder

    @property
    def active(self) -> str:
        """What hooks would bring into bash, "" for nothing."""
        hooks = activation_folder(self.doors.directories.state, str(self.folder))
        link = hooks / "current.bash"
        return link.read_text() if link.exists() else ""

    @property
    def sentence(self) -> str:
        return read_hook_state(self.doors.directories.state, str(self.folder))[1]

    def write(self, *packages: str, tables: str = GREETING) -> None:
        self.project.write_spec(*packages, tables=tables)

    def allow(self) -> AllowProposal:
        proposal = propose_allowing(self.doors, self.folder)
        accept(self.doors, proposal)
        self.reload()
        return proposal

    def reload(self, folder: Path | None = None) -> HookWord:
        return self.reloaded(folder).word

    def reloaded(self, folder: Path | None = None) -> HookState:
        return reload_project(self.doors, folder or self.folder)

    def add(self, *texts: str) -> None:
        fresh = replace(self.doors, refresh=True)
        with keep_allowed(self.doors, str(self.folder)):
            add_packages(fresh, self.project.read(), texts)


@pytest.fixture
def flow(project: ProjectWorld) -> Iterator[Flow]:
    """Yield a project that is not allowed yet."""
    with project.doors() as doors:
        found = Flow(project=project, doors=doors)
        found.write("hello")
        yield found


@pytest.fixture
def allowed(flow: Flow) -> Flow:
    flow.allow()
    assert "GREETING=hello" in flow.active
    return flow


def test_what_exec_made_is_nothing_to_hooks(flow: Flow) -> None:
    enter_project(flow.doors, flow.folder, LockMode.RELOCK)
    assert not flow.active
    assert flow.reload() is HookWord.UNKNOWN
    assert not flow.active


def test_a_proposal_writes_nothing(flow: Flow) -> None:
    before = {path.name for path in flow.project.world.home.rglob("*")}
    proposal = propose_allowing(flow.doors, flow.folder)
    assert proposal.requested == ("hello",)
    assert proposal.decision is None
    assert not flow.project.lock_path.exists()
    new = {path.name for path in flow.project.world.home.rglob("*")} - before
    assert not new & {"trust", "hook", "current.bash", "devenv.lock.toml"}


def test_what_is_agreed_to_is_what_was_shown(flow: Flow) -> None:
    proposal = propose_allowing(flow.doors, flow.folder)
    flow.write("hello", tables=EVIL)
    accept(flow.doors, proposal)
    assert flow.reload() is HookWord.CHANGED
    assert not flow.active


def test_what_is_new_is_asked_for_and_named(allowed: Flow) -> None:
    before = allowed.active
    allowed.write("hello", tables=EVIL)
    told = allowed.reloaded()
    assert told.word is HookWord.CHANGED
    assert told.sentence.startswith("new here: value GREETING=evil")
    assert allowed.active == before
    status = project_status(allowed.doors, allowed.folder)
    assert status.state is TrustState.CHANGED
    assert status.needed == ("value GREETING=evil",)
    assert {file.path: file.change for file in status.watched} == {
        "archive.pgp": "same",
        "devenv.local.toml": "absent",
        "devenv.lock.toml": "same",
        "devenv.toml": "changed",
    }
    decision = allowed.allow().decision
    assert decision is not None
    assert [new.kind for new in decision.needed] == [NewKind.VALUE]
    assert "GREETING=evil" in allowed.active
    # Going back to the bytes that were allowed before needs no nod.
    allowed.write("hello")
    assert allowed.reload() is HookWord.ALLOWED
    assert allowed.active == before


def test_a_sentence_is_shown_again_for_another_change_only(allowed: Flow) -> None:
    allowed.write("hello", tables=EVIL)
    first = allowed.reloaded()
    assert allowed.reloaded() == first
    allowed.write("hello", tables=f"{EVIL}# and a comment\n")
    again = allowed.reloaded()
    assert again.sentence == first.sentence
    assert again.token != first.token


def test_packages_of_an_approved_archive_need_no_nod(allowed: Flow) -> None:
    allowed.write("hello", "toolbox")
    told = allowed.reloaded()
    assert (told.word, told.sentence) == (
        HookWord.ALLOWED,
        "toolbox 1.0 of own is new",
    )
    assert "toolbox" in allowed.project.lock_text
    allowed.write("hello")
    assert allowed.reloaded().sentence == "toolbox 1.0 of own is gone"


def test_a_lock_row_that_no_index_knows_needs_a_nod(allowed: Flow) -> None:
    before = allowed.active
    (row,) = (
        row
        for row in allowed.project.lock.systems[allowed.doors.system.name].packages
        if row.name == "hello"
    )
    text = allowed.project.lock_text.replace(row.sha256, "0" * 64)
    allowed.project.lock_path.write_text(text)
    told = allowed.reloaded()
    assert told.word is HookWord.CHANGED
    assert "unknown package hello 2.1-1 of own" in told.sentence
    assert allowed.active == before


def test_a_downgrade_needs_a_nod_even_to_what_was_allowed_before(
    allowed: Flow,
) -> None:
    old = allowed.project.lock_text
    newer = Package(
        name="hello-data",
        version="3-1",
        architecture="all",
        files=dict(HELLO_DATA.files),
    )
    allowed.project.publish(HELLO, HELLO_DATA, newer)
    fresh = replace(allowed.doors, refresh=True)
    with keep_allowed(allowed.doors, str(allowed.folder)):
        update_lock(fresh, allowed.project.read(), [])
    assert allowed.reload() is HookWord.ALLOWED
    allowed.project.lock_path.write_text(old)
    told = allowed.reloaded()
    assert told.word is HookWord.CHANGED
    assert told.sentence.startswith("new here: downgrade hello-data 2.1-1 of own")


def test_what_stands_in_front_of_a_host_command_needs_a_nod(allowed: Flow) -> None:
    allowed.add("toolbox")
    assert allowed.reload() is HookWord.ALLOWED
    before = allowed.active
    allowed.project.publish(*PACKAGES, TOOLBOX_WITH_SSH)
    # Nobody typed this: the lock came with git pull, say.
    update_lock(replace(allowed.doors, refresh=True), allowed.project.read(), [])
    told = allowed.reloaded()
    assert told.word is HookWord.CHANGED
    assert "program ssh of own" in told.sentence
    assert allowed.active == before
    allowed.allow()
    assert programs_of(allowed.doors, allowed.folder) == {"ssh": "own"}
    assert allowed.active != before
    assert allowed.reload() is HookWord.ALLOWED


def test_what_the_user_adds_and_removes_is_allowed(allowed: Flow) -> None:
    allowed.project.publish(*PACKAGES, GIT)
    allowed.add("git")
    assert project_status(allowed.doors, allowed.folder).state is TrustState.ALLOWED
    assert allowed.reload() is HookWord.ALLOWED
    assert programs_of(allowed.doors, allowed.folder) == {"git": "own"}
    with keep_allowed(allowed.doors, str(allowed.folder)):
        remove_packages(allowed.doors, allowed.project.read(), ["git"])
    assert allowed.reload() is HookWord.ALLOWED
    assert programs_of(allowed.doors, allowed.folder) == {}


@pytest.mark.parametrize("moment", ["before", "meanwhile"])
def test_what_somebody_else_changed_is_not_allowed_in_passing(
    allowed: Flow, moment: str
) -> None:
    if moment == "before":
        allowed.write("hello", tables=EVIL)
        allowed.add("toolbox")
    else:
        with keep_allowed(allowed.doors, str(allowed.folder)):
            allowed.write("hello", tables=EVIL)
            add_packages(allowed.doors, allowed.project.read(), ["toolbox"])
    told = allowed.reloaded()
    assert told.word is HookWord.CHANGED
    assert "value GREETING=evil" in told.sentence
    assert "evil" not in allowed.active


def test_deny_is_for_good_and_revoke_forgets(allowed: Flow) -> None:
    deny_project(allowed.doors, allowed.folder)
    assert not allowed.active
    allowed.write("toolbox")
    assert allowed.reload() is HookWord.DENIED
    assert not allowed.active
    assert [row.word for row in list_trust(allowed.doors)] == ["denied"]
    assert revoke_decision(allowed.doors, allowed.folder)
    assert not revoke_decision(allowed.doors, allowed.folder)
    assert list_trust(allowed.doors) == ()
    assert allowed.reload() is HookWord.UNKNOWN
    allowed.allow()
    assert allowed.active


def test_what_is_no_longer_allowed_is_taken_from_hooks(allowed: Flow) -> None:
    allowed.folder.chmod(0o777)
    assert allowed.reload() is HookWord.FOREIGN
    assert "may be written by everybody" in allowed.sentence
    assert not allowed.active
    with pytest.raises(TrustError, match="may be written by everybody"):
        propose_allowing(allowed.doors, allowed.folder)
    allowed.folder.chmod(0o755)
    assert allowed.reload() is HookWord.ALLOWED
    away = allowed.folder.with_name("away")
    allowed.folder.rename(away)
    shutil.copytree(away, allowed.folder)
    assert allowed.reload() is HookWord.UNKNOWN
    assert not allowed.active


def test_a_project_that_is_gone_leaves_nothing_to_hooks(allowed: Flow) -> None:
    allowed.project.spec_path.unlink()
    with pytest.raises(NoProjectError):
        allowed.reload()
    assert not allowed.active


def test_a_failure_leaves_the_last_good_one_and_its_reason(allowed: Flow) -> None:
    before = allowed.active
    good = allowed.project.spec_path.read_text()
    allowed.project.spec_path.write_text(good + "\nthis is no toml\n")
    with pytest.raises(DevenvError):
        allowed.reload()
    assert allowed.sentence.startswith("failed: this is not TOML")
    log = read_log(allowed.doors.directories.state, str(allowed.folder))
    assert "devenv.toml" in log
    assert allowed.active == before
    allowed.project.spec_path.write_text(good)
    waited = wait_for_project(allowed.doors, allowed.folder, timeout_seconds=60)
    assert waited is not None
    assert waited.is_ready


class Impatient(QuietDisplay):
    """Somebody who types ^C as soon as something is fetched."""

    def started(self, label: str, total: int, *, is_bytes: bool = True) -> None:
        raise KeyboardInterrupt(label, total, is_bytes)


def test_an_interruption_loses_nothing(allowed: Flow) -> None:
    before = allowed.active
    record = list_trust(allowed.doors)
    allowed.write("hello", "toolbox")
    patient = allowed.doors
    allowed.doors = replace(patient, display=Impatient())
    with pytest.raises(KeyboardInterrupt):
        allowed.reload()
    assert allowed.active == before
    assert list_trust(patient) == record
    assert "interrupted" in allowed.sentence
    allowed.doors = patient
    assert allowed.reload() is HookWord.ALLOWED
    assert allowed.active != before


def test_values_follow_the_outer_variables_and_stay_allowed(flow: Flow) -> None:
    flow.write("hello", tables='[env]\nPLACE = "${OUTER:-nowhere}/x"\n')
    flow.allow()
    assert "PLACE=nowhere/x" in flow.active
    flow.doors = replace(flow.doors, env={**flow.doors.env, "OUTER": "/somewhere"})
    assert flow.reload() is HookWord.ALLOWED
    assert "PLACE=/somewhere/x" in flow.active
    # And what is new is new, whatever the outer variables are now.
    flow.write("hello", tables='[env]\nPLACE = "${OUTER:-nowhere}/y"\n')
    assert flow.reload() is HookWord.CHANGED


def test_a_library_of_the_project_is_none_of_the_next_look(allowed: Flow) -> None:
    active = {
        **allowed.doors.env,
        "__DEVENV_ACTIVE": f"abc {allowed.folder}",
        "__DEVENV_SET": "GREETING",
        "GREETING": "hello",
    }
    before = allowed.active
    allowed.doors = replace(allowed.doors, env=active)
    assert allowed.reload() is HookWord.ALLOWED
    assert allowed.active == before


def test_the_same_content_in_another_worktree_is_allowed_if_the_user_says_so(
    flow: Flow,
) -> None:
    git = required("git")
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    linked = flow.folder.with_name("linked")
    propose_allowing(flow.doors, flow.folder)
    for words in (
        ("init", "-q"),
        ("add", "."),
        (*identity, "commit", "-qm", "one"),
        ("worktree", "add", "-q", str(linked)),
    ):
        subprocess.run([git, *words], cwd=flow.folder, check=True, env=os.environ)
    flow.allow()
    shutil.copy(flow.project.lock_path, linked)
    copy = flow.folder.with_name("copy")
    shutil.copytree(flow.folder, copy, symlinks=True)
    assert flow.reload(linked) is HookWord.UNKNOWN
    trusting = replace(flow.doors.configuration, trust=TrustPolicy(worktrees=True))
    flow.doors = replace(flow.doors, configuration=trusting)
    assert flow.reload(linked) is HookWord.ALLOWED
    # A copy is a repository of its own, and other content is other content.
    assert flow.reload(copy) is HookWord.UNKNOWN
    deny_project(flow.doors, linked)
    assert flow.reload(linked) is HookWord.DENIED
    revoke_decision(flow.doors, linked)
    text = (linked / "devenv.toml").read_text()
    (linked / "devenv.toml").write_text(text.replace("hello", "evil"))
    assert flow.reload(linked) is HookWord.UNKNOWN
