"""What becomes of a template's files in a folder that may not be empty."""

import difflib
from collections.abc import Mapping, Sequence

from devenv.model.project_template import TemplateFile
from devenv.values import dataclass

MAX_DIFF_LINES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFiles:
    """Files that are not there, those that are as they should be, and others.

    What is there and differs is never written over.
    """

    missing: tuple[TemplateFile, ...]
    same: tuple[TemplateFile, ...]
    differing: tuple[TemplateFile, ...]


def sort_files(
    wanted: Sequence[TemplateFile], present: Mapping[str, bytes | None]
) -> NewFiles:
    """Return which files are to be written.

    Args:
        wanted: the files, filled in.
        present: by path what is there: its content, or None for something that
            is no file.
    """
    missing, same, differing = [], [], []
    for file in wanted:
        if file.path not in present:
            missing.append(file)
        elif present[file.path] == file.content:
            same.append(file)
        else:
            differing.append(file)
    return NewFiles(
        missing=tuple(missing), same=tuple(same), differing=tuple(differing)
    )


def difference(path: str, before: bytes | None, after: bytes) -> tuple[str, ...]:
    """Return the lines of a unified diff, or one sentence where none can be shown."""
    if before is None:
        return (f"{path} is there, and is no regular file",)
    try:
        texts = before.decode().splitlines(), after.decode().splitlines()
    except UnicodeDecodeError:
        return (f"{path} differs, and is no text",)
    lines = list(
        difflib.unified_diff(
            *texts, fromfile=f"{path} (yours)", tofile=f"{path} (new)", lineterm=""
        )
    )
    if len(lines) > MAX_DIFF_LINES:
        more = len(lines) - MAX_DIFF_LINES
        lines = [*lines[:MAX_DIFF_LINES], f"... and {more} lines more"]
    return tuple(lines) or (f"{path} differs in its last line end",)
