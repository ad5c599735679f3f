"""What one shell reads of ours leaves each other's functions alone."""

import re
from collections import Counter
from pathlib import Path

import pytest

HOOKS = Path(__file__).parents[3] / "shell-hooks"
READ_BY = {
    "bash": ("hook.bash", "shell.bash", "text.bash", "completion.bash"),
    "zsh": (
        "hook.zsh",
        "shell.zshenv",
        "shell.zshrc",
        "text.zsh",
        "zsh-functions/_devenv",
    ),
    "fish": ("hook.fish", "shell.fish", "text.fish", "completion.fish"),
}


def functions(file: Path) -> set[str]:
    keyword = (
        r"function (_devenv\w+)" if file.suffix == ".fish" else r"(_devenv\w+) ?\(\)"
    )
    return set(re.findall(rf"^\s*{keyword}", file.read_text(), re.MULTILINE))


@pytest.mark.parametrize("shell", READ_BY)
def test_no_two_files_of_a_shell_define_the_same_function(shell: str) -> None:
    """One would take the other's place, or take it away when it is done."""
    counted = Counter(
        name for file in READ_BY[shell] for name in functions(HOOKS / file)
    )

    assert len(counted) > 40
    assert [name for name, count in counted.items() if count > 1] == []
