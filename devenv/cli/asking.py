"""Questions on the terminal: asked on standard error, answered on standard input."""

import sys

import typer

from devenv.cli import operations
from devenv.errors import FormatError
from devenv.formats.printable import printable
from devenv.model.project_template import Question


def can_ask() -> bool:
    """Tell whether somebody sits there who could answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirmed(text: str, *, default: bool) -> bool:
    """Ask for a yes or a no; an empty answer is the default.

    Raises:
        typer.Abort: there is no answer.
    """
    shown = "[Y/n]" if default else "[y/N]"
    answer = _answer(f"{text} {shown} ").lower()
    return answer in {"y", "yes"} if answer else default


def ask(question: Question) -> str:
    """Ask a template's question until there is an answer that can be used.

    Raises:
        typer.Abort: there is none.
    """
    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    while True:
        answer = _answer(f"{question.text}{choices} [{question.default}] ")
        answer = answer or question.default
        try:
            operations.checked_answer(question, answer)
        except FormatError as error:
            hint = f"; {error.hint}" if error.hint else ""
            sys.stderr.write(printable(f"{error.what}{hint}") + "\n")
        else:
            return answer


def _answer(prompt: str) -> str:
    sys.stderr.write(printable(prompt))
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        sys.stderr.write("\n")
        raise typer.Abort
    return line.strip()
