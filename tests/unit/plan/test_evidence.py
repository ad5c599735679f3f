"""The base set joins when a script needs it."""

import pytest

from devenv.model.facts import PackageFacts, TextFact
from devenv.plan.evidence import interpreter_name, needed_base

BASE = ("coreutils", "dash", "sed")


def package(name: str, path: str = "", interpreter: str | None = None) -> PackageFacts:
    text = TextFact(path=path, interpreter=interpreter, candidates=(), has_nul=False)
    return PackageFacts(
        name=name,
        version="1",
        directories=(),
        files=(),
        links=(),
        elf_files=(),
        texts=(text,) if path else (),
        postinst="",
    )


@pytest.mark.parametrize(
    ("path", "interpreter", "expected"),
    [
        pytest.param("usr/bin/a", "/bin/sh", BASE, id="shell program"),
        pytest.param("usr/bin/a", "/usr/bin/env bash", BASE, id="through env"),
        pytest.param("usr/bin/a", "/usr/bin/perl -w", ("perl-base",), id="perl"),
        pytest.param("usr/bin/a", "/usr/bin/python3", (), id="python"),
        pytest.param("usr/lib/git-core/a", "/bin/sh", BASE, id="git's own folder"),
        pytest.param("usr/share/x/tool", "/usr/bin/perl", ("perl-base",), id="share"),
        pytest.param("usr/share/x/y/sample", "/bin/sh", (), id="deep data"),
        pytest.param("usr/share/x/hook.sh", "/bin/sh", (), id="a data file"),
        pytest.param("usr/bin/a", None, (), id="no interpreter"),
    ],
)
def test_evidence_is_a_script_that_can_be_run(
    path: str, interpreter: str | None, expected: tuple[str, ...]
) -> None:
    assert needed_base([package("x", path, interpreter)], BASE) == expected


def test_packages_that_are_there_are_not_asked_for_again() -> None:
    packages = [package("x", "usr/bin/x", "/bin/sh"), package("sed")]
    assert needed_base(packages, BASE) == ("coreutils", "dash")


def test_ldd_is_no_evidence() -> None:
    assert needed_base([package("libc-bin", "usr/bin/ldd", "/bin/bash")], BASE) == ()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param("/bin/sh -e", "sh", id="options"),
        pytest.param("/usr/bin/env -S perl -w", "perl", id="env -S"),
        pytest.param("", "", id="nothing"),
        pytest.param("/usr/bin/env", "env", id="env alone"),
    ],
)
def test_the_interpreter_of_a_line(line: str, name: str) -> None:
    assert interpreter_name(line) == name
