"""What people write to find a file, and which paths it means."""

import pytest

from devenv.errors import UsageError
from devenv.formats.path_pattern import (
    FilePattern,
    parse_path_expression,
    parse_path_pattern,
    path_of,
)

FILES = (
    ("", "readme"),
    ("etc", "zlib.h"),
    ("usr/bin", "["),
    ("usr/bin", "rg"),
    ("usr/bin", "sh"),
    ("usr/include", "zlib.h"),
    ("usr/include/linux", "zlib.h"),
    ("usr/lib/x86_64-linux-gnu", "libGL.so.1"),
    ("usr/lib/x86_64-linux-gnu", "libGL.so.1.7.0"),
    ("usr/lib/x86_64-linux-gnu", "libz.so.1"),
    ("usr/sbin", "rg-admin"),
    ("usr/share/größe", "maß.txt"),
)


def meant(pattern: FilePattern) -> list[str]:
    return [
        path_of(folder, found)
        for folder, name in FILES
        for found in pattern.among(folder, [name])
    ]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        pytest.param("rg", ["/usr/bin/rg"], id="a name is the last part, whole"),
        pytest.param("bin", [], id="a name of a folder is none of a file"),
        pytest.param("bin/rg", ["/usr/bin/rg"], id="the last parts"),
        pytest.param("in/rg", [], id="each part whole"),
        pytest.param("usr/bin/rg", ["/usr/bin/rg"], id="all parts, without a slash"),
        pytest.param("x/usr/bin/rg", [], id="more parts than a path has"),
        pytest.param("/usr/include/zlib.h", ["/usr/include/zlib.h"], id="a whole path"),
        pytest.param("/include/zlib.h", [], id="a whole path, not the end of one"),
        pytest.param("/bin/sh", ["/usr/bin/sh"], id="bin is a link into usr"),
        pytest.param("/usr//./bin/rg", ["/usr/bin/rg"], id="parts that say nothing"),
        pytest.param("/readme", ["/readme"], id="a file of the root"),
        pytest.param(
            "libGL.so*",
            [
                "/usr/lib/x86_64-linux-gnu/libGL.so.1",
                "/usr/lib/x86_64-linux-gnu/libGL.so.1.7.0",
            ],
            id="a star in a name",
        ),
        pytest.param(
            "/usr/include/*/zlib.h",
            ["/usr/include/linux/zlib.h"],
            id="a star is one part",
        ),
        pytest.param("/usr/*/rg", ["/usr/bin/rg"], id="a star for a folder"),
        pytest.param("?bin/rg*", ["/usr/sbin/rg-admin"], id="a question mark"),
        pytest.param(
            "lib[Gz]*.1",
            [
                "/usr/lib/x86_64-linux-gnu/libGL.so.1",
                "/usr/lib/x86_64-linux-gnu/libz.so.1",
            ],
            id="brackets",
        ),
        pytest.param("bin/[", ["/usr/bin/["], id="a bracket that is none"),
        pytest.param("größe/ma?.txt", ["/usr/share/größe/maß.txt"], id="other letters"),
        pytest.param("RG", [], id="case counts"),
    ],
)
def test_a_pattern_means_files(text: str, paths: list[str]) -> None:
    assert meant(parse_path_pattern(text)) == paths


@pytest.mark.parametrize(
    ("text", "name", "fragment"),
    [
        ("rg", "rg", "rg"),
        ("/bin/rg", "rg", "usr"),
        ("/usr/include/*/zlib.h", "zlib.h", "include"),
        ("libGL.so*", None, "libGL.so"),
        ("*ab?abc*", None, "abc"),
        ("lib[Gz]*.longer", None, "lib"),
        ("[[]a", None, ""),
        ("/usr/share/zoneinfo/*", None, "zoneinfo"),
    ],
)
def test_what_every_file_of_a_pattern_has_is_known(
    text: str, name: str | None, fragment: str
) -> None:
    pattern = parse_path_pattern(text)
    assert (pattern.name, pattern.fragment) == (name, fragment)
    for path in meant(pattern):
        assert any(fragment in part for part in path.split("/"))


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("", "names no file", "devenv locate zlib.h"),
        ("/", "names no file", "devenv locate zlib.h"),
        ("usr/bin/", "is a folder", "'usr/bin/*'"),
        ("../bin/rg", "goes up", "devenv locate rg"),
        ("*", "means every file", "'*zlib*'"),
        ("/*/*?", "means every file", "'*zlib*'"),
    ],
)
def test_what_can_mean_no_file_is_refused_with_a_way_out(
    text: str, what: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=what) as told:
        parse_path_pattern(text)
    assert hint in str(told.value.hint)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (r"^/usr/s?bin/rg", ["/usr/bin/rg", "/usr/sbin/rg-admin"]),
        (r"zlib\.h$", ["/etc/zlib.h", "/usr/include/zlib.h", FILES[6]]),
        ("^/readme", ["/readme"]),
    ],
)
def test_an_expression_is_looked_for_in_whole_paths(
    text: str, paths: list[object]
) -> None:
    expected = [path_of(*one) if isinstance(one, tuple) else one for one in paths]
    assert meant(parse_path_expression(text)) == expected


@pytest.mark.parametrize("text", ["(", "[a", "*", "a{99999999999}"])
def test_what_is_no_expression_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="no regular expression") as told:
        parse_path_expression(text)
    assert told.value.where == text
