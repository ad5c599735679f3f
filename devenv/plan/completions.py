"""Where the completions are that an environment's packages bring."""

from collections.abc import Callable, Iterable

_FOLDERS = {
    "bash": ("usr/share/bash-completion/completions",),
    "fish": ("usr/share/fish/vendor_completions.d",),
    "zsh": ("usr/share/zsh/vendor-completions", "usr/share/zsh/site-functions"),
}
"""Below a tree, by shell: where the archive's packages put them."""


def completion_folders(
    trees: Iterable[str], *, is_directory: Callable[[str], bool]
) -> dict[str, tuple[str, ...]]:
    """Return the folders of completions of trees that are there, by shell.

    The first tree comes first, as on PATH; a shell without any is left out.
    """
    places = tuple(trees)
    found = {
        shell: tuple(
            path
            for tree in places
            for folder in folders
            if is_directory(path := f"{tree}/{folder}")
        )
        for shell, folders in _FOLDERS.items()
    }
    return {shell: folders for shell, folders in found.items() if folders}
