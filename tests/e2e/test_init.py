"""`devenv init` and `template`, as a person calls them."""

import json
import os
import stat
import subprocess
from pathlib import Path

import pexpect
import pytest

from tests.fixtures.ad_hoc import CHECKOUT
from tests.fixtures.world import World
from tests.shells.terminal import required

MINIMAL = ["devenv.toml", "greet", "words.json"]


@pytest.fixture
def folder(world: World) -> Path:
    """Return an empty folder in the user's home."""
    folder = world.home / "app"
    folder.mkdir()
    return folder


@pytest.fixture
def own_template(world: World) -> Path:
    """Return a template of the user's own, with a question and a program."""
    top = world.home / ".config/devenv/templates/mine"
    (top / "bin").mkdir(parents=True)
    (top / "template.toml").write_text(
        'title = "Mine"\nwelcome = "have fun"\nrun = "bin/x"\n'
        '[[question]]\nkey = "tool"\ntext = "Which tool?"\ndefault = "jq"\n'
        'choices = ["jq", "rg"]\n'
        '[[question]]\nkey = "port"\ntext = "Which port?"\ndefault = "80"\n'
    )
    (top / "devenv.toml").write_text('packages = ["{{tool}}"]\nenv.P = "{{port}}"\n')
    (top / "bin/x").write_text("#!/bin/sh\necho {{project}} $P\n")
    (top / "bin/x").chmod(0o755)
    return top


@pytest.fixture
def repository(own_template: Path, tmp_path: Path) -> tuple[Path, str]:
    """Return a repository with a template below `t`, and the commit it is in."""
    required("git")
    top = tmp_path / "repository"
    top.mkdir()
    own_template.rename(top / "t")
    git(top, "init", "-q", "-b", "main")
    git(top, "add", "--all")
    git(top, "commit", "-q", "-m", "a template")
    return top, git(top, "rev-parse", "HEAD").strip()


def git(folder: Path, *words: str) -> str:
    who = {
        f"GIT_{role}_{key}": "x"
        for role in ("AUTHOR", "COMMITTER")
        for key in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **who},
    )
    return done.stdout


def names(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    )


class TestTemplate:
    def test_makes_a_project_that_check_and_fmt_find_fine(
        self, world: World, folder: Path
    ) -> None:
        done = world.run("init", "minimal", "--into", "app/deep/er")
        assert (done.returncode, done.stdout) == (0, "")
        assert "next: cd app/deep/er, then devenv shell" in done.stderr
        made = folder / "deep/er"
        assert names(made) == MINIMAL
        assert "The tools of er." in (made / "devenv.toml").read_text()
        assert world.run("check", cwd=made).returncode == 0
        assert world.run("fmt", "--check", cwd=made).returncode == 0

    def test_keeps_programs_executable_within_the_umask(
        self, world: World, folder: Path
    ) -> None:
        before = os.umask(0o027)
        try:
            assert world.run("init", "minimal", cwd=folder).returncode == 0
        finally:
            os.umask(before)
        assert stat.S_IMODE((folder / "greet").stat().st_mode) == 0o750
        assert stat.S_IMODE((folder / "words.json").stat().st_mode) == 0o640

    def test_a_second_time_there_is_nothing_to_write(
        self, world: World, folder: Path
    ) -> None:
        assert world.run("init", "minimal", cwd=folder).returncode == 0
        again = world.run("init", "minimal", cwd=folder)
        assert again.returncode == 0
        assert "is written" not in again.stderr

    def test_shows_what_differs_and_writes_nothing(
        self, world: World, folder: Path
    ) -> None:
        (folder / "words.json").write_text("{}\n")
        done = world.run("init", "minimal", cwd=folder)
        assert done.returncode == 2
        assert "+++ words.json (new)" in done.stdout
        assert "-{}" in done.stdout
        assert "stays as it is: words.json" in done.stderr
        assert names(folder) == ["words.json"]

    def test_writes_new_files_beside_on_request(
        self, world: World, folder: Path
    ) -> None:
        (folder / "words.json").write_text("{}\n")
        done = world.run("init", "minimal", "--new", cwd=folder)
        assert done.returncode == 0
        assert names(folder) == sorted([*MINIMAL, "words.json.new"])
        assert (folder / "words.json").read_text() == "{}\n"
        again = world.run("init", "minimal", "--new", cwd=folder)
        assert again.returncode == 1
        assert "words.json.new" in again.stderr

    @pytest.mark.parametrize("kind", ["folder", "link"])
    def test_what_is_no_file_stays(self, world: World, folder: Path, kind: str) -> None:
        path = folder / "greet"
        if kind == "folder":
            path.mkdir()
        else:
            path.symlink_to("nowhere")
        done = world.run("init", "minimal", cwd=folder)
        assert done.returncode == 2
        assert "greet is there, and is no regular file" in done.stdout
        assert [item.name for item in folder.iterdir()] == ["greet"]

    def test_a_dry_run_writes_nothing(self, world: World, folder: Path) -> None:
        done = world.run("init", "minimal", "--dry-run", cwd=folder)
        assert done.stdout.splitlines() == [f"would write {name}" for name in MINIMAL]
        assert names(folder) == []

    def test_packages_are_added_to_its_spec(self, world: World, folder: Path) -> None:
        done = world.run("init", "minimal", "-p", "nodejs@20", cwd=folder)
        assert done.returncode == 0
        assert '"nodejs@20"' in (folder / "devenv.toml").read_text()

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            pytest.param(["pyton"], "did you mean python?", id="a name"),
            pytest.param(["./gone"], "template is not there", id="a folder"),
            pytest.param(["go", "--answer", "gp=1"], "it asks go:", id="an answer"),
            pytest.param(["go", "--answer", "go=9"], "choose 1.24 or", id="a choice"),
            pytest.param(
                ["go", "--from", "go.mod"], "leave them out", id="two sources"
            ),
            pytest.param(
                ["go", "--into", "a", "--project", "b"], "one and the same", id="twice"
            ),
            pytest.param(
                ["https://example.org/t.git"], "git ls-remote", id="no commit"
            ),
            pytest.param(["ext::sh://x#" + "a" * 40], "is not there", id="a command"),
            pytest.param(
                ["git://example.org/t#" + "a" * 40], "no address", id="a protocol"
            ),
        ],
    )
    def test_refuses_what_it_cannot_mean(
        self, world: World, folder: Path, words: list[str], message: str
    ) -> None:
        done = world.run("init", *words, cwd=folder)
        assert done.returncode in {1, 2}
        assert message in done.stderr
        assert names(folder) == []


class TestOwnTemplate:
    @pytest.mark.usefixtures("own_template")
    def test_is_listed_and_shown(self, world: World) -> None:
        listed = world.run("template", "list").stdout.splitlines()
        assert ["mine", "Mine"] in [line.split() for line in listed]
        assert len(listed) == 12
        shown = world.run("template", "show", "mine").stdout
        assert "asks: Which tool? (jq, rg) [jq]" in shown
        assert "  bin/x\n" in shown
        data = json.loads(world.run("template", "show", "mine", "--json").stdout)
        assert data["files"] == ["bin/x", "devenv.toml"]
        assert data["questions"][0]["choices"] == ["jq", "rg"]

    def test_a_folder_is_one(
        self, world: World, folder: Path, own_template: Path
    ) -> None:
        done = world.run("init", str(own_template), "--answer", "port=99", cwd=folder)
        assert done.returncode == 0
        assert (folder / "bin/x").read_text() == "#!/bin/sh\necho app $P\n"
        assert 'P = "99"' in (folder / "devenv.toml").read_text()

    def test_holds_no_links(
        self, world: World, folder: Path, own_template: Path
    ) -> None:
        (own_template / "secret").symlink_to("/etc/passwd")
        done = world.run("init", "mine", cwd=folder)
        assert done.returncode == 1
        assert "no links" in done.stderr
        assert names(folder) == []

    def test_its_mistakes_name_the_file(
        self, world: World, folder: Path, own_template: Path
    ) -> None:
        (own_template / "devenv.toml").write_text("pakages = []\n")
        done = world.run("init", "mine", cwd=folder)
        assert done.returncode == 1
        assert "did you mean packages?" in done.stderr
        assert names(folder) == []

    @pytest.mark.shell
    @pytest.mark.usefixtures("own_template")
    def test_asks_on_a_terminal(self, world: World, folder: Path) -> None:
        command = world.command("init", "mine")
        child = pexpect.spawn(
            command[0],
            command[1:],
            cwd=str(folder),
            env=world.environment(TERM="xterm"),
            encoding="utf-8",
            timeout=30,
        )
        child.expect_exact("Which tool? (jq, rg) [jq] ")
        child.sendline("awk")
        child.expect_exact("choose jq or rg")
        child.expect_exact("Which tool? (jq, rg) [jq] ")
        child.sendline("rg")
        child.expect_exact("Which port? [80] ")
        child.sendline("")
        child.expect_exact("have fun")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        spec = (folder / "devenv.toml").read_text()
        assert '"rg"' in spec
        assert '"80"' in spec


class TestRepository:
    def test_is_shown_and_then_used_at_its_commit(
        self, world: World, folder: Path, repository: tuple[Path, str]
    ) -> None:
        top, commit = repository
        (top / "t/devenv.toml").write_text('packages = ["later"]\n')
        git(top, "commit", "-q", "-a", "-m", "later")
        address = f"file://{top}#{commit}:t"
        unseen = world.run("init", address, cwd=folder)
        assert unseen.returncode == 2
        assert "nobody is here to agree" in unseen.stderr
        assert names(folder) == []
        done = world.run("init", address, "--yes", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert "  bin/x\n" in done.stderr
        assert names(folder) == ["bin/x", "devenv.toml"]
        assert '"jq"' in (folder / "devenv.toml").read_text()
        assert os.access(folder / "bin/x", os.X_OK)

    def test_nothing_of_it_runs(
        self, world: World, folder: Path, repository: tuple[Path, str], tmp_path: Path
    ) -> None:
        top, commit = repository
        mark = tmp_path / "ran"
        for name in ("post-checkout", "post-merge", "reference-transaction"):
            hook = top / ".git/hooks" / name
            hook.parent.mkdir(exist_ok=True)
            hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
            hook.chmod(0o755)
        done = world.run("init", f"file://{top}#{commit}:t", "--yes", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert not mark.exists()
        assert not list(folder.glob(".git*"))

    @pytest.mark.parametrize(
        ("tail", "message"),
        [
            pytest.param("#" + "0" * 40, "is not there", id="another commit"),
            pytest.param("#{commit}:gone", "has no folder 'gone'", id="no such folder"),
            pytest.param("#main", "named with its whole commit", id="a branch"),
            pytest.param("#{short}", "named with its whole commit", id="a short one"),
            pytest.param("#{commit}:../x", "no folder of a repository", id="upward"),
        ],
    )
    def test_what_is_not_in_it_is_told(
        self,
        world: World,
        folder: Path,
        repository: tuple[Path, str],
        tail: str,
        message: str,
    ) -> None:
        top, commit = repository
        end = tail.format(commit=commit, short=commit[:12])
        done = world.run("init", f"file://{top}{end}", "--yes", cwd=folder)
        assert done.returncode == 1
        assert message in done.stderr
        assert names(folder) == []


class TestProposal:
    def test_is_made_of_what_the_project_has(self, world: World, folder: Path) -> None:
        (folder / "package.json").write_text('{"packageManager": "pnpm@9.1.0"}')
        (folder / "apt.txt").write_text("golang-go\nsudo\n")
        done = world.run("init", cwd=folder)
        assert done.returncode == 0
        spec = (folder / "devenv.toml").read_text()
        assert '"go",  # apt.txt:1: listed there' in spec
        assert "not taken over: apt.txt:2: listed there: the archive has no sudo" in (
            done.stderr
        )
        assert "packageManager pnpm@9.1.0: the archive has no pnpm" in spec
        assert world.run("check", cwd=folder).returncode == 0

    def test_a_dry_run_prints_it(self, world: World, folder: Path) -> None:
        (folder / "package.json").write_text("{}")
        done = world.run("init", "--dry-run", cwd=folder)
        assert '"nodejs",  # package.json: a Node.js project' in done.stdout
        assert names(folder) == ["package.json"]

    def test_is_data_with_json(self, world: World, folder: Path) -> None:
        (folder / "package.json").write_text("{}")
        done = world.run("init", "--dry-run", "--json", cwd=folder)
        found = json.loads(done.stdout)
        assert found["packages"][0] == {
            "written": "nodejs",
            "reasons": ["package.json: a Node.js project"],
        }
        assert found["path"][0]["folder"] == "node_modules/.bin"

    def test_of_one_file(self, world: World, folder: Path) -> None:
        (folder / "package.json").write_text("{}")
        (world.home / "apt.txt").write_text("golang-go\n")
        done = world.run("init", "--from", "../apt.txt", cwd=folder)
        assert done.returncode == 0
        assert "nodejs" not in (folder / "devenv.toml").read_text()
        other = world.run("init", "--from", "flake.nix", cwd=folder)
        assert other.returncode == 2
        assert "it reads .tool-versions, mise.toml" in other.stderr

    def test_nothing_of_the_project_runs(self, world: World, folder: Path) -> None:
        mark = folder / "ran"
        (folder / "Gemfile").write_text(f"ruby `touch {mark}`\ngem 'x'\n")
        (folder / "shell.nix").write_text(f'builtins.exec [ "touch" "{mark}" ]')
        (folder / "npm").write_text(f"#!/bin/sh\ntouch {mark}\n")
        (folder / "npm").chmod(0o755)
        env = {"PATH": f"{folder}:/usr/bin:/bin"}
        assert world.run("init", cwd=folder, env=env).returncode == 0
        assert not mark.exists()

    def test_without_a_network_it_says_what_it_does_not_know(
        self, world: World, folder: Path
    ) -> None:
        (folder / ".python-version").write_text("3.11\n")
        done = world.run("init", "--offline", cwd=folder)
        assert done.returncode == 0
        assert "package lists cannot be looked into" in done.stderr
        assert '"python3@3.11"' in (folder / "devenv.toml").read_text()

    def test_a_spec_that_is_there_is_not_touched(
        self, world: World, folder: Path
    ) -> None:
        (folder / "devenv.toml").write_text("")
        (folder / "package.json").write_text("{}")
        done = world.run("init", cwd=folder)
        assert done.returncode == 2
        assert (folder / "devenv.toml").read_text() == ""


def test_the_wheel_would_have_the_templates() -> None:
    text = (CHECKOUT / "pyproject.toml").read_text()
    assert '"templates" = "devenv/_bundled/templates"' in text
