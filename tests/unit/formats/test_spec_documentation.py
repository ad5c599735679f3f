"""What the documentation shows is what is read."""

import re
from pathlib import Path

from devenv.formats.spec_keys import FILE_KEYS
from devenv.formats.spec_toml import parse_spec
from devenv.model.env_names import MANAGED

TEXT = (Path(__file__).parents[3] / "docs/spec.md").read_text()


def test_the_example_is_a_spec_with_every_key() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    found = parse_spec(example, file="/p/devenv.toml")
    assert found.imports
    assert all(re.search(rf"^\[?{key}\b", example, re.MULTILINE) for key in FILE_KEYS)


def test_every_key_and_search_path_is_explained() -> None:
    rows = re.findall(r"^\| `([a-z_]+)", TEXT, re.MULTILINE)
    assert tuple(rows) == FILE_KEYS
    assert all(f"`{name}`" in TEXT for name in MANAGED)
