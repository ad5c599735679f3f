import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import UnsafeArchiveError
from devenv.formats.archive_names import (
    MAX_DEPTH,
    MAX_PATH_BYTES,
    ArchivePath,
    merged,
    named_by,
    read_path,
    read_target,
)


@pytest.mark.parametrize(
    ("name", "raw", "path"),
    [
        pytest.param(b"./usr/bin/ls", "usr/bin/ls", "usr/bin/ls", id="already merged"),
        pytest.param(b"./bin/ls", "bin/ls", "usr/bin/ls", id="from /bin"),
        pytest.param(b"./sbin/ip", "sbin/ip", "usr/sbin/ip", id="from /sbin"),
        pytest.param(b"lib64/ld.so", "lib64/ld.so", "usr/lib64/ld.so", id="no dot"),
        pytest.param(b"./libx32", "libx32", "usr/libx32", id="a root folder itself"),
        pytest.param(b"./library/a", "library/a", "library/a", id="only alike"),
        pytest.param(b"./etc/lib/a", "etc/lib/a", "etc/lib/a", id="lib further down"),
        pytest.param(b"./caf\xe9", "caf\udce9", "caf\udce9", id="not UTF-8"),
        pytest.param(b"./a...b/..c", "a...b/..c", "a...b/..c", id="dots in names"),
    ],
)
def test_a_name_lands_where_a_merged_system_has_it(
    name: bytes, raw: str, path: str
) -> None:
    assert read_path(name, is_directory=False) == ArchivePath(raw=raw, path=path)


@pytest.mark.parametrize("name", [b".", b"./"])
def test_the_root_is_an_empty_path(name: bytes) -> None:
    assert read_path(name, is_directory=True) == ArchivePath(raw="", path="")


def test_a_directory_may_end_in_one_slash() -> None:
    assert read_path(b"./usr/lib/", is_directory=True).path == "usr/lib"


@given(st.lists(st.binary(max_size=6), min_size=1, max_size=70).map(b"/".join))
def test_a_name_that_is_taken_has_only_plain_components(name: bytes) -> None:
    try:
        raw = read_path(name, is_directory=False).raw
    except UnsafeArchiveError:
        return

    spelled = raw.encode("utf-8", "surrogateescape")
    components = spelled.split(b"/")
    assert spelled == name.removeprefix(b"./")
    assert len(spelled) <= MAX_PATH_BYTES
    assert len(components) <= MAX_DEPTH
    for component in components:
        assert component not in (b"", b".", b"..")
        assert len(component) <= 255
        assert not set(component) & {*range(32), 127}


@pytest.mark.parametrize(
    ("link", "target", "expected"),
    [
        pytest.param("usr/lib/a.so", "a.so.1", "a.so.1", id="relative stays"),
        pytest.param("usr/lib/x/a", "../../share/b", "../../share/b", id="up stays"),
        pytest.param("usr/bin/sh", "/bin/dash", "/usr/bin/dash", id="absolute to /bin"),
        pytest.param("usr/bin/a", "/etc//x/../y", "/etc/y", id="absolute untidy"),
        pytest.param("etc/mtab", "/proc/mounts", "/proc/mounts", id="to the host"),
        pytest.param("usr/a", "/../../etc/b", "/etc/b", id="above / is /"),
        pytest.param("lib/x/a.so", "a.so.1", "a.so.1", id="moved with its target"),
        pytest.param(
            "lib/x/a.so", "../../usr/lib/y", "../y", id="moved, usr was named"
        ),
        pytest.param("lib/x/a.so", "../../etc/y", "../../../etc/y", id="moved deeper"),
        pytest.param("usr/lib/a", "../../lib/x/a", "x/a", id="target moved"),
        pytest.param("bin/a", "b", "b", id="moved beside its target"),
        pytest.param("usr/bin/.", "x", "x", id="dot is nobody's name"),
    ],
)
def test_a_target_names_the_same_thing_after_merging(
    link: str, target: str, expected: str
) -> None:
    path = ArchivePath(raw=link, path=merged(link))

    assert read_target(target.encode(), link=path) == expected


_component = st.sampled_from(["a", "b", "usr", "lib", "bin", "etc", ".."])
_raw = st.lists(
    st.sampled_from(["a", "usr", "lib", "bin"]), min_size=1, max_size=5
).map("/".join)


@given(
    _raw,
    st.lists(_component, min_size=1, max_size=6).map("/".join),
    st.sampled_from(["", "/"]),
)
def test_merging_a_link_and_merging_what_it_names_are_one(
    raw: str, target: str, start: str
) -> None:
    link = ArchivePath(raw=raw, path=merged(raw))
    text = start + target
    try:
        moved = read_target(text.encode(), link=link)
    except UnsafeArchiveError:
        return

    assert merged(named_by(link.path, moved)) == merged(named_by(raw, text))
    assert moved.startswith("/") == bool(start)
