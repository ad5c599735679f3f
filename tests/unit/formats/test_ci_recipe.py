"""Recipes for continuous integration."""

import pytest

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
