"""What the hooks read of a project, in the state folder; written for the allowed."""

from pathlib import Path

from devenv.model.activation import Activation, HookState


def activation_folder(state_directory: Path, project: str) -> Path:
    """Return a project's folder for hooks; `project` is absolute, physical."""
    place = project.strip("/")
    return Path(f"{state_directory}/hook/{place}".rstrip("/") + "/:e")


def write_activation(state_directory: Path, activation: Activation) -> None:
    """Make an activation the current one of its project, for every shell.

    Only for what the user allowed: its being there is what hooks trust. The files
    are written first, whole; the shells' links to them are swapped last.

    Raises:
        FormatError: a name, a value or an entry cannot be a shell's.
        StoreError: the state folder is open to others.
        OSError: it cannot be written.
    """
    raise NotImplementedError


def remove_activation(state_directory: Path, project: str) -> None:
    """Take a project's activation away; hooks leave it at the next prompt.

    Raises:
        OSError: it cannot be removed.
    """
    raise NotImplementedError


def write_hook_state(state_directory: Path, project: str, state: HookState) -> None:
    """Tell hooks how things stand with a project; see `HookState`.

    Raises:
        StoreError: the state folder is open to others.
        OSError: it cannot be written.
    """
    raise NotImplementedError
