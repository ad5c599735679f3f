"""What the hook does not do: start programs, or fork, where all is ready."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import CHECKOUT, Home
from tests.fixtures.hooked import HOOKED, PLAIN, HookedProject, hook_file, quoted
from tests.shells.terminal import required

pytestmark = pytest.mark.shell
every_shell = pytest.mark.parametrize("shell", HOOKED)


@every_shell
def test_no_process_is_started_where_everything_is_ready(
    user: Home, tmp_path: Path, shell: str
) -> None:
    one, two = (HookedProject(user, tmp_path / name) for name in ("one", "two"))
    for project in (one, two):
        project.allow(
            values={"FOO": project.folder.name, "OLD": "ours"},
            prepend={"PATH": ["/p/bin"]},
            unset=["TAKEN"],
            aliases={"ll": "echo"},
            outer={"PATH": f"/usr/bin:/bin:{shell}"},
        )
    (tmp_path / "link").symlink_to(one.folder)
    (two.folder / "below").mkdir()
    folders = ("one", ".", ".", "two", "two/below", "link", "", "one", "/")
    places = (quoted(shell, tmp_path / folder) for folder in folders)
    tour = "; ".join(f"cd {place}; _devenv_prompt" for place in places)
    script = f"source {quoted(shell, hook_file(user, shell))}; {tour}"
    trace = tmp_path / "trace"
    strace = (required("strace"), "-f", "-qq", "-o", str(trace), "-e", "trace=process")
    done = subprocess.run(
        [*strace, required(shell), *PLAIN[shell], "-c", script],
        env={**user.env, "TAKEN": "1", "OLD": "1", "PATH": f"/usr/bin:/bin:{shell}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    calls = [line.split(maxsplit=1)[1] for line in trace.read_text().splitlines()]
    started = [call for call in calls if call.startswith("exec")]
    assert len(started) == 1, started
    # fish starts threads, which are no processes.
    forked = [call for call in calls if re.match(r"v?fork|clone", call)]
    assert not [call for call in forked if "CLONE_THREAD" not in call]


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(("shellcheck", "shell-hooks/hook.bash"), id="bash"),
        pytest.param(("zsh", "-n", "shell-hooks/hook.zsh"), id="zsh"),
        pytest.param(("zsh", "-n", "shell-hooks/hook-start.zsh"), id="zsh start"),
        pytest.param(("fish", "--no-execute", "shell-hooks/hook.fish"), id="fish"),
        pytest.param(("fish_indent", "--check", "shell-hooks/hook.fish"), id="indent"),
    ],
)
def test_the_hooks_are_clean(check: tuple[str, ...]) -> None:
    beside = CHECKOUT / ".venv" / "bin" / check[0]
    program = str(beside) if beside.exists() else required(check[0])
    done = subprocess.run(
        [program, *check[1:]], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@every_shell
def test_an_old_shell_gets_a_sentence(user: Home, shell: str) -> None:
    text = hook_file(user, shell).read_text()
    pretend = {
        "bash": ("BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404", "1"),
        "zsh": ("ZSH_VERSION%%-*", "_old"),
        "fish": ('-- "$version"', "-- 3.1.2"),
    }[shell]
    assert pretend[0] in text
    file = user.path / "old"
    file.write_text(text.replace(*pretend))
    show = {
        "bash": 'echo "${PROMPT_COMMAND-none}"',
        "zsh": 'echo "${precmd_functions-none}"',
        "fish": "functions -q _devenv_on_prompt; or echo none",
    }[shell]
    done = subprocess.run(
        [required(shell), *PLAIN[shell], "-c", f"_old=5.7; source {file}; {show}"]
        if shell != "fish"
        else [required(shell), *PLAIN[shell], "-c", f"source {file}; {show}"],
        env=user.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "none\n"
    assert "too old for the hook" in done.stderr
    assert done.stderr.count("\n") == 1
