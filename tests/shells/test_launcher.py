"""`shell-hooks/devenv`: from the command line to the program, in every sh."""

import os
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import (
    PYTHON_STARTED,
    Home,
    launcher_without_python,
    set_time,
)
from tests.shells.terminal import required

pytestmark = pytest.mark.shell

SHELLS = {
    "dash": ("dash",),
    "busybox": ("busybox", "sh"),
    "bash": ("bash",),
    "bash-posix": ("bash", "--posix"),
}
DAY = timedelta(days=1)


@pytest.fixture(params=SHELLS)
def sh(request: pytest.FixtureRequest) -> Sequence[str]:
    words = SHELLS[request.param]
    return (required(words[0]), *words[1:])


ARGUMENTS = [
    "",
    "a b",
    "-x",
    "--",
    "--help",
    "two\nlines",
    "*",
    "'\"\\",
    "a=b",
    "\udcff",
]


def test_arguments_arrive_as_they_are(user: Home, sh: Sequence[str]) -> None:
    user.remember_program("show", user.add_program("show"))
    done = user.run("run", "show", *ARGUMENTS, sh=sh)
    assert done.stdout == "".join(f"show:{each}\n" for each in ARGUMENTS)
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize("words", [["--", "show"], ["show"]], ids=["dashes", "plain"])
def test_a_command_is_found_in_the_tree(
    user: Home, sh: Sequence[str], words: Sequence[str]
) -> None:
    user.add_program("show")
    user.remember_packages("a", "b")
    done = user.run("run", "-p", "a", "-p", "b", *words, *ARGUMENTS, sh=sh)
    assert done.stdout == "".join(f"show:{each}\n" for each in ARGUMENTS)


def test_the_tree_comes_before_builtins_and_the_host(
    user: Home, sh: Sequence[str]
) -> None:
    user.add_program("true", "#!/bin/sh\nexit 42\n")
    user.remember_packages("a")
    assert user.run("run", "-p", "a", "--", "true", sh=sh).returncode == 42


def test_the_child_sees_the_environment_and_no_variable_of_ours(
    user: Home, sh: Sequence[str]
) -> None:
    user.values["GREETING"] = "it's $(id)\n\udcfe"
    user.remember_packages("a")
    leaks = {"_devenv_key": "theirs", "_devenv_rest": "theirs"}
    done = user.run("run", "-p", "a", "--", "env", "-0", env=user.env | leaks, sh=sh)
    seen = dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)
    for name in ("PWD", "OLDPWD", "SHLVL", "_"):
        seen.pop(name, None)
    assert seen == user.environment.applied_to(user.env)


@pytest.mark.parametrize("ambient", [None, ""], ids=["unset", "empty"])
def test_an_empty_path_leaves_no_empty_entry(
    user: Home, sh: Sequence[str], ambient: str | None
) -> None:
    program = user.add_program("show", '#!/bin/sh\necho "$PATH"\n')
    user.remember_program("show", program)
    env = {name: value for name, value in user.env.items() if name != "PATH"}
    if ambient is not None:
        env["PATH"] = ambient
    done = user.run("run", "show", env=env, sh=sh)
    front = ":".join(user.environment.prepend["PATH"])
    assert done.stdout.startswith(front)
    if ambient is not None:
        assert done.stdout == f"{front}\n"


def test_nested_runs_do_not_lengthen_path(user: Home, sh: Sequence[str]) -> None:
    user.remember_packages("a")
    nested = ("run", "-p", "a", "--")
    done = user.run(*nested, str(user.launcher), *nested, "printenv", "PATH", sh=sh)
    assert done.stdout.count(str(user.programs)) == 1


def test_the_exit_status_is_the_programs(user: Home, sh: Sequence[str]) -> None:
    user.remember_program("x", user.add_program("x", "#!/bin/sh\nkill -9 $$\n"))
    assert user.run("run", "x", sh=sh).returncode == -9


HOSTILE_SETTINGS = {
    "errexit": {"SHELLOPTS": "errexit:nounset:noglob:noclobber"},
    "ifs": {"IFS": "/abc"},
    "env": {"ENV": "/nonexistent/file", "BASH_ENV": "/nonexistent/file"},
    "cdpath": {"CDPATH": "/usr"},
    "functions": {
        f"BASH_FUNC_{name}%%": "() { echo hijacked; }"
        for name in ("true", "command", "cd", "which")
    },
}


@pytest.mark.parametrize(
    "settings", HOSTILE_SETTINGS.values(), ids=HOSTILE_SETTINGS.keys()
)
def test_no_setting_of_the_callers_shell_changes_a_thing(
    user: Home, sh: Sequence[str], settings: dict[str, str]
) -> None:
    user.remember_program("show", user.add_program("show"))
    done = user.run("run", "show", "a/b c", env=user.env | settings, sh=sh)
    assert (done.stdout, done.stderr) == ("show:a/b c\n", "")


@pytest.mark.parametrize("descriptor", [0, 1, 2])
def test_a_closed_stream_stays_closed(
    user: Home, sh: Sequence[str], descriptor: int
) -> None:
    if descriptor and "bash" in sh[0]:
        pytest.skip("bash opens the script itself on a free descriptor")
    target = user.path / "seen"
    script = f"[ -e /proc/$$/fd/{descriptor} ] || echo closed >{target}"
    user.remember_program("x", user.add_program("x", f"#!/bin/sh\n{script}\n"))
    subprocess.run(
        [*sh, user.launcher, "run", "x"],
        env=user.env,
        preexec_fn=lambda: os.close(descriptor),
        check=False,
    )
    assert target.read_text() == "closed\n"


def test_the_warm_path_starts_the_program_and_nothing_else(user: Home) -> None:
    strace = required("strace")
    user.add_program("show")
    user.remember_packages("a")
    trace = user.path / "trace"
    words = ("run", "-p", "a", "--", "/bin/true")
    user.run(*words, sh=(strace, "-f", "-qq", "-o", str(trace), "-e", "trace=process"))
    calls = [line.split(maxsplit=1)[1] for line in trace.read_text().splitlines()]
    assert [call.partition(",")[0] for call in calls if call.startswith("exec")] == [
        f'execve("{user.launcher}"',
        'execve("/bin/true"',
    ]
    assert not [call for call in calls if "fork" in call or "clone" in call]


def test_use_is_noted_without_a_fork(user: Home, sh: Sequence[str]) -> None:
    folder = user.remember_program("show", user.add_program("show"))
    before = datetime.now(UTC) - timedelta(seconds=2)
    assert (folder / "used").stat().st_mtime == 0
    user.run("run", "show", sh=sh)
    used = (folder / "used").stat()
    assert used.st_mtime >= before.timestamp()
    assert used.st_size == 0


@pytest.mark.parametrize(
    "words",
    [
        ["version"],
        [],
        ["run"],
        ["run", ""],
        ["run", "--refresh", "show"],
        ["run", "-p", "a", "--refresh", "show"],
        ["run", "-pa", "show"],
        ["run", "-p", "a"],
        ["run", "-p", "a", "--"],
        ["run", "-p", "a", "--", ""],
        ["run", "-p", "a", "--", "no-such-command"],
        ["run", "-p", "a", "--", "-x"],
        ["run", "-p"],
        ["run", "unknown"],
        ["shell"],
        ["shell", "-p", "a", "--pure"],
        ["shell", "-p", "a", "-c", ""],
        ["shell", "-p", "a", "-c", "true", "x"],
        ["shell", "-p", "a", "b"],
        ["run", "../ad-hoc/run,show"],
        ["run", "."],
        ["run", ".."],
        ["run", "a/b"],
        ["run", "two\nlines"],
        ["run", "$(touch hijacked)"],
        ["run", "`touch hijacked`"],
        ["run", "a;touch hijacked"],
        ["run", "*"],
        ["run", "caf\xe9"],
        ["run", "-p", "a,b", "show"],
        ["run", "x" * 300],
    ],
    ids=lambda words: " ".join(words)[:30].replace("\n", "-"),
)
def test_whatever_is_not_plain_and_known_goes_to_python_unchanged(
    user: Home, sh: Sequence[str], words: Sequence[str]
) -> None:
    user.remember_program("show", user.add_program("show"))
    user.remember_packages("a")
    done = user.run(*words, sh=sh, cwd=user.path)
    assert done.stdout == "".join(
        f"python:{word}\n" for word in ("-I", "-X", "utf8", "-m", "devenv", *words)
    )
    assert (done.returncode, done.stderr) == (PYTHON_STARTED, "")
    assert not (user.path / "hijacked").exists()


def outdated(_: Home, folder: Path) -> None:
    set_time(folder / "expires", datetime.now(UTC) - timedelta(seconds=1))


def from_the_future(_: Home, folder: Path) -> None:
    set_time(folder / "record", datetime.now(UTC) + DAY)


def without_end(_: Home, folder: Path) -> None:
    (folder / "expires").unlink()


def program_gone(user: Home, _: Path) -> None:
    (user.programs / "show").unlink()


def of_another_user(_: Home, folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(folder / "record", 12345, 12345)


def unreadable_use(_: Home, folder: Path) -> None:
    (folder / "used").unlink()
    (folder / "used").mkdir()


def newer_format(_: Home, folder: Path) -> None:
    record = folder / "record"
    moment = record.stat().st_mtime
    record.write_text(record.read_text().replace("_format='2'", "_format='3'"))
    os.utime(record, (moment, moment))


def configured_anew(user: Home, _: Path) -> None:
    configuration = user.path / ".config" / "devenv" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.touch()


@pytest.mark.parametrize(
    "spoil",
    [
        configured_anew,
        outdated,
        from_the_future,
        without_end,
        program_gone,
        of_another_user,
        unreadable_use,
        newer_format,
    ],
)
def test_a_record_that_cannot_be_used_goes_to_python(
    user: Home,
    sh: Sequence[str],
    spoil: Callable[[Home, Path], None],
) -> None:
    folder = user.remember_program("show", user.add_program("show"))
    assert user.run("run", "show", "x", sh=sh).returncode == 0
    spoil(user, folder)
    done = user.run("run", "show", "x", sh=sh)
    assert (done.returncode, done.stderr) == (PYTHON_STARTED, "")


@pytest.mark.parametrize(
    "change",
    [
        {"DEVENV_STORE_DIR": "/another/store"},
        {"XDG_DATA_HOME": "/another"},
        {"XDG_STATE_HOME": "/another"},
        {"HOME": "relative"},
        {"HOME": ""},
    ],
    ids="".join,
)
def test_a_record_counts_in_its_own_folders_only(
    user: Home, sh: Sequence[str], change: dict[str, str]
) -> None:
    user.remember_program("show", user.add_program("show"))
    done = user.run("run", "show", env=user.env | change, sh=sh)
    assert (done.returncode, done.stderr) == (PYTHON_STARTED, "")


@pytest.mark.parametrize(
    "change",
    [{"XDG_STATE_HOME": "relative"}, {"XDG_DATA_HOME": ""}, {"DEVENV_STORE_DIR": ""}],
    ids="".join,
)
def test_a_folder_variable_that_does_not_count_changes_nothing(
    user: Home, sh: Sequence[str], change: dict[str, str]
) -> None:
    user.remember_program("show", user.add_program("show"))
    done = user.run("run", "show", env=user.env | change, sh=sh)
    assert done.returncode == 0


def test_a_record_cut_off_at_any_byte_does_nothing(
    user: Home, sh: Sequence[str]
) -> None:
    user.values["ODD"] = "it's\n}\n$(touch hijacked)"
    folder = user.remember_program("show", user.add_program("show"))
    record = folder / "record"
    whole, moment = record.read_bytes(), record.stat().st_mtime
    # Only the newline at the very end may be missing.
    for length in range(0, len(whole) - 1, 1 if sh[0].endswith("dash") else 7):
        record.write_bytes(whole[:length])
        os.utime(record, (moment, moment))
        done = user.run("run", "show", "x", sh=sh, cwd=user.path)
        assert (done.returncode, done.stderr) == (PYTHON_STARTED, ""), whole[:length]
        assert done.stdout.startswith("python:"), whole[:length]
    assert not (user.path / "hijacked").exists()


@pytest.mark.parametrize("mask", [0o000, 0o077, 0o777], ids=oct)
def test_the_umask_does_not_matter(user: Home, mask: int) -> None:
    program = user.add_program("show")
    user.run("version")  # makes the stand-in for Python
    before = os.umask(mask)
    try:
        folder = user.remember_program("show", program)
        user.remember_packages("show")
        assert user.run("run", "show", "x").stdout == "show:x\n"
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "record").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["a b", "it's", "two\nlines", "end\n", "$(id)", "-x"])
def test_the_command_may_lie_anywhere_and_be_a_link(
    user: Home, tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / name
    launcher_without_python(elsewhere)
    direct = elsewhere / "bin" / "devenv"
    link = tmp_path / "link"
    link.symlink_to(direct)
    (tmp_path / "link to a link").symlink_to("link")
    for launcher in (direct, link, tmp_path / "link to a link"):
        assert user.run("version", launcher=launcher).returncode == PYTHON_STARTED
    for place in ("devenv", "./devenv", "../bin/devenv"):
        relative = subprocess.run(
            ["/bin/sh", place, "version"], cwd=direct.parent, env=user.env, check=False
        )
        assert relative.returncode == PYTHON_STARTED


@pytest.mark.parametrize(
    ("has_main", "told"),
    [
        (True, "-I -S -X utf8 {sources}/devenv/__main__.py version"),
        (False, "-I -X utf8 -m devenv version"),
    ],
    ids=["there", "gone"],
)
def test_an_editable_installation_names_its_sources(
    user: Home, sh: Sequence[str], tmp_path: Path, *, has_main: bool, told: str
) -> None:
    launcher = launcher_without_python(tmp_path / "venv")
    packages = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    sources = tmp_path / "the sources"
    (sources / "devenv").mkdir(parents=True)
    (packages / "_editable_impl_devenv_shell.pth").write_text(str(sources))
    if has_main:
        (sources / "devenv" / "__main__.py").touch()
    done = user.run("version", sh=sh, launcher=launcher)
    words = [line.removeprefix("python:") for line in done.stdout.splitlines()]
    assert " ".join(words) == told.format(sources=sources)


@pytest.mark.parametrize(
    "place",
    [
        "lib/python3.11/site-packages",
        "lib/python3.11/dist-packages",
        "local/lib/python3.11/dist-packages",
    ],
)
@pytest.mark.parametrize("beside", [True, False], ids=["beside", "on-path"])
def test_outside_a_virtual_environment_the_folder_names_its_python(
    user: Home, sh: Sequence[str], tmp_path: Path, place: str, *, beside: bool
) -> None:
    prefix = tmp_path / "prefix"
    launcher = launcher_without_python(prefix)
    (prefix / "pyvenv.cfg").unlink()
    main = prefix / place / "devenv" / "__main__.py"
    main.parent.mkdir(parents=True)
    main.touch()
    python = launcher.with_name("python3").rename(launcher.with_name("python3.11"))
    (user.programs / "python3.11").symlink_to("/bin/false")
    env = user.env | {"PATH": f"{user.programs}:{tmp_path}/other:/usr/bin:/bin"}
    env |= {"DEVENV_ENVIRONMENT": str(user.tree), "SHELLOPTS": "noglob"}
    if not beside:
        (tmp_path / "other").mkdir()
        python.rename(tmp_path / "other" / "python3.11")
    done = user.run("version", env=env, sh=sh, launcher=launcher)
    assert done.returncode == PYTHON_STARTED
    assert f"python:{prefix}/bin/../{place}/devenv/__main__.py\n" in done.stdout


def test_a_python_that_is_gone_is_said_plainly(user: Home) -> None:
    (user.launcher.parent / "python3").unlink()
    done = user.run("version")
    assert done.returncode == 1
    assert "the Python that it was installed with is gone" in done.stderr
    assert str(user.launcher) in done.stderr


def test_odd_working_folders_are_left_alone(user: Home, sh: Sequence[str]) -> None:
    program = user.add_program("where", "#!/bin/sh\npwd -P\n")
    user.remember_program("where", program)
    for name in ("a b", "two\nlines", "-x", "it's"):
        folder = user.path / name
        folder.mkdir()
        done = user.run("run", "where", sh=sh, cwd=folder)
        assert done.stdout == f"{folder.resolve()}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_warm_shell_runs_one_command_without_python(
    user: Home, sh: Sequence[str], shell: str
) -> None:
    user.add_program("hello", "#!/bin/sh\necho from the tree\n")
    user.remember_packages("a")
    env = {**user.env, "SHELL": required(shell)}
    done = user.run("shell", "-p", "a", "-c", "hello; exit 5", env=env, sh=sh)
    assert (done.stdout, done.returncode) == ("from the tree\n", 5)


def test_a_command_for_a_bash_that_reads_a_file_first_goes_to_python(
    user: Home,
) -> None:
    user.remember_packages("a")
    env = {**user.env, "SHELL": required("bash"), "BASH_ENV": "/etc/profile"}
    done = user.run("shell", "-p", "a", "-c", "true", env=env)
    assert done.returncode == PYTHON_STARTED
