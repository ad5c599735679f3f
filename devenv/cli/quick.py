"""Commands that are done before typer could be imported, which takes 45 ms.

A command stands here if it must be quick and can be: it takes the words behind
its name, and returns its exit status, or None if they are not of a plain form
that it knows, or if it is not as easy as that. Then the whole command line does
it, help and errors included; until then nothing must have been printed.

No entry imports more than it needs (tests/unit/test_main_module.py has the list).
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def run_quickly(argv: "list[str]") -> int | None:
    """Run one command line if it is an easy one; return its exit status, or None."""
    entry = QUICK.get(argv[0]) if argv else _here
    return None if entry is None else entry(argv[1:])


def _here(words: "list[str]") -> int | None:
    from devenv.cli.quick_here import here  # noqa: PLC0415 - one entry is needed

    return here(words)


def _search(words: "list[str]") -> int | None:
    from devenv.cli.quick_search import search  # noqa: PLC0415 - one entry is needed

    return search(words)


def _execute(words: "list[str]") -> int | None:
    from devenv.cli.quick_project import execute  # noqa: PLC0415 - likewise

    return execute(words)


def _gc(words: "list[str]") -> int | None:
    from devenv.cli.quick_gc import gc  # noqa: PLC0415 - likewise

    return gc(words)


def _hook(words: "list[str]") -> int | None:
    from devenv.cli.quick_hook import hook  # noqa: PLC0415 - likewise

    return hook(words)


QUICK: "dict[str, Callable[[list[str]], int | None]]" = {
    "exec": _execute,
    "gc": _gc,
    "hook": _hook,
    "search": _search,
}
"""What each command word starts."""
