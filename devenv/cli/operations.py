"""The operations, each imported when a command first asks for it.

`devenv version` and `--help` need none of them, and to import them all takes
longer than a warm command. The one place for this: with imports inside of
functions nobody would see what a command calls.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from devenv.cli.context import lock_mode as lock_mode
    from devenv.cli.context import open_doors as open_doors
    from devenv.host.execute import replace_self as replace_self
    from devenv.model.store_path import canonical_json as canonical_json
    from devenv.operations.build_project import link_trees as link_trees
    from devenv.operations.delete_store import delete_store as delete_store
    from devenv.operations.describe_package import describe_package as describe_package
    from devenv.operations.doctor import examine as examine
    from devenv.operations.enter_project import enter_project as enter_project
    from devenv.operations.enter_shell import enter_shell as enter_shell
    from devenv.operations.launch import launch_in as launch_in
    from devenv.operations.package_set import open_packages as open_packages
    from devenv.operations.programs import find_program as find_program
    from devenv.operations.project_around import project_around as project_around
    from devenv.operations.run_program import (
        make_ad_hoc as make_ad_hoc,
    )
    from devenv.operations.run_program import (
        make_for_program as make_for_program,
    )
    from devenv.operations.run_program import (
        run_command as run_command,
    )
    from devenv.operations.run_program import (
        run_package as run_package,
    )
    from devenv.operations.search_packages import search_packages as search_packages
    from devenv.operations.view_lock import view_lock as view_lock
    from devenv.plan.draw_tree import draw_tree as draw_tree
    from devenv.plan.lock_graph import chains_to as chains_to
    from devenv.plan.lock_graph import size_rows as size_rows
    from devenv.plan.lock_graph import weight as weight
    from devenv.shells.exports import FORMATS as FORMATS
    from devenv.shells.exports import changes as changes

_MODULES = {
    "FORMATS": "devenv.shells.exports",
    "canonical_json": "devenv.model.store_path",
    "chains_to": "devenv.plan.lock_graph",
    "changes": "devenv.shells.exports",
    "delete_store": "devenv.operations.delete_store",
    "describe_package": "devenv.operations.describe_package",
    "draw_tree": "devenv.plan.draw_tree",
    "enter_project": "devenv.operations.enter_project",
    "enter_shell": "devenv.operations.enter_shell",
    "examine": "devenv.operations.doctor",
    "find_program": "devenv.operations.programs",
    "launch_in": "devenv.operations.launch",
    "link_trees": "devenv.operations.build_project",
    "lock_mode": "devenv.cli.context",
    "make_ad_hoc": "devenv.operations.run_program",
    "make_for_program": "devenv.operations.run_program",
    "open_doors": "devenv.cli.context",
    "open_packages": "devenv.operations.package_set",
    "project_around": "devenv.operations.project_around",
    "replace_self": "devenv.host.execute",
    "run_command": "devenv.operations.run_program",
    "run_package": "devenv.operations.run_program",
    "search_packages": "devenv.operations.search_packages",
    "size_rows": "devenv.plan.lock_graph",
    "view_lock": "devenv.operations.view_lock",
    "weight": "devenv.plan.lock_graph",
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
