"""What keeps a store path, in words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devenv.store.keepers import Keeper


def keeper_text(keeper: "Keeper") -> str:
    """Return who keeps something: `project /home/u/app`, `process 71 (bash)`."""
    match keeper.kind.value:
        case "root":
            return f"{root_word(keeper.name)} {keeper.label or keeper.name}"
        case "lease":
            return f"process {keeper.name} ({keeper.label}), which is at work"
        case "process":
            return f"process {keeper.name} ({keeper.label}), which uses it"
        case _:
            return "its age: it was just made"


def root_word(name: str) -> str:
    """Return what sort of root has this name."""
    word = name.partition("-")[0]
    return {"project": "project", "link": "link", "ad": "ad-hoc"}.get(word, "root")


def keeper_json(keeper: "Keeper") -> dict[str, object]:
    """Return the same as values of JSON."""
    is_root = keeper.kind.value == "root"
    return {
        "kind": keeper.kind.value,
        "root": keeper.name if is_root else "",
        "pid": int(keeper.name) if not is_root and keeper.name else None,
        "label": keeper.label,
    }
