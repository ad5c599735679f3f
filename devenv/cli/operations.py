"""The operations, each imported when a command first asks for it.

`devenv version` and `--help` need none of them, and to import them all takes
longer than a warm command. The one place for this: with imports inside of
functions nobody would see what a command calls.
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from devenv.cli.context import lock_mode as lock_mode
    from devenv.cli.context import open_doors as open_doors
    from devenv.cli.daemon_process import watch_here as watch_here
    from devenv.formats.ci_recipe import ci_recipe as ci_recipe
    from devenv.formats.daemon_messages import Request as Request
    from devenv.formats.daemon_text import daemon_lines as daemon_lines
    from devenv.formats.daemon_text import event_lines as event_lines
    from devenv.formats.file_schemas import file_schema_text as file_schema_text
    from devenv.formats.generation_text import changes_text as changes_text
    from devenv.formats.generation_text import first_text as first_text
    from devenv.formats.lock_diff_text import diff_lines as diff_lines
    from devenv.formats.lock_diff_text import diff_markdown as diff_markdown
    from devenv.formats.lock_diff_text import outdated_lines as outdated_lines
    from devenv.formats.oci_image import image_name_of as image_name_of
    from devenv.formats.oci_image import parse_image_name as parse_image_name
    from devenv.formats.path_pattern import (
        parse_path_expression as parse_path_expression,
    )
    from devenv.formats.path_pattern import parse_path_pattern as parse_path_pattern
    from devenv.formats.project_template import checked_answer as checked_answer
    from devenv.formats.spec_initial import initial_spec as initial_spec
    from devenv.host.cache_folder import prepare_cache_folder as prepare_cache_folder
    from devenv.host.clock import SystemClock as SystemClock
    from devenv.host.detach import go_on_behind as go_on_behind
    from devenv.host.dirs import Directories as Directories
    from devenv.host.execute import replace_self as replace_self
    from devenv.host.files import staged_file as staged_file
    from devenv.host.hook_text import find_command as find_command
    from devenv.model.store_path import canonical_json as canonical_json
    from devenv.operations.allow_project import accept as accept
    from devenv.operations.allow_project import propose_allowing as propose_allowing
    from devenv.operations.ask_daemon import ask as ask
    from devenv.operations.ask_daemon import follow as follow
    from devenv.operations.ask_daemon import state_in_daemon as state_in_daemon
    from devenv.operations.ask_daemon import wait_in_daemon as wait_in_daemon
    from devenv.operations.build_folder import log_file as log_file
    from devenv.operations.build_folder import project_and_state as project_and_state
    from devenv.operations.build_folder import read_log as read_log
    from devenv.operations.build_folder import take_build_lock as take_build_lock
    from devenv.operations.build_project import link_trees as link_trees
    from devenv.operations.change_lock import compare_locks as compare_locks
    from devenv.operations.change_lock import lock_now as lock_now
    from devenv.operations.change_lock import update_lock as update_lock
    from devenv.operations.change_packages import add_packages as add_packages
    from devenv.operations.change_packages import remove_packages as remove_packages
    from devenv.operations.check_project import check_project as check_project
    from devenv.operations.collect_garbage import collect_garbage as collect_garbage
    from devenv.operations.collect_garbage import plan_collection as plan_collection
    from devenv.operations.configuration import read_configuration as read_configuration
    from devenv.operations.delete_store import delete_store as delete_store
    from devenv.operations.describe_package import describe_package as describe_package
    from devenv.operations.describe_store import describe_path as describe_path
    from devenv.operations.describe_store import describe_store as describe_store
    from devenv.operations.disk_usage import disk_usage as disk_usage
    from devenv.operations.doctor import examine as examine
    from devenv.operations.doctor import failed as failed
    from devenv.operations.doctor_asking import Asking as Asking
    from devenv.operations.doors import this_system as this_system
    from devenv.operations.edit_spec import format_specs as format_specs
    from devenv.operations.edit_spec import start_project as start_project
    from devenv.operations.enter_project import enter_project as enter_project
    from devenv.operations.enter_shell import enter_shell as enter_shell
    from devenv.operations.export_project import export_project as export_project
    from devenv.operations.export_project import import_project as import_project
    from devenv.operations.find_project import other_tools_files as other_tools_files
    from devenv.operations.find_project import require_project as require_project
    from devenv.operations.find_template import find_template as find_template
    from devenv.operations.find_template import is_from_git as is_from_git
    from devenv.operations.find_template import list_templates as list_templates
    from devenv.operations.forbid_project import deny_project as deny_project
    from devenv.operations.forbid_project import revoke_decision as revoke_decision
    from devenv.operations.generations import list_generations as list_generations
    from devenv.operations.generations import project_directory as project_directory
    from devenv.operations.image_added import read_added as read_added
    from devenv.operations.keep_allowed import keep_allowed as keep_allowed
    from devenv.operations.launch import launch_in as launch_in
    from devenv.operations.list_roots import explain_path as explain_path
    from devenv.operations.list_roots import list_roots as list_roots
    from devenv.operations.list_roots import list_running as list_running
    from devenv.operations.list_trust import list_trust as list_trust
    from devenv.operations.list_trust import programs_of as programs_of
    from devenv.operations.locate_file import locate_file as locate_file
    from devenv.operations.locate_file import no_such_file as no_such_file
    from devenv.operations.lock_mode import LockMode as LockMode
    from devenv.operations.lock_project import ensure_lock as ensure_lock
    from devenv.operations.make_project import plan_project as plan_project
    from devenv.operations.make_project import spec_text as spec_text
    from devenv.operations.make_project import write_project as write_project
    from devenv.operations.open_project import open_project as open_project
    from devenv.operations.outdated import outdated as outdated
    from devenv.operations.package_set import open_packages as open_packages
    from devenv.operations.package_versions import package_versions as package_versions
    from devenv.operations.plan_image import ImageWish as ImageWish
    from devenv.operations.plan_image import image_of_packages as image_of_packages
    from devenv.operations.plan_image import image_of_project as image_of_project
    from devenv.operations.programs import find_program as find_program
    from devenv.operations.project_around import project_around as project_around
    from devenv.operations.project_around import project_folder as project_folder
    from devenv.operations.project_status import project_status as project_status
    from devenv.operations.project_status import status_lines as status_lines
    from devenv.operations.project_which import which_in_project as which_in_project
    from devenv.operations.propose_spec import propose_spec as propose_spec
    from devenv.operations.push_archives import CacheFolder as CacheFolder
    from devenv.operations.push_archives import push_packages as push_packages
    from devenv.operations.push_archives import push_project as push_project
    from devenv.operations.reload_project import reload_project as reload_project
    from devenv.operations.repair_store import repair_store as repair_store
    from devenv.operations.roll_back import plan_rollback as plan_rollback
    from devenv.operations.roll_back import roll_back as roll_back
    from devenv.operations.run_daemon import daemon_command as daemon_command
    from devenv.operations.run_daemon import install_daemon as install_daemon
    from devenv.operations.run_daemon import start_daemon as start_daemon
    from devenv.operations.run_daemon import stop_daemon as stop_daemon
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
    from devenv.operations.serve_archives import serve_archives as serve_archives
    from devenv.operations.show_settings import show_settings as show_settings
    from devenv.operations.start_files import read_shell_hook as read_shell_hook
    from devenv.operations.store_paths import delete_named as delete_named
    from devenv.operations.store_paths import named_paths as named_paths
    from devenv.operations.tend_store import look_at_store as look_at_store
    from devenv.operations.tend_store import optimise_store as optimise_store
    from devenv.operations.view_lock import view_lock as view_lock
    from devenv.operations.wait_for_project import reload_behind as reload_behind
    from devenv.operations.wait_for_project import wait_for_project as wait_for_project
    from devenv.operations.write_image import write_image as write_image
    from devenv.plan.draw_tree import draw_tree as draw_tree
    from devenv.plan.effects_text import effects_lines as effects_lines
    from devenv.plan.expire_roots import Expiry as Expiry
    from devenv.plan.lock_graph import chains_to as chains_to
    from devenv.plan.lock_graph import size_rows as size_rows
    from devenv.plan.lock_graph import weight as weight
    from devenv.plan.rank_files import is_shared_library as is_shared_library
    from devenv.plan.trust_sentences import new_text as new_text
    from devenv.shells.exports import FORMATS as FORMATS
    from devenv.shells.exports import changes as changes
    from devenv.store.collect import Limits as Limits

_MODULES = {
    "Asking": "devenv.operations.doctor_asking",
    "CacheFolder": "devenv.operations.push_archives",
    "Directories": "devenv.host.dirs",
    "Expiry": "devenv.plan.expire_roots",
    "FORMATS": "devenv.shells.exports",
    "ImageWish": "devenv.operations.plan_image",
    "Limits": "devenv.store.collect",
    "LockMode": "devenv.operations.lock_mode",
    "Request": "devenv.formats.daemon_messages",
    "accept": "devenv.operations.allow_project",
    "add_packages": "devenv.operations.change_packages",
    "ask": "devenv.operations.ask_daemon",
    "canonical_json": "devenv.model.store_path",
    "chains_to": "devenv.plan.lock_graph",
    "changes": "devenv.shells.exports",
    "changes_text": "devenv.formats.generation_text",
    "check_project": "devenv.operations.check_project",
    "checked_answer": "devenv.formats.project_template",
    "ci_recipe": "devenv.formats.ci_recipe",
    "collect_garbage": "devenv.operations.collect_garbage",
    "compare_locks": "devenv.operations.change_lock",
    "daemon_command": "devenv.operations.run_daemon",
    "daemon_lines": "devenv.formats.daemon_text",
    "delete_named": "devenv.operations.store_paths",
    "delete_store": "devenv.operations.delete_store",
    "deny_project": "devenv.operations.forbid_project",
    "describe_package": "devenv.operations.describe_package",
    "describe_path": "devenv.operations.describe_store",
    "describe_store": "devenv.operations.describe_store",
    "diff_lines": "devenv.formats.lock_diff_text",
    "diff_markdown": "devenv.formats.lock_diff_text",
    "disk_usage": "devenv.operations.disk_usage",
    "draw_tree": "devenv.plan.draw_tree",
    "effects_lines": "devenv.plan.effects_text",
    "ensure_lock": "devenv.operations.lock_project",
    "enter_project": "devenv.operations.enter_project",
    "enter_shell": "devenv.operations.enter_shell",
    "event_lines": "devenv.formats.daemon_text",
    "examine": "devenv.operations.doctor",
    "explain_path": "devenv.operations.list_roots",
    "export_project": "devenv.operations.export_project",
    "failed": "devenv.operations.doctor",
    "file_schema_text": "devenv.formats.file_schemas",
    "find_command": "devenv.host.hook_text",
    "find_program": "devenv.operations.programs",
    "find_template": "devenv.operations.find_template",
    "first_text": "devenv.formats.generation_text",
    "follow": "devenv.operations.ask_daemon",
    "format_specs": "devenv.operations.edit_spec",
    "go_on_behind": "devenv.host.detach",
    "image_name_of": "devenv.formats.oci_image",
    "image_of_packages": "devenv.operations.plan_image",
    "image_of_project": "devenv.operations.plan_image",
    "import_project": "devenv.operations.export_project",
    "initial_spec": "devenv.formats.spec_initial",
    "install_daemon": "devenv.operations.run_daemon",
    "is_from_git": "devenv.operations.find_template",
    "is_shared_library": "devenv.plan.rank_files",
    "keep_allowed": "devenv.operations.keep_allowed",
    "launch_in": "devenv.operations.launch",
    "link_trees": "devenv.operations.build_project",
    "list_generations": "devenv.operations.generations",
    "list_roots": "devenv.operations.list_roots",
    "list_running": "devenv.operations.list_roots",
    "list_templates": "devenv.operations.find_template",
    "list_trust": "devenv.operations.list_trust",
    "locate_file": "devenv.operations.locate_file",
    "lock_mode": "devenv.cli.context",
    "lock_now": "devenv.operations.change_lock",
    "log_file": "devenv.operations.build_folder",
    "look_at_store": "devenv.operations.tend_store",
    "make_ad_hoc": "devenv.operations.run_program",
    "make_for_program": "devenv.operations.run_program",
    "named_paths": "devenv.operations.store_paths",
    "new_text": "devenv.plan.trust_sentences",
    "no_such_file": "devenv.operations.locate_file",
    "open_doors": "devenv.cli.context",
    "open_packages": "devenv.operations.package_set",
    "open_project": "devenv.operations.open_project",
    "optimise_store": "devenv.operations.tend_store",
    "other_tools_files": "devenv.operations.find_project",
    "outdated": "devenv.operations.outdated",
    "outdated_lines": "devenv.formats.lock_diff_text",
    "package_versions": "devenv.operations.package_versions",
    "parse_image_name": "devenv.formats.oci_image",
    "parse_path_expression": "devenv.formats.path_pattern",
    "parse_path_pattern": "devenv.formats.path_pattern",
    "plan_collection": "devenv.operations.collect_garbage",
    "plan_project": "devenv.operations.make_project",
    "plan_rollback": "devenv.operations.roll_back",
    "prepare_cache_folder": "devenv.host.cache_folder",
    "programs_of": "devenv.operations.list_trust",
    "project_and_state": "devenv.operations.build_folder",
    "project_around": "devenv.operations.project_around",
    "project_directory": "devenv.operations.generations",
    "project_folder": "devenv.operations.project_around",
    "project_status": "devenv.operations.project_status",
    "propose_allowing": "devenv.operations.allow_project",
    "propose_spec": "devenv.operations.propose_spec",
    "push_packages": "devenv.operations.push_archives",
    "push_project": "devenv.operations.push_archives",
    "read_added": "devenv.operations.image_added",
    "read_configuration": "devenv.operations.configuration",
    "read_log": "devenv.operations.build_folder",
    "read_shell_hook": "devenv.operations.start_files",
    "reload_behind": "devenv.operations.wait_for_project",
    "reload_project": "devenv.operations.reload_project",
    "remove_packages": "devenv.operations.change_packages",
    "repair_store": "devenv.operations.repair_store",
    "replace_self": "devenv.host.execute",
    "require_project": "devenv.operations.find_project",
    "revoke_decision": "devenv.operations.forbid_project",
    "roll_back": "devenv.operations.roll_back",
    "run_command": "devenv.operations.run_program",
    "run_package": "devenv.operations.run_program",
    "search_packages": "devenv.operations.search_packages",
    "serve_archives": "devenv.operations.serve_archives",
    "show_settings": "devenv.operations.show_settings",
    "size_rows": "devenv.plan.lock_graph",
    "spec_text": "devenv.operations.make_project",
    "staged_file": "devenv.host.files",
    "start_daemon": "devenv.operations.run_daemon",
    "start_project": "devenv.operations.edit_spec",
    "state_in_daemon": "devenv.operations.ask_daemon",
    "status_lines": "devenv.operations.project_status",
    "stop_daemon": "devenv.operations.run_daemon",
    "SystemClock": "devenv.host.clock",
    "take_build_lock": "devenv.operations.build_folder",
    "this_system": "devenv.operations.doors",
    "update_lock": "devenv.operations.change_lock",
    "view_lock": "devenv.operations.view_lock",
    "wait_for_project": "devenv.operations.wait_for_project",
    "wait_in_daemon": "devenv.operations.ask_daemon",
    "watch_here": "devenv.cli.daemon_process",
    "weight": "devenv.plan.lock_graph",
    "which_in_project": "devenv.operations.project_which",
    "write_image": "devenv.operations.write_image",
    "write_project": "devenv.operations.make_project",
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
