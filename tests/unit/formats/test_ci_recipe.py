"""Recipes for continuous integration."""

import subprocess

import pytest
import yaml  # type: ignore[import-untyped]

from devenv.errors import UsageError
from devenv.formats.ci_recipe import RECIPES, ci_recipe
from tests.fixtures.ad_hoc import CHECKOUT


@pytest.mark.parametrize("service", RECIPES)
def test_a_recipe_keeps_store_and_downloads_and_runs_the_command(service: str) -> None:
    text = ci_recipe(service, "make check")
    assert "@" not in text.replace("checkout@v4", "").replace("cache@v4", "")
    assert "devenv exec --frozen -- make check\n" in text
    assert "devenv build --locked\n" in text
    assert "devenv.lock.toml" in text
    assert "\t" not in text


@pytest.mark.parametrize("service", RECIPES)
def test_a_recipe_is_documented(service: str) -> None:
    assert f"devenv export ci {service}" in (CHECKOUT / "docs/init.md").read_text()


def test_what_cannot_be_one_is_refused() -> None:
    with pytest.raises(UsageError, match="no recipe for 'jenkins'"):
        ci_recipe("jenkins", "make")
    with pytest.raises(UsageError, match="one line"):
        ci_recipe("github", "make\nrm")


COMMANDS = ("make check", "echo 'a: b' # \"c\" | cat - {d} [e] & true", 'test -n "$X"')


@pytest.mark.parametrize("command", COMMANDS)
def test_githubs_recipe_has_the_keys_that_github_knows(command: str) -> None:
    recipe = yaml.safe_load(ci_recipe("github", command))

    # YAML 1.1 takes `on` for true.
    assert set(recipe) == {"name", True, "jobs"}
    (job,) = recipe["jobs"].values()
    assert set(job) == {"runs-on", "steps"}
    for step in job["steps"]:
        assert set(step) in ({"uses"}, {"uses", "with"}, {"run"})
    (cache,) = [step for step in job["steps"] if "cache@" in step.get("uses", "")]
    assert set(cache["with"]) == {"path", "key", "restore-keys"}
    assert cache["with"]["key"].startswith(cache["with"]["restore-keys"])
    scripts = [step["run"] for step in job["steps"] if "run" in step]
    assert scripts[-1].endswith(f"devenv exec --frozen -- {command}\n")
    assert all(map(is_shell, scripts))


@pytest.mark.parametrize("command", COMMANDS)
def test_gitlabs_recipe_has_the_keys_that_gitlab_knows(command: str) -> None:
    recipe = yaml.safe_load(ci_recipe("gitlab", command))

    ((name, job),) = recipe.items()
    assert name == "devenv"
    assert set(job) == {"image", "variables", "cache", "before_script", "script"}
    assert all(isinstance(value, str) for value in job["variables"].values())
    assert set(job["cache"]) == {"key", "paths"}
    assert set(job["cache"]["key"]) == {"prefix", "files"}
    lines = [*job["before_script"], *job["script"]]
    assert all(isinstance(line, str) for line in lines)
    assert lines[-1].endswith(f"devenv exec --frozen -- {command}\n")
    assert all(map(is_shell, lines))


def is_shell(script: str) -> bool:
    """Tell whether a shell understands a script; a workflow's places are words."""
    words = script.replace("${{", "").replace("}}", "")
    done = subprocess.run(["sh", "-n"], input=words, text=True, check=False)
    return done.returncode == 0
