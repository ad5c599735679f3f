"""`devenv template list` and `show`."""

import os
from typing import Annotated

import typer

from devenv.cli import operations
from devenv.cli.options import JsonOption, Options, add_command
from devenv.cli.streams import data_line
from devenv.formats.columns import columns
from devenv.formats.printable import printable
from devenv.model.project_template import ProjectTemplate


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(no_args_is_help=True, help="What projects can begin with.")
    add_command(group, "list", list_all, examples=["devenv template list"])
    add_command(group, "show", show, examples=["devenv template show python"])
    app.add_typer(group, name="template")


def list_all(options: Options, *, json: JsonOption = False) -> None:
    """List the templates: devenv's own, and yours in its configuration folder."""
    del options
    found = operations.list_templates(dict(os.environ))
    if json:
        rows = [_row(template) for template in found]
        data_line(operations.canonical_json({"templates": rows}))
        return
    rows_of_text = [(template.name, template.facts.title) for template in found]
    for line in columns(rows_of_text):
        data_line(printable(line))


def show(
    options: Options,
    template: Annotated[str, typer.Argument(metavar="TEMPLATE")],
    *,
    json: JsonOption = False,
) -> None:
    """Show what a template asks and writes, and its devenv.toml."""
    del options
    found = operations.find_template(template, dict(os.environ))
    if json:
        data_line(operations.canonical_json(_whole(found)))
        return
    for line in template_lines(found):
        data_line(printable(line))


def template_lines(template: ProjectTemplate) -> list[str]:
    """Return a template for people: what it says, its files, its spec."""
    facts = template.facts
    lines = [f"{template.name}: {facts.title}", f"from {template.origin}"]
    if facts.description:
        lines.append(facts.description)
    for question in facts.questions:
        choices = f" ({', '.join(question.choices)})" if question.choices else ""
        lines.append(f"asks: {question.text}{choices} [{question.default}]")
    lines += [f"{name}: {line}" for name, line in _lines_to_type(template)]
    lines += ["", "files:"]
    lines += [f"  {file.path}" for file in template.files]
    spec = operations.spec_text(template, {})
    return [*lines, "", "devenv.toml:", *(f"  {row}" for row in spec.splitlines())]


def _lines_to_type(template: ProjectTemplate) -> list[tuple[str, str]]:
    named = (("build", template.facts.build), ("run", template.facts.run))
    return [(name, line) for name, line in named if line]


def _row(template: ProjectTemplate) -> dict[str, object]:
    return {
        "name": template.name,
        "title": template.facts.title,
        "description": template.facts.description,
        "origin": template.origin,
    }


def _whole(template: ProjectTemplate) -> dict[str, object]:
    facts = template.facts
    return {
        **_row(template),
        "build": facts.build,
        "run": facts.run,
        "welcome": facts.welcome.strip("\n"),
        "files": [file.path for file in template.files],
        "spec": operations.spec_text(template, {}),
        "questions": [
            {
                "key": question.key,
                "text": question.text,
                "default": question.default,
                "choices": list(question.choices),
            }
            for question in facts.questions
        ],
    }
