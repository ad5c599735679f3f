"""Which project a folder is in, and whether its record holds: one table for all.

Each case sets a scene in a project that was remembered, and says what becomes of
`devenv exec show`: the launcher alone, and Python by a file's content, must agree
but where only content can tell. The hooks find the same project.
"""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import run

import pytest

from devenv.operations.find_project import find_project
from tests.fixtures.ad_hoc import PYTHON_STARTED, Home
from tests.fixtures.hooked import HOOKED, PLAIN, hook_file, quoted
from tests.fixtures.remembered_project import LONG_AGO, RememberedProject
from tests.shells.terminal import required

pytestmark = pytest.mark.shell

NOT_QUICK = 99

SHELLS = {
    "dash": ("dash",),
    "busybox": ("busybox", "sh"),
    "bash": ("bash",),
    "bash-posix": ("bash", "--posix"),
}


@pytest.fixture(params=SHELLS)
def sh(request: pytest.FixtureRequest) -> Sequence[str]:
    words = SHELLS[request.param]
    return (required(words[0]), *words[1:])


@pytest.fixture
def project(user: Home, tmp_path: Path) -> RememberedProject:
    user.add_program("show")
    made = RememberedProject(user, tmp_path / "a project")
    made.remember()
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where the user stands, and whether there is what the record was made from."""

    cwd: Path
    found: Path | None
    launcher_uses_it: bool = False
    python_uses_it: bool = False
    env: Mapping[str, str] = field(default_factory=dict)


Setting = Callable[[RememberedProject], Scene]


def used(project: RememberedProject, cwd: Path, **env: str) -> Scene:
    return Scene(
        cwd=cwd,
        found=project.folder,
        launcher_uses_it=True,
        python_uses_it=True,
        env=env,
    )


def by_content(
    project: RememberedProject, cwd: Path | None = None, **env: str
) -> Scene:
    folder = cwd or project.folder
    return Scene(cwd=folder, found=project.folder, python_uses_it=True, env=env)


def stale(project: RememberedProject, **env: str) -> Scene:
    return Scene(cwd=project.folder, found=project.folder, env=env)


def elsewhere(cwd: Path, found: Path | None, **env: str) -> Scene:
    return Scene(cwd=cwd, found=found, env=env)


def in_it(project: RememberedProject) -> Scene:
    return used(project, project.folder)


def below_it(project: RememberedProject) -> Scene:
    folder = project.folder / "a/b c/d"
    folder.mkdir(parents=True)
    return used(project, folder)


def below_a_newline(project: RememberedProject) -> Scene:
    folder = project.folder / "two\nlines\n"
    folder.mkdir()
    return used(project, folder)


def below_a_nearer_one(project: RememberedProject) -> Scene:
    nearer = project.folder / "inner"
    nearer.mkdir()
    (nearer / "devenv.toml").touch()
    return elsewhere(nearer, nearer)


def below_a_folder_of_the_name(project: RememberedProject) -> Scene:
    folder = project.folder / "inner"
    (folder / "devenv.toml").mkdir(parents=True)
    return used(project, folder)


def below_a_dead_link_of_the_name(project: RememberedProject) -> Scene:
    folder = project.folder / "inner"
    folder.mkdir()
    (folder / "devenv.toml").symlink_to("nowhere")
    return used(project, folder)


def through_a_link(project: RememberedProject) -> Scene:
    link = project.folder.parent / "link"
    link.symlink_to(project.folder)
    return used(project, link)


def a_link_out_of_it(project: RememberedProject) -> Scene:
    outside = project.folder.parent / "outside"
    outside.mkdir()
    (project.folder / "out").symlink_to(outside)
    return elsewhere(project.folder / "out", None)


def beside_it(project: RememberedProject) -> Scene:
    folder = Path(f"{project.folder}2")
    folder.mkdir()
    return elsewhere(folder, None)


def moved(project: RememberedProject) -> Scene:
    target = project.folder.parent / "moved"
    project.folder.rename(target)
    return elsewhere(target, target)


def spec_gone(project: RememberedProject) -> Scene:
    project.spec.unlink()
    return elsewhere(project.folder, None)


def spec_touched(project: RememberedProject) -> Scene:
    os.utime(project.spec, (LONG_AGO + 10, LONG_AGO + 10))
    return by_content(project)


def spec_touched_back_in_time(project: RememberedProject) -> Scene:
    os.utime(project.spec, (LONG_AGO - 10, LONG_AGO - 10))
    return by_content(project)


def spec_touched_by_a_nanosecond(project: RememberedProject) -> Scene:
    # busybox and dash of old count seconds; a file that rested cannot have this.
    os.utime(project.spec, (LONG_AGO + 1, LONG_AGO + 1))
    return by_content(project)


def spec_changed(project: RememberedProject) -> Scene:
    project.spec.write_text('packages = ["other"]\n')
    return stale(project)


def lock_changed(project: RememberedProject) -> Scene:
    project.lock.write_text("version = 2\n")
    return stale(project)


def lock_replaced_by_an_older_one(project: RememberedProject) -> Scene:
    other = project.folder / "beside"
    other.write_text("version = 0\n")
    os.utime(other, (LONG_AGO - 100, LONG_AGO - 100))
    other.rename(project.lock)
    return stale(project)


def lock_gone(project: RememberedProject) -> Scene:
    project.lock.unlink()
    return stale(project)


def absent_file_appeared(project: RememberedProject) -> Scene:
    project.absent.touch()
    return stale(project)


def absent_file_is_a_dead_link(project: RememberedProject) -> Scene:
    # Nothing can be read there, but the launcher leaves links to Python.
    project.absent.symlink_to("nowhere")
    return by_content(project)


def lock_is_a_link(project: RememberedProject) -> Scene:
    target = project.lock.rename(project.folder / "elsewhere.toml")
    project.lock.symlink_to(target)
    return used(project, project.folder)


def tree_gone(project: RememberedProject) -> Scene:
    shutil.rmtree(project.user.tree)
    return stale(project)


def another_store(project: RememberedProject) -> Scene:
    return stale(project, DEVENV_STORE_DIR="/another/store")


def configured_anew(project: RememberedProject) -> Scene:
    file = project.user.path / ".config/devenv/config.toml"
    file.parent.mkdir(parents=True)
    file.touch()
    os.utime(file, (2**31, 2**31))
    return stale(project)


def stamps_gone(project: RememberedProject) -> Scene:
    for stamp in project.record.glob("*.*"):
        stamp.unlink()
    return by_content(project)


def record_cut_off(project: RememberedProject) -> Scene:
    file = project.record / "record"
    file.write_text(file.read_text()[:-3])
    return stale(project)


def ceiling_between(project: RememberedProject) -> Scene:
    folder = project.folder / "a/b"
    folder.mkdir(parents=True)
    ceiling = f"relative:{project.folder}/a"
    return elsewhere(folder, None, DEVENV_CEILING=ceiling)


def ceiling_at_the_project(project: RememberedProject) -> Scene:
    folder = project.folder / "a"
    folder.mkdir()
    ceiling = f"/nowhere:{project.folder}/"
    return by_content(project, folder, DEVENV_CEILING=ceiling)


def ceiling_elsewhere(project: RememberedProject) -> Scene:
    return used(project, project.folder, DEVENV_CEILING="/nowhere")


SETTINGS: tuple[Setting, ...] = (
    in_it,
    below_it,
    below_a_newline,
    below_a_nearer_one,
    below_a_folder_of_the_name,
    below_a_dead_link_of_the_name,
    through_a_link,
    a_link_out_of_it,
    beside_it,
    moved,
    spec_gone,
    spec_touched,
    spec_touched_back_in_time,
    spec_touched_by_a_nanosecond,
    spec_changed,
    lock_changed,
    lock_replaced_by_an_older_one,
    lock_gone,
    absent_file_appeared,
    absent_file_is_a_dead_link,
    lock_is_a_link,
    tree_gone,
    another_store,
    configured_anew,
    stamps_gone,
    record_cut_off,
    ceiling_between,
    ceiling_at_the_project,
    ceiling_elsewhere,
)
every_scene = pytest.mark.parametrize(
    "setting", SETTINGS, ids=lambda item: item.__name__.replace("_", " ")
)


@every_scene
def test_the_launcher_uses_what_holds_and_leaves_the_rest_to_python(
    project: RememberedProject, sh: Sequence[str], setting: Setting
) -> None:
    scene = setting(project)
    done = project.by_launcher("exec", "show", "x", sh=sh, cwd=scene.cwd, env=scene.env)
    expected = (0, "show:x\n") if scene.launcher_uses_it else PYTHON_STARTED
    if scene.launcher_uses_it:
        assert (done.returncode, done.stdout) == expected
    else:
        assert done.returncode == expected
    assert done.stderr == ""


@every_scene
def test_python_uses_what_holds_by_content(
    project: RememberedProject, setting: Setting
) -> None:
    scene = setting(project)
    done = project.by_python("exec", "show", "x", cwd=scene.cwd, env=scene.env)
    expected = (0, "show:x\n") if scene.python_uses_it else (NOT_QUICK, "")
    assert (done.returncode, done.stdout, done.stderr) == (*expected, "")


@every_scene
def test_the_project_is_found_as_the_launcher_finds_it(
    project: RememberedProject, setting: Setting
) -> None:
    scene = setting(project)
    ceiling = scene.env.get("DEVENV_CEILING")
    assert find_project(scene.cwd, ceiling=ceiling) == scene.found


@every_scene
@pytest.mark.parametrize("shell", HOOKED)
def test_a_hook_finds_the_project_that_the_launcher_finds(
    project: RememberedProject, setting: Setting, shell: str
) -> None:
    scene = setting(project)
    hook = quoted(shell, hook_file(project.user, shell))
    script = (
        f"source {hook}; _devenv_look 2>/dev/null; printf '%s.' \"$_devenv_nearest\""
    )
    done = run(
        [required(shell), *PLAIN[shell], "-c", script],
        cwd=scene.cwd,
        env={**project.user.env, **scene.env},
        capture_output=True,
        text=True,
        check=False,
    )
    expected = "" if scene.found is None else f"{str(scene.found).rstrip('/')}/"
    assert (done.stdout, done.stderr) == (f"{expected}.", "")


@pytest.mark.parametrize(
    "touch",
    [spec_touched, spec_touched_back_in_time, stamps_gone],
    ids=lambda item: item.__name__.replace("_", " "),
)
def test_what_python_found_to_be_the_same_needs_no_python_again(
    project: RememberedProject, sh: Sequence[str], touch: Setting
) -> None:
    touch(project)
    assert project.by_python("exec", "show", "x").stdout == "show:x\n"
    assert project.by_launcher("exec", "show", "y", sh=sh).stdout == "show:y\n"


@pytest.mark.parametrize("age_seconds", [0, 2, -3600], ids=["new", "young", "future"])
def test_a_file_that_changed_a_moment_ago_is_left_to_python(
    user: Home, tmp_path: Path, sh: Sequence[str], age_seconds: int
) -> None:
    user.add_program("show")
    project = RememberedProject(user, tmp_path / "project")
    project.remember(now_seconds=LONG_AGO + age_seconds)
    # The same second, another content: no time tells.
    project.spec.write_text('packages = ["other"]\n')
    os.utime(project.spec, (LONG_AGO, LONG_AGO))
    assert project.by_launcher("exec", "show", sh=sh).returncode == PYTHON_STARTED
    assert project.by_python("exec", "show").returncode == NOT_QUICK


@pytest.mark.parametrize(
    ("recorded", "now", "holds"),
    [
        ("x", "x", True),
        ("x", "y", False),
        ("x", "", False),
        ("x", None, False),
        ("", "", True),
        ("", None, False),
        (None, None, True),
        (None, "", False),
        ("it's $(id)\n", "it's $(id)\n", True),
    ],
)
def test_a_value_that_was_made_from_an_outer_variable_depends_on_it(
    user: Home,
    tmp_path: Path,
    sh: Sequence[str],
    recorded: str | None,
    now: str | None,
    *,
    holds: bool,
) -> None:
    user.add_program("show")
    project = RememberedProject(user, tmp_path / "project", outer={"OUTER": recorded})
    project.remember()
    env = {} if now is None else {"OUTER": now}
    by_launcher = project.by_launcher("exec", "show", "x", sh=sh, env=env)
    by_python = project.by_python("exec", "show", "x", env=env)
    assert by_launcher.returncode == (0 if holds else PYTHON_STARTED)
    assert by_python.returncode == (0 if holds else NOT_QUICK)


@pytest.mark.parametrize(
    "variables",
    [{}, {"PWD": "/wrong", "OLDPWD": "/usr"}, {"PWD": "relative"}],
    ids=["none", "wrong", "relative"],
)
def test_looking_for_a_project_leaves_no_trace_in_the_variables(
    project: RememberedProject, sh: Sequence[str], variables: dict[str, str]
) -> None:
    project.user.add_program("vars", "#!/bin/sh\n/usr/bin/printenv OLDPWD\n")
    done = project.by_launcher("exec", "vars", sh=sh, env=variables)
    expected = variables.get("OLDPWD")
    assert done.stdout == (f"{expected}\n" if expected else "")


def test_a_record_of_another_user_is_not_read(
    project: RememberedProject, sh: Sequence[str]
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(project.record / "record", 12345, 12345)
    assert project.by_launcher("exec", "show", sh=sh).returncode == PYTHON_STARTED


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("has_text", [False, True], ids=["no text", "text"])
def test_a_projects_shell_starts_without_python_where_no_text_runs_first(
    user: Home, tmp_path: Path, sh: Sequence[str], shell: str, *, has_text: bool
) -> None:
    project = RememberedProject(user, tmp_path / "project", has_text=has_text)
    project.remember()
    env = {"SHELL": required(shell)}
    done = project.by_launcher("shell", "-c", "hello", sh=sh, env=env)
    if has_text:
        assert done.returncode == PYTHON_STARTED
    else:
        assert (done.stdout, done.returncode) == ("from-the-tree\n", 0)
    done = project.by_launcher("shell", sh=sh, env=env)
    assert done.returncode == 0


def test_programs_of_the_project_win_and_those_put_behind_come_last(
    project: RememberedProject, sh: Sequence[str]
) -> None:
    project.user.add_program("true", "#!/bin/sh\nexit 42\n")
    assert project.by_launcher("exec", "true", sh=sh).returncode == 42
    assert project.by_python("exec", "true").returncode == 42
    assert project.by_launcher("exec", "--", "true", sh=sh).returncode == 42
    assert project.by_launcher("exec", "nowhere", sh=sh).returncode == PYTHON_STARTED
    assert project.by_launcher("exec", "-x", sh=sh).returncode == PYTHON_STARTED
