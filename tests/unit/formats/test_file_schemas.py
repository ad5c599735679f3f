"""The schemas of the other files, against what reads and writes those."""

import json
import re
import tomllib
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from devenv.errors import DevenvError, UsageError
from devenv.formats import (
    lock_tables,
    project_template,
    user_configuration,
)
from devenv.formats.file_schemas import SCHEMAS, file_schema_text
from devenv.formats.lock_toml import parse_lock, render_lock
from devenv.formats.project_template import parse_template_facts
from devenv.formats.user_configuration import parse_user_configuration
from tests.fixtures.ad_hoc import CHECKOUT
from tests.fixtures.documents import PAGES, README, blocks_of
from tests.fixtures.locks import small_lock

CONFIGURATION = "config.toml"
TEMPLATE = "template.toml"
LOCK = "devenv.lock.toml"
MARKS = {"settings": CONFIGURATION, "template": TEMPLATE}
"""The comment before a block of a page, and the file that it is of."""

EVERYTHING = """
default_input = "sid"
progress = "plain"
[apt]
mirrors = ["https://example.org/debian"]
accept_expired_days = 2
[cache]
from = ["/srv/devenv/cache", "https://cache.example.org"]
[inputs]
own = { apt = "https://example.org/apt", suite = "stable", key = "own.asc" }
[trust]
mode = "exact"
free_values = ["LOG_LEVEL"]
worktrees = true
[daemon]
on_demand = true
notify = true
fetch_ahead = true
max_builds = 2
limit_seconds = 3600
"""


def is_valid(name: str, text: str) -> bool:
    validator = Draft202012Validator(SCHEMAS[name]())
    return bool(validator.is_valid(tomllib.loads(text)))


def read(name: str, text: str) -> None:
    if name == CONFIGURATION:
        parse_user_configuration(text)
    elif name == TEMPLATE:
        parse_template_facts(text, file=name)
    else:
        parse_lock(text, file=name)


def undescribed(schema: object, at: str = "") -> Iterator[str]:
    """Yield the keys that a schema does not explain."""
    if isinstance(schema, list):
        for part in schema:
            yield from undescribed(part, at)
    if not isinstance(schema, dict):
        return
    for name, part in schema.get("properties", {}).items():
        if "description" not in part:
            yield f"{at}{name}"
        yield from undescribed(part, f"{at}{name}.")
    for word in ("additionalProperties", "items", "anyOf"):
        yield from undescribed(schema.get(word), at)
    for pattern, part in schema.get("patternProperties", {}).items():
        yield from undescribed(part, f"{at}{pattern}.")


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name]())
    assert file_schema_text(name).startswith("{\n")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_is_described(name: str) -> None:
    assert not list(undescribed(SCHEMAS[name]()))


def keys(schema: dict[str, object], *words: str | int) -> set[str]:
    """Return the keys that a part of a schema has."""
    part = json.loads(json.dumps(schema))
    for word in words:
        part = part[word]
    return set(part["properties"])


def test_a_schema_has_the_keys_that_are_read() -> None:
    tables = {
        "apt": user_configuration._APT_KEYS,
        "cache": user_configuration._CACHE_KEYS,
        "daemon": user_configuration._DAEMON_KEYS,
    }
    whole = SCHEMAS[CONFIGURATION]()
    assert keys(whole) == set(user_configuration._KEYS)
    for name, known in tables.items():
        assert keys(whole, "properties", name) == set(known)
    forms = "properties", "trust", "anyOf", 1
    assert keys(whole, *forms) == set(user_configuration._TRUST_KEYS)
    facts = SCHEMAS[TEMPLATE]()
    assert keys(facts) == {*project_template._TEXTS, "question"}
    question = keys(facts, "properties", "question", "items")
    assert question == project_template._QUESTION_KEYS
    system = "patternProperties", "^[a-z0-9_]+-[a-z]+$", "properties", "packages"
    package = "additionalProperties", "additionalProperties"
    found = keys(SCHEMAS[LOCK](), *system, *package)
    assert found == lock_tables._PACKAGE_KEYS


def test_what_has_everything_is_valid_where_it_is_read() -> None:
    parse_user_configuration(EVERYTHING)
    assert is_valid(CONFIGURATION, EVERYTHING)
    assert is_valid(CONFIGURATION, 'trust = "exact"')
    assert is_valid(LOCK, render_lock(small_lock()))
    for path in (CHECKOUT / "templates").glob("*/template.toml"):
        assert is_valid(TEMPLATE, path.read_text())


@pytest.mark.parametrize(("mark", "name"), MARKS.items())
def test_every_example_of_the_documents_is_valid(mark: str, name: str) -> None:
    blocks = [block for page in (README, *PAGES) for block in blocks_of(page)]
    texts = [block.text for block in blocks if block.mark == mark]
    assert texts
    for text in texts:
        assert is_valid(name, text)
        read(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(CONFIGURATION, "a = 1", id="an unknown setting"),
        pytest.param(CONFIGURATION, "apt.mirror = 'x'", id="an unknown key of apt"),
        pytest.param(CONFIGURATION, "apt.mirrors = 'x'", id="no list"),
        pytest.param(CONFIGURATION, "apt.accept_expired_days = -1", id="no days"),
        pytest.param(CONFIGURATION, "progress = 'loud'", id="an unknown style"),
        pytest.param(CONFIGURATION, "store.a = 1", id="an unknown key of store"),
        pytest.param(CONFIGURATION, "trust.mode = 'loose'", id="an unknown mode"),
        pytest.param(CONFIGURATION, "trust = 'loose'", id="an unknown short mode"),
        pytest.param(CONFIGURATION, "trust.worktrees = 1", id="no truth"),
        pytest.param(CONFIGURATION, "daemon.max_builds = 0", id="no build at all"),
        pytest.param(CONFIGURATION, "inputs.A = {}", id="no name of an input"),
        pytest.param(TEMPLATE, "description = 'x'", id="no title"),
        pytest.param(TEMPLATE, "title = 'x'\na = 'x'", id="an unknown key"),
        pytest.param(TEMPLATE, "title = 'x'\n[[question]]\nkey = 'a'", id="half"),
        pytest.param(LOCK, "version = 1\nrules = {}", id="no rules"),
        pytest.param(LOCK, "version = 2", id="another version"),
    ],
)
def test_what_is_refused_is_not_valid(name: str, text: str) -> None:
    assert not is_valid(name, text)
    with pytest.raises(DevenvError):
        read(name, text)


def test_a_lock_with_one_key_less_or_more_is_not_valid() -> None:
    text = render_lock(small_lock())
    for line in re.findall(
        r"^(?:location|sha256|pocket|size) .*\n", text, re.MULTILINE
    ):
        less = text.replace(line, "")
        assert not is_valid(LOCK, less)
        with pytest.raises(DevenvError):
            read(LOCK, less)
    more = text.replace("\nsize = ", '\nhost = "x"\nsize = ', 1)
    assert not is_valid(LOCK, more)


def test_there_is_no_schema_of_another_file() -> None:
    with pytest.raises(UsageError, match=r"no schema of 'x\.toml'"):
        file_schema_text("x.toml")
