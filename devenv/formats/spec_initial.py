"""The spec that a new project begins with."""

from collections.abc import Sequence

from devenv.formats.spec_edit import with_package
from devenv.formats.spec_format import formatted

_INITIAL = """\
# The tools of this project. To use them: devenv shell, or devenv exec -- COMMAND
packages = []

# What else can be said here:
#
# libraries = ["zlib1g"]  # for programs that are not from here
# dotenv = [".env"]  # variables from a file, which may be missing
#
# [env]
# DATABASE_URL = "postgresql:///app"
# PATH = { prepend = ["./scripts"] }
#
# [shell]
# enter = "echo welcome"
"""


def initial_spec(packages: Sequence[str]) -> str:
    """Return a new `devenv.toml` that asks for some packages.

    Raises:
        UsageError: one of them is no requirement.
    """
    text = _INITIAL
    for package in packages:
        text = with_package(text, package)
    return formatted(text)
