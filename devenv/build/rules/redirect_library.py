"""The redirecting library joins every tree that has a C library."""

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft
from devenv.build.redirect_library import REDIRECT_LIBRARY, library_bytes


def add_redirect_library(draft: TreeDraft, composition: Composition) -> None:
    """Put the library where the run-path of relocated programs finds it."""
    directory = f"usr/lib/{composition.system.triplet}"
    if draft.is_directory(directory):
        content = library_bytes(composition.system)
        draft.write(f"{directory}/{REDIRECT_LIBRARY}", content, executable=True)
