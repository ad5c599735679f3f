"""Two shells, one daemon: what a user sees of an edit, a broken edit, and the fix."""

from itertools import product

import pytest

from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.watching import a_daemon, make_free, spec_text, until, write
from tests.shells.terminal import Terminal
from tests.shells.test_trust_at_the_prompt import at_prompt, terminal

pytestmark = pytest.mark.shell

PAIRS = [("bash", "zsh"), ("fish", "bash")]


@pytest.mark.parametrize("shells", PAIRS, ids="-".join)
def test_an_edit_reaches_two_shells_and_a_broken_one_is_told_once(
    project: ProjectWorld, shells: tuple[str, str]
) -> None:
    make_free(project)
    text = spec_text(project, "first")
    assert project.run("allow", "--yes").returncode == 0
    with (
        a_daemon(project) as daemon,
        terminal(project, shells[0]) as one,
        terminal(project, shells[1]) as two,
    ):
        both = (one, two)
        assert daemon.settled(project.folder)["state"] == "ready"
        for shell in both:
            at_prompt(shell, f"cd {project.folder}")
            assert shell.value("A") == "first"

        write(project.spec_path, text.replace("first", "second"))
        until(lambda: "second" in daemon.current(project.folder))
        assert after_a_prompt(both) == ["second", "second"]

        write(project.spec_path, "packages = [")
        until(lambda: daemon.told(project.folder)[0] == "failed")
        said = dict.fromkeys(shells, "")
        for _, (name, shell) in product(range(3), zip(shells, both, strict=True)):
            said[name] += at_prompt(shell, "true")
            assert shell.value("A") == "second"
            said[name] += shell.said_before
        assert [text.count("devenv: failed:") for text in said.values()] == [1, 1]
        for shell in both:
            assert "failed" in shell.value("DEVENV_STATE_TEXT")

        write(project.spec_path, text.replace("first", "third"))
        until(lambda: "third" in daemon.current(project.folder))
        assert after_a_prompt(both) == ["third", "third"]
        for shell in both:
            assert shell.value("DEVENV_STATE_TEXT") == ""

        daemon.kill()
        assert after_a_prompt(both) == ["third", "third"]


def after_a_prompt(shells: tuple[Terminal, ...]) -> list[str]:
    for shell in shells:
        at_prompt(shell, "true")
    return [shell.value("A") for shell in shells]
