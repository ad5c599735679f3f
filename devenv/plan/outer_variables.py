"""The variables around a project, where a hook has brought one into the shell.

A hook leaves what a child needs to undo it (`_devenv_tell_children` of
shell-hooks): the names that it set, took away and extended, what was there before,
and its own entries of lists.
"""

from collections.abc import Mapping

_OURS = "__DEVENV_"


def without_activation(env: Mapping[str, str]) -> dict[str, str]:
    """Return variables as they would be if the hook had left the project.

    What the user changed meanwhile of a value that the hook had set is taken back,
    too: whose it is cannot be told from here.
    """
    outer = {name: value for name, value in env.items() if not name.startswith(_OURS)}
    if f"{_OURS}ACTIVE" not in env:
        return outer
    for name in _names(env, "SET") + _names(env, "UNSET"):
        outer.pop(name, None)
        _put_back(outer, env, name)
    for name in _names(env, "LISTS"):
        _shorten(outer, env, name)
    outer.pop("DEVENV_STATE_TEXT", None)
    return outer


def as_recorded(
    env: Mapping[str, str], outer: Mapping[str, str | None]
) -> Mapping[str, str]:
    """Return variables with those of `outer` as they are there, None for none."""
    found = {name: value for name, value in env.items() if name not in outer}
    found.update({name: value for name, value in outer.items() if value is not None})
    return found


def _names(env: Mapping[str, str], kind: str) -> list[str]:
    return env.get(f"{_OURS}{kind}", "").split()


def _put_back(outer: dict[str, str], env: Mapping[str, str], name: str) -> None:
    old = env.get(f"{_OURS}o_{name}")
    if old is not None:
        outer[name] = old


def _shorten(outer: dict[str, str], env: Mapping[str, str], name: str) -> None:
    """Take our entries out of a list: those in front first, those behind last."""
    if name not in outer:
        return
    entries = outer[name].split(":")
    for entry in _entries(env, f"{_OURS}f_{name}"):
        if entry in entries:
            entries.remove(entry)
    for entry in _entries(env, f"{_OURS}b_{name}"):
        if entry in entries:
            last = len(entries) - 1 - entries[::-1].index(entry)
            del entries[last]
    if entries:
        outer[name] = ":".join(entries)
    else:
        del outer[name]


def _entries(env: Mapping[str, str], name: str) -> list[str]:
    return [entry for entry in env.get(name, "").split(":") if entry]
