"""Beginning anew with the C library's malloc."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = str(Path(__file__).parents[3])

PROGRAM = """
import sys; sys.path += sys.argv[1:]
from devenv.host.lean_memory import take_memory_by_the_page
take_memory_by_the_page()
import json, os
begun = open("/proc/self/environ", "rb").read().split(b"\\0")
said = [each.decode() for each in begun if each.startswith(b"PYTHON")]
print(json.dumps([os.getpid(), dict(os.environ), said, sys.path]))
"""


@pytest.mark.skipif(
    "CS_GNU_LIBC_VERSION" not in os.confstr_names, reason="there is no glibc"
)
def test_only_the_allocator_is_another() -> None:
    env = {
        "A": "1",
        "PYTHONPATH": "/else",
        "PYTHONMALLOC": "debug",
        "PYTHONX": "é\udcff",
    }
    words = [sys.executable, "-I", "-S", "-X", "utf8", "-c", PROGRAM, CHECKOUT]
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid, found, said, path = json.loads(process.stdout.read())
    assert pid == process.pid
    found.pop("LC_CTYPE", None)  # Python's own, for want of a locale
    assert found == env
    assert said == ["PYTHONMALLOC=malloc"]
    assert "/else" not in path
    assert "" not in path
