"""The keys of a spec, in the order in which people should write them."""

PART_KEYS = (
    "packages",
    "libraries",
    "dotenv",
    "default_input",
    "oldest_c_library",
    "inputs",
    "env",
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
    "shell",
    "system",
)
"""What a file may say."""
