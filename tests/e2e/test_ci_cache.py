"""What the recipes of `devenv export ci` keep is enough to go on from."""

import subprocess

import pytest

from tests.fixtures.project_world import ProjectWorld


@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_the_recipe_is_printed_with_the_command(
    project: ProjectWorld, service: str
) -> None:
    done = project.run("export", "ci", service, "--run", "hello --fail")
    assert done.returncode == 0
    assert done.stdout.endswith("devenv exec --frozen -- hello --fail\n")


def test_a_store_that_went_through_a_tar_needs_no_download(
    project: ProjectWorld,
) -> None:
    data = project.world.home / ".local/share"
    kept = project.world.home / "store.tar"
    assert project.run("build").returncode == 0
    subprocess.run(["tar", "-C", data, "-cf", kept, "devenv"], check=True)
    assert project.run("store", "delete", "--all").returncode == 0
    assert not project.world.store_paths
    subprocess.run(["rm", "-r", project.world.home / ".cache"], check=True)
    subprocess.run(["tar", "-C", data, "-xpf", kept], check=True)
    done = project.run("exec", "--frozen", "--offline", "--", "hello")
    assert (done.returncode, done.stdout) == (0, "hello \n"), done.stderr
    assert project.run("store", "verify").returncode == 0
