"""The hook where it has been before: what it remembers must still be true."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fixtures.hooked import (
    HookedProject,
    HookedShell,
    load_line,
    ours_only,
)

pytestmark = pytest.mark.shell

OUTSIDE = "/usr"


def set_list(shell: HookedShell, name: str, entries: str) -> None:
    """Set a list as people do in that shell."""
    if shell.shell == "fish":
        shell.ask(f"set -gx {name} {entries.replace(':', ' ')}")
    else:
        shell.ask(f"export {name}={entries}")


Scenario = Callable[[HookedShell, Path], None]


def a_list_that_changed_meanwhile(shell: HookedShell, folder: Path) -> None:
    project = HookedProject(shell.user, folder)
    project.allow(prepend={"PATH": ["/p/front"]}, append={"PATH": ["/p/back"]})
    before = str(shell.value("PATH"))
    for path in (before, f"/mine:{before}", f"{before}:/p/back", before):
        set_list(shell, "PATH", path)
        shell.go(folder)
        behind = "" if path.endswith("/p/back") else ":/p/back"
        assert shell.value("PATH") == f"/p/front:{path}{behind}"
        shell.go(OUTSIDE)
        assert shell.value("PATH") == path


def a_list_that_is_ours_already(shell: HookedShell, folder: Path) -> None:
    project = HookedProject(shell.user, folder)
    project.allow(prepend={"PATH": ["/p/front"]})
    before = str(shell.value("PATH"))
    for path in (before, f"/p/front:{before}", before):
        set_list(shell, "PATH", path)
        shell.go(folder)
        assert shell.value("PATH") == f"/p/front:{before}"
        shell.go(OUTSIDE)
        assert shell.value("PATH") == path


def a_list_that_became_private(shell: HookedShell, folder: Path) -> None:
    project = HookedProject(shell.user, folder)
    project.allow(prepend={"INFOPATH": ["/p/info"]})
    shell.export("INFOPATH", "/mine")
    shell.go(folder)
    assert shell.value("INFOPATH") == "/p/info:/mine"
    shell.go(OUTSIDE)
    shell.unset("INFOPATH")
    shell.keep_private("INFOPATH", "/mine")
    shell.go(folder)
    assert shell.value("INFOPATH") == "/p/info:/mine"
    shell.go(OUTSIDE)
    assert shell.value("INFOPATH") is None
    assert shell.shown("INFOPATH") == "/mine"
    shell.unset("INFOPATH")
    shell.go(folder)
    assert shell.value("INFOPATH") == "/p/info"
    shell.go(OUTSIDE)
    assert shell.shown("INFOPATH") == ""


def a_variable_that_the_user_has_by_now(shell: HookedShell, folder: Path) -> None:
    project = HookedProject(shell.user, folder)
    project.allow(values={"FOO": "bar"}, unset=["GONE"], prepend={"PATH": ["/p"]})
    for mine in (None, "mine", "", None):
        for name in ("FOO", "GONE"):
            if mine is not None:
                shell.export(name, mine)
        shell.go(folder)
        inside = shell.exported()
        assert inside["FOO"] == "bar"
        assert "GONE" not in inside
        shell.go(OUTSIDE)
        outside = shell.exported()
        assert (outside.get("FOO"), outside.get("GONE")) == (mine, mine)
        for name in ("FOO", "GONE"):
            shell.unset(name)


def an_activation_that_is_another_by_now(shell: HookedShell, folder: Path) -> None:
    project = HookedProject(shell.user, folder)
    before = str(shell.value("PATH"))
    for number in (1, 2):
        project.allow(values={"FOO": f"{number}"}, prepend={"PATH": [f"/p/{number}"]})
        shell.go(folder)
        inside = shell.exported()
        assert (inside["FOO"], inside["PATH"]) == (f"{number}", f"/p/{number}:{before}")
        shell.go(OUTSIDE)


def a_link_that_leads_elsewhere_by_now(shell: HookedShell, folder: Path) -> None:
    link = folder / "link"
    for name in ("one", "two", "one"):
        project = HookedProject(shell.user, folder / name)
        project.allow(values={"FOO": name})
        link.unlink(missing_ok=True)
        link.symlink_to(project.folder)
        shell.go(link)
        assert shell.value("FOO") == name
        shell.go(OUTSIDE)


def a_folder_that_is_another_by_now(shell: HookedShell, folder: Path) -> None:
    project = HookedProject(shell.user, folder / "project")
    project.allow(values={"FOO": "bar"})
    shell.go(project.folder)
    shell.go(OUTSIDE)
    project.folder.rename(folder / "moved")
    shell.go(folder / "moved")
    assert shell.value("FOO") is None
    shell.go(OUTSIDE)
    project.folder.mkdir()
    shell.go(project.folder)
    assert shell.value("FOO") is None
    shell.go(OUTSIDE)


def a_ceiling_that_was_another(shell: HookedShell, folder: Path) -> None:
    project = HookedProject(shell.user, folder)
    project.allow(values={"FOO": "bar"})
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    for ceiling, found in (("", "bar"), (str(folder / "a"), None), ("", "bar")):
        if ceiling:
            shell.export("DEVENV_CEILING", ceiling)
        shell.go(below)
        assert shell.value("FOO") == found
        shell.go(OUTSIDE)
        shell.unset("DEVENV_CEILING")
        shell.go(below)
        assert shell.value("FOO") == "bar"
        shell.go(OUTSIDE)


def a_hook_that_is_loaded_anew(shell: HookedShell, folder: Path) -> None:
    many = {f"V{number}": "ä" for number in range(20)}
    project = HookedProject(shell.user, folder)
    project.allow(values={"FOO": "bar", **many}, prepend={"PATH": ["/p"]})
    before = shell.exported()
    shell.go(folder)
    shell.ask(load_line(shell.user, shell.shell))
    shell.said()
    assert shell.value("FOO") == "bar"
    shell.go(OUTSIDE)
    assert ours_only(shell.exported()) == ours_only(before)
    shell.go(folder)
    assert shell.value("V7") == "ä"
    shell.go(OUTSIDE)


def a_locale_of_the_project(shell: HookedShell, folder: Path) -> None:
    many = {f"V{number}": "ä" for number in range(20)}
    project = HookedProject(shell.user, folder)
    project.allow(values={"LC_ALL": "C.UTF-8", **many})
    before = ours_only(shell.exported())
    for _ in range(2):
        shell.go(folder)
        assert shell.value("LC_ALL") == "C.UTF-8"
        shell.go(OUTSIDE)
        assert ours_only(shell.exported()) == before


SCENARIOS: tuple[Scenario, ...] = (
    a_list_that_changed_meanwhile,
    a_list_that_is_ours_already,
    a_list_that_became_private,
    a_variable_that_the_user_has_by_now,
    an_activation_that_is_another_by_now,
    a_link_that_leads_elsewhere_by_now,
    a_folder_that_is_another_by_now,
    a_ceiling_that_was_another,
    a_hook_that_is_loaded_anew,
    a_locale_of_the_project,
)


@pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda item: item.__name__.replace("_", " ")
)
def test_the_hook_meets(
    hooked: HookedShell, tmp_path: Path, scenario: Scenario
) -> None:
    hooked.go(OUTSIDE)
    before = ours_only(hooked.exported())
    scenario(hooked, tmp_path.resolve())
    assert ours_only(hooked.exported()) == before
