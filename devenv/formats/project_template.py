"""`template.toml`, and the places in a template's files that answers stand in."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from devenv.errors import FormatError
from devenv.model.project_template import Question, TemplateFacts

PROJECT_KEY = "project"
"""The place that every template has: the name of the project's folder."""

_TEXTS = ("title", "description", "welcome", "build", "run")
_QUESTION_KEYS = frozenset({"key", "text", "default", "choices"})
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PLACE = re.compile(rb"\{\{([a-z][a-z0-9_]{0,39})\}\}")


def parse_template_facts(text: str, *, file: str) -> TemplateFacts:
    """Return what a `template.toml` says.

    Raises:
        FormatError: it is no TOML, or says something that is not known.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"this is not TOML: {error}", where=file) from error
    unknown = sorted(set(document) - {*_TEXTS, "question"})
    if unknown:
        known = ", ".join((*_TEXTS, "question"))
        raise FormatError(
            f"there is no key {unknown[0]!r} in a template",
            where=file,
            hint=f"known are {known}",
        )
    texts = {key: _text(document, key, file) for key in _TEXTS if key in document}
    if not texts.get("title"):
        raise FormatError("a template needs a title", where=file)
    questions = _questions(document.get("question", []), file)
    return TemplateFacts(**texts, questions=questions)


def checked_answer(question: Question, answer: str) -> str:
    """Return what stands in the files for an answer.

    Raises:
        FormatError: it is none of the choices, or cannot stand in a file.
    """
    if question.choices:
        if answer not in question.choices:
            raise FormatError(
                f"{answer!r} is no answer to: {question.text}",
                hint=f"choose {' or '.join(question.choices)}",
            )
        return question.choices[answer]
    # Answers stand in quotes in many languages.
    if not answer.isprintable() or set(answer) & set("\"'\\`$"):
        raise FormatError(
            f"{answer!r} cannot stand in a file: {question.text}",
            hint="answer in one line, without quotes, backslashes and dollars",
        )
    return answer


def filled(content: bytes, values: Mapping[str, str]) -> bytes:
    """Return a file with `{{key}}` replaced by the value of each key that is known.

    All other text stays, also what looks like a place: files of other tools have
    braces of their own.
    """

    def value(match: re.Match[bytes]) -> bytes:
        known = values.get(match[1].decode())
        return match[0] if known is None else known.encode()

    return _PLACE.sub(value, content)


def _questions(rows: object, file: str) -> tuple[Question, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FormatError("write each question as [[question]]", where=file)
    found = tuple(_question(row, file) for row in rows)
    keys = [question.key for question in found]
    if len(set(keys)) < len(keys) or PROJECT_KEY in keys:
        raise FormatError(
            f"two questions have the same key, or one is {PROJECT_KEY!r}", where=file
        )
    return found


def _question(row: Mapping[str, Any], file: str) -> Question:
    if set(row) - _QUESTION_KEYS or not {"key", "text", "default"} <= set(row):
        raise FormatError(
            "a question has key, text, default and perhaps choices", where=file
        )
    choices = _choices(row.get("choices", {}), file)
    question = Question(
        key=_text(row, "key", file),
        text=_text(row, "text", file),
        default=_text(row, "default", file),
        choices=choices,
    )
    if not _KEY.fullmatch(question.key):
        raise FormatError(
            f"{question.key!r} is no key (lower-case letters, digits, _)", where=file
        )
    try:
        checked_answer(question, question.default)
    except FormatError as error:
        raise FormatError(error.what, where=file, hint=error.hint) from error
    return question


def _choices(value: object, file: str) -> dict[str, str]:
    if isinstance(value, list):
        value = {str(choice): choice for choice in value}
    if isinstance(value, dict):
        return {choice: _text(value, choice, file).strip("\n") for choice in value}
    raise FormatError("choices are a list of texts or a table of them", where=file)


def _text(table: Mapping[str, Any], key: str, file: str) -> str:
    value = table[key]
    if not isinstance(value, str):
        raise FormatError(f"{key} is a text", where=file, hint=f'write {key} = "..."')
    return value
