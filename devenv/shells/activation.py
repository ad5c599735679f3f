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
    watched = in_order(activation.project, activation.watched)
    frame = frame_of(activation, folder, tuple(seen.path for seen in watched))
    prepared = _prepared_before.get(frame.project)
    if prepared is None or prepared.frame != frame:
        check_activation(activation)
        prepared = _prepare(frame, activation.environment)
        _keep(prepared)
    return _rendered(prepared, activation.environment, watched, digest)


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
    statements = _statements(prepared, environment)
    digest = digest or _digest(prepared, statements, watched)
    stamps = f"{prepared.frame.folder}/{digest}"
    return RenderedActivation(
        digest=digest,
        watched=watched,
        files={
            shell: _whole(shell, prepared.lines[shell], statement, stamps, digest)
            for shell, statement in statements.items()
        },
    )


def _statements(prepared: _Prepared, environment: Environment) -> dict[str, str]:
    """Return the statement of all values, for every shell."""
    # What is set whole does not depend on the shell, though it be extended.
    alone = environment.applied_to({})
    alone[PROJECT_VARIABLE] = prepared.frame.project
    values = [alone[name] for name in prepared.names]
    pairs = list(map("{}={}".format, prepared.names, values))
    statements = {}
    for shell in HOOK_SHELLS:
        words, quote = WORDS[shell], SHELLS[shell].quote
        kept = pairs if words.has_pairs else values
        statements[shell] = words.assign_list("values", map(quote, kept))
    return statements


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


def _whole(shell: str, lines: Lines, values: str, stamps: str, digest: str) -> str:
    words, quote = WORDS[shell], SHELLS[shell].quote
    return words.whole(
        (
            lines.before,
            values,
            lines.after,
            words.assign("stamps", quote(stamps)),
            lines.tail,
            words.assign("complete", quote(digest)),
        )
    )


def _names(environment: Environment) -> tuple[str, ...]:
    """Return which variables are set whole, whatever the shell has."""
    whole = {*environment.all_values, *environment.unset}
    alone = environment.applied_to({})
    return tuple(sorted({*(whole & alone.keys()), PROJECT_VARIABLE}))
