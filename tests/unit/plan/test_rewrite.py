"""Which paths of a text file become the tree's."""

import pytest

from devenv.model.facts import TextFact
from devenv.model.systems import X86_64_LINUX
from devenv.plan.rewrite import TreeView, substitutions

PRESENT = {
    "/usr/bin/python3": "usr/bin/python3",
    "/bin/sh": "usr/bin/sh",
    "/usr/bin/env": "usr/bin/env",
    "/usr/share/perl5": "usr/share/perl5",
    "/usr": "usr",
    "/usr/lib": "usr/lib",
    "/usr/lib/x86_64-linux-gnu": "usr/lib/x86_64-linux-gnu",
    "/etc/passwd": "etc/passwd",
}
TREE = TreeView(
    path="/store/tree",
    exists=PRESENT.get,
    has_prefix={"/usr/share/aclocal-": "usr/share/aclocal-"}.get,
)


def rewritten(path: str, *candidates: str, interpreter: str | None = None) -> list[str]:
    fact = TextFact(
        path=path, interpreter=interpreter, candidates=candidates, has_nul=False
    )
    return sorted(substitutions(fact, TREE, X86_64_LINUX))


@pytest.mark.parametrize(
    ("path", "candidate", "interpreter", "changes"),
    [
        pytest.param("usr/bin/a", "/usr/bin/python3", None, True, id="present"),
        pytest.param("usr/bin/a", "/usr/bin/ruby", None, False, id="absent"),
        pytest.param("usr/bin/a", "/usr/bin/env", "/usr/bin/env x", False, id="env"),
        pytest.param("usr/bin/a", "/bin/sh", "/bin/sh", True, id="sh interpreter"),
        pytest.param("usr/share/a", "/bin/sh", None, False, id="sh as data"),
        pytest.param("usr/bin/a", "/usr/lib", None, False, id="generic in a script"),
        pytest.param("usr/lib/a.pc", "/usr/lib", None, True, id="generic in a .pc"),
        pytest.param("usr/lib/a.pc", "/etc/passwd", None, False, id="the machine's"),
        pytest.param("usr/bin/a", "/usr/share/aclocal-", None, True, id="prefix"),
        pytest.param(
            "usr/lib/libc.so", "/usr/bin/python3", None, False, id="ld script"
        ),
        pytest.param("usr/lib/x.elc", "/usr/bin/python3", None, False, id="counted"),
        pytest.param("usr/lib/cmake/x/y.txt", "/usr", None, True, id="cmake folder"),
    ],
)
def test_a_candidate_is_rewritten_only_where_it_means_the_tree(
    path: str, candidate: str, interpreter: str | None, *, changes: bool
) -> None:
    assert rewritten(path, candidate, interpreter=interpreter) == (
        [candidate] if changes else []
    )


def test_a_rewritten_path_is_the_place_in_the_tree() -> None:
    fact = TextFact(
        path="usr/bin/a", interpreter="/bin/sh", candidates=("/bin/sh",), has_nul=False
    )
    assert substitutions(fact, TREE, X86_64_LINUX) == {
        "/bin/sh": "/store/tree/usr/bin/sh"
    }
