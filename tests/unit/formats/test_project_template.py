"""`template.toml`, and what answers become in files."""

import pytest

from devenv.errors import FormatError
from devenv.formats.project_template import (
    checked_answer,
    filled,
    parse_template_facts,
)
from devenv.model.project_template import Question

QUESTION = """
title = "T"
[[question]]
key = "node"
text = "Which?"
default = "20"
choices = { 20 = "nodejs@20", 18 = "nodejs@18" }
"""


def test_a_question_has_choices_and_what_stands_for_them() -> None:
    (question,) = parse_template_facts(QUESTION, file="t").questions
    assert list(question.choices) == ["20", "18"]
    assert checked_answer(question, "18") == "nodejs@18"
    with pytest.raises(FormatError, match="no answer") as caught:
        checked_answer(question, "19")
    assert caught.value.hint == "choose 20 or 18"


@pytest.mark.parametrize(
    "answer", ['a"b', "a'b", "a\\b", "a`b", "$(b)", "a\nb", "\x1b"]
)
def test_a_free_answer_cannot_leave_its_quotes(answer: str) -> None:
    question = Question(key="port", text="Which port?", default="8000")
    assert checked_answer(question, "80 80") == "80 80"
    with pytest.raises(FormatError, match="cannot stand in a file"):
        checked_answer(question, answer)


def test_only_places_that_are_known_are_filled() -> None:
    text = b"{{name}} {{ name }} ${{ secrets.name }} {{other}} \xff{{name}}"
    assert filled(text, {"name": "x"}) == (
        b"x {{ name }} ${{ secrets.name }} {{other}} \xffx"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("title", "not TOML", id="no TOML"),
        pytest.param("", "needs a title", id="no title"),
        pytest.param("title = 1", "title is a text", id="a number"),
        pytest.param("title = 'T'\nrunn = ''", "no key 'runn'", id="an unknown key"),
        pytest.param("title = 'T'\nquestion = 1", "as .*question", id="no tables"),
        pytest.param(
            QUESTION + "[[question]]\nkey='node'\ntext=''\ndefault=''",
            "same key",
            id="twice",
        ),
        pytest.param(QUESTION.replace('node"', 'N"', 1), "is no key", id="a key"),
        pytest.param(QUESTION.replace('"20"', '"19"', 1), "no answer", id="a default"),
        pytest.param(QUESTION + "more = 1", "a question has", id="a question's key"),
    ],
)
def test_what_is_wrong_is_told(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message) as caught:
        parse_template_facts(text, file="x/template.toml")
    assert caught.value.where == "x/template.toml"
