"""`shell-hooks/devenv`: from the command line to the program, in every sh."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import LAUNCHER, Home, set_time
from tests.shells.terminal import required

pytestmark = pytest.mark.shell

SHELLS = {
    "dash": ("dash",),
    "busybox": ("busybox", "sh"),
    "bash": ("bash",),
    "bash-posix": ("bash", "--posix"),
}
DAY = timedelta(days=1)


@pytest.fixture(params=SHELLS.values(), ids=SHELLS.keys())
def sh(request: pytest.FixtureRequest) -> Sequence[str]:
    words: Sequence[str] = request.param
    return (required(words[0]), *words[1:])


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """Return a copy of the launcher whose Python only says that it was started."""
    prefix = tmp_path / "venv"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "pyvenv.cfg").touch()
    launcher = prefix / "bin" / "devenv"
    shutil.copy(LAUNCHER, launcher)
    python = prefix / "bin" / "python3"
    python.write_text("#!/bin/sh\nprintf 'python:%s\\n' \"$@\"\nexit 77\n")
    python.chmod(0o755)
    return launcher


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


def test_arguments_arrive_as_they_are(home: Home, sh: Sequence[str]) -> None:
    home.remember_program("show", home.add_program("show"))
    done = home.run("run", "show", *ARGUMENTS, shell=sh)
    assert done.stdout == "".join(f"show:{each}\n" for each in ARGUMENTS)
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize("words", [["--", "show"], ["show"]], ids=["dashes", "plain"])
def test_a_command_is_found_in_the_tree(
    home: Home, sh: Sequence[str], words: Sequence[str]
) -> None:
    home.add_program("show")
    home.remember_packages("a", "b")
    done = home.run("run", "-p", "a", "-p", "b", *words, *ARGUMENTS, shell=sh)
    assert done.stdout == "".join(f"show:{each}\n" for each in ARGUMENTS)


def test_the_tree_comes_before_builtins_and_the_host(
    home: Home, sh: Sequence[str]
) -> None:
    home.add_program("true", "#!/bin/sh\nexit 42\n")
    home.remember_packages("a")
    assert home.run("run", "-p", "a", "--", "true", shell=sh).returncode == 42


def test_the_child_sees_the_environment_and_no_variable_of_ours(
    home: Home, sh: Sequence[str]
) -> None:
    home.values["GREETING"] = "it's $(id)\n\udcfe"
    home.remember_packages("a")
    leaks = {"_devenv_key": "theirs", "_devenv_rest": "theirs"}
    done = home.run("run", "-p", "a", "--", "env", "-0", env=home.env | leaks, shell=sh)
    seen = dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)
    for name in ("PWD", "OLDPWD", "SHLVL", "_"):
        seen.pop(name, None)
    assert seen == home.environment.applied_to(home.env)


@pytest.mark.parametrize("ambient", [None, ""], ids=["unset", "empty"])
def test_an_empty_path_leaves_no_empty_entry(
    home: Home, sh: Sequence[str], ambient: str | None
) -> None:
    program = home.add_program("show", '#!/bin/sh\necho "$PATH"\n')
    home.remember_program("show", program)
    env = {name: value for name, value in home.env.items() if name != "PATH"}
    if ambient is not None:
        env["PATH"] = ambient
    done = home.run("run", "show", env=env, shell=sh)
    front = ":".join(home.environment.prepend["PATH"])
    assert done.stdout.startswith(front)
    if ambient is not None:
        assert done.stdout == f"{front}\n"


def test_nested_runs_do_not_lengthen_path(home: Home, sh: Sequence[str]) -> None:
    home.remember_packages("a")
    nested = ("run", "-p", "a", "--")
    done = home.run(*nested, str(LAUNCHER), *nested, "printenv", "PATH", shell=sh)
    assert done.stdout.count(str(home.programs)) == 1


def test_the_exit_status_is_the_programs(home: Home, sh: Sequence[str]) -> None:
    home.remember_program("x", home.add_program("x", "#!/bin/sh\nkill -9 $$\n"))
    assert home.run("run", "x", shell=sh).returncode == -9


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
    home: Home, sh: Sequence[str], settings: dict[str, str]
) -> None:
    home.remember_program("show", home.add_program("show"))
    done = home.run("run", "show", "a/b c", env=home.env | settings, shell=sh)
    assert (done.stdout, done.stderr) == ("show:a/b c\n", "")


@pytest.mark.parametrize("descriptor", [0, 1, 2])
def test_a_closed_stream_stays_closed(
    home: Home, sh: Sequence[str], descriptor: int
) -> None:
    if descriptor and "bash" in sh[0]:
        pytest.skip("bash opens the script itself on a free descriptor")
    target = home.path / "seen"
    script = f"[ -e /proc/$$/fd/{descriptor} ] || echo closed >{target}"
    home.remember_program("x", home.add_program("x", f"#!/bin/sh\n{script}\n"))
    subprocess.run(
        [*sh, LAUNCHER, "run", "x"],
        env=home.env,
        preexec_fn=lambda: os.close(descriptor),
        check=False,
    )
    assert target.read_text() == "closed\n"


def test_the_warm_path_starts_the_program_and_nothing_else(home: Home) -> None:
    strace = required("strace")
    home.add_program("show")
    home.remember_packages("a")
    trace = home.path / "trace"
    words = ("run", "-p", "a", "--", "/bin/true")
    home.run(
        *words, shell=(strace, "-f", "-qq", "-o", str(trace), "-e", "trace=process")
    )
    calls = [line.split(maxsplit=1)[1] for line in trace.read_text().splitlines()]
    assert [call.partition(",")[0] for call in calls if call.startswith("exec")] == [
        f'execve("{LAUNCHER}"',
        'execve("/bin/true"',
    ]
    assert not [call for call in calls if "fork" in call or "clone" in call]


def test_use_is_noted_without_a_fork(home: Home, sh: Sequence[str]) -> None:
    folder = home.remember_program("show", home.add_program("show"))
    before = datetime.now(UTC) - timedelta(seconds=2)
    assert (folder / "used").stat().st_mtime == 0
    home.run("run", "show", shell=sh)
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
        ["shell", "-p", "a", "-c", "true"],
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
    home: Home, stopped: Path, sh: Sequence[str], words: Sequence[str]
) -> None:
    home.remember_program("show", home.add_program("show"))
    home.remember_packages("a")
    done = home.run(*words, shell=sh, launcher=stopped, cwd=home.path)
    assert done.stdout == "".join(
        f"python:{word}\n" for word in ("-I", "-X", "utf8", "-m", "devenv", *words)
    )
    assert (done.returncode, done.stderr) == (77, "")
    assert not (home.path / "hijacked").exists()


def outdated(home: Home, folder: Path) -> None:
    set_time(folder / "expires", datetime.now(UTC) - timedelta(seconds=1))


def from_the_future(home: Home, folder: Path) -> None:
    set_time(folder / "record", datetime.now(UTC) + DAY)


def without_end(home: Home, folder: Path) -> None:
    (folder / "expires").unlink()


def program_gone(home: Home, folder: Path) -> None:
    (home.programs / "show").unlink()


def of_another_user(home: Home, folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(folder / "record", 12345, 12345)


def unreadable_use(home: Home, folder: Path) -> None:
    (folder / "used").unlink()
    (folder / "used").mkdir()


def newer_format(home: Home, folder: Path) -> None:
    record = folder / "record"
    moment = record.stat().st_mtime
    record.write_text(record.read_text().replace("_format='1'", "_format='2'"))
    os.utime(record, (moment, moment))


@pytest.mark.parametrize(
    "spoil",
    [
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
    home: Home, stopped: Path, sh: Sequence[str], spoil: object
) -> None:
    folder = home.remember_program("show", home.add_program("show"))
    assert home.run("run", "show", "x", shell=sh, launcher=stopped).returncode == 0
    assert callable(spoil)
    spoil(home, folder)
    done = home.run("run", "show", "x", shell=sh, launcher=stopped)
    assert (done.returncode, done.stderr) == (77, "")


@pytest.mark.parametrize(
    "change",
    [
        {"DEVENV_STORE_DIR": "/another/store"},
        {"XDG_DATA_HOME": "/another"},
        {"XDG_STATE_HOME": "/another"},
        {"HOME": "relative"},
        {"HOME": ""},
    ],
    ids=lambda change: "".join(change),
)
def test_a_record_counts_in_its_own_folders_only(
    home: Home, stopped: Path, sh: Sequence[str], change: dict[str, str]
) -> None:
    home.remember_program("show", home.add_program("show"))
    done = home.run("run", "show", env=home.env | change, shell=sh, launcher=stopped)
    assert (done.returncode, done.stderr) == (77, "")


@pytest.mark.parametrize(
    "change",
    [{"XDG_STATE_HOME": "relative"}, {"XDG_DATA_HOME": ""}, {"DEVENV_STORE_DIR": ""}],
    ids=lambda change: "".join(change),
)
def test_a_folder_variable_that_does_not_count_changes_nothing(
    home: Home, stopped: Path, sh: Sequence[str], change: dict[str, str]
) -> None:
    home.remember_program("show", home.add_program("show"))
    done = home.run("run", "show", env=home.env | change, shell=sh, launcher=stopped)
    assert done.returncode == 0


def test_a_record_cut_off_at_any_byte_does_nothing(
    home: Home, stopped: Path, sh: Sequence[str]
) -> None:
    home.values["ODD"] = "it's\n}\n$(touch hijacked)"
    folder = home.remember_program("show", home.add_program("show"))
    record = folder / "record"
    whole, moment = record.read_bytes(), record.stat().st_mtime
    # Only the newline at the very end may be missing.
    for length in range(0, len(whole) - 1, 1 if sh[0].endswith("dash") else 7):
        record.write_bytes(whole[:length])
        os.utime(record, (moment, moment))
        done = home.run("run", "show", "x", shell=sh, launcher=stopped, cwd=home.path)
        assert (done.returncode, done.stderr) == (77, ""), whole[:length]
        assert done.stdout.startswith("python:"), whole[:length]
    assert not (home.path / "hijacked").exists()


@pytest.mark.parametrize("mask", [0o000, 0o077, 0o777], ids=oct)
def test_the_umask_does_not_matter(home: Home, mask: int) -> None:
    before = os.umask(mask)
    try:
        program = home.add_program("show")
        folder = home.remember_program("show", program)
        home.remember_packages("show")
        assert home.run("run", "show", "x").stdout == "show:x\n"
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "record").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["a b", "it's", "two\nlines", "end\n", "$(id)", "-x"])
def test_the_command_may_lie_anywhere_and_be_a_link(
    home: Home, stopped: Path, tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / name
    stopped.parent.parent.rename(elsewhere)
    direct = elsewhere / "bin" / "devenv"
    link = tmp_path / "link"
    link.symlink_to(direct)
    (tmp_path / "link to a link").symlink_to("link")
    for launcher in (direct, link, tmp_path / "link to a link"):
        assert home.run("version", launcher=launcher).returncode == 77
    for place in ("./devenv", "../bin/devenv"):
        done = home.run(place, "version", shell=("/bin/sh",), launcher=Path("-e"))
        assert done.returncode != 77
        relative = subprocess.run(
            ["/bin/sh", place, "version"], cwd=direct.parent, env=home.env, check=False
        )
        assert relative.returncode == 77


def test_a_python_that_is_gone_is_said_plainly(home: Home, stopped: Path) -> None:
    (stopped.parent / "python3").unlink()
    done = home.run("version", launcher=stopped)
    assert done.returncode == 1
    assert "the Python that it was installed with is gone" in done.stderr
    assert str(stopped) in done.stderr


def test_odd_working_folders_are_left_alone(home: Home, sh: Sequence[str]) -> None:
    program = home.add_program("where", "#!/bin/sh\npwd -P\n")
    home.remember_program("where", program)
    for name in ("a b", "two\nlines", "-x", "it's"):
        folder = home.path / name
        folder.mkdir()
        done = home.run("run", "where", shell=sh, cwd=folder)
        assert done.stdout == f"{folder.resolve()}\n"
