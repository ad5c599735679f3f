"""The templates there are: devenv's own, the user's, a folder, a commit."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from devenv.errors import TemplateError
from devenv.host import base_directories
from devenv.host.files import names_in
from devenv.model.project_template import ProjectTemplate
from devenv.operations.bundled_files import bundled_folder
from devenv.operations.read_template import read_template
from devenv.operations.template_commit import is_git_address, read_commit

_TEMPLATES = "templates"


def user_templates(env: Mapping[str, str]) -> Path:
    """Return the folder of the user's own templates; it may be missing."""
    return Path(base_directories.config_directory(env)) / _TEMPLATES


def list_templates(env: Mapping[str, str]) -> tuple[ProjectTemplate, ...]:
    """Return devenv's templates and the user's, by name.

    One of the user's stands in for one of devenv's of the same name.

    Raises:
        TemplateError, FormatError: one of them cannot be read.
    """
    found = _folders(env)
    return tuple(read_template(found[name], name=name) for name in sorted(found))


def find_template(text: str, env: Mapping[str, str]) -> ProjectTemplate:
    """Return the template that a word of the command line means.

    It is a name, the path of a folder (with a slash, or `.`), or the address of
    a git repository with a commit: `https://example.org/t.git#COMMIT`, behind
    it perhaps `:FOLDER`.

    Raises:
        TemplateError: there is none; it names the nearest.
        FormatError: it cannot be read.
        ProgramError: git is missing.
    """
    if is_git_address(text):
        return read_commit(text, env)
    if "/" in text or text in {".", ".."}:
        folder = Path(text)
        if not folder.is_dir():
            raise TemplateError(
                "this folder of a template is not there", where=str(folder)
            )
        return read_template(folder, name=folder.resolve().name)
    found = _folders(env)
    if text not in found:
        nearest = get_close_matches(text, found, n=1)
        hint = f"did you mean {nearest[0]}? " if nearest else ""
        raise TemplateError(
            f"there is no template {text!r}",
            hint=f"{hint}devenv template list shows them",
        )
    return read_template(found[text], name=text)


def is_from_git(template: ProjectTemplate) -> bool:
    """Tell whether a template is from a repository, and not of this machine."""
    return is_git_address(template.origin)


def _folders(env: Mapping[str, str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for top in (bundled_folder(_TEMPLATES), user_templates(env)):
        try:
            names = names_in(top)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise TemplateError(
                f"the templates cannot be read: {error.strerror}", where=str(top)
            ) from error
        for name in names:
            if not name.startswith(".") and os.path.isdir(top / name):  # noqa: PTH112 - follows links
                found[name] = top / name
    return found
