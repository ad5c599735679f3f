"""Activation files: what a hook reads when a project is entered, for each shell.

One compound command of nothing but assignments to variables that begin with
`_devenv_new`, so that a part of it does nothing and no word of it can be an
alias; the hook (shell-hooks/hook.*) does the rest. The last one is the mark that
the file is whole.
"""

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import lru_cache

from devenv.errors import FormatError
from devenv.model.activation import Activation
from devenv.model.env_names import MANAGED, PROJECT_VARIABLE, name_refusal
from devenv.model.environment import MARKER, Environment
from devenv.model.seen_file import SeenFile
from devenv.model.spec import ShellText
from devenv.shells import SHELLS
from devenv.shells.activation_texts import WORDS, ShellWords
from devenv.shells.base import checked_entries, checked_name
from devenv.shells.project_text import text_of
from devenv.values import dataclass, replace

HOOK_SHELLS = ("bash", "fish", "zsh")
"""The shells that have a hook."""

_OURS = frozenset({MARKER, PROJECT_VARIABLE})
_LISTS_OF_OURS = frozenset({"LD_LIBRARY_PATH"})
_ALIAS_REFUSES = frozenset(" \t\n'\"\\$`=/|&;()<>*?[]#~!{}%,^@")
_DIGEST_CHARACTERS = 32
_FEW = 256
_SHORT = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedActivation:
    """The files of an activation by shell, and the digest that names them."""

    digest: str
    files: Mapping[str, str]


def render_activation(activation: Activation, folder: str) -> RenderedActivation:
    """Return what hooks read, for every shell.

    The digest is that of the content; the times of watched files are no part of
    it, because they are the stamps'.

    Args:
        activation: what to bring into the shell.
        folder: the absolute path of the project's folder for hooks.

    Raises:
        FormatError: a name, a value or an entry cannot be a shell's.
    """
    _check(activation)
    work = _work(activation)
    watched = in_order(activation.project, activation.watched)
    frames = _frames(activation, work, watched)
    drafts = {shell: _draft(shell, work, frame) for shell, frame in frames.items()}
    whole = hashlib.sha256()
    for shell, draft in sorted(drafts.items()):
        text = draft.whole(folder, "")
        whole.update(f"{shell} {len(text)}\n{text}".encode("utf-8", "surrogateescape"))
    for seen in watched:
        whole.update(f"{seen.sha256}\n".encode())
    digest = whole.hexdigest()[:_DIGEST_CHARACTERS]
    return RenderedActivation(
        digest=digest,
        files={shell: draft.whole(folder, digest) for shell, draft in drafts.items()},
    )


def stamp_name(digest: str, number: int) -> str:
    """Return the name of the stamp of the watched file with this number, from 0."""
    return f"{digest}.{number}"


def in_order(project: str, watched: Iterable[SeenFile]) -> tuple[SeenFile, ...]:
    """Return watched files as they are numbered: the spec first, then by path.

    The order does not depend on which of them are there.
    """
    spec = _spec(project)
    return tuple(sorted(watched, key=lambda seen: (seen.path != spec, seen.path)))


def _draft(shell: str, work: "_Work", frame: "_Frame") -> "_Draft":
    words, quote = WORDS[shell], SHELLS[shell].quote
    kept = (f"{n}={v}" if words.has_pairs else v for n, v in work.values.items())
    values = words.assign_list("values", map(quote, kept))
    of_frame = _lines if frame.is_small else _lines.__wrapped__
    before, after, tail = of_frame(shell, frame)
    return _Draft(words=words, quote=quote, head=[*before, values, *after], tail=tail)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """All that an activation's file says in one shell, but for values of variables."""

    project: str
    names: tuple[str, ...]
    unset: tuple[str, ...]
    lists: tuple[str, ...]
    fronts: tuple[str, ...]
    backs: tuple[str, ...]
    front_counts: tuple[int, ...]
    outer: tuple[str, ...]
    aliases: tuple[str, ...]
    completions: tuple[str, ...]
    text: ShellText
    watched: tuple[str, ...]
    watches_spec: bool

    @property
    def is_small(self) -> bool:
        """Tell whether its lines may be kept: there can be thousands of files."""
        texts = len(self.text.enter) + len(self.text.leave)
        return len(self.watched) + len(self.names) < _FEW and texts < _SHORT


def _frames(
    activation: Activation, work: "_Work", watched: Sequence[SeenFile]
) -> dict[str, _Frame]:
    environment = work.environment
    first = _Frame(
        project=activation.project.rstrip("/"),
        names=tuple(work.values),
        unset=tuple(work.unset),
        lists=tuple(work.lists),
        fronts=_joined(environment.prepend, work.lists),
        backs=_joined(environment.append, work.lists),
        front_counts=tuple(work.front_counts),
        outer=tuple(_outer(activation.outer)),
        aliases=tuple(_aliases(activation.aliases)),
        completions=(),
        text=ShellText(),
        watched=tuple(seen.path for seen in watched),
        watches_spec=_watches_spec(activation),
    )
    return {
        shell: replace(
            first,
            completions=tuple(activation.completions.get(shell, ())),
            text=text_of(activation.texts, shell),
        )
        for shell in HOOK_SHELLS
    }


@lru_cache(maxsize=2 * len(HOOK_SHELLS))
def _lines(shell: str, frame: _Frame) -> tuple[Sequence[str], ...]:
    """Return the lines before and after that of the values, and the last ones.

    They are kept for whoever renders again what has other values.
    """
    words = WORDS[shell]
    assign, assign_list, quote = words.assign, words.assign_list, SHELLS[shell].quote
    before = [
        assign("project", quote(frame.project)),
        assign_list("names", map(quote, frame.names)),
    ]
    after = [
        assign_list("unset", map(quote, frame.unset)),
        assign_list("lists", map(quote, frame.lists)),
        assign_list("fronts", map(quote, frame.fronts)),
        assign_list("backs", map(quote, frame.backs)),
        assign_list("outer", map(quote, frame.outer)),
        assign_list("aliases", map(quote, frame.aliases)),
        assign_list("completions", map(quote, frame.completions)),
        assign("enter", quote(frame.text.enter)),
        assign("leave", quote(frame.text.leave)),
        *words.counts(len(frame.names), frame.front_counts),
        *words.there(frame.names, frame.unset),
        *words.done(frame.names, frame.unset, frame.lists),
    ]
    tail = [
        # The hook itself looks at the spec.
        assign("watch", quote(_watch(words, quote, frame))),
        assign("watches_spec", quote("1" if frame.watches_spec else "")),
        *words.watched(map(quote, frame.watched)),
    ]
    return before, after, tail


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A file of which only the digest is not known yet."""

    words: ShellWords
    quote: Callable[[str], str]
    head: Sequence[str]
    tail: Sequence[str]

    def whole(self, folder: str, digest: str) -> str:
        """Return the file's text."""
        stamps = self.words.assign("stamps", self.quote(f"{folder}/{digest}"))
        complete = self.words.assign("complete", self.quote(digest))
        return self.words.whole([*self.head, stamps, *self.tail, complete])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What becomes of each variable, in order: it is in one of the three only."""

    environment: Environment
    values: Mapping[str, str]
    unset: Sequence[str]
    lists: Sequence[str]

    @property
    def front_counts(self) -> list[int]:
        return [len(self.environment.prepend.get(name, ())) for name in self.lists]


def _work(activation: Activation) -> _Work:
    environment = activation.environment
    whole = {*environment.all_values, *environment.unset}
    extended = {*environment.prepend, *environment.append}
    # What is set whole does not depend on the shell, though it be extended.
    alone = environment.applied_to({})
    values = {name: alone[name] for name in sorted(whole) if name in alone}
    values[PROJECT_VARIABLE] = activation.project
    return _Work(
        environment=environment,
        values=dict(sorted(values.items())),
        unset=sorted({*environment.unset} - values.keys()),
        lists=sorted(extended - whole),
    )


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


def _watch(words: ShellWords, quote: Callable[[str], str], frame: _Frame) -> str:
    """Return the conditions for all files, or for all but the spec."""
    return "".join(
        words.is_as_stamped(quote(path), f"$_devenv_stamps.{number}")
        for number, path in enumerate(frame.watched)
        if number or not frame.watches_spec
    )


def _spec(project: str) -> str:
    return f"{project.rstrip('/')}/devenv.toml"


def _watches_spec(activation: Activation) -> bool:
    spec = _spec(activation.project)
    return any(seen.path == spec and seen.sha256 for seen in activation.watched)


def _check(activation: Activation) -> None:
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
