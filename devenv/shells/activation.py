"""Activation files: what a hook reads when a project is entered, for each shell.

One compound command of nothing but assignments to variables that begin with
`_devenv_new`, so that a part of it does nothing and no word of it can be an
alias; the hook (shell-hooks/hook.*) does the rest. The last one is the mark that
the file is whole.
"""

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from devenv.errors import FormatError
from devenv.model.activation import Activation
from devenv.model.env_names import MANAGED, PROJECT_VARIABLE, name_refusal
from devenv.model.environment import MARKER, Environment
from devenv.model.seen_file import SeenFile
from devenv.shells import SHELLS
from devenv.shells.activation_texts import WORDS, ShellWords
from devenv.shells.base import checked_entries, checked_name
from devenv.shells.project_text import text_of
from devenv.values import dataclass

HOOK_SHELLS = ("bash", "fish", "zsh")
"""The shells that have a hook."""

_OURS = frozenset({MARKER, PROJECT_VARIABLE})
_LISTS_OF_OURS = frozenset({"LD_LIBRARY_PATH"})
_ALIAS_REFUSES = frozenset(" \t\n'\"\\$`=/|&;()<>*?[]#~!{}%,^@")
_DIGEST_CHARACTERS = 32


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
    drafts = {shell: _draft(shell, activation, work) for shell in HOOK_SHELLS}
    whole = hashlib.sha256()
    for shell, draft in sorted(drafts.items()):
        text = draft.whole(folder, "")
        whole.update(f"{shell} {len(text)}\n{text}".encode("utf-8", "surrogateescape"))
    for seen in in_order(activation.project, activation.watched):
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


def _draft(shell: str, activation: Activation, work: "_Work") -> "_Draft":
    words = WORDS[shell]
    assign, assign_list, quote = words.assign, words.assign_list, SHELLS[shell].quote
    text = text_of(activation.texts, shell)
    kept = (f"{n}={v}" if words.has_pairs else v for n, v in work.values.items())
    watched = in_order(activation.project, activation.watched)
    head = [
        assign("project", quote(activation.project.rstrip("/"))),
        assign_list("names", map(quote, work.values)),
        assign_list("values", map(quote, kept)),
        assign_list("unset", map(quote, work.unset)),
        assign_list("lists", map(quote, work.lists)),
        assign_list("fronts", _joined(quote, work.environment.prepend, work.lists)),
        assign_list("backs", _joined(quote, work.environment.append, work.lists)),
        assign_list("outer", map(quote, _outer(activation.outer))),
        assign_list("aliases", map(quote, _aliases(activation.aliases))),
        assign_list("completions", map(quote, activation.completions.get(shell, ()))),
        assign("enter", quote(text.enter)),
        assign("leave", quote(text.leave)),
        *words.counts(len(work.values), work.front_counts),
        *words.there((*work.values, *work.unset)),
        *words.done(work.values, work.unset, work.lists),
    ]
    watches_spec = _watches_spec(activation)
    tail = [
        # The hook itself looks at the spec.
        assign(
            "watch", quote(_watch(words, quote, watched, is_but_first=watches_spec))
        ),
        assign("watches_spec", quote("1" if watches_spec else "")),
        *words.watched(quote(seen.path) for seen in watched),
    ]
    return _Draft(words=words, quote=quote, head=head, tail=tail)


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
    quote: Callable[[str], str],
    entries: Mapping[str, Sequence[str]],
    names: Iterable[str],
) -> list[str]:
    return [quote(":".join(checked_entries(entries.get(name, ())))) for name in names]


def _outer(outer: Mapping[str, str | None]) -> list[str]:
    return [
        checked_name(name) if value is None else f"{checked_name(name)}={value}"
        for name, value in sorted(outer.items())
    ]


def _aliases(aliases: Mapping[str, str]) -> list[str]:
    return [f"{name}={text}" for name, text in sorted(aliases.items())]


def _watch(
    words: ShellWords,
    quote: Callable[[str], str],
    watched: Sequence[SeenFile],
    *,
    is_but_first: bool,
) -> str:
    """Return the conditions for all files, or for all but the first."""
    return "".join(
        words.is_as_stamped(quote(seen.path), f"$_devenv_stamps.{number}")
        for number, seen in enumerate(watched)
        if number or not is_but_first
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
