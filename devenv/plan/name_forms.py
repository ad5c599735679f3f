"""Names that have a version in them, as `golang-1.24-go`."""

import re

from devenv.model.names import NameTable

_NUMBERS = {
    "{major}": "[0-9]+",
    "{minor}": r"[0-9]+\.[0-9]+",
    "{version}": r"[0-9]+(?:\.[0-9]+)*",
}


def name_forms(name: str, table: NameTable) -> tuple[str, ...]:
    """Return the forms of packages' names that `name@V` may mean, sorted.

    In `golang-{minor}-go` the place stands for a part of V.
    """
    known = table.names.get(name)
    words = {word for group in (known.versioned if known else ()) for word in group}
    forms = {word.partition("@")[0] for word in words}
    return tuple(sorted(form for form in forms if "{" in form))


def glob_of(form: str) -> str:
    """Return a pattern in which `*` stands for anything; some names are too many."""
    return re.sub(r"\{[a-z]+\}", "*", form)


def has_form(name: str, form: str) -> bool:
    """Tell whether a package's name is of a form."""
    parts = re.split(r"(\{[a-z]+\})", form)
    pattern = "".join(_NUMBERS.get(part) or re.escape(part) for part in parts)
    return re.fullmatch(pattern, name) is not None
