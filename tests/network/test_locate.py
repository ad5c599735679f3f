"""`devenv locate` in the real archive's lists."""

import subprocess

import pytest

from tests.network.installation import Installation

pytestmark = [pytest.mark.network, pytest.mark.timeout(900)]

LATE_MIRROR = b"is not the file that was signed for"


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        pytest.param("bin/rg", b"bookworm:ripgrep /usr/bin/rg", id="the end of a path"),
        pytest.param(
            "/usr/include/zlib.h",
            b"bookworm:zlib1g-dev /usr/include/zlib.h",
            id="a whole path",
        ),
        pytest.param(
            "/bin/bash", b"bookworm:bash /usr/bin/bash", id="a path below a link"
        ),
        pytest.param(
            "zlib.h", b"bookworm:zlib1g-dev /usr/include/zlib.h", id="a header"
        ),
        pytest.param(
            "libstdc++.so.6",
            b"bookworm:libstdc++6 /usr/lib/x86_64-linux-gnu/libstdc++.so.6",
            id="a library",
        ),
        pytest.param(
            "libGL.so.?",
            b"bookworm:libgl1 /usr/lib/x86_64-linux-gnu/libGL.so.1",
            id="a pattern",
        ),
    ],
)
def test_the_best_answer_comes_first(
    pattern: str, first: bytes, installation: Installation
) -> None:
    asked = [str(installation.command), "locate", "--input", "bookworm", pattern]
    done = subprocess.run(
        asked, check=False, capture_output=True, env=installation.variables
    )
    if LATE_MIRROR in done.stderr and done.returncode == 1:
        pytest.xfail("the mirror's lists of files are not those of its Release")

    assert b" ".join(done.stdout.splitlines()[0].split()) == first, done.stderr
