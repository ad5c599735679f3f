"""What is the same in activation files that differ in values of variables only."""

from collections.abc import Container, Iterable, Mapping, Sequence

from devenv.errors import FormatError
from devenv.model.activation import Activation
from devenv.model.env_names import MANAGED, PROJECT_VARIABLE, name_refusal
from devenv.model.environment import MARKER
from devenv.model.spec import ShellText
from devenv.shells import SHELLS
from devenv.shells.activation_texts import WORDS
from devenv.shells.base import checked_entries, checked_name
from devenv.shells.project_text import text_of
from devenv.values import dataclass

_OURS = frozenset({MARKER, PROJECT_VARIABLE})
_LISTS_OF_OURS = frozenset({"LD_LIBRARY_PATH"})
_ALIAS_REFUSES = frozenset(" \t\n'\"\\$`=/|&;()<>*?[]#~!{}%,^@")
_FEW = 256
_SHORT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """All that an activation's files say, but for values of variables.

    `values` are the names of those that are set whole.
    """

    project: str
    folder: str
    values: tuple[str, ...]
    trees: tuple[str, ...]
    prepend: Mapping[str, Sequence[str]]
    append: Mapping[str, Sequence[str]]
    unset: tuple[str, ...]
    texts: Mapping[str, ShellText]
    aliases: Mapping[str, str]
    completions: Mapping[str, Sequence[str]]
    outer: Mapping[str, str | None]
    watched: tuple[str, ...]
    watches_spec: bool

    @property
    def is_small(self) -> bool:
        """Tell whether what is made of it may be kept: there can be thousands."""
        texts = sum(len(text.enter + text.leave) for text in self.texts.values())
        return len(self.watched) + len(self.values) < _FEW and texts < _SHORT


def frame_of(activation: Activation, folder: str, watched: tuple[str, ...]) -> Frame:
    """Return the frame of an activation, with its watched files in order."""
    environment = activation.environment
    return Frame(
        project=activation.project,
        folder=folder,
        values=tuple(environment.values),
        trees=environment.trees,
        prepend=environment.prepend,
        append=environment.append,
        unset=environment.unset,
        texts=activation.texts,
        aliases=activation.aliases,
        completions=activation.completions,
        outer=activation.outer,
        watched=watched,
        watches_spec=_watches_spec(activation),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines of a shell's file around those of the values and of the digest."""

    before: str
    after: str
    tail: str


def lines_of(shell: str, frame: Frame, names: tuple[str, ...]) -> Lines:
    """Return the lines before and after that of the values, and the last ones."""
    words = WORDS[shell]
    assign, assign_list, quote = words.assign, words.assign_list, SHELLS[shell].quote
    marked = {MARKER} if frame.trees else set()
    unset = sorted({*frame.unset} - {*names})
    lists = sorted(
        {*frame.prepend, *frame.append} - {*frame.values, *frame.unset, *marked}
    )
    counts = [len(frame.prepend.get(name, ())) for name in lists]
    text = text_of(frame.texts, shell)
    before = (
        assign("project", quote(frame.project.rstrip("/"))),
        assign_list("names", map(quote, names)),
    )
    after = (
        assign_list("unset", map(quote, unset)),
        assign_list("lists", map(quote, lists)),
        assign_list("fronts", map(quote, _joined(frame.prepend, lists))),
        assign_list("backs", map(quote, _joined(frame.append, lists))),
        assign_list("outer", map(quote, _outer(frame.outer))),
        assign_list("aliases", map(quote, _aliases(frame.aliases))),
        assign_list("completions", map(quote, frame.completions.get(shell, ()))),
        assign("enter", quote(text.enter)),
        assign("leave", quote(text.leave)),
        *words.counts(len(names), counts),
        *words.there(names, unset),
        *words.done(names, unset, lists),
    )
    tail = (
        # The hook itself looks at the spec.
        assign("watch", quote(_watch(shell, frame))),
        assign("watches_spec", quote("1" if frame.watches_spec else "")),
        *words.watched(map(quote, frame.watched)),
    )
    join = words.separator.join
    return Lines(before=join(before), after=join(after), tail=join(tail))


def _joined(
    entries: Mapping[str, Sequence[str]], names: Iterable[str]
) -> tuple[str, ...]:
    return tuple(":".join(checked_entries(entries.get(name, ()))) for name in names)


def _outer(outer: Mapping[str, str | None]) -> list[str]:
    return [
        checked_name(name) if value is None else f"{checked_name(name)}={value}"
        for name, value in sorted(outer.items())
    ]


def _aliases(aliases: Mapping[str, str]) -> list[str]:
    return [f"{name}={text}" for name, text in sorted(aliases.items())]


def _watch(shell: str, frame: Frame) -> str:
    """Return the conditions for all files, or for all but the spec."""
    words, quote = WORDS[shell], SHELLS[shell].quote
    return "".join(
        words.is_as_stamped(quote(path), f"$_devenv_stamps.{number}")
        for number, path in enumerate(frame.watched)
        if number or not frame.watches_spec
    )


def spec_of(project: str) -> str:
    """Return the path of a project's spec."""
    return f"{project.rstrip('/')}/devenv.toml"


def _watches_spec(activation: Activation) -> bool:
    spec = spec_of(activation.project)
    return any(seen.path == spec and seen.sha256 for seen in activation.watched)


def check_activation(activation: Activation) -> None:
    """Refuse what must not reach a shell, though it was refused before."""
    environment = activation.environment
    if not activation.project.startswith("/"):
        raise FormatError("a project has an absolute path", where=activation.project)
    for name in (*environment.values, *environment.unset):
        if name in MANAGED:
            raise FormatError("this search path can only be added to", where=name)
        _check_name(name, but=_OURS)
    for name in (*environment.prepend, *environment.append):
        _check_name(name, but=_LISTS_OF_OURS)
    for alias in activation.aliases:
        if not alias or alias.startswith("-") or _ALIAS_REFUSES & {*alias}:
            raise FormatError("this cannot be the name of an alias", where=repr(alias))


def _check_name(name: str, *, but: Container[str]) -> None:
    refusal = None if name in but else name_refusal(name)
    if refusal is not None:
        raise FormatError(f"this {refusal}", where=repr(name))
