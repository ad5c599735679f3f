"""The hook in a real shell on a terminal: one table over bash, zsh and fish.

Each scenario gets a shell that has been through others; afterwards everything that
is exported must be as it was before.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devenv.model.activation import HookState, HookWord
from devenv.model.spec import ShellText
from devenv.operations.activation_state import write_hook_state
from devenv.operations.write_activation import remove_activation
from tests.fixtures.hooked import (
    HookedProject,
    HookedShell,
    hooked_terminal,
    ours_only,
    quoted,
)

pytestmark = pytest.mark.shell


@dataclass
class Stage:
    """A shell, and a folder of its own to make projects in."""

    shell: HookedShell
    folder: Path

    def project(self, name: str = "project") -> HookedProject:
        return HookedProject(self.shell.user, self.folder / name)


@pytest.fixture
def stage(hooked: HookedShell, tmp_path: Path) -> Iterator[Stage]:
    (hooked.user.path / "asked").unlink(missing_ok=True)
    before = ours_only(hooked.exported())
    yield Stage(hooked, tmp_path.resolve())
    hooked.go("/")
    assert ours_only(hooked.exported()) == before


Scenario = Callable[[Stage], None]


def enters_and_leaves(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"}, prepend={"PATH": ["/p/bin"]})
    before = stage.shell.value("PATH")
    assert stage.shell.go(project.folder) == ""
    inside = stage.shell.exported()
    assert inside["FOO"] == "bar"
    assert inside["PATH"] == f"/p/bin:{before}"
    assert inside["DEVENV_PROJECT"] == str(project.folder)
    assert inside["DEVENV_STATE_TEXT"] == ""
    stage.shell.go("/")
    outside = stage.shell.exported()
    assert outside["PATH"] == before
    assert not {"FOO", "DEVENV_PROJECT", "DEVENV_STATE_TEXT"} & outside.keys()
    assert not [name for name in outside if name.startswith("__DEVENV")]


def stays_below(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    below = project.folder / "a b" / "c"
    below.mkdir(parents=True)
    stage.shell.go(below)
    assert stage.shell.value("FOO") == "bar"
    stage.shell.go(project.folder)
    assert stage.shell.value("FOO") == "bar"


def changes_nothing_when_nothing_changed(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"}, prepend={"PATH": ["/p/bin"]})
    stage.shell.go(project.folder)
    first = stage.shell.exported()
    for _ in range(3):
        stage.shell.ask("true")
    assert stage.shell.exported() == first


def moves_between_projects(stage: Stage) -> None:
    one, two = stage.project("one"), stage.project("two")
    one.allow(values={"FOO": "1", "ONE": "1"}, prepend={"PATH": ["/one"]})
    two.allow(values={"FOO": "2"}, prepend={"PATH": ["/two"]})
    before = stage.shell.value("PATH")
    stage.shell.go(one.folder)
    stage.shell.go(two.folder)
    inside = stage.shell.exported()
    assert (inside["FOO"], inside["PATH"]) == ("2", f"/two:{before}")
    assert "ONE" not in inside


def an_inner_project_replaces_the_outer(stage: Stage) -> None:
    outer, inner = stage.project("outer"), stage.project("outer/inner")
    outer.allow(values={"OUTER": "1"})
    inner.allow(values={"INNER": "1"})
    stage.shell.go(outer.folder)
    stage.shell.go(inner.folder)
    inside = stage.shell.exported()
    assert ("OUTER" in inside, "INNER" in inside) == (False, True)
    stage.shell.go(outer.folder)
    inside = stage.shell.exported()
    assert ("OUTER" in inside, "INNER" in inside) == (True, False)


def an_unknown_project_says_so_once(stage: Stage) -> None:
    project = stage.project()
    said = stage.shell.go(project.folder)
    assert said.count("not allowed yet") == 1
    assert stage.shell.said() == ""
    assert "not allowed" in str(stage.shell.value("DEVENV_STATE_TEXT"))
    assert stage.shell.value("DEVENV_PROJECT") is None


def an_unknown_project_keeps_the_one_above(stage: Stage) -> None:
    outer, inner = stage.project("outer"), stage.project("outer/inner")
    outer.allow(values={"OUTER": "1"})
    stage.shell.go(outer.folder)
    assert "the one above it stays" in stage.shell.go(inner.folder)
    assert stage.shell.value("OUTER") == "1"
    assert stage.shell.said() == ""


def is_allowed_while_the_shell_waits(stage: Stage) -> None:
    project = stage.project()
    stage.shell.go(project.folder)
    project.allow(values={"FOO": "bar"})
    stage.shell.said()
    assert stage.shell.value("FOO") == "bar"


def is_denied_while_the_shell_waits(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    remove_activation(stage.shell.user.state, str(project.folder))
    stage.shell.said()
    assert stage.shell.value("FOO") is None


def the_state_is_said_once_for_each_token(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    state, folder = stage.shell.user.state, str(project.folder)

    def tell(word: HookWord, sentence: str, token: str) -> None:
        written = HookState(word=word, sentence=sentence, token=token)
        write_hook_state(state, folder, written)

    tell(HookWord.ALLOWED, "", "0")
    assert stage.shell.go(folder) == ""
    tell(HookWord.BUILDING, "building it", "1")
    assert stage.shell.said() == "devenv: building it"
    assert stage.shell.value("DEVENV_STATE_TEXT") == "building it"
    assert stage.shell.said() == ""
    tell(HookWord.FAILED, "it failed; $(touch x) `id`", "2")
    assert stage.shell.said() == "devenv: it failed; $(touch x) `id`"
    assert stage.shell.value("FOO") == "bar"
    tell(HookWord.ALLOWED, "", "3")
    assert stage.shell.said() == ""
    assert stage.shell.value("DEVENV_STATE_TEXT") == ""


def works_without_the_stamp_of_a_state(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    for stamp in (stage.shell.user.state / "t").iterdir():
        stamp.unlink()
    stage.shell.said()
    assert stage.shell.value("FOO") == "bar"
    stage.shell.go(project.folder.parent)
    stage.shell.go(project.folder)
    assert stage.shell.value("FOO") == "bar"
    assert stage.shell.asked == []
    remove_activation(stage.shell.user.state, str(project.folder))
    stage.shell.said()
    assert stage.shell.value("FOO") is None


def a_substitution_that_changes_the_folder(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    # In fish, that is the shell itself.
    stage.shell.said("set ignored (cd /)" if is_fish(stage) else "ignored=$(cd /)")
    assert stage.shell.value("FOO") == (None if is_fish(stage) else "bar")


def a_new_activation_is_taken_at_the_next_prompt(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "1", "OLD": "1"}, prepend={"PATH": ["/old"]})
    before = stage.shell.value("PATH")
    stage.shell.go(project.folder)
    project.allow(values={"FOO": "2"}, prepend={"PATH": ["/new"]})
    stage.shell.said()
    inside = stage.shell.exported()
    assert (inside["FOO"], inside["PATH"]) == ("2", f"/new:{before}")
    assert "OLD" not in inside


def asks_for_a_reload(stage: Stage, project: HookedProject) -> None:
    stage.shell.said()
    file = stage.shell.user.path / "asked"
    stage.shell.ask(
        # Not only there: it is opened before it is written to.
        f"while not test -s {file}; :; end"
        if is_fish(stage)
        else f"until [ -s {file} ]; do :; done"
    )
    wanted = f"reload --background --project {project.folder}"
    assert stage.shell.asked == [wanted]
    stage.shell.said()
    assert stage.shell.asked == [wanted]
    assert stage.shell.value("FOO") == "bar"
    project.look_again()
    stage.shell.said()
    file.unlink()
    stage.shell.said()
    assert not file.exists()


def is_fish(stage: Stage) -> bool:
    return stage.shell.shell == "fish"


def a_changed_file_asks_once(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    project.write("devenv.toml", "# another\n", LONG_AFTER)
    asks_for_a_reload(stage, project)


def an_older_file_asks_once(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    project.write("devenv.lock.toml", "# another\n", 1_600_000_000)
    asks_for_a_reload(stage, project)


def a_file_that_appears_asks_once(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    project.write("devenv.local.toml", "# new\n")
    asks_for_a_reload(stage, project)


def a_file_that_goes_asks_once(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    (project.folder / "devenv.lock.toml").unlink()
    asks_for_a_reload(stage, project)


def a_link_that_leads_elsewhere_asks_once(stage: Stage) -> None:
    project = stage.project()
    for name, moment in (("one", 1_500_000_000), ("two", 1_500_000_001)):
        project.write(name, name, moment)
    link = project.folder / "devenv.local.toml"
    link.symlink_to("one")
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    link.unlink()
    link.symlink_to("two")
    asks_for_a_reload(stage, project)


def an_edit_in_the_same_second_asks_once(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    os.utime(project.spec, ns=(LONG_AGO_NS + 1, LONG_AGO_NS + 1))
    asks_for_a_reload(stage, project)


LONG_AFTER = 1_700_000_100
LONG_AGO_NS = 1_700_000_000 * 10**9


def a_vanished_spec_leaves(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    project.spec.unlink()
    stage.shell.said()
    assert stage.shell.value("FOO") is None


def a_nearer_spec_is_noticed(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    below = project.folder / "below"
    below.mkdir()
    stage.shell.go(below)
    assert stage.shell.value("FOO") == "bar"
    inner = stage.project("project/below")
    inner.allow(values={"INNER": "1"})
    stage.shell.said()
    assert stage.shell.value("INNER") == "1"
    assert stage.shell.value("FOO") is None


def keeps_what_the_user_changed(stage: Stage) -> None:
    project = stage.project()
    project.allow(
        values={"FOO": "bar", "GONE": "x"},
        prepend={"PATH": ["/p/one", "/p/two"]},
        append={"PATH": ["/p/last"]},
    )
    before = str(stage.shell.value("PATH"))
    stage.shell.go(project.folder)
    stage.shell.export("FOO", "mine")
    stage.shell.unset("GONE")
    path = f"/mine:/p/two:/p/one:{before}:/p/last:/mine/too"
    stage.shell.ask(
        f"set -gx PATH {path.replace(':', ' ')}" if is_fish(stage) else f"PATH={path}"
    )
    stage.shell.go("/")
    outside = stage.shell.exported()
    assert outside["FOO"] == "mine"
    assert "GONE" not in outside
    assert outside["PATH"] == f"/mine:{before}:/mine/too"
    stage.shell.unset("FOO")
    stage.shell.ask(
        f"set -gx PATH {before.replace(':', ' ')}"
        if is_fish(stage)
        else f"PATH={before}"
    )


def keeps_the_users_entries_through_a_reload(stage: Stage) -> None:
    project = stage.project()
    project.allow(prepend={"PATH": ["/p/one"]})
    before = str(stage.shell.value("PATH"))
    stage.shell.go(project.folder)
    stage.shell.ask(
        "set -gx PATH /mine $PATH" if is_fish(stage) else 'PATH="/mine:$PATH"'
    )
    project.allow(prepend={"PATH": ["/p/two"]})
    stage.shell.said()
    assert stage.shell.value("PATH") == f"/p/two:/mine:{before}"
    stage.shell.go("/")
    assert stage.shell.value("PATH") == f"/mine:{before}"
    stage.shell.ask(
        f"set -gx PATH {before.replace(':', ' ')}"
        if is_fish(stage)
        else f"PATH={before}"
    )


def gives_every_former_state_back(stage: Stage) -> None:
    project = stage.project()
    names = ("EXPORTED", "EMPTY", "PRIVATE", "UNSET")
    project.allow(values=dict.fromkeys(names, "ours"), unset=["TAKEN", "HIDDEN"])
    stage.shell.export("EXPORTED", "old value")
    stage.shell.export("EMPTY", "")
    stage.shell.keep_private("PRIVATE", "secret")
    stage.shell.export("TAKEN", "old")
    stage.shell.keep_private("HIDDEN", "old")
    stage.shell.go(project.folder)
    inside = stage.shell.exported()
    assert {inside[name] for name in names} == {"ours"}
    assert "TAKEN" not in inside
    assert stage.shell.shown("HIDDEN") == ""
    stage.shell.go("/")
    outside = stage.shell.exported()
    assert (outside["EXPORTED"], outside["EMPTY"]) == ("old value", "")
    assert outside["TAKEN"] == "old"
    assert not {"PRIVATE", "UNSET", "HIDDEN"} & outside.keys()
    assert stage.shell.shown("PRIVATE") == "secret"
    assert stage.shell.shown("HIDDEN") == "old"
    for name in (*names, "TAKEN", "HIDDEN"):
        stage.shell.unset(name)


def an_emptied_value_is_set_and_empty(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"EMPTY": ""}, unset=["WAS_EMPTY"])
    stage.shell.export("WAS_EMPTY", "")
    stage.shell.go(project.folder)
    assert stage.shell.value("EMPTY") == ""
    assert stage.shell.value("WAS_EMPTY") is None
    stage.shell.go("/")
    assert stage.shell.value("WAS_EMPTY") == ""
    stage.shell.unset("WAS_EMPTY")


def a_list_that_was_not_there_goes_and_has_no_empty_entry(stage: Stage) -> None:
    project = stage.project()
    project.allow(
        prepend={"NEW_PATH": ["/n"], "EMPTY_LIST": ["/e"]}, append={"BEHIND": ["/b"]}
    )
    stage.shell.export("EMPTY_LIST", "")
    stage.shell.go(project.folder)
    inside = stage.shell.exported()
    assert [inside[n] for n in ("NEW_PATH", "EMPTY_LIST", "BEHIND")] == [
        "/n",
        "/e",
        "/b",
    ]
    stage.shell.go("/")
    outside = stage.shell.exported()
    assert not {"NEW_PATH", "BEHIND"} & outside.keys()
    assert outside["EMPTY_LIST"] == ""
    stage.shell.unset("EMPTY_LIST")


def entries_that_are_there_already_are_not_doubled(stage: Stage) -> None:
    project = stage.project()
    project.allow(prepend={"PATH": ["/p/bin"]}, append={"PATH": ["/bin", "/p/end"]})
    before = str(stage.shell.value("PATH"))
    stage.shell.go(project.folder)
    inside = str(stage.shell.value("PATH"))
    assert inside == f"/p/bin:{before}:/p/end"


def text_runs_at_the_right_moments(stage: Stage) -> None:
    project = stage.project()
    log = stage.folder / "it's a log"
    word = quoted(stage.shell.shell, log)
    text = ShellText(
        enter=f"echo enter $FOO >>{word}", leave=f"echo leave $FOO >>{word}"
    )
    project.allow(values={"FOO": "bar"}, texts={"": text})
    stage.shell.go(project.folder)
    assert log.read_text() == "enter bar\n"
    stage.shell.go("/")
    assert log.read_text() == "enter bar\nleave bar\n"
    assert stage.shell.value("FOO") is None


def a_mistake_in_the_text_spoils_nothing(stage: Stage) -> None:
    project = stage.project()
    text = ShellText(enter="if then ((", leave="((")
    project.allow(values={"FOO": "bar"}, texts={"": text})
    stage.shell.go(project.folder)
    assert stage.shell.value("FOO") == "bar"


def aliases_are_taken_back(stage: Stage) -> None:
    project = stage.project()
    aliases = {"greet": "echo it''s", "had": "echo theirs", "kept": "echo ours"}
    project.allow(aliases=aliases)
    stage.shell.ask("alias had='echo mine'")
    assert stage.shell.ask("had") == "mine\n"
    stage.shell.go(project.folder)
    assert stage.shell.ask("greet you") == "its you\n"
    assert stage.shell.ask("had") == "theirs\n"
    stage.shell.ask("alias kept='echo changed'")
    stage.shell.go("/")
    assert stage.shell.ask("had") == "mine\n"
    assert stage.shell.ask("kept") == "changed\n"
    there = "functions -q greet" if is_fish(stage) else "alias greet"
    assert "gone" in stage.shell.ask(f"{there} >/dev/null 2>&1 || echo go''ne")


def outer_variables_must_be_as_they_were(stage: Stage) -> None:
    project = stage.project()
    outer = {"OUTER": "as it was", "NOT_THERE": None}
    project.allow(values={"FOO": "from as it was"}, outer=outer)
    stage.shell.export("OUTER", "another")
    said = stage.shell.go(project.folder)
    assert said.count("differ here") == 1
    assert stage.shell.value("FOO") is None
    assert stage.shell.said() == ""
    stage.shell.export("OUTER", "as it was")
    stage.shell.go("/")
    assert stage.shell.go(project.folder) == ""
    assert stage.shell.value("FOO") == "from as it was"
    stage.shell.go("/")
    stage.shell.unset("OUTER")


def outer_variables_are_those_without_the_project(stage: Stage) -> None:
    project = stage.project()
    path = str(stage.shell.value("PATH"))
    stage.shell.export("FOO", "outer")
    outer = {"FOO": "outer", "PATH": path, "NEW": None}
    values = {"FOO": "outer-1", "NEW": "new"}
    project.allow(values=values, prepend={"PATH": ["/p"]}, outer=outer)
    stage.shell.go(project.folder)
    assert stage.shell.value("FOO") == "outer-1"
    values = {"FOO": "outer-2", "NEW": "new"}
    project.allow(values=values, prepend={"PATH": ["/q"]}, outer=outer)
    assert stage.shell.said() == ""
    assert stage.shell.value("FOO") == "outer-2"
    stage.shell.go("/")
    stage.shell.unset("FOO")


def through_a_link(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    link = stage.folder / "a link"
    link.symlink_to(project.folder)
    stage.shell.go("/usr")
    stage.shell.go(link)
    assert stage.shell.value("FOO") == "bar"
    assert stage.shell.ask("pwd") == f"{link}\n"
    assert stage.shell.shown("PWD") == str(link)
    if not is_fish(stage):
        assert stage.shell.ask("cd - >/dev/null; pwd") == "/usr\n"


def a_folder_that_moves_is_another_project(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    project.folder.rename(stage.folder / "elsewhere")
    stage.shell.said()
    assert stage.shell.value("FOO") is None


def a_folder_that_is_deleted_is_left(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    for file in project.folder.iterdir():
        file.unlink()
    project.folder.rmdir()
    stage.shell.said()
    stage.shell.said()
    assert stage.shell.value("FOO") is None


NAMES = ["a b", "it's", "$test", "$(touch x)", "-x", "*", "back\\slash", "é ♀♂", "a;b"]


def folders_of_any_name(stage: Stage) -> None:
    for name in NAMES:
        project = stage.project(name)
        entry = f"{project.folder}/bin"
        project.allow(values={"FOO": name}, prepend={"PATH": [entry]})
        stage.shell.go(project.folder)
        inside = stage.shell.exported()
        assert inside["FOO"] == name
        assert inside["PATH"].startswith(f"{entry}:")


def a_folder_with_newlines_in_its_name(stage: Stage) -> None:
    project = stage.project("two\nlines\n")
    project.allow(values={"FOO": "bar"})
    (stage.folder / "way").symlink_to(project.folder)
    stage.shell.go(stage.folder / "way")
    if not is_fish(stage):
        stage.shell.ask("cd -P .")
    assert stage.shell.value("FOO") == "bar"
    assert stage.shell.said() == ""


def a_ceiling_is_not_passed(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    below = project.folder / "a/b"
    below.mkdir(parents=True)
    stage.shell.go(below)
    assert stage.shell.value("FOO") == "bar"
    stage.shell.export("DEVENV_CEILING", f"relative:/nowhere:{project.folder}/a")
    stage.shell.said()
    assert stage.shell.value("FOO") is None
    stage.shell.unset("DEVENV_CEILING")
    stage.shell.said()
    assert stage.shell.value("FOO") == "bar"


def a_state_that_is_gone_is_missed_without_hard_links(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    state = stage.shell.user.state
    for stamp in (state / "t").iterdir():
        stamp.unlink()
    stage.shell.go(project.folder)
    assert stage.shell.value("FOO") == "bar"
    shutil.rmtree(state)
    stage.shell.said()
    assert stage.shell.value("FOO") is None


def a_foreign_activation_is_not_read(stage: Stage) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    folder = stage.shell.user.state / f"hook{project.folder}/:e"
    for file in folder.glob("g-*"):
        os.chown(file, 12345, 12345)
    assert "not allowed" in stage.shell.go(project.folder)
    assert stage.shell.value("FOO") is None


def the_status_is_the_users(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    status = "$status" if is_fish(stage) else "$?"
    stage.shell.terminal.child.sendline(f"cd '{project.folder}'; sh -c 'exit 7'")
    stage.shell.terminal.child.sendline(f"echo status-is-{status}")
    stage.shell.terminal.child.expect("status-is-7")


def deactivates_until_the_folder_is_left(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    (project.folder / "below").mkdir()
    stage.shell.go(project.folder)
    stage.shell.ask("devenv deactivate")
    assert stage.shell.value("FOO") is None
    stage.shell.go(project.folder / "below")
    assert stage.shell.value("FOO") is None
    assert "no project is active" in stage.shell.ask("devenv deactivate")
    stage.shell.go("/")
    stage.shell.go(project.folder)
    assert stage.shell.value("FOO") == "bar"


def allowing_activates_again(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"})
    stage.shell.go(project.folder)
    stage.shell.ask("devenv deactivate")
    stage.shell.ask("devenv allow x")
    assert stage.shell.asked == ["allow x"]
    assert stage.shell.value("FOO") == "bar"


def a_broken_path_is_put_right(stage: Stage) -> None:
    project = stage.project()
    project.allow(prepend={"PATH": ["/p"]})
    before = stage.shell.value("PATH")
    stage.shell.go(project.folder)
    stage.shell.ask("set -gx PATH /p" if is_fish(stage) else "PATH=/p")
    stage.shell.ask("devenv version")
    assert stage.shell.asked == ["version"]
    stage.shell.ask(
        f"set -gx PATH /p {str(before).replace(':', ' ')}"
        if is_fish(stage)
        else f"PATH=/p:{before}"
    )


def a_child_shell_of_the_same_kind(stage: Stage) -> None:
    a_child(stage, stage.shell.shell)


def a_child_bash(stage: Stage) -> None:
    a_child(stage, "bash")


def a_child_zsh(stage: Stage) -> None:
    a_child(stage, "zsh")


def a_child_fish(stage: Stage) -> None:
    a_child(stage, "fish")


def a_child(stage: Stage, kind: str) -> None:
    """A child of any kind, whose rc file makes PATH anew, has it once and leaves."""
    user = stage.shell.user
    with hooked_terminal(user, kind, before=RESETS[kind]):
        pass
    project = stage.project()
    project.allow(
        values={"FOO": "it's\nours", "WAS": "ours"},
        prepend={"PATH": ["/p/bin"]},
        unset=["TAKEN"],
    )
    stage.shell.export("WAS", "was: here")
    stage.shell.export("TAKEN", "old")
    stage.shell.go(project.folder)
    stage.shell.terminal.child.sendline(kind)
    child = HookedShell(user, kind, stage.shell.terminal)
    inside = child.exported()
    assert inside["FOO"] == "it's\nours"
    assert inside["PATH"] == "/p/bin:/usr/bin:/bin"
    assert "TAKEN" not in inside
    child.go("/")
    outside = child.exported()
    assert outside["PATH"] == "/usr/bin:/bin"
    assert (outside["WAS"], outside["TAKEN"]) == ("was: here", "old")
    assert "FOO" not in outside
    assert not [name for name in outside if name.startswith("__DEVENV")]
    child.terminal.child.sendline("exit")
    assert stage.shell.value("FOO") == "it's\nours"
    stage.shell.go("/")
    stage.shell.unset("WAS")
    stage.shell.unset("TAKEN")


RESETS = {
    "bash": "PATH=/usr/bin:/bin",
    "zsh": "path=(/usr/bin /bin)",
    "fish": "set -gx PATH /usr/bin /bin",
}


def a_child_where_the_activation_is_gone(stage: Stage) -> None:
    project = stage.project()
    project.allow(values={"FOO": "bar"}, prepend={"PATH": ["/p/bin"]})
    before = stage.shell.value("PATH")
    stage.shell.go(project.folder)
    remove_activation(stage.shell.user.state, str(project.folder))
    stage.shell.terminal.child.sendline(stage.shell.shell)
    outside = stage.shell.exported()
    assert outside["PATH"] == before
    assert "FOO" not in outside
    stage.shell.terminal.child.sendline("exit")


SCENARIOS: tuple[Scenario, ...] = (
    enters_and_leaves,
    stays_below,
    changes_nothing_when_nothing_changed,
    moves_between_projects,
    an_inner_project_replaces_the_outer,
    an_unknown_project_says_so_once,
    an_unknown_project_keeps_the_one_above,
    is_allowed_while_the_shell_waits,
    is_denied_while_the_shell_waits,
    the_state_is_said_once_for_each_token,
    works_without_the_stamp_of_a_state,
    a_substitution_that_changes_the_folder,
    a_new_activation_is_taken_at_the_next_prompt,
    a_changed_file_asks_once,
    an_older_file_asks_once,
    a_file_that_appears_asks_once,
    a_file_that_goes_asks_once,
    a_link_that_leads_elsewhere_asks_once,
    an_edit_in_the_same_second_asks_once,
    a_vanished_spec_leaves,
    a_nearer_spec_is_noticed,
    keeps_what_the_user_changed,
    keeps_the_users_entries_through_a_reload,
    gives_every_former_state_back,
    an_emptied_value_is_set_and_empty,
    a_list_that_was_not_there_goes_and_has_no_empty_entry,
    entries_that_are_there_already_are_not_doubled,
    text_runs_at_the_right_moments,
    a_mistake_in_the_text_spoils_nothing,
    aliases_are_taken_back,
    outer_variables_must_be_as_they_were,
    outer_variables_are_those_without_the_project,
    through_a_link,
    a_folder_that_moves_is_another_project,
    a_folder_that_is_deleted_is_left,
    folders_of_any_name,
    a_folder_with_newlines_in_its_name,
    a_ceiling_is_not_passed,
    a_state_that_is_gone_is_missed_without_hard_links,
    a_foreign_activation_is_not_read,
    the_status_is_the_users,
    deactivates_until_the_folder_is_left,
    allowing_activates_again,
    a_broken_path_is_put_right,
    a_child_shell_of_the_same_kind,
    a_child_bash,
    a_child_zsh,
    a_child_fish,
    a_child_where_the_activation_is_gone,
)


@pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda item: item.__name__.replace("_", " ")
)
def test_the_hook(stage: Stage, scenario: Scenario) -> None:
    scenario(stage)
