"""A picture of a real session for the README: a project, allowed, entered and left.

    python -m benchmarks.session OUTPUT.svg [--scratch DIR]

A bash with devenv's hook runs the commands below on a terminal; what the picture shows
is what it printed. Packages come from the real archive.
"""

import argparse
import io
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pexpect
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from benchmarks.subject import devenv_variables, find_devenv
from benchmarks.timing import checked

COLUMNS = 92
PROMPT_MARK = "@_@"
SECONDS_TO_WAIT = 100

SPEC = """\
packages = ["ripgrep", "bookworm:jq"]

[env]
GREETING = "hello, ${USER}"
"""

COMMANDS = (
    "cat devenv.toml",
    "devenv allow --yes",
    "jq --version && rg --version | head -1 && echo $GREETING",
    "cd ..",
    "rg --version",
)

SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-family: system-ui, sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})"
  clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""
"""Rich's own picture without the fonts that it would load from elsewhere."""


def recorded(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each command, and what it printed."""
    home = folder / "home"
    project = home / "shop"
    project.mkdir(parents=True)
    (project / "devenv.toml").write_text(SPEC)
    command = Path(find_devenv())
    (home / ".bashrc").write_text(
        f"PATH={shlex.quote(str(command.parent))}:$PATH\n"
        "PS1='@_''@'\n"
        'eval "$(devenv hook bash)"\n'
    )
    variables = devenv_variables(store=folder, cache=folder / "cache")
    env = {**variables, "HOME": str(home), "USER": "ada", "TERM": "xterm-256color"}
    shell = pexpect.spawn(
        "bash",
        ["--rcfile", str(home / ".bashrc"), "-i"],
        env=env,
        cwd=str(home),
        dimensions=(40, COLUMNS),
        echo=False,
        encoding="utf-8",
        timeout=SECONDS_TO_WAIT,
    )
    shell.expect_exact(PROMPT_MARK)
    # Before the picture begins: what is downloaded, and from where, is no part of it.
    checked([str(command), "build"], env=env, directory=project)
    for line in ("cd shop", *COMMANDS):
        shell.sendline(line)
        shell.expect_exact(PROMPT_MARK)
        yield line, _shown(shell.before or "", line, home)


def _shown(text: str, line: str, home: Path) -> str:
    """Return what was printed, as it stands on the terminal in the end."""
    printed = text.replace("\r\n", "\n").removeprefix(f"{line}\n")
    printed = re.sub(r"\x1b\[\?[0-9]+[hl]|\x1b\[[0-9]*[ABCDGJK]", "", printed)
    printed = "\n".join(part.rpartition("\r")[2] for part in printed.split("\n"))
    return printed.replace(str(home), "~").rstrip("\n")


def picture(session: Iterator[tuple[str, str]]) -> str:
    """Return the session as an SVG."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), color_system="truecolor"
    )
    place = "~"
    for line, printed in session:
        console.print(Text.assemble((place, "bold cyan"), ("$ ", "bold"), line))
        if printed:
            console.print(Text.from_ansi(printed))
        place = {"cd shop": "~/shop", "cd ..": "~"}.get(line, place)
    return console.export_svg(title="devenv", theme=MONOKAI, code_format=SVG)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--scratch", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.scratch) as folder:
        text = picture(recorded(Path(folder)))
    given.output.write_text(text)


if __name__ == "__main__":
    main()
