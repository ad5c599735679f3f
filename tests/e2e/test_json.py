"""What `--json` prints is what docs/json promises, key by key."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from devenv.cli.main import command_line
from tests.fixtures.ad_hoc import CHECKOUT
from tests.fixtures.archive import Package
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.world import PACKAGES

FOLDER = CHECKOUT / "docs/json"
SCHEMAS = {path.name.removesuffix(".schema.json") for path in FOLDER.glob("*.json")}

COMMANDS = [
    pytest.param("add", "toolbox", id="add"),
    pytest.param("build", "-o", "result", id="build"),
    pytest.param("check", id="check"),
    pytest.param("config", id="config"),
    pytest.param("daemon status", id="daemon status"),
    pytest.param("diff", "before.toml", "devenv.lock.toml", id="diff"),
    pytest.param("doctor", id="doctor"),
    pytest.param("env", id="env"),
    pytest.param("generations", id="generations"),
    pytest.param("gc", "--dry-run", "-v", id="gc"),
    pytest.param("info", "hello", id="info"),
    pytest.param("init", "--dry-run", id="init"),
    pytest.param("list", "--all", id="list"),
    pytest.param("locate", "hello", id="locate"),
    pytest.param("lock", id="lock"),
    pytest.param("outdated", "--refresh", id="outdated"),
    pytest.param("remove", "hello", id="remove"),
    pytest.param("roots", id="roots"),
    pytest.param("search", "hello", id="search"),
    pytest.param("size", id="size"),
    pytest.param("store du", id="store du"),
    pytest.param("store info", id="store info"),
    pytest.param("store repair", id="store repair"),
    pytest.param("status", id="status"),
    pytest.param("store verify", id="store verify"),
    pytest.param("template list", id="template list"),
    pytest.param("template show", "python", id="template show"),
    pytest.param("tree", id="tree"),
    pytest.param("tree", "hello-data", "--reverse", id="tree reversed"),
    pytest.param("trust list", id="trust list"),
    pytest.param("update", "--refresh", "--dry-run", id="update"),
    pytest.param("version", id="version"),
    pytest.param("versions", "own:hello", id="versions"),
    pytest.param("which", "hello", id="which"),
    pytest.param("why", "hello-data", id="why"),
]

STREAMS = {"events"}
"""Commands that go on printing: tests/e2e/test_daemon.py has them."""

MAY_BE_EMPTY = {
    "daemon status",
    "diff",
    "lock",
    "roots",
    "store repair",
    "store verify",
    "trust list",
}


def schema(command: str) -> dict[str, object]:
    name = command.replace(" ", "-")
    found = json.loads((FOLDER / f"{name}.schema.json").read_text())
    assert isinstance(found, dict)
    return found


def closed(part: object) -> object:
    """Return a schema that allows no key that it does not describe."""
    if isinstance(part, list):
        return [closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    inner = {key: closed(value) for key, value in part.items()}
    if "properties" in inner:
        inner["additionalProperties"] = False
    return inner


@pytest.fixture
def changing(project: ProjectWorld) -> ProjectWorld:
    """A project with a lock, an older one beside it, and a newer package to be had."""
    project.write_spec("hello", "hello-data")
    assert project.run("lock").returncode == 0
    (project.folder / "before.toml").write_text(project.lock_text)
    newer = Package(name="hello-data", version="3-1", architecture="all")
    project.publish(*(item for item in PACKAGES if item.name != newer.name), newer)
    return project


def answer(project: ProjectWorld, *words: str) -> dict[str, object]:
    first, *rest = words
    done = project.run(*first.split(), *rest, "--json")
    assert done.stdout.count("\n") == 1, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    "words",
    [param.values for param in COMMANDS],
    ids=[str(param.id) for param in COMMANDS],
)
def test_a_command_prints_what_its_schema_promises(
    changing: ProjectWorld, words: tuple[str, ...]
) -> None:
    found = answer(changing, *words)
    Draft202012Validator(closed(schema(words[0]))).validate(found)
    assert any(found.values()) or words[0] in MAY_BE_EMPTY


def test_a_change_of_the_lock_is_told_key_by_key(changing: ProjectWorld) -> None:
    found = answer(changing, "update", "--refresh")
    Draft202012Validator(closed(schema("update"))).validate(found)
    assert [
        (change["name"], change["before"], change["after"])
        for change in rows(found, "packages")
    ] == [("hello-data", "2.1-1", "3-1")]
    differing = answer(changing, "diff", "before.toml", "devenv.lock.toml")
    assert differing["packages"] == found["packages"]


def rows(found: dict[str, object], key: str) -> list[dict[str, object]]:
    value = found[key]
    assert isinstance(value, list)
    return value


def test_complaints_are_told_key_by_key(project: ProjectWorld) -> None:
    project.spec_path.write_text("pakages = []\n")
    found = answer(project, "check")
    Draft202012Validator(closed(schema("check"))).validate(found)
    assert found["ok"] is False


def test_differences_of_the_store_are_told_key_by_key(project: ProjectWorld) -> None:
    assert project.run("build").returncode == 0
    (file,) = project.world.store.glob("*-hello-data-*/usr/share/hello/greeting")
    file.chmod(0o644)
    file.write_text("changed")
    found = answer(project, "store verify")
    Draft202012Validator(closed(schema("store verify"))).validate(found)
    assert found["differences"]
    described = answer(project, "store info", str(file))
    Draft202012Validator(closed(schema("store info"))).validate(described)
    assert described["path"]
    mended = answer(project, "store repair")
    Draft202012Validator(closed(schema("store repair"))).validate(mended)
    assert mended["mended"]


def test_what_keeps_the_store_is_told_key_by_key(project: ProjectWorld) -> None:
    assert project.run("build", "-o", "result").returncode == 0
    listed = answer(project, "roots")
    Draft202012Validator(closed(schema("roots"))).validate(listed)
    assert len(rows(listed, "roots")) == 2
    kept = answer(project, "why", "./result")
    Draft202012Validator(closed(schema("why"))).validate(kept)
    assert kept["kept_by"]
    plan = answer(project, "gc", "--dry-run", "-v")
    Draft202012Validator(closed(schema("gc"))).validate(plan)
    assert plan["kept"]


def commands_with_json(group: object, *before: str) -> Iterator[str]:
    for name, command in getattr(group, "commands", {}).items():
        yield from commands_with_json(command, *before, name)
        # Another tool's word for a command is not in the help.
        if command.hidden:
            continue
        if any("--json" in parameter.opts for parameter in command.params):
            yield " ".join((*before, name))


def test_every_command_with_json_has_a_schema_and_a_test() -> None:
    found = set(commands_with_json(typer.main.get_command(command_line())))
    assert found == {str(param.values[0]) for param in COMMANDS} | STREAMS
    assert {name.replace(" ", "-") for name in found} == SCHEMAS


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda p: p.stem)
def test_a_schema_is_one_and_describes_every_key(path: Path) -> None:
    found = json.loads(path.read_text())
    Draft202012Validator.check_schema(found)
    assert path.read_text() == json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    assert list(undescribed(found)) == []


def undescribed(part: object, at: str = "") -> Iterator[str]:
    if not isinstance(part, dict):
        return
    for key, value in part.get("properties", {}).items():
        if "description" not in value:
            yield f"{at}.{key}"
        yield from undescribed(value, f"{at}.{key}")
    yield from undescribed(part.get("items"), f"{at}[]")
