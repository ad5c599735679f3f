"""Stores full of garbage: a file of its own in each path."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.run.peers import nix_programs, nix_variables
from benchmarks.timing import checked
from devenv.host.dirs import Directories
from devenv.model.store_path import PathInfo, PathKind, StorePath, store_path
from devenv.store.store import Store

AT_ONCE = 1000
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
CONTENT = b"a file\n"


def fill_devenv_store(variables: Mapping[str, str], count: int) -> None:
    """Make `count` paths that nothing keeps, each a folder with a file."""
    directories = Directories.from_environment(variables)
    with Store.open(directories, lambda: LONG_AGO) as store:
        for numbers in _chunks(range(count)):
            _make_paths(store, numbers)


def time_of_install(variables: Mapping[str, str], name: str, files: int) -> float:
    """Return the processor time, in seconds, of making a path of so many files."""
    directories = Directories.from_environment(variables)
    with Store.open(directories, lambda: LONG_AGO) as store:
        path = store_path({"benchmark": name}, name=name, version="1")
        start = time.process_time()
        with store.session() as session, session.making([path]) as batch:
            folder = batch.scratch(path)
            for number in range(files):
                file = folder / str(number)
                file.write_bytes(CONTENT)
                file.chmod(0o444)
            batch.finish(path, _info(path.base, files))
            batch.commit()
        return time.process_time() - start


def _make_paths(store: Store, numbers: Sequence[int]) -> None:
    paths = [
        store_path({"benchmark": number}, name=f"path{number}", version="1")
        for number in numbers
    ]
    with store.session() as session, session.making(paths) as batch:
        for path in paths:
            file = batch.scratch(path) / "file"
            file.write_bytes(CONTENT)
            file.chmod(0o444)
            batch.finish(path, _info(path.base, 1))
        batch.commit()


def _info(base: str, files: int) -> PathInfo:
    return PathInfo(
        path=StorePath(base),
        kind=PathKind.UNPACKED,
        # Nobody verifies these; to read them back would take as long again.
        content_hash="0" * 64,
        size_bytes=files * len(CONTENT),
        file_count=files,
        references=(),
        origin='{"kind":"unpacked"}',
    )


def fill_nix_store(
    folder: Path, scratch: Path, count: int, *, are_folders: bool = False
) -> Mapping[str, str]:
    """Make a private Nix store with `count` paths that nothing keeps.

    Each is a file, or a folder with a file.

    Returns:
        The variables with which its programs use it.
    """
    variables = nix_variables(scratch, folder)
    sources = folder / "sources"
    sources.mkdir(parents=True)
    program = nix_programs(scratch) / "nix-store"
    for numbers in _chunks(range(count)):
        paths = [sources / f"path{number}" for number in numbers]
        for path, number in zip(paths, numbers, strict=True):
            if are_folders:
                path.mkdir()
            file = path / "file" if are_folders else path
            file.write_text(f"file {number}\n")
        checked([program, "--add", *paths], env=variables)
    return variables


def _chunks(numbers: range) -> Iterator[range]:
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]
