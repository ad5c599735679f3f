"""Which module has which command: only the one that is asked for is imported.

To import all of them takes longer than most commands.
"""

from collections.abc import Sequence

COMMANDS = {
    "run_command": ("run",),
    "shell_command": ("shell",),
    "project_use": ("exec", "build", "env"),
    "hook_command": ("hook", "deactivate"),
    "completion_command": ("completion",),
    "trust_commands": ("allow", "deny", "revoke", "trust"),
    "reload_commands": ("reload", "wait", "log", "status"),
    "daemon_commands": ("daemon", "watch", "events"),
    "explain": ("search", "info", "versions", "which"),
    "locate_command": ("locate",),
    "init_command": ("init",),
    "template_commands": ("template",),
    "project_commands": ("check", "fmt"),
    "schema_command": ("schema",),
    "lock_commands": ("add", "remove", "lock", "update", "outdated", "diff"),
    "lock_views": ("list", "tree", "why", "size"),
    "generation_commands": ("generations", "rollback"),
    "doctor_command": ("doctor",),
    "settings_command": ("config", "version"),
    "gc_command": ("gc", "collect-garbage"),
    "roots_commands": ("roots",),
    "store_command": ("store",),
    "cache_command": ("cache",),
    "export_command": ("export",),
    "help_command": ("help",),
}
"""The words of each module in `devenv.cli`, in the order of the help."""


def modules_for(argv: Sequence[str]) -> tuple[str, ...]:
    """Return the modules that a command line needs: one, if its first word is known.

    Help and mistakes need all.
    """
    word = argv[0] if argv else ""
    own = tuple(name for name, words in COMMANDS.items() if word in words)
    return own or tuple(COMMANDS)
