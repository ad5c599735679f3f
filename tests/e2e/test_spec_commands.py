"""`devenv init`, `check` and `fmt`, as a person calls them."""

import json
import os
import stat
from pathlib import Path

import pytest

from tests.fixtures.world import World


@pytest.fixture
def folder(world: World) -> Path:
    """Return an empty folder in the user's home."""
    folder = world.home / "app"
    folder.mkdir()
    return folder


class TestInit:
    def test_writes_a_spec_that_check_finds_fine(
        self, world: World, folder: Path
    ) -> None:
        done = world.run("init", "-p", "jq", "-p", "nodejs@20", cwd=folder)
        assert (done.returncode, done.stdout) == (0, "")
        assert "devenv.toml is written" in done.stderr
        assert 'packages = ["jq", "nodejs@20"]' in (folder / "devenv.toml").read_text()
        assert world.run("check", cwd=folder).returncode == 0
        assert world.run("fmt", "--check", cwd=folder).returncode == 0

    @pytest.mark.parametrize("kind", ["file", "link to nothing", "folder"])
    def test_touches_nothing_that_is_there(
        self, world: World, folder: Path, kind: str
    ) -> None:
        path = folder / "devenv.toml"
        if kind == "file":
            path.write_text("# mine\n")
        elif kind == "folder":
            path.mkdir()
        else:
            path.symlink_to("nowhere")
        done = world.run("init", cwd=folder)
        assert done.returncode == 2
        assert "there is a devenv.toml already" in done.stderr
        assert [item.name for item in folder.iterdir()] == ["devenv.toml"]
        assert kind != "file" or path.read_text() == "# mine\n"

    def test_takes_a_folder_and_has_the_users_rights(
        self, world: World, folder: Path
    ) -> None:
        before = os.umask(0o027)
        try:
            done = world.run("init", "--project", "app", "-q")
        finally:
            os.umask(before)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert stat.S_IMODE((folder / "devenv.toml").stat().st_mode) == 0o640

    def test_tells_what_is_around(self, world: World, folder: Path) -> None:
        (world.home / "devenv.toml").write_text("")
        (folder / "devenv.nix").write_text("")
        done = world.run("init", cwd=folder)
        assert f"not the one in {world.home}" in done.stderr
        assert "devenv.nix belongs to another tool" in done.stderr

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            pytest.param(["-p", "a b"], "'a b' is not the name", id="a package"),
            pytest.param(["--project", "gone"], "cannot be written", id="a folder"),
        ],
    )
    def test_writes_nothing_where_it_cannot(
        self, world: World, folder: Path, words: list[str], message: str
    ) -> None:
        done = world.run("init", *words, cwd=folder)
        assert done.returncode != 0
        assert message in done.stderr
        assert list(folder.iterdir()) == []


class TestCheck:
    def test_tells_every_mistake_with_its_place(
        self, world: World, folder: Path
    ) -> None:
        (folder / "devenv.toml").write_text("pakages = []\n[env]\nPORT = 80\n")
        done = world.run("check", "--project", str(folder))
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            "error: there is no key 'pakages' here\n"
            f"  at {folder}/devenv.toml:1, pakages\n"
            "  did you mean packages?\n"
            "error: a variable holds text, found a number\n"
            f"  at {folder}/devenv.toml:3, env.PORT\n"
            '  write it as text: PORT = "80"\n'
        )

    def test_tells_mistakes_as_data(self, world: World, folder: Path) -> None:
        (folder / "devenv.toml").write_text("[env]\nA = '${NONE}'\n")
        done = world.run("check", "--json", cwd=folder)
        assert (done.returncode, done.stderr) == (1, "")
        assert json.loads(done.stdout) == {
            "ok": False,
            "complaints": [
                {
                    "what": "NONE has no value",
                    "file": f"{folder}/devenv.toml",
                    "line": 2,
                    "key": "env.A",
                    "hint": "set NONE, or write ${NONE:-} if it may be missing",
                }
            ],
            "warnings": [],
        }

    def test_resolves_variables_against_the_users(
        self, world: World, folder: Path
    ) -> None:
        (folder / "devenv.toml").write_text("[env]\nA = '${NONE}'\n")
        done = world.run("check", cwd=folder, env={"NONE": "some"})
        assert done.returncode == 0
        assert done.stdout == f"{folder}: fine (1 file read)\n"

    def test_warns_of_what_a_dotenv_file_may_not_set(
        self, world: World, folder: Path
    ) -> None:
        (folder / "devenv.toml").write_text("dotenv = ['.env']\n")
        (folder / ".env").write_text("UID=1000\nA=1\n")
        done = world.run("check", cwd=folder)
        assert done.returncode == 0
        assert "warning: UID is left out" in done.stderr
        (row,) = json.loads(world.run("check", "--json", cwd=folder).stdout)["warnings"]
        assert (row["file"], row["line"]) == (f"{folder}/.env", 1)

    def test_finds_the_project_from_below_up_to_the_ceiling(
        self, world: World, folder: Path
    ) -> None:
        (world.home / "devenv.toml").write_text("")
        assert world.run("check", cwd=folder).returncode == 0
        ceiling = {"DEVENV_CEILING": str(folder)}
        done = world.run("check", cwd=folder, env=ceiling)
        assert done.returncode == 1
        assert "there is no devenv.toml here" in done.stderr

    def test_needs_neither_store_nor_configuration(
        self, world: World, folder: Path
    ) -> None:
        (folder / "devenv.toml").write_text("")
        (world.home / ".config/devenv/config.toml").write_text("wrong")
        assert world.run("check", cwd=folder).returncode == 0
        assert not world.store.exists()


class TestFmt:
    def test_lays_out_both_specs_and_names_them(
        self, world: World, folder: Path
    ) -> None:
        (folder / "devenv.toml").write_text("packages=['jq']\n")
        (folder / "devenv.local.toml").write_text("env.A='1'\n")
        (folder / "devenv.toml").chmod(0o600)
        done = world.run("fmt", cwd=folder)
        assert done.returncode == 0
        assert done.stdout == f"{folder}/devenv.toml\n{folder}/devenv.local.toml\n"
        assert (folder / "devenv.toml").read_text() == "packages = ['jq']\n"
        assert stat.S_IMODE((folder / "devenv.toml").stat().st_mode) == 0o600
        again = world.run("fmt", cwd=folder)
        assert (again.returncode, again.stdout) == (0, "")

    def test_only_tells_with_check(self, world: World, folder: Path) -> None:
        (folder / "devenv.toml").write_text("packages=[]\n")
        done = world.run("fmt", "--check", cwd=folder)
        assert done.returncode == 1
        assert done.stdout == f"{folder}/devenv.toml\n"
        assert (folder / "devenv.toml").read_text() == "packages=[]\n"

    def test_keeps_a_link(self, world: World, folder: Path) -> None:
        (folder / "real.toml").write_text("packages=[]\n")
        (folder / "devenv.toml").symlink_to("real.toml")
        assert world.run("fmt", cwd=folder).returncode == 0
        assert (folder / "devenv.toml").is_symlink()
        assert (folder / "real.toml").read_text() == "packages = []\n"

    def test_leaves_alone_what_is_no_toml(self, world: World, folder: Path) -> None:
        (folder / "devenv.toml").write_text("packages=[1\n")
        done = world.run("fmt", cwd=folder)
        assert done.returncode == 1
        assert "a list is not closed" in done.stderr
        assert f"{folder}/devenv.toml:1" in done.stderr
        assert (folder / "devenv.toml").read_text() == "packages=[1\n"

    def test_needs_a_project(self, world: World, folder: Path) -> None:
        done = world.run("fmt", "--project", str(folder))
        assert done.returncode == 1
        assert "there is no devenv.toml here" in done.stderr


def test_schema_prints_that_of_the_file_which_is_named(world: World) -> None:
    for words, title in (((), "devenv.toml"), (("config.toml",), "config.toml")):
        printed = json.loads(world.run("schema", *words).stdout)
        assert printed["title"] == title
    wrong = world.run("schema", "x.toml")
    assert wrong.returncode == 2
    assert "there is devenv.toml, config.toml" in wrong.stderr
