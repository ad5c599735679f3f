"""The command that is measured, with its folders wherever a run wants them."""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.timing import BenchmarkError

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def find_devenv() -> str:
    """Return the devenv beside this Python.

    Raises:
        BenchmarkError: there is none.
    """
    found = shutil.which("devenv", path=str(Path(sys.executable).parent))
    if found is None:
        raise BenchmarkError("there is no devenv beside this Python: sh .ci/setup")
    return found


def host_variables() -> dict[str, str]:
    """Return the few variables that every candidate runs with."""
    network = {
        name: value
        for name, value in os.environ.items()
        if name.lower().endswith("_proxy")
        or name.startswith("DEVENV_APT_")
        or name in {"SSL_CERT_FILE", "SSL_CERT_DIR"}
    }
    own = {"PATH": SYSTEM_PATH, "LANG": "C.UTF-8", "TERM": "xterm"}
    own["SHELL"] = "/bin/bash"
    return {**network, **own, "HOME": os.environ["HOME"]}


def devenv_variables(*, store: Path, cache: Path) -> Mapping[str, str]:
    """Return the variables of a devenv that writes to `store` and `cache` only.

    `store` is a folder for everything that belongs to the store, its records too.
    """
    return {
        **host_variables(),
        "DEVENV_STORE_DIR": str(store / "store"),
        "XDG_CACHE_HOME": str(cache),
        "XDG_CONFIG_HOME": str(store / "config"),
        "XDG_DATA_HOME": str(store / "data"),
        "XDG_STATE_HOME": str(store / "state"),
    }


def package_flags(packages: Iterable[str]) -> tuple[str, ...]:
    """Return `-p A -p B`."""
    return tuple(word for package in packages for word in ("-p", package))
