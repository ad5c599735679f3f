"""A shell whose hook has entered a project keeps what it has until it leaves."""

import pytest

from tests.fixtures.project_world import ProjectWorld
from tests.shells.test_trust_at_the_prompt import SHELLS, at_prompt, terminal

pytestmark = pytest.mark.shell

TRIES = 60


def collect(project: ProjectWorld) -> list[str]:
    """Collect all but the newest generation; return the names of what is left."""
    done = project.run("gc", "--now", "--keep", "1", cwd=project.world.home)
    assert done.returncode == 0, done.stderr
    return [name.partition("-")[2] for name in project.world.store_paths]


@pytest.mark.parametrize("shell", SHELLS)
def test_programs_of_an_older_generation_run_until_the_shell_leaves(
    project: ProjectWorld, shell: str
) -> None:
    project.write_spec("hello")
    with terminal(project, shell) as found:
        at_prompt(found, f"cd {project.folder}")
        at_prompt(found, f"{project.world.home}/devenv allow --yes")
        assert found.ask("hello").split() == ["hello"]
        project.write_spec("toolbox")
        assert project.run("build").returncode == 0
        assert "hello-2.1-1" in collect(project)
        # Typed at a prompt that came before all of this.
        assert found.ask("hello").split() == ["hello"]
        at_prompt(found, "cd /")
        # At the last prompt devenv began to reload behind it, as part of the old.
        assert any("hello-2.1-1" not in collect(project) for _ in range(TRIES))
