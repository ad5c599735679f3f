"""The rule of the redirecting library against its words, for a million paths."""

from pathlib import Path

import pytest

from tests.fixtures.elf_tree import need_compiler
from tests.fixtures.redirection_rule import (
    compile_rule_for,
    decided,
    expected,
    fill_tree,
    paths,
)

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


@pytest.mark.parametrize("seed", range(20))
def test_the_rule_is_what_its_words_say(tmp_path: Path, seed: int) -> None:
    need_compiler()
    fill_tree(tmp_path)
    rule = compile_rule_for(tmp_path)
    named = ["/etc"] if seed % 2 else []
    asked = list(paths(seed=1000 + seed, count=50_000))

    words = [expected(path, str(tmp_path), named) for path in asked]
    assert decided(rule, asked, named) == words
