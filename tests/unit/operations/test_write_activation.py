"""Activations in the state folder."""

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from devenv.errors import StoreError
from devenv.model.activation import Activation, HookState, HookWord
from devenv.model.environment import Environment
from devenv.model.seen_file import SeenFile
from devenv.operations.activation_state import (
    activation_folder,
    current_digest,
    write_hook_state,
)
from devenv.operations.write_activation import (
    KEPT_GENERATIONS,
    remove_activation,
    renew_stamps,
    write_activation,
)

SEEN = SeenFile(path="/p/devenv.toml", sha256="ab", resting_mtime_ns=1_234_567_890)
FAILED = HookState(word=HookWord.FAILED, token="7")  # noqa: S106 - no password
ABSENT = SeenFile(path="/p/devenv.local.toml", sha256=None)


def activation(value: str = "1", *watched: SeenFile) -> Activation:
    environment = Environment(trees=(), prepend={}, values={"FOO": value})
    return Activation(project="/p", environment=environment, watched=watched)


def names(folder: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


@pytest.mark.parametrize(
    ("project", "place"),
    [("/", "hook/:e"), ("/a", "hook/a/:e"), ("/a/b c/:e", "hook/a/b c/:e/:e")],
)
def test_the_folder_is_found_without_a_hash(
    tmp_path: Path, project: str, place: str
) -> None:
    assert activation_folder(tmp_path, project) == tmp_path / place


def test_nobody_else_can_look_into_it(tmp_path: Path) -> None:
    write_activation(tmp_path, activation("1", SEEN))
    folder = activation_folder(tmp_path, "/p")
    for path in (folder, *folder.iterdir()):
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_folder_that_is_open_to_others_is_not_used(tmp_path: Path) -> None:
    write_activation(tmp_path, activation())
    activation_folder(tmp_path, "/p").chmod(0o777)
    with pytest.raises(StoreError):
        write_activation(tmp_path, activation("2"))


def test_files_are_named_by_all_that_was_read(tmp_path: Path) -> None:
    found = set()
    for each in (
        activation("1"),
        activation("2"),
        activation("1", SEEN),
        activation("1", SEEN, ABSENT),
        activation("1", replace(SEEN, sha256="cd")),
        activation("1", replace(SEEN, sha256=None)),
    ):
        write_activation(tmp_path, each)
        found.add(current_digest(tmp_path, "/p"))
    assert None not in found
    assert len(found) == 6


def test_times_and_the_order_of_files_are_no_part_of_the_name(tmp_path: Path) -> None:
    write_activation(tmp_path, activation("1", SEEN, ABSENT))
    digest = current_digest(tmp_path, "/p")
    folder = activation_folder(tmp_path, "/p")
    inode = (folder / "current.bash").stat().st_ino
    later = replace(SEEN, resting_mtime_ns=99)
    write_activation(tmp_path, activation("1", ABSENT, later))
    assert current_digest(tmp_path, "/p") == digest
    assert (folder / "current.bash").stat().st_ino == inode
    # The spec comes first; the absent file has no stamp.
    assert names(folder, f"{digest}.*") == [f"{digest}.0"]
    assert (folder / f"{digest}.0").stat().st_mtime_ns == 99


def test_stamps_are_renewed_for_what_waits_for_a_nod(tmp_path: Path) -> None:
    assert not renew_stamps(tmp_path, "/p", [SEEN])
    write_activation(tmp_path, activation("1", SEEN, ABSENT))
    digest = current_digest(tmp_path, "/p")
    folder = activation_folder(tmp_path, "/p")
    now = [
        replace(SEEN, sha256=None),
        replace(ABSENT, sha256="new", resting_mtime_ns=7),
    ]
    assert renew_stamps(tmp_path, "/p", now)
    assert names(folder, f"{digest}.*") == [f"{digest}.1"]
    assert (folder / f"{digest}.1").stat().st_mtime_ns == 7


def test_old_generations_stay_for_a_while_and_their_stamps_do_not(
    tmp_path: Path,
) -> None:
    folder = activation_folder(tmp_path, "/p")
    for number in range(KEPT_GENERATIONS + 4):
        write_activation(tmp_path, activation(str(number), SEEN))
        for file in folder.glob(f"g-{current_digest(tmp_path, '/p')}.*"):
            os.utime(file, (number, number))
    assert len(names(folder, "g-*.bash")) == KEPT_GENERATIONS
    assert len(names(folder, "*.0")) == 1
    assert (folder / "current.fish").exists()


def test_a_new_activation_takes_over_the_stamps_of_the_one_before(
    tmp_path: Path,
) -> None:
    folder = activation_folder(tmp_path, "/p")
    other = replace(SEEN, path="/p/x", resting_mtime_ns=3)
    write_activation(tmp_path, activation("1", SEEN, other))
    stamps = [file.stat().st_ino for file in sorted(folder.glob("*.[01]"))]
    later = replace(SEEN, resting_mtime_ns=5)
    write_activation(tmp_path, activation("2", later, other))
    found = sorted(folder.glob("*.[01]"))
    assert [file.stat().st_ino for file in found] == stamps
    assert [file.stat().st_mtime_ns for file in found] == [5, 3]
    write_activation(tmp_path, activation("3", later, replace(other, sha256=None)))
    digest = current_digest(tmp_path, "/p")
    assert names(folder, "*.[01]") == [f"{digest}.0"]


def test_a_file_that_lost_its_content_is_written_again(tmp_path: Path) -> None:
    write_activation(tmp_path, activation())
    file = activation_folder(tmp_path, "/p") / "current.zsh"
    whole = file.read_bytes()
    file.write_bytes(b"")
    write_activation(tmp_path, activation())
    assert file.read_bytes() == whole


def test_what_is_removed_is_gone_and_the_state_stays(tmp_path: Path) -> None:
    remove_activation(tmp_path, "/p")
    write_activation(tmp_path, activation("secret", SEEN))
    write_hook_state(tmp_path, "/p", HookState(word=HookWord.DENIED))
    remove_activation(tmp_path, "/p")
    folder = activation_folder(tmp_path, "/p")
    assert current_digest(tmp_path, "/p") is None
    assert [name for name in names(folder, "*") if not name.startswith("state")] == []
    assert (folder / "state").exists()


def test_the_state_is_lines_that_a_terminal_bears(tmp_path: Path) -> None:
    folder = activation_folder(tmp_path, "/p")
    for sentence in ("one", "two\nlines \x1b[31m\udcff"):
        state = replace(FAILED, sentence=sentence)
        write_hook_state(tmp_path, "/p", state)
    word, said, token, identity, digest, rest = (
        (folder / "state").read_text().split("\n")
    )
    assert (word, said, token) == ("failed", "two lines \\x1b[31m\\xff", "7")
    assert (digest, rest) == ("", "")
    assert names(folder, "state*") == ["state", f"state.{identity}"]
    assert os.readlink(folder / "state") == f"state.{identity}"  # noqa: PTH115 - as it is


def test_the_stamp_of_a_state_is_there_as_long_as_nothing_is_decided(
    tmp_path: Path,
) -> None:
    folder, stamps = activation_folder(tmp_path, "/p"), tmp_path / "t"
    found = []
    steps: tuple[Callable[[], object], ...] = (
        lambda: write_activation(tmp_path, activation("1", SEEN)),
        lambda: write_hook_state(tmp_path, "/p", FAILED),
        lambda: write_activation(tmp_path, activation("2", SEEN)),
        lambda: renew_stamps(tmp_path, "/p", [replace(SEEN, resting_mtime_ns=9)]),
    )
    for step in steps:
        step()
        (stamp,) = stamps.iterdir()
        assert f"state.{stamp.name}" == str((folder / "state").readlink())
        spec = folder / f"{current_digest(tmp_path, '/p')}.0"
        assert stamp.samefile(spec)
        found.append((stamp.name, stamp.stat().st_mtime_ns))
    first = SEEN.resting_mtime_ns
    assert [time for _, time in found] == [first, first, first, 9]
    assert [name == found[3][0] for name, _ in found] == [False, False, True, True]
    remove_activation(tmp_path, "/p")
    assert list(stamps.iterdir()) == []


def test_a_project_without_a_spec_has_no_stamp_of_its_state(tmp_path: Path) -> None:
    write_activation(tmp_path, activation("1", replace(SEEN, sha256=None), ABSENT))
    assert list((tmp_path / "t").iterdir()) == []


def test_the_state_is_renewed_with_each_activation(tmp_path: Path) -> None:
    folder = activation_folder(tmp_path, "/p")
    steps: tuple[Callable[[], None], ...] = (
        lambda: write_activation(tmp_path, activation("1")),
        lambda: write_hook_state(tmp_path, "/p", FAILED),
        lambda: write_activation(tmp_path, activation("2")),
        lambda: remove_activation(tmp_path, "/p"),
    )
    words, links = [], set()
    for step in steps:
        step()
        lines = (folder / "state").read_text().split("\n")
        assert lines[4] == (current_digest(tmp_path, "/p") or "")
        words.append(lines[0])
        links.add((folder / "state").readlink())
    assert words == ["allowed", "failed", "failed", "failed"]
    assert len(links) == len(steps)
