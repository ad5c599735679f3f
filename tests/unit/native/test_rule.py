"""The rule of the redirecting library against a second writing of it."""

from pathlib import Path

import pytest

from tests.fixtures.elf_tree import need_compiler
from tests.fixtures.redirection_rule import (
    LONGEST,
    compile_rule_for,
    decided,
    expected,
    fill_tree,
    paths,
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("rule") / "tree"
    fill_tree(root)
    return root


@pytest.fixture(scope="module")
def rule(tree: Path) -> Path:
    need_compiler()
    return compile_rule_for(tree)


@pytest.mark.parametrize(
    ("path", "is_redirected"),
    [
        ("/usr/share/devenv-test/file", True),
        ("/usr//share/./devenv-test///file", True),
        ("//usr/share/devenv-test/file", True),
        ("/./usr/share/devenv-test/file", True),
        ("/usr/share/devenv-test/folder/", True),
        ("/usr/share/devenv-test/folder/.", True),
        ("/usr/share/devenv-test/file/", False),
        ("/bin/devenv-test", True),
        ("/.//bin//devenv-test", True),
        ("/lib/devenv-test/x", True),
        ("/var/lib/devenv-test/...", True),
        ("/etc/.x/file", True),
        ("/usr", False),
        ("/usr/.", False),
        ("/usr/share", False),
        ("/usr/share//", False),
        ("/usr//share/.", False),
        ("/etc", False),
        ("/etc/.", False),
        ("/etc//passwd", False),
        ("/etc/./passwd", False),
        ("//etc/hosts", False),
        ("/bin//sh", False),
        ("/usr/bin/./env", False),
        ("/./bin/sh", False),
        ("/usr/share/devenv-test/circle", False),
        ("/usr/share/devenv-test/up/etc/passwd", True),
        ("/usr/share/devenv-test/../../../etc/shells", False),
        ("/usr/share/devenv-test/folder/..", False),
        ("/usr/../usr/share/devenv-test/file", False),
        ("/../usr/share/devenv-test/file", False),
        ("/usrx/share/devenv-test/file", False),
        ("usr/share/devenv-test/file", False),
        ("./usr/share/devenv-test/file", False),
        ("/proc/self/root/usr/share/devenv-test/file", False),
        ("", False),
        ("/", False),
        ("/.", False),
    ],
)
def test_a_path_is_redirected_or_passed_on(
    rule: Path, tree: Path, path: str, *, is_redirected: bool
) -> None:
    (found,) = decided(rule, [path], [])

    assert found.startswith(f"{tree}/") is is_redirected
    assert found == expected(path, str(tree), [])
    assert found.endswith(path)


@pytest.mark.parametrize("spare", [-2, -1, 0, 1, 2])
def test_a_path_may_be_as_long_as_the_system_lets_it(
    rule: Path, tree: Path, spare: int
) -> None:
    end = "/usr/share/devenv-test/file"
    dots = LONGEST - 1 - spare - len(f"{tree}{end}")
    path = ("/." * (dots // 2 + 1))[:dots].rstrip(".") + "/" * (dots % 2) + end
    (found,) = decided(rule, [path], [])

    assert found == expected(path, str(tree), [])
    assert (found != path) is (len(f"{tree}{path}") < LONGEST)


@pytest.mark.parametrize(
    "named",
    [
        [],
        ["/etc"],
        ["/etc//./shells/", "-x"],
        ["/etc/devenv-test"],
        ["/usr/share/devenv-test"],
    ],
    ids=str,
)
def test_the_rule_is_what_its_words_say(
    rule: Path, tree: Path, named: list[str]
) -> None:
    asked = list(paths(seed=len(named), count=4000))
    words = [expected(path, str(tree), named) for path in asked]

    assert decided(rule, asked, named) == words
    assert 400 < sum(map(str.__ne__, asked, words)) < 3600
