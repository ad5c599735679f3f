"""The host's apt sources, in both styles of sources.list(5)."""

from collections.abc import Iterator

from devenv.errors import FormatError
from devenv.formats.deb822 import paragraphs
from devenv.patterns import late_pattern
from devenv.values import dataclass

_OPTIONS = late_pattern(r"\[[^\]]*\]")
_WORDS = late_pattern(r"\[[^\]]*\]|\S+")
_FALSE = frozenset({"no", "false", "without", "off", "disable", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AptSource:
    """One archive of binary packages that the host's apt reads."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


def parse_list(text: str) -> tuple[AptSource, ...]:
    """Return the `deb` lines of a `.list` file; what is malformed is left out.

    A file that apt cannot read must not keep devenv from working: these are
    hints where to ask, and prove nothing.
    """
    return tuple(_of_lines(text))


def parse_sources(text: str) -> tuple[AptSource, ...]:
    """Return the enabled binary sources of a deb822 `.sources` file.

    Raises:
        FormatError: it is not deb822.
    """
    return tuple(_of_paragraphs(text))


def parse_mirror_list(text: str) -> tuple[str, ...]:
    """Return the addresses of a mirror list (apt-transport-mirror(1)).

    Raises nothing: what follows an address on its line does not matter here.
    """
    lines = (line.split() for line in text.splitlines())
    return tuple(words[0] for words in lines if words and words[0][0] != "#")


def _of_lines(text: str) -> Iterator[AptSource]:
    for line in text.splitlines():
        words = _WORDS.findall(line.partition("#")[0])
        if not words or words[0] != "deb":
            continue
        rest = [word for word in words[1:] if not _OPTIONS.fullmatch(word)]
        if len(rest) > 1:
            uri, suite, *components = rest
            yield AptSource(uri=uri, suites=(suite,), components=tuple(components))


def _of_paragraphs(text: str) -> Iterator[AptSource]:
    for paragraph in paragraphs(text):
        fields = {name.lower(): value.split() for name, value in paragraph.items()}
        is_enabled = not _FALSE & {word.lower() for word in fields.get("enabled", [])}
        if not is_enabled or "deb" not in fields.get("types", []):
            continue
        for uri in fields.get("uris", []):
            yield AptSource(
                uri=uri,
                suites=tuple(fields.get("suites", [])),
                components=tuple(fields.get("components", [])),
            )


def parse_apt_file(name: str, text: str) -> tuple[AptSource, ...]:
    """Return the sources of a file, whose name tells its style.

    Nothing is returned for a file that is neither, or that cannot be read.
    """
    if name.endswith(".list"):
        return parse_list(text)
    if not name.endswith(".sources"):
        return ()
    try:
        return parse_sources(text)
    except FormatError:
        return ()
