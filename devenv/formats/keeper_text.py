"""What keeps a store path, in words and as JSON."""

from devenv.typed import Protocol

_PROJECT = "project"
_ROOT_WORDS = {_PROJECT: "project", "link": "link", "ad": "ad-hoc"}


class Keeper(Protocol):
    """A root by its name, a process by its number, or a path's age."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...


def keeper_text(keeper: Keeper) -> str:
    """Return who it is: `generation 3 of project /home/u/app`, `process 71 (bash)`."""
    match keeper.kind:
        case "root":
            return _root_text(keeper)
        case "lease":
            return f"process {keeper.name} ({keeper.label}), which is at work"
        case "process":
            return f"process {keeper.name} ({keeper.label}), which uses it"
        case _:
            return "its age: it was just made"


def root_word(name: str) -> str:
    """Return what sort of root has this name."""
    return _ROOT_WORDS.get(name.partition("-")[0], "root")


def keeper_json(keeper: Keeper) -> dict[str, object]:
    """Return the same as values of JSON."""
    is_root = keeper.kind == "root"
    return {
        "kind": str(keeper.kind),
        "root": keeper.name if is_root else "",
        "pid": int(keeper.name) if not is_root and keeper.name else None,
        "label": keeper.label,
    }


def _root_text(keeper: Keeper) -> str:
    text = f"{root_word(keeper.name)} {keeper.label or keeper.name}"
    match keeper.name.split("-"):
        case [word, _, number] if word == _PROJECT and number.isdecimal():
            return f"generation {number} of {text}"
        case _:
            return text
