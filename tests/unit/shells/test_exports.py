"""Changed variables as text that others read."""

import subprocess

import pytest

from devenv.errors import FormatError
from devenv.shells.exports import FORMATS, changes
from tests.shells.terminal import required

NO_HOME = "/dev/null"

ODD = 'it\'s $HOME `id` "x" \\n\n%s é \udcff!'


def test_what_changes_is_told_and_nothing_else() -> None:
    found = changes({"A": "1", "B": "2", "C": ""}, {"A": "1", "B": "3", "D": ""})
    assert found == {"B": "3", "C": None, "D": ""}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_reads_back_every_byte(shell: str) -> None:
    text = FORMATS[shell]({"ODD": ODD, "GONE": None})
    done = subprocess.run(
        [required(shell), "-c", f"{text}\n/usr/bin/env -0"],
        env={"GONE": "x", "HOME": NO_HOME},
        capture_output=True,
        check=True,
    )
    found = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    assert f"ODD={ODD}" in found
    assert not any(entry.startswith("GONE=") for entry in found)


def test_github_cannot_be_told_more_than_one_value() -> None:
    text = FORMATS["github"]({"A": "x\nDEVENV_END\nB<<E\ny", "C": None})
    assert text == (
        "A<<DEVENV_END_\nx\nDEVENV_END\nB<<E\ny\nDEVENV_END_\nC<<DEVENV_END\n\nDEVENV_END"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain $x", "A='plain $x'"),
        ('it\'s \\ "q" $x', 'A="it\'s \\\\ \\"q\\" \\$x"'),
        ("two\nlines", 'A="two\\nlines"'),
        (None, "# A is taken away"),
    ],
    ids=["literal", "with a quote", "lines", "gone"],
)
def test_a_dotenv_file_has_one_line_a_variable(
    value: str | None, expected: str
) -> None:
    assert FORMATS["dotenv"]({"A": value}) == expected


@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_no_variable_is_refused(format_: str) -> None:
    with pytest.raises(FormatError):
        FORMATS[format_]({"A;id": "x"})
    with pytest.raises(FormatError):
        FORMATS[format_]({"A": "a\0b"})
