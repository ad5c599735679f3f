"""Work in threads that nobody has to wait for once it is called off."""

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from devenv.values import dataclass, field

if TYPE_CHECKING:
    from queue import SimpleQueue

LEAVE_SECONDS = 2.0
"""How long threads that were called off have to end by themselves."""


@dataclass(frozen=True, slots=True)
class _Shared:
    tasks: "SimpleQueue[tuple[int, Callable[[], None]]]"
    results: "SimpleQueue[tuple[int, BaseException | None]]"
    is_over: threading.Event = field(default_factory=threading.Event)


def side_by_side(
    tasks: Sequence[Callable[[], None]], *, jobs: int, stop: Callable[[], None]
) -> Generator[int]:
    """Run `tasks`, `jobs` at a time; yield the number of each that is done.

    If one fails, or the generator is closed before its end, no more are begun
    and `stop` is called, which should make the running ones end. Those that do
    not (a host name that is looked up cannot be interrupted) are left alone:
    they keep neither this call nor the process.

    Raises whatever a task raised first.
    """
    # Not concurrent.futures: its threads are waited for when Python ends.
    from queue import SimpleQueue  # noqa: PLC0415 - mostly there is no such work

    shared = _Shared(SimpleQueue(), SimpleQueue())
    for numbered in enumerate(tasks):
        shared.tasks.put(numbered)
    threads = [
        threading.Thread(target=_work, args=(shared,), name="download", daemon=True)
        for _ in range(min(jobs, len(tasks)))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in tasks:
            yield _finished(shared)
    except BaseException:
        shared.is_over.set()
        stop()
        _join(threads)
        raise
    _join(threads)


def _finished(shared: _Shared) -> int:
    number, error = shared.results.get()
    if error is not None:
        raise error
    return number


def _work(shared: _Shared) -> None:
    from queue import Empty  # noqa: PLC0415 - as above

    with suppress(Empty):
        while not shared.is_over.is_set():
            number, task = shared.tasks.get_nowait()
            error: BaseException | None = None
            try:
                task()
            except BaseException as raised:  # noqa: BLE001 - raised by who waits
                error = raised
            shared.results.put((number, error))


def _join(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.join(LEAVE_SECONDS / len(threads))
