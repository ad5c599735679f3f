"""Activations that are written into what was made for them."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from devenv.model.activation import Activation, HookState, HookWord
from devenv.model.environment import Environment
from devenv.model.seen_file import SeenFile
from devenv.operations.activation_state import activation_folder, current_digest
from devenv.operations.next_activation import (
    NextActivation,
    forget_next,
    make_next,
    note_content,
    show_next,
)
from devenv.operations.write_activation import (
    Shown,
    remove_activation,
    stamp_activation,
    write_activation,
)
from devenv.shells.activation import draft_activation

SEEN = SeenFile(path="/p/devenv.toml", sha256="ab", resting_mtime_ns=1_234_567_890)
TOLD = HookState(word=HookWord.ALLOWED, sentence="said", token="7")  # noqa: S106 - no password


def activation(value: str) -> Activation:
    environment = Environment(trees=(), prepend={}, values={"FOO": value})
    return Activation(project="/p", environment=environment, watched=(SEEN,))


def bring(state: Path, found: NextActivation, value: str) -> Shown:
    draft = draft_activation(activation("1"), found.place, found.lot)
    return show_next(state, found, draft.files_with("FOO", value), (SEEN,), TOLD)


def show(state: Path, found: NextActivation, value: str) -> None:
    shown = bring(state, found, value)
    note_content(shown, activation(value))
    stamp_activation(state, shown)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_activation(tmp_path, activation("1"))
    return activation_folder(tmp_path, "/p")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def seen(folder: Path) -> dict[str, str]:
    """Return what hooks read, by the names that they read, but for its own name."""
    shown = ("state", "current.bash", "current.fish", "current.zsh")
    digest = (folder / "current.bash").readlink().name.split(".")[0][2:]
    identity = (folder / "state").readlink().name.removeprefix("state.")
    texts = {name: (folder / name).read_text() for name in shown}
    return {
        name: text.replace(digest, "DIGEST").replace(identity, "ID")
        for name, text in texts.items()
    }


def test_hooks_read_what_they_would_have_read(tmp_path: Path, folder: Path) -> None:
    show(tmp_path, make_next(str(folder)), "2")
    found, stamps = seen(folder), list((tmp_path / "t").iterdir())
    assert "'FOO=2'" in found["current.bash"]
    write_activation(tmp_path / "other", activation("2"), TOLD)
    other = activation_folder(tmp_path / "other", "/p")
    place = str(folder)
    assert seen(other) == {
        name: text.replace(place, str(other)) for name, text in found.items()
    }
    # The stamp of the state is that of the spec, and the only one.
    state = (folder / "state").readlink().name
    assert [file.name for file in stamps] == [state.removeprefix("state.")]
    assert stamps[0].stat().st_mtime_ns == SEEN.resting_mtime_ns


def test_nothing_is_made_while_somebody_waits(tmp_path: Path, folder: Path) -> None:
    made = make_next(str(folder))
    before = {path.lstat().st_ino for path in folder.iterdir()}
    bring(tmp_path, made, "2")
    assert {path.lstat().st_ino for path in folder.iterdir()} <= before


def test_who_writes_the_same_leaves_it(tmp_path: Path, folder: Path) -> None:
    show(tmp_path, make_next(str(folder)), "2")
    lot = current_digest(tmp_path, "/p")
    write_activation(tmp_path, activation("2"))
    assert current_digest(tmp_path, "/p") == lot
    # Other bytes that do the same are another activation.
    other = replace(activation("2"), watched=(replace(SEEN, sha256="cd"),))
    write_activation(tmp_path, other)
    assert current_digest(tmp_path, "/p") != lot


def test_no_name_has_two_contents(tmp_path: Path, folder: Path) -> None:
    found = set()
    for value in "23232":
        show(tmp_path, make_next(str(folder)), value)
        found.add(current_digest(tmp_path, "/p"))
    assert len(found) == 5


def test_what_is_not_used_is_removed(tmp_path: Path, folder: Path) -> None:
    before = names(folder)
    forget_next(make_next(str(folder)))
    assert names(folder) == before
    make_next(str(folder))
    left = make_next(str(folder))
    assert all(left.lot in name for name in names(folder) if ".next-" in name)
    remove_activation(tmp_path, "/p")
    assert not [name for name in names(folder) if not name.startswith("state")]


@pytest.mark.parametrize("gone", ["g-{}.zsh", ".next-{}.text", ".next-{}.current.bash"])
def test_where_something_is_gone_it_fails_and_the_state_stays(
    tmp_path: Path, folder: Path, gone: str
) -> None:
    made, before = make_next(str(folder)), (folder / "state").readlink()
    (folder / gone.format(made.lot)).unlink()
    with pytest.raises(FileNotFoundError):
        bring(tmp_path, made, "2")
    assert (folder / "state").readlink() == before
    write_activation(tmp_path, activation("2"))
    assert "'FOO=2'" in seen(folder)["current.bash"]


def test_nobody_else_can_look_into_it(folder: Path) -> None:
    make_next(str(folder))
    for path in folder.iterdir():
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
