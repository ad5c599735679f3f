"""`devenv init`: a new project from a template, or a spec for one that is there."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.asking import ask, can_ask, confirmed
from devenv.cli.display import Display, display_for
from devenv.cli.options import (
    ARCHIVE,
    PROJECT,
    JsonOption,
    Options,
    PackagesOption,
    add_command,
    given,
)
from devenv.cli.proposal_output import proposal_row, reason_lines
from devenv.cli.streams import data_line
from devenv.cli.template_commands import template_lines
from devenv.errors import UsageError
from devenv.formats.printable import printable
from devenv.model.project_template import ProjectTemplate
from devenv.values import dataclass

IntoOption = Annotated[
    Path | None,
    typer.Option("--into", metavar="DIR", help="Make the project there; else here."),
]
YesOption = Annotated[
    bool,
    typer.Option("--yes", "-y", help="Ask nothing: defaults for every question."),
]
NewOption = Annotated[
    bool,
    typer.Option("--new", help="Where a file differs, write NAME.new beside it."),
]
AnswerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--answer",
        metavar="KEY=VALUE",
        help="The answer to a template's question. May be repeated.",
    ),
]
FromOption = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", help="Look at this file only."),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be written.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    add_command(
        app,
        "init",
        init,
        shares=[PROJECT, ARCHIVE],
        examples=[
            "devenv init",
            "devenv init python --into hello",
            "devenv init -p python3 -p nodejs@20",
            "devenv init --from environment.yml --dry-run",
            "devenv init https://example.org/templates.git#COMMIT:web",
        ],
    )


def init(  # noqa: PLR0913 - what the command line offers, by name
    options: Options,
    template: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEMPLATE]",
            help="A name of `template list`, a folder, or a git URL#COMMIT[:FOLDER].",
        ),
    ] = None,
    *,
    into: IntoOption = None,
    yes: YesOption = False,
    new: NewOption = False,
    answer: AnswerOption = None,
    source: FromOption = None,
    dry_run: DryRunOption = False,
    json: JsonOption = False,
    packages: PackagesOption = None,
) -> None:
    """Begin a project: from a template, or with what its files ask for.

    Without a template the project's files are looked at (pyproject.toml,
    package.json, go.mod, Dockerfile ...), nothing of it is run, and a
    devenv.toml is written that has what they name. Nothing is overwritten.
    """
    if into is not None and options.project is not None:
        raise UsageError("--into and --project are one and the same", hint="give one")
    folder = into or options.project or Path.cwd()
    if template is not None:
        if source is not None or json:
            raise UsageError(
                "--from and --json are for a project that is looked at",
                hint="leave them out, or the template",
            )
        found = operations.find_template(template, dict(os.environ))
        making = _Making(
            packages=given(packages),
            answers=_given_answers(found, given(answer)),
            is_agreed=yes,
            is_beside=new,
            is_dry_run=dry_run,
        )
        _make(options, found, folder, making)
    elif packages:
        _write(options, folder, operations.initial_spec(given(packages)), dry_run)
    else:
        _propose(options, folder, source, dry_run=dry_run, is_json=json)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """How a project is to be made of a template, as the command line has it."""

    packages: list[str]
    answers: Mapping[str, str]
    is_agreed: bool
    is_beside: bool
    is_dry_run: bool


def _make(
    options: Options, template: ProjectTemplate, folder: Path, making: _Making
) -> None:
    display = display_for(options)
    if operations.is_from_git(template):
        is_agreed = making.is_agreed or making.is_dry_run
        _show_first(display, template, is_agreed=is_agreed)
    asks = not making.is_agreed and can_ask()
    answers = {**making.answers, **(_answers(template, making) if asks else {})}
    plan = operations.plan_project(template, folder, answers, packages=making.packages)
    for line in plan.differences:
        data_line(printable(line))
    if making.is_dry_run:
        for file in plan.files.missing:
            data_line(printable(f"would write {file.path}"))
        return
    is_beside = making.is_beside
    if not plan.is_clear and not is_beside and asks:
        is_beside = confirmed("Write NAME.new beside what differs?", default=False)
    written = operations.write_project(plan, is_beside=is_beside)
    for path in written:
        display.note(f"{os.path.relpath(path, folder)} is written")
    _say_next(display, folder, template)


def _show_first(
    display: Display, template: ProjectTemplate, *, is_agreed: bool
) -> None:
    """Show a template from elsewhere; go on if that is what the user wants."""
    for line in template_lines(template):
        display.note(line)
    if is_agreed:
        return
    if not can_ask():
        raise UsageError(
            "this template is from elsewhere, and nobody is here to agree to it",
            where=template.origin,
            hint="read it above; then run the same command with --yes",
        )
    if not confirmed("Make a project of it?", default=False):
        raise typer.Abort


def _answers(template: ProjectTemplate, making: _Making) -> Mapping[str, str]:
    return {
        question.key: ask(question)
        for question in template.facts.questions
        if question.key not in making.answers
    }


def _given_answers(template: ProjectTemplate, words: list[str]) -> Mapping[str, str]:
    keys = [question.key for question in template.facts.questions]
    answers = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or key not in keys:
            raise UsageError(
                f"{template.name} asks nothing that {word!r} answers",
                hint=f"it asks {', '.join(keys) or 'nothing'}: --answer KEY=VALUE",
            )
        answers[key] = value
    return answers


def _say_next(display: Display, folder: Path, template: ProjectTemplate) -> None:
    facts = template.facts
    for line in facts.welcome.strip("\n").splitlines():
        display.note(line)
    is_here = folder.resolve() == Path.cwd().resolve()
    go = "" if is_here else f"cd {folder}, then "
    display.note(f"next: {go}devenv shell")
    for line in (facts.build, facts.run):
        if line:
            display.note(f"      {line}")
    _tell_others(display, folder)


def _propose(
    options: Options, folder: Path, source: Path | None, *, dry_run: bool, is_json: bool
) -> None:
    display = display_for(options)
    proposal = operations.propose_spec(
        folder, source, lambda: operations.open_doors(options), display
    )
    if is_json:
        data_line(operations.canonical_json(proposal_row(proposal)))
    else:
        for line in reason_lines(proposal):
            display.note(line)
    if dry_run:
        if not is_json:
            data_line(printable(proposal.spec.rstrip("\n")))
        return
    _write(options, folder, proposal.spec, dry_run)


def _write(options: Options, folder: Path, spec: str, dry_run: bool) -> None:  # noqa: FBT001
    if dry_run:
        data_line(printable(spec.rstrip("\n")))
        return
    display = display_for(options)
    made = operations.start_project(folder, spec)
    display.note(f"{made.path.name} is written")
    if made.around is not None:
        display.note(f"from here on it counts, not the one in {made.around}")
    _tell_others(display, folder)
    display.note("next: devenv add PKG, then devenv shell")


def _tell_others(display: Display, folder: Path) -> None:
    others = operations.other_tools_files(folder)
    if others:
        display.note(f"{', '.join(others)} belongs to another tool named devenv")
