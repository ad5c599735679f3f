import pytest

from devenv.build.unpack_rules import UnpackLimits, is_omitted


@pytest.mark.parametrize(
    "path",
    [
        "usr/share/doc",
        "usr/share/doc/x/copyright",
        "usr/share/doc-base/x",
        "usr/share/menu/x",
        "usr/share/lintian/overrides/x",
        "usr/share/bug/x",
        "usr/share/locale/de/LC_MESSAGES/x.mo",
        "usr/share/locale/de",
        "usr/share/locale/locale.alias",
    ],
)
def test_what_nobody_runs_is_left_out(path: str) -> None:
    assert is_omitted(path)


@pytest.mark.parametrize(
    "path",
    [
        "usr/share/docs/x",
        "usr/share/documents",
        "usr/share/locale",
        "usr/share/locale/en/LC_MESSAGES/x.mo",
        "usr/share/locale/en_GB",
        "usr/share/man/man1/x.1.gz",
        "usr/lib/share/doc/x",
        "opt/usr/share/doc/x",
        "usr/share",
    ],
)
def test_everything_else_is_kept(path: str) -> None:
    assert not is_omitted(path)


@pytest.mark.parametrize(
    ("told_kib", "bytes_"),
    [
        pytest.param(1, 1024 + 102 + (1 << 20), id="small"),
        pytest.param(1000, 1_126_400 + (1 << 20), id="larger"),
        pytest.param(0, 8 << 30, id="not told"),
        pytest.param(-5, 8 << 30, id="nonsense"),
        pytest.param(1 << 40, 8 << 30, id="absurd"),
    ],
)
def test_a_declared_size_bounds_what_is_unpacked(told_kib: int, bytes_: int) -> None:
    assert UnpackLimits.declared(installed_size_kib=told_kib).unpacked_bytes == bytes_
