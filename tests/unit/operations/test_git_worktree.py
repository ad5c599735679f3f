"""Which repository a folder is in, and that nobody only claims to be."""

import subprocess
from pathlib import Path

import pytest

from devenv.operations.git_worktree import Worktree, worktree_of
from tests.shells.terminal import required


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with a commit, and a linked worktree beside it."""
    git = required("git")
    top = tmp_path.resolve() / "repository"

    def run(*words: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(
            [git, *identity, *words],
            check=True,
            capture_output=True,
            env={"HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": "/dev/null"},
        )

    run("init", "-q", str(top))
    (top / "sub").mkdir()
    (top / "sub/file").touch()
    run("-C", str(top), "add", ".")
    run("-C", str(top), "commit", "-qm", "one")
    run("-C", str(top), "worktree", "add", "-q", str(top.with_name("linked")))
    return top


def test_worktrees_share_a_repository(repository: Path) -> None:
    shared = str(repository / ".git")
    linked = repository.with_name("linked")
    assert worktree_of(repository) == Worktree(repository=shared, inside=".")
    assert worktree_of(linked) == Worktree(repository=shared, inside=".")
    assert worktree_of(linked / "sub") == Worktree(repository=shared, inside="sub")
    assert worktree_of(repository / "sub") == worktree_of(linked / "sub")


def test_a_folder_that_is_in_none_has_none(tmp_path: Path) -> None:
    assert worktree_of(tmp_path.resolve()) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("gitdir: {shared}/worktrees/linked", id="another's place"),
        pytest.param("gitdir: {shared}", id="the repository itself"),
        pytest.param("gitdir: own", id="a place of its own"),
        pytest.param("gitdir: ", id="nowhere"),
        pytest.param("hello", id="something else"),
        pytest.param("x" * 100_000, id="far too much"),
    ],
)
def test_who_only_claims_to_be_a_worktree_is_none(repository: Path, text: str) -> None:
    evil = repository.with_name("evil")
    own = evil / "own"
    own.mkdir(parents=True)
    shared = repository / ".git"
    (evil / ".git").write_text(text.format(shared=shared))
    # It names itself, but the repository does not.
    (own / "commondir").write_text(f"{shared}\n")
    (own / "gitdir").write_text(f"{evil / '.git'}\n")
    assert worktree_of(evil) is None
