"""The schema of devenv.toml, on everything that is shown to people."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from devenv.errors import SpecError
from devenv.formats.spec_initial import initial_spec
from devenv.formats.spec_keys import FILE_KEYS
from devenv.formats.spec_schema import DESCRIPTIONS, spec_schema
from devenv.formats.spec_toml import parse_spec
from devenv.model.project_template import ProjectTemplate
from devenv.operations.make_project import spec_text
from devenv.operations.read_template import read_template
from tests.fixtures.documents import PAGES, README, blocks_of

TOP = Path(__file__).parents[3]
TEMPLATES = sorted((TOP / "templates").iterdir())
SCHEMA = spec_schema()
DOCUMENT = (TOP / "docs/spec.md").read_text()


def is_valid(text: str) -> bool:
    return bool(Draft202012Validator(SCHEMA).is_valid(tomllib.loads(text)))


def answered(template: ProjectTemplate) -> Iterator[str]:
    """Yield a template's spec for every answer to each of its questions."""
    yield spec_text(template, {})
    for question in template.facts.questions:
        for choice in question.choices:
            yield spec_text(template, {question.key: choice})


def examples() -> Iterator[object]:
    """Yield every TOML block of a page that is not marked as another file's."""
    for path in (README, *PAGES):
        for number, block in enumerate(blocks_of(path)):
            if block.language == "toml" and not block.mark:
                yield pytest.param(block.text, id=f"{path.stem}-{number}")


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda path: path.name)
def test_every_template_is_valid(folder: Path) -> None:
    template = read_template(folder, name=folder.name)
    for text in answered(template):
        assert is_valid(text)
        assert "{{" not in text
        parse_spec(text, file="/p/devenv.toml")


@pytest.mark.parametrize("text", tuple(examples()))
def test_every_example_of_the_documents_is_valid(text: str) -> None:
    assert is_valid(text)
    parse_spec(text, file="/p/devenv.toml")


def test_every_proposal_and_first_spec_is_valid() -> None:
    specs = sorted((TOP / "tests/golden/projects").glob("*/expected.toml"))
    assert specs
    assert all(is_valid(path.read_text()) for path in specs)
    assert is_valid(initial_spec(["jq"]))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("pakages = []", id="an unknown key"),
        pytest.param("packages = 'jq'", id="no list"),
        pytest.param("packages = ['a b']", id="no requirement"),
        pytest.param("systems = []", id="no system"),
        pytest.param("systems = ['arm']", id="an unknown system"),
        pytest.param("oldest_c_library = '2'", id="no version"),
        pytest.param("env.A = 1", id="a number"),
        pytest.param("env.A = true", id="true"),
        pytest.param("env.PATH = 'x'", id="a whole search path"),
        pytest.param("env.A = { prepend = [], file = 'x' }", id="two forms"),
        pytest.param("env.'a-b' = 'x'", id="no name"),
        pytest.param("shell.tcsh.enter = 'x'", id="an unknown shell"),
        pytest.param("inputs.x = { apt = 'x' }", id="half an input"),
        pytest.param("system.x86_64-linux.imports = []", id="imports for a system"),
        pytest.param("alias.a = 1", id="no alias"),
    ],
)
def test_what_check_refuses_is_refused(text: str) -> None:
    assert not is_valid(text)
    with pytest.raises(SpecError):
        parse_spec(text, file="/p/devenv.toml")


def test_the_document_says_of_each_key_what_the_schema_says() -> None:
    rows = dict(re.findall(r"^\| `([a-z_]+)[^`]*` \| (.*) \|$", DOCUMENT, re.MULTILINE))
    assert rows == DESCRIPTIONS
    assert tuple(DESCRIPTIONS) == FILE_KEYS
