"""The operations, each imported when a command first asks for it.

`devenv version` and `--help` need none of them, and to import them all takes
longer than a warm command. The one place for this: with imports inside of
functions nobody would see what a command calls.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devenv.cli.context import open_doors
    from devenv.host.execute import replace_self
    from devenv.model.store_path import canonical_json
    from devenv.operations.delete_store import delete_store
    from devenv.operations.describe_package import describe_package
    from devenv.operations.doctor import examine
    from devenv.operations.enter_shell import enter_shell
    from devenv.operations.package_set import open_packages
    from devenv.operations.programs import find_program
    from devenv.operations.project_around import project_around
    from devenv.operations.run_program import (
        make_ad_hoc,
        make_for_program,
        run_command,
        run_package,
    )
    from devenv.operations.search_packages import search_packages

__all__ = [
    "canonical_json",
    "delete_store",
    "describe_package",
    "enter_shell",
    "examine",
    "find_program",
    "make_ad_hoc",
    "make_for_program",
    "open_doors",
    "open_packages",
    "project_around",
    "replace_self",
    "run_command",
    "run_package",
    "search_packages",
]

_MODULES = {
    "canonical_json": "devenv.model.store_path",
    "delete_store": "devenv.operations.delete_store",
    "describe_package": "devenv.operations.describe_package",
    "enter_shell": "devenv.operations.enter_shell",
    "examine": "devenv.operations.doctor",
    "find_program": "devenv.operations.programs",
    "make_ad_hoc": "devenv.operations.run_program",
    "make_for_program": "devenv.operations.run_program",
    "open_doors": "devenv.cli.context",
    "open_packages": "devenv.operations.package_set",
    "project_around": "devenv.operations.project_around",
    "replace_self": "devenv.host.execute",
    "run_command": "devenv.operations.run_program",
    "run_package": "devenv.operations.run_program",
    "search_packages": "devenv.operations.search_packages",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import what is asked for (PEP 562), once."""
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(name)
        found = getattr(import_module(module), name)
        globals()[name] = found
        return found
