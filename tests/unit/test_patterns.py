"""Regular expressions that are compiled late do what compiled ones do."""

import re

import pytest

from devenv.patterns import late_pattern
from tests.unit.test_main_module import imported_by


@pytest.mark.parametrize(
    ("text", "flags"),
    [(r"(?P<name>[a-z]+)-(\d+)", 0), ("A.c", re.DOTALL | re.IGNORECASE)],
)
def test_a_late_pattern_answers_as_a_compiled_one(text: str, flags: int) -> None:
    late, compiled = late_pattern(text, flags), re.compile(text, flags)
    for subject in ("abc-12", "a\nc", "A.C", ""):
        for _ in range(2):
            for name in ("match", "fullmatch", "search", "findall", "split"):
                found = getattr(late, name)(subject)
                assert repr(found) == repr(getattr(compiled, name)(subject))
            assert late.sub("x", subject) == compiled.sub("x", subject)
    assert (late.pattern, late.flags) == (compiled.pattern, compiled.flags)


def test_a_pattern_that_is_not_used_is_not_compiled() -> None:
    late = late_pattern("(")
    with pytest.raises(re.error):
        late.match("")


def test_patterns_and_hashes_import_nothing() -> None:
    assert not imported_by("import devenv.patterns, devenv.hashes") & {"re", "_hashlib"}
