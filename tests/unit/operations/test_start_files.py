"""Start files in the state folder."""

from pathlib import Path

from devenv.model.environment import Environment
from devenv.operations.start_files import write_start_files

ENVIRONMENT = Environment(
    trees=("/t",), prepend={"PATH": ("/t/bin",)}, values={"A": "1"}
)
OTHER = Environment(trees=("/t",), prepend={"PATH": ("/t/bin",)}, values={"A": "2"})


def test_the_same_environment_has_the_same_files(tmp_path: Path) -> None:
    folder = write_start_files(tmp_path, ENVIRONMENT)
    before = {path: path.stat().st_ino for path in folder.rglob("*")}
    assert write_start_files(tmp_path, ENVIRONMENT) == folder
    assert {path: path.stat().st_ino for path in folder.rglob("*")} == before
    assert write_start_files(tmp_path, OTHER) != folder


def test_a_file_that_was_lost_or_spoilt_is_written_again(tmp_path: Path) -> None:
    folder = write_start_files(tmp_path, ENVIRONMENT)
    whole = (folder / "start.bash").read_bytes()
    (folder / "start.bash").write_bytes(b"")
    (folder / "start.fish").unlink()
    write_start_files(tmp_path, ENVIRONMENT)
    assert (folder / "start.bash").read_bytes() == whole
    assert (folder / "start.fish").is_file()


def test_the_files_are_the_users_alone(tmp_path: Path) -> None:
    folder = write_start_files(tmp_path, ENVIRONMENT)
    for path in (folder, folder / "zsh"):
        assert path.stat().st_mode & 0o777 == 0o700
    assert (folder / "zsh" / ".zshrc").stat().st_mode & 0o777 == 0o600
