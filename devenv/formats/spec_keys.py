"""The keys of a spec, in the order in which people should write them."""

PART_KEYS = (
    "packages",
    "libraries",
    "dotenv",
    "default_input",
    "oldest_c_library",
    "inputs",
    "env",
    "alias",
    "shell",
)
"""What may be said for every system, and for one."""

FILE_KEYS = (
    "packages",
    "libraries",
    "dotenv",
    "imports",
    "systems",
    "default_input",
    "oldest_c_library",
    "inputs",
    "env",
    "alias",
    "shell",
    "system",
)
"""What a file may say."""

MEANT = {
    "dependencies": "packages",
    "deps": "packages",
    "tools": "packages",
    "buildInputs": "packages",
    "libs": "libraries",
    "environment": "env",
    "variables": "env",
    "vars": "env",
    "include": "imports",
    "includes": "imports",
    "extends": "imports",
    "channels": "inputs",
    "registries": "inputs",
    "platforms": "systems",
    "aliases": "alias",
    "hooks": "shell",
    "shellHook": "shell",
    "activation": "shell",
    "enterShell": "shell",
    "init_hook": "enter",
    "on_enter": "enter",
    "on_leave": "leave",
    "exit": "leave",
}
"""What other tools call a key of ours."""

OF_THE_USER = {
    "cache": "caches are each user's own: [cache] from = [...] in config.toml",
    "caches": "caches are each user's own: [cache] from = [...] in config.toml",
    "trust": "whom to trust is each user's own: [trust] in config.toml",
    "daemon": "the daemon is each user's own: [daemon] in config.toml",
    "mirrors": "mirrors are each user's own: [apt] mirrors in config.toml",
}
"""What a project may not say, and who may, where."""
