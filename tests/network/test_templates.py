"""Every template makes a project that builds and runs, and again when edited."""

import json
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from devenv.formats.project_template import parse_template_facts
from devenv.operations.propose_spec import project_names
from tests.fixtures.ad_hoc import CHECKOUT
from tests.network.conftest import unavailable
from tests.network.hermetic import ACCOUNTS, USER_ID
from tests.network.installation import Installation
from tests.network.template_results import TemplateResult

pytestmark = [pytest.mark.network, pytest.mark.timeout(1800)]

TEMPLATES = CHECKOUT / "templates"
BUILD_SECONDS = 300

Record = Callable[[str, object], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a template's program says, where that stands, and what made it.

    `tools` must be of the store, or of the project itself.
    """

    says: str
    source: str
    tools: tuple[str, ...]


TRIALS = {
    "c": Trial(says="hello from C", source="main.c", tools=("gcc", "cmake", "gdb")),
    "go": Trial(says="hello from", source="main.go", tools=("go",)),
    "java": Trial(
        says="hello from Java",
        source="src/main/java/org/example/Hello.java",
        tools=("javac", "java", "jar", "mvn"),
    ),
    "minimal": Trial(says="hello from jq", source="words.json", tools=("jq", "rg")),
    "node": Trial(says="hello from Node", source="greeting.js", tools=("node", "npm")),
    "php": Trial(
        says="hello from PHP", source="public/index.php", tools=("php", "composer")
    ),
    "postgres": Trial(
        says="hello from PostgreSQL", source="schema.sql", tools=("psql", "db")
    ),
    "python": Trial(
        says="hello from Python", source="main.py", tools=("python", "pip")
    ),
    "ruby": Trial(
        says="hello from Ruby", source="greeting.rb", tools=("ruby", "bundle")
    ),
    "rust": Trial(
        says="hello from Rust", source="src/main.rs", tools=("rustc", "cargo")
    ),
    "web": Trial(
        says="hello from the database",
        source="schema.sql",
        tools=("node", "python3", "psql"),
    ),
}


@dataclass(slots=True, kw_only=True)
class Workbench:
    """A user without rights and without a network, whose shells are pure.

    It lives in one process namespace to its end: a database stays started.
    """

    command: Path
    project: Path
    shell: "subprocess.Popen[bytes]"
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, step: str, line: str) -> str:
        """Run a line in `devenv shell --pure`; return what it printed."""
        words = shlex.join([str(self.command), "shell", "--pure", "-c", line])
        said, ended = self.project.parent / "said", self.project.parent / "ended"
        ended.unlink(missing_ok=True)
        asked = (
            f"{words} >{said} 2>&1 </dev/null\n"
            f"echo $? >{ended}.new; mv {ended}.new {ended}\n"
        )
        assert self.shell.stdin is not None
        began = time.monotonic()
        self.shell.stdin.write(asked.encode())
        self.shell.stdin.flush()
        while not ended.exists():
            assert self.shell.poll() is None
            assert time.monotonic() - began < BUILD_SECONDS, said.read_text()
            time.sleep(0.01)
        self.seconds[step] = time.monotonic() - began
        text = said.read_text()
        assert ended.read_text() == "0\n", text
        return text


@pytest.fixture
def home(home: Path) -> Path:
    """Bear with mirrors whose releases in the making have expired."""
    folder = home / ".config/devenv"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text("[apt]\naccept_expired_days = 60\n")
    return home


@pytest.fixture
def workbench(
    installation: Installation, home: Path, tmp_path: Path
) -> Iterator[Workbench]:
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        unavailable("a user without a network needs bwrap")
    for name in ("passwd", "group"):
        (tmp_path / name).write_text(ACCOUNTS[name])
    number = str(USER_ID)
    command = [
        *(str(bwrap), "--unshare-user", "--uid", number, "--gid", number),
        *("--unshare-net", "--unshare-pid", "--die-with-parent"),
        *("--dev-bind", "/", "/", "--proc", "/proc"),
        *(w for n in ("passwd", "group") for w in _bound(tmp_path / n, f"/etc/{n}")),
        *("--chdir", str(tmp_path / "p"), "/bin/sh"),
    ]
    (tmp_path / "p").mkdir()
    env = {**installation.variables, "HOME": str(home), "SHELL": "/bin/bash"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=env) as shell:
        yield Workbench(
            command=installation.command, project=tmp_path / "p", shell=shell
        )
        shell.kill()


def _bound(path: Path, place: str) -> tuple[str, str, str]:
    return ("--ro-bind", str(path), place)


def test_every_template_has_a_trial() -> None:
    assert set(TRIALS) == {path.name for path in TEMPLATES.iterdir()}


@pytest.mark.parametrize("name", sorted(TRIALS))
def test_a_project_of_a_template_builds_runs_and_builds_again(
    name: str, installation: Installation, workbench: Workbench, record_property: Record
) -> None:
    trial, project, seconds = TRIALS[name], workbench.project, workbench.seconds
    facts = parse_template_facts(
        (TEMPLATES / name / "template.toml").read_text(), file=name
    )
    try:
        _timed(seconds, "init", installation, project, ["init", name, "--yes"])
        _timed(seconds, "realise", installation, project, ["build"])
        workbench.run("enter", "true")
        for tool in trial.tools:
            place = workbench.run("which", f"readlink -f $(command -v {tool})").strip()
            own = (str(installation.store), str(project))
            assert place.startswith(own), place
        workbench.run("build", facts.build)
        assert trial.says in workbench.run("run", facts.run)
        _edit(project / trial.source)
        workbench.run("rebuild", facts.build)
        assert "good bye from" in workbench.run("run again", facts.run)
    finally:
        sizes = _sizes(installation, project) if "realise" in seconds else {}
        shown = {
            step: f"{seconds[step]:.1f}"
            for step in ("init", "realise", "build", "run", "rebuild")
            if step in seconds
        }
        record_property(
            "template", asdict(TemplateResult(template=name, **sizes, **shown))
        )


def _timed(
    seconds: dict[str, float],
    step: str,
    installation: Installation,
    project: Path,
    words: list[str],
) -> None:
    began = time.monotonic()
    installation.run(words, directory=project)
    seconds[step] = time.monotonic() - began


def _edit(path: Path) -> None:
    text = path.read_text()
    assert "hello from" in text
    path.write_text(text.replace("hello from", "good bye from"))


def _sizes(installation: Installation, project: Path) -> dict[str, str]:
    found = json.loads(installation.run(["size", "--json"], directory=project))
    total = found["total"]
    return {
        "packages": str(total["packages"]),
        "download": f"{total['download_bytes'] / 1e6:.0f} MB",
        "unpacked": f"{total['unpacked_bytes'] / 1e6:.0f} MB",
    }


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", sorted(TRIALS))
def test_every_answer_to_a_template_can_be_locked(
    name: str, installation: Installation, tmp_path: Path
) -> None:
    facts = parse_template_facts(
        (TEMPLATES / name / "template.toml").read_text(), file=name
    )
    for question in facts.questions:
        for choice in question.choices:
            folder = tmp_path / f"{question.key}-{choice}"
            answered = ["init", name, "--into", str(folder), "--yes"]
            installation.run([*answered, "--answer", f"{question.key}={choice}"])
            installation.run(["lock"], directory=folder)


@pytest.mark.usefixtures("home")
def test_every_name_that_is_proposed_is_in_the_archive(
    installation: Installation, tmp_path: Path
) -> None:
    written = sorted(
        {
            word
            for rows in project_names().values()
            for each in rows.values()
            for word in each
        }
    )
    plain = [word for word in written if "@" not in word]
    (tmp_path / "apt.txt").write_text("\n".join(plain))
    answer = installation.run(
        ["init", "--dry-run", "--json"], directory=tmp_path, timeout_seconds=300
    )
    found = json.loads(answer)
    assert found["not_taken_over"] == []
