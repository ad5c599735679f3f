"""A new tree of packages that are there does not pay for how they are made."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    ["devenv.build.unpacking", "devenv.build.patch", "devenv.formats.tar"],
)
def test_what_makes_packages_is_imported_when_one_is_missing(module: str) -> None:
    program = (
        f"import devenv.operations.make_tree, sys; print({module!r} in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
