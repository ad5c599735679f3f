"""Activation files: what a hook reads when a project is entered, for each shell.

One compound command of nothing but assignments to variables that begin with
`_devenv_new`, so that a part of it does nothing and no word of it can be an
alias; the hook (shell-hooks/hook.*) does the rest. The last one is the mark that
the file is whole.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from devenv.model.activation import Activation
from devenv.model.env_names import PROJECT_VARIABLE
from devenv.model.environment import Environment
from devenv.model.seen_file import SeenFile
from devenv.shells import SHELLS
from devenv.shells.activation_frame import (
    Frame,
    Lines,
    check_activation,
    frame_of,
    lines_of,
    spec_of,
)
from devenv.shells.activation_texts import WORDS
from devenv.values import dataclass

HOOK_SHELLS = ("bash", "fish", "zsh")
"""The shells that have a hook."""

_DIGEST_CHARACTERS = 32
_KEPT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedActivation:
    """The files of an activation by shell, and the digest that names them.

    `watched` are its files in order (`in_order`).
    """

    digest: str
    files: Mapping[str, str]
    watched: Sequence[SeenFile]


def render_activation(
    activation: Activation, folder: str, digest: str = ""
) -> RenderedActivation:
    """Return what hooks read, for every shell.

    The digest is that of the content; the times of watched files are no part of
    it, because they are the stamps'.

    Args:
        activation: what to bring into the shell.
        folder: the absolute path of the project's folder for hooks.
        digest: what stands for that of the content, if it was never used before.

    Raises:
        FormatError: a name, a value or an entry cannot be a shell's.
    """
    prepared = _prepared(activation, folder)
    watched = in_order(activation.project, activation.watched)
    return _rendered(prepared, activation.environment, watched, digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationDraft:
    """The files of an activation in which one value is still to be exchanged.

    `words` are those of all values, in the order of `names`, for each shell; `around`
    is what stands before and behind their statement.
    """

    names: Sequence[str]
    words: Mapping[str, Sequence[str]]
    around: Mapping[str, tuple[Sequence[str], Sequence[str]]]

    def files_with(self, name: str, value: str) -> dict[str, str]:
        """Return the files by shell, with this value of a variable that is set whole.

        Raises:
            FormatError: the value cannot be a shell's.
        """
        files = {}
        place = self.names.index(name)
        for shell, all_words in self.words.items():
            words = WORDS[shell]
            text = f"{name}={value}" if words.has_pairs else value
            changed = [*all_words]
            changed[place] = SHELLS[shell].quote(text)
            statement = words.assign_list("values", changed)
            before, behind = self.around[shell]
            files[shell] = words.whole((*before, statement, *behind))
        return files


def draft_activation(
    activation: Activation, folder: str, digest: str
) -> ActivationDraft:
    """Return what `render_activation` does, for another value of one variable.

    It must be set whole, and not be extended.

    Raises:
        FormatError: a name, a value or an entry cannot be a shell's.
    """
    prepared = _prepared(activation, folder)
    words, around = {}, {}
    for shell, values in _words(prepared, activation.environment).items():
        lines = prepared.lines[shell]
        words[shell] = tuple(values)
        stamps, complete = _named(shell, folder, digest)
        around[shell] = (lines.before,), (lines.after, stamps, lines.tail, complete)
    return ActivationDraft(names=prepared.names, words=words, around=around)


def stamp_name(digest: str, number: int) -> str:
    """Return the name of the stamp of the watched file with this number, from 0."""
    return f"{digest}.{number}"


def in_order(project: str, watched: Iterable[SeenFile]) -> tuple[SeenFile, ...]:
    """Return watched files as they are numbered: the spec first, then by path.

    The order does not depend on which of them are there.
    """
    spec = spec_of(project)
    return tuple(sorted(watched, key=lambda seen: (seen.path != spec, seen.path)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What is the same for all activations of a frame.

    `names` are those of all variables that are set whole, sorted.
    """

    frame: Frame
    names: tuple[str, ...]
    lines: Mapping[str, Lines]


_prepared_before: dict[str, _Prepared] = {}
"""By project: whoever renders again mostly has another value, and nothing else."""


def _prepared(activation: Activation, folder: str) -> _Prepared:
    watched = in_order(activation.project, activation.watched)
    frame = frame_of(activation, folder, tuple(seen.path for seen in watched))
    found = _prepared_before.get(frame.project)
    if found is None or found.frame != frame:
        check_activation(activation)
        found = _prepare(frame, activation.environment)
        _keep(found)
    return found


def _keep(prepared: _Prepared) -> None:
    frame = prepared.frame
    _prepared_before.pop(frame.project, None)
    if frame.is_small:
        _prepared_before[frame.project] = prepared
    for oldest in list(_prepared_before)[:-_KEPT]:
        del _prepared_before[oldest]


def _prepare(frame: Frame, environment: Environment) -> _Prepared:
    names = _names(environment)
    lines = {shell: lines_of(shell, frame, names) for shell in HOOK_SHELLS}
    return _Prepared(frame=frame, names=names, lines=lines)


def _rendered(
    prepared: _Prepared,
    environment: Environment,
    watched: Sequence[SeenFile],
    digest: str,
) -> RenderedActivation:
    statements = {
        shell: WORDS[shell].assign_list("values", values)
        for shell, values in _words(prepared, environment).items()
    }
    digest = digest or _digest(prepared, statements, watched)
    return RenderedActivation(
        digest=digest,
        watched=watched,
        files={
            shell: _whole(prepared, shell, statement, digest)
            for shell, statement in statements.items()
        },
    )


def _words(prepared: _Prepared, environment: Environment) -> dict[str, Iterable[str]]:
    """Return the words of all values, for every shell."""
    # What is set whole does not depend on the shell, though it be extended.
    alone = environment.applied_to({})
    alone[PROJECT_VARIABLE] = prepared.frame.project
    values = [alone[name] for name in prepared.names]
    pairs = list(map("{}={}".format, prepared.names, values))
    return {
        shell: map(SHELLS[shell].quote, pairs if WORDS[shell].has_pairs else values)
        for shell in HOOK_SHELLS
    }


def _digest(
    prepared: _Prepared, statements: Mapping[str, str], watched: Sequence[SeenFile]
) -> str:
    whole = hashlib.sha256()
    for shell, statement in statements.items():
        lines = prepared.lines[shell]
        text = f"{shell}\0{lines.before}\0{statement}\0{lines.after}\0{lines.tail}\0"
        whole.update(text.encode("utf-8", "surrogateescape"))
    seen = "".join(f"{file.sha256}\n" for file in watched)
    whole.update(f"{prepared.frame.folder}\0{seen}".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()[:_DIGEST_CHARACTERS]


def _whole(prepared: _Prepared, shell: str, values: str, digest: str) -> str:
    lines = prepared.lines[shell]
    stamps, complete = _named(shell, prepared.frame.folder, digest)
    parts = (lines.before, values, lines.after, stamps, lines.tail, complete)
    return WORDS[shell].whole(parts)


def _named(shell: str, folder: str, digest: str) -> tuple[str, str]:
    """Return the statements that have the digest."""
    words, quote = WORDS[shell], SHELLS[shell].quote
    stamps = words.assign("stamps", quote(f"{folder}/{digest}"))
    return stamps, words.assign("complete", quote(digest))


def _names(environment: Environment) -> tuple[str, ...]:
    """Return which variables are set whole, whatever the shell has."""
    whole = {*environment.all_values, *environment.unset}
    alone = environment.applied_to({})
    return tuple(sorted({*(whole & alone.keys()), PROJECT_VARIABLE}))
