"""Reading maintainer scripts: only alternatives and copied configuration."""

import shlex

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from devenv.formats.postinst import (
    Alternative,
    PostinstEffects,
    _words,
    read_postinst,
)


def alternative(
    link: str, path: str, priority: int, *follows: tuple[str, str]
) -> Alternative:
    return Alternative(link=link, path=path, priority=priority, follows=follows)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param(
            "update-alternatives --install /usr/bin/awk awk /usr/bin/mawk 5",
            [alternative("/usr/bin/awk", "/usr/bin/mawk", 5)],
            id="one line",
        ),
        pytest.param(
            "update-alternatives --quiet \\\n  --install /usr/bin/cc cc"
            " /usr/bin/gcc 20 \\\n"
            "  --slave /usr/share/man/man1/cc.1.gz cc.1.gz"
            " /usr/share/man/man1/gcc.1.gz",
            [
                alternative(
                    "/usr/bin/cc",
                    "/usr/bin/gcc",
                    20,
                    ("/usr/share/man/man1/cc.1.gz", "/usr/share/man/man1/gcc.1.gz"),
                )
            ],
            id="continued lines and a slave",
        ),
        pytest.param(
            "basedir=/usr/lib/jvm/java-21\npriority=2111\n"
            "for i in java keytool; do\n"
            "  update-alternatives --install /usr/bin/$i $i"
            " $basedir/bin/${i} $priority\n"
            "done\n"
            "update-alternatives --install /usr/bin/x x /usr/bin/y 1",
            [
                alternative("/usr/bin/java", "/usr/lib/jvm/java-21/bin/java", 2111),
                alternative(
                    "/usr/bin/keytool", "/usr/lib/jvm/java-21/bin/keytool", 2111
                ),
                alternative("/usr/bin/x", "/usr/bin/y", 1),
            ],
            id="variables and a loop, and what follows it",
        ),
        pytest.param(
            'for p in "a b"\ndo\n'
            "  for q in c; do\n"
            "    update-alternatives --install /usr/bin/$p$q n /opt/$p 3\n"
            "  done\ndone",
            [
                alternative("/usr/bin/ac", "/opt/a", 3),
                alternative("/usr/bin/bc", "/opt/b", 3),
            ],
            id="nested loops",
        ),
        pytest.param(
            "for i in a b; do update-alternatives --install /l/$i $i /p/$i 1; done",
            [alternative("/l/a", "/p/a", 1), alternative("/l/b", "/p/b", 1)],
            id="a loop on one line",
        ),
        pytest.param(
            "update-alternatives --install /usr/bin/a a $(command -v b) 5",
            [],
            id="an unknown value is dropped",
        ),
        pytest.param(
            "update-alternatives --remove awk /usr/bin/mawk", [], id="a removal"
        ),
    ],
)
def test_alternatives_are_read(script: str, expected: list[Alternative]) -> None:
    assert list(read_postinst(script).alternatives) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/../../x",
        "/usr/bin/../../etc/x",
        "/usr/./x",
        "/usr//x",
        "/",
        "usr/bin/x",
        "/usr/bin/" + "x" * 256,
        "/usr/bin/a\x1bb",
    ],
)
def test_a_path_that_is_none_of_a_tree_is_dropped(path: str) -> None:
    install = "update-alternatives --install"
    assert read_postinst(f"{install} '{path}' n /usr/bin/y 1").alternatives == ()
    assert read_postinst(f"{install} /usr/bin/y n '{path}' 1").alternatives == ()
    assert read_postinst(f"ucf /usr/bin/y {path}").copies == ()


@pytest.mark.parametrize("priority", ["²", "--1", "9" * 5000, "high"])
def test_a_priority_that_is_no_number_counts_as_the_lowest(priority: str) -> None:
    script = f"update-alternatives --install /usr/bin/a a /usr/bin/b {priority}"
    assert [item.priority for item in read_postinst(script).alternatives] == [1]


def test_loops_within_loops_come_to_an_end() -> None:
    words = " ".join(f"w{number}" for number in range(300))
    loops = "".join(f"for v{depth} in {words}; do\n" for depth in range(6))
    end = "done\n" * 6
    script = f"{loops}update-alternatives --install /l/$v5 n /p 1\n{end}"
    assert len(read_postinst(script).alternatives) == 300


def test_very_deep_loops_are_not_followed() -> None:
    script = "for a in b; do\n" * 5000 + "done\n" * 5000
    assert read_postinst(script).alternatives == ()


def test_ucf_copies_are_read() -> None:
    script = "f=/etc/R/Renviron\nucf --three-way /usr/lib/R/etc/Renviron.ucf $f\n"
    assert read_postinst(script).copies == (
        ("/usr/lib/R/etc/Renviron.ucf", "/etc/R/Renviron"),
    )


@pytest.mark.parametrize("fill", ["cat /a/b.ucf >", "cp -p /a/b.ucf"])
def test_a_copy_that_goes_through_a_temporary_file_is_followed(fill: str) -> None:
    script = f'new=$(mktemp)\n{fill} "$new"\nsed -i s/a/b/ "$new"\nucf "$new" /etc/b\n'
    assert read_postinst(script).copies == (("/a/b.ucf", "/etc/b"),)


def test_other_commands_have_no_effect() -> None:
    script = "set -e\nadduser --system x\nsystemctl start x || true\n"
    assert read_postinst(script) == PostinstEffects(alternatives=(), copies=())


@given(st.text(alphabet="for dne;in=$x{}\n\"'\\update-alternatives --install /a 1"))
def test_no_script_raises(script: str) -> None:
    read_postinst(script)


@given(st.text(alphabet="ab-/#$ \t\v\n'\"\\\xa0\xe9"))
def test_words_are_taken_apart_as_a_shell_does(text: str) -> None:
    try:
        expected = shlex.split(text)
    except ValueError:
        assume(condition=False)
    assert _words(text, {}) == expected
