"""`devenv init TEMPLATE`: the files of a new project; nothing is overwritten."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from devenv.errors import FormatError, TemplateError, UsageError
from devenv.formats.project_template import PROJECT_KEY, checked_answer, filled
from devenv.formats.spec_edit import with_package
from devenv.formats.spec_format import formatted
from devenv.formats.spec_toml import parse_spec
from devenv.host.create_file import create_whole
from devenv.host.read_once import read_once
from devenv.model.project_template import ProjectTemplate, TemplateFile
from devenv.operations.find_project import SPEC_FILE
from devenv.operations.read_template import MAX_FILE_BYTES
from devenv.plan.new_files import NewFiles, difference, sort_files
from devenv.values import dataclass, replace

BESIDE = ".new"
"""What is behind the name of a file that stands beside a different one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPlan:
    """What is to be written to a folder; `differences` are the lines of diffs."""

    folder: Path
    files: NewFiles
    differences: tuple[str, ...]

    @property
    def is_clear(self) -> bool:
        """Whether nothing that is there differs from what would be written."""
        return not self.files.differing


def plan_project(
    template: ProjectTemplate,
    folder: Path,
    answers: Mapping[str, str],
    *,
    packages: Sequence[str] = (),
) -> ProjectPlan:
    """Return what a template means in a folder; nothing is written.

    Args:
        template: the template.
        folder: where the project is to be; it may be missing.
        answers: by key; a question without one gets its default.
        packages: more requirements for the spec.

    Raises:
        FormatError: an answer is none.
        UsageError: a package is no requirement.
        SpecError: what would be written is no spec.
    """
    values = _values(template, folder.resolve().name, answers)
    wanted = [_filled(file, values, packages) for file in template.files]
    present = _present(folder, wanted)
    files = sort_files(wanted, present)
    lines = [
        line
        for file in files.differing
        for line in difference(file.path, present[file.path], file.content)
    ]
    return ProjectPlan(folder=folder, files=files, differences=tuple(lines))


def spec_text(template: ProjectTemplate, answers: Mapping[str, str]) -> str:
    """Return the `devenv.toml` that a template means; see `plan_project`."""
    values = _values(template, "", answers)
    (text,) = (
        _filled(file, values, ()).content.decode()
        for file in template.files
        if file.path == SPEC_FILE
    )
    return text


def write_project(plan: ProjectPlan, *, is_beside: bool = False) -> tuple[Path, ...]:
    """Write what is missing, and return it; what is there stays as it is.

    With `is_beside` a file that differs is written, too, as `NAME.new`.

    Raises:
        UsageError: something differs, and should not be written beside it.
        TemplateError: a file cannot be written, or `NAME.new` is there.
    """
    if not plan.is_clear and not is_beside:
        names = ", ".join(file.path for file in plan.files.differing)
        raise UsageError(
            f"what is there differs, and stays as it is: {names}",
            where=str(plan.folder),
            hint=f"--new writes NAME{BESIDE} beside each; or choose --into DIR",
        )
    beside = [
        replace(file, path=f"{file.path}{BESIDE}") for file in plan.files.differing
    ]
    written = []
    for file in (*plan.files.missing, *beside):
        target = plan.folder / file.path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            create_whole(target, file.content, is_executable=file.is_executable)
        except OSError as error:
            raise TemplateError(
                f"this cannot be written: {error.strerror}",
                where=str(target),
                hint="choose a folder that you may write to: --into DIR",
            ) from error
        written.append(target)
    return tuple(written)


def _values(
    template: ProjectTemplate, name: str, answers: Mapping[str, str]
) -> dict[str, str]:
    values = {PROJECT_KEY: name if name and name.isprintable() else "the project"}
    for question in template.facts.questions:
        answer = answers.get(question.key, question.default)
        values[question.key] = checked_answer(question, answer)
    return values


def _filled(
    file: TemplateFile, values: Mapping[str, str], packages: Sequence[str]
) -> TemplateFile:
    content = filled(file.content, values)
    if file.path == SPEC_FILE:
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise FormatError("this is not UTF-8", where=file.path) from error
        for package in packages:
            text = with_package(text, package)
        parse_spec(text, file=f"/{SPEC_FILE}")
        content = formatted(text).encode()
    return replace(file, content=content)


def _present(folder: Path, files: Sequence[TemplateFile]) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {}
    for file in files:
        path = folder / file.path
        try:
            read = read_once(str(path), max_bytes=MAX_FILE_BYTES)
        except (OSError, FormatError):
            found[file.path] = None
            continue
        if read is not None:
            found[file.path] = read.content
        elif path.is_symlink():
            found[file.path] = None
    return found
