import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.formats.text_paths import find_candidates, rewrite

FOUND = [
    pytest.param(b"/usr/bin/perl", "/usr/bin/perl", id="alone"),
    pytest.param(b"#!/bin/sh -e\n", "/bin/sh", id="interpreter"),
    pytest.param(b"x = '/etc/ssl/openssl.cnf'", "/etc/ssl/openssl.cnf", id="quoted"),
    pytest.param(b"-I/usr/include", None, id="after a letter"),
    pytest.param(b"dir=/usr/lib/x", "/usr/lib/x", id="after equals"),
    pytest.param(b"a:/usr/share/b:c", "/usr/share/b", id="in a search path"),
    pytest.param(b"(/var/lib/dpkg)", "/var/lib/dpkg", id="below /var/lib"),
    pytest.param(b"/var/log/x", None, id="the rest of /var"),
    pytest.param(b"/home/user /tmp/x /dev/null", None, id="not a package's"),
    pytest.param(b"${prefix}/usr/lib", None, id="after an expansion"),
    pytest.param(b"$(pwd)/etc/x", None, id="after a command"),
    pytest.param(b"$DESTDIR/usr/bin", None, id="after a variable"),
    pytest.param(b"%s/etc/x", None, id="after a format"),
    pytest.param(b"~/bin", None, id="below a home"),
    pytest.param(b"../lib/x", None, id="relative"),
    pytest.param(b"https://example.org/usr/x", None, id="an address"),
    pytest.param(b"https://usr/x", None, id="a host"),
    pytest.param(b"file:///usr/share/x", "/usr/share/x", id="a file address"),
    pytest.param(b"file:/etc/x", "/etc/x", id="a short file address"),
    pytest.param(b"/usr", "/usr", id="a root alone"),
    pytest.param(b"/usrlocal/x", None, id="a name that begins alike"),
    pytest.param(b"/lib64/ld.so", "/lib64/ld.so", id="lib64"),
    pytest.param(b"/library", None, id="not lib"),
    pytest.param(b"/usr/lib/.build-id/x", "/usr/lib/.build-id/x", id="hidden"),
    pytest.param(b"/usr/../etc", "/usr", id="dot dot ends it"),
    pytest.param(b"/usr/lib/$arch", "/usr/lib", id="a variable ends it"),
    pytest.param(b"/usr/share/aclocal-", "/usr/share/aclocal-", id="unfinished"),
    pytest.param(b"see /etc/x.", "/etc/x.", id="a full stop stays"),
    pytest.param(b"\\/usr\\/lib", None, id="escaped for sed"),
    pytest.param(b"/usr/lib/g++/c@1~2", "/usr/lib/g++/c@1~2", id="odd characters"),
]


@pytest.mark.parametrize(("content", "path"), FOUND)
def test_a_path_is_found_where_it_is_one(content: bytes, path: str | None) -> None:
    assert find_candidates(content) == (() if path is None else (path,))


@pytest.mark.parametrize(("content", "path"), FOUND)
def test_what_is_found_is_what_is_replaced(content: bytes, path: str | None) -> None:
    table = {} if path is None else {path: "/store/tree"}
    expected = content.replace(path.encode(), b"/store/tree") if path else content

    assert rewrite(content, table, only_first_line=False) == expected


def test_candidates_are_each_named_once_in_order() -> None:
    assert find_candidates(b"/usr/b /usr/a /usr/b") == ("/usr/a", "/usr/b")


def test_a_longer_path_is_another_path() -> None:
    content = b"/usr/lib /usr/lib/x /usr/lib64"

    fresh = rewrite(content, {"/usr/lib": "/T"}, only_first_line=False)

    assert fresh == b"/T /usr/lib/x /usr/lib64"


def test_the_shell_is_replaced_in_the_interpreter_line_alone() -> None:
    content = b"#! /bin/sh\nexec /bin/sh -c /bin/dash\n"

    fresh = rewrite(
        content, {"/bin/sh": "/T/sh", "/bin/dash": "/T/dash"}, only_first_line=False
    )

    assert fresh == b"#! /T/sh\nexec /bin/sh -c /T/dash\n"


def test_the_shell_stays_where_there_is_no_interpreter_line() -> None:
    content = b"SHELL = /bin/sh\n"

    assert rewrite(content, {"/bin/sh": "/T"}, only_first_line=False) == content


def test_only_the_first_line_of_a_binary_file_changes() -> None:
    content = b"#!/usr/bin/ocamlrun\n\0/usr/bin/ocamlrun"

    fresh = rewrite(content, {"/usr/bin/ocamlrun": "/T"}, only_first_line=True)

    assert fresh == b"#!/T\n\0/usr/bin/ocamlrun"


_texts = st.lists(
    st.sampled_from(
        [b"/usr", b"/bin", b"/lib", b"/sh", b"/a.b", b"/", b"\n", b" ", b"#!", b"file://",
         b"$", b"x", b"\0", b".", b"\xff"]
    ),
    max_size=30,
).map(b"".join)  # fmt: skip


@given(_texts | st.binary(), st.booleans())
def test_nothing_changes_without_substitutions(
    content: bytes, only_first: object
) -> None:
    assert rewrite(content, {}, only_first_line=bool(only_first)) == content


@given(_texts)
def test_paths_that_stand_for_themselves_change_nothing(content: bytes) -> None:
    table = {path: path for path in find_candidates(content)}

    assert rewrite(content, table, only_first_line=False) == content


@given(_texts)
def test_text_outside_of_candidates_never_changes(content: bytes) -> None:
    table = dict.fromkeys(find_candidates(content), "\u2402")
    mark = "\u2402".encode()

    fresh = rewrite(content, table, only_first_line=False)

    position = 0
    for part in fresh.split(mark):
        position = content.index(part, position) + len(part)
    assert fresh.startswith(content[: fresh.find(mark)]) or mark not in fresh
    assert fresh.count(mark) <= content.count(b"/")


@given(_texts, st.sampled_from(["/usr", "/bin", "/lib/sh", "/usr/a.b"]))
def test_a_path_that_is_not_named_is_not_replaced(content: bytes, path: str) -> None:
    if path in find_candidates(content):
        return

    assert rewrite(content, {path: "/T"}, only_first_line=False) == content
