"""What the readers of a project's files share."""

from collections.abc import Iterator

from devenv.model.proposal import Findings


def meaningful_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that say something, with their numbers: no blank, no #."""
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if content:
            yield number, content


def no_toml(error: Exception) -> Findings:
    """Return that a file is no TOML."""
    return Findings(unmapped=(f"this is not TOML: {error}",))


def no_json(error: Exception) -> Findings:
    """Return that a file is no JSON."""
    return Findings(unmapped=(f"this is not JSON: {error}",))
