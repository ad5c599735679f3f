"""Read a template from a folder: nothing of it is run, no link is followed."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from devenv.errors import FormatError, TemplateError
from devenv.formats.project_template import parse_template_facts
from devenv.formats.spec_initial import initial_spec
from devenv.host.files import read_limited
from devenv.model.project_template import (
    ProjectTemplate,
    TemplateFacts,
    TemplateFile,
)
from devenv.operations.find_project import SPEC_FILE

FACTS_FILE = "template.toml"
MAX_FILES = 500
MAX_FILE_BYTES = 1 << 20
MAX_FACTS_BYTES = 1 << 16


def read_template(folder: Path, *, name: str) -> ProjectTemplate:
    """Return the template that a folder is.

    Without a `template.toml` every file of the folder counts, and nothing is
    asked.

    Raises:
        TemplateError: it is no folder of a template, or too large.
        FormatError: its `template.toml` is wrong.
    """
    try:
        files = tuple(sorted(_files(folder), key=lambda file: file.path))
    except OSError as error:
        raise TemplateError(
            f"the template cannot be read: {error.strerror}",
            where=str(error.filename or folder),
            hint="devenv template list shows those that there are",
        ) from error
    return template_of(files, name=name, origin=str(folder))


def template_of(
    files: tuple[TemplateFile, ...], *, name: str, origin: str
) -> ProjectTemplate:
    """Return the template that some files are; see `read_template`.

    One without a spec gets an empty one.
    """
    facts = TemplateFacts(title=name)
    for file in files:
        if file.path == FACTS_FILE:
            facts = parse_template_facts(
                _text(file, origin), file=f"{origin}/{FACTS_FILE}"
            )
    own = [file for file in files if file.path != FACTS_FILE]
    if not any(file.path == SPEC_FILE for file in own):
        spec = TemplateFile(path=SPEC_FILE, content=initial_spec(()).encode())
        own = sorted((*own, spec), key=lambda file: file.path)
    return ProjectTemplate(name=name, origin=origin, facts=facts, files=tuple(own))


def too_large(origin: str) -> TemplateError:
    """Return the error for more than a person would look through."""
    return TemplateError(
        f"a template has at most {MAX_FILES} files of {MAX_FILE_BYTES >> 20} MiB each",
        where=origin,
        hint="name the folder inside of it that is the template",
    )


def _files(top: Path) -> Iterator[TemplateFile]:
    count = 0
    for folder, folders, names in os.walk(top, onerror=_raise):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted({*names, *_links(folder, folders)}):
            count += 1
            if count > MAX_FILES:
                raise too_large(str(top))
            yield _file(Path(folder) / name, top)


def _raise(error: OSError) -> None:
    raise error


def _links(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if (Path(folder) / name).is_symlink()]


def _file(path: Path, top: Path) -> TemplateFile:
    mode = path.lstat().st_mode
    if not stat.S_ISREG(mode):
        raise TemplateError(
            "a template holds files and folders only, no links",
            where=str(path),
            hint="put a copy in the place of the link",
        )
    limit = MAX_FACTS_BYTES if path == top / FACTS_FILE else MAX_FILE_BYTES
    try:
        content = read_limited(path, max_bytes=limit)
    except FormatError as error:
        raise TemplateError(error.what, where=str(path), hint=error.hint) from error
    return TemplateFile(
        path=path.relative_to(top).as_posix(),
        content=content,
        is_executable=bool(mode & stat.S_IXUSR),
    )


def _text(file: TemplateFile, origin: str) -> str:
    try:
        return file.content.decode()
    except UnicodeDecodeError as error:
        where = f"{origin}/{file.path}"
        raise FormatError("this is not UTF-8", where=where) from error
