import pytest

from devenv.errors import FormatError
from devenv.formats.ar import DebLayout, TarRange, read_layout
from tests.fixtures.deb import make_deb
from tests.fixtures.raw_archives import ar

BINARY = (b"debian-binary", b"2.0\n")


def layout(content: bytes) -> DebLayout:
    return read_layout(
        lambda offset, count: content[offset : offset + count], len(content)
    )


@pytest.mark.parametrize("compression", ["", ".gz", ".xz", ".zst"])
def test_the_tar_files_of_a_package_are_found(compression: str) -> None:
    content = make_deb("hello", "1", {"usr/bin/hello": b"x"}, compression=compression)

    found = layout(content)

    assert found.control.compression == found.data.compression == compression[1:]
    assert content[found.control.offset - 60 :].startswith(b"control.tar")
    assert content[found.data.offset - 60 :].startswith(b"data.tar")
    assert found.data.offset + found.data.size in (len(content), len(content) - 1)


@pytest.mark.parametrize(
    "members",
    [
        pytest.param(
            [BINARY, (b"_x", b"1"), (b"control.tar", b"c"), (b"data.tar", b"data")],
            id="between",
        ),
        pytest.param(
            [
                BINARY,
                (b"control.tar", b"c"),
                (b"data.tar", b"data"),
                (b"_gpgorigin", b"s"),
            ],
            id="at the end",
        ),
    ],
)
def test_members_that_begin_with_an_underscore_are_passed_over(
    members: list[tuple[bytes, bytes]],
) -> None:
    content = ar(*members)

    found = layout(content).data

    assert content[found.offset : found.offset + found.size] == b"data"


def test_names_may_end_in_a_slash_as_gnu_ar_writes_them() -> None:
    content = ar(
        (b"debian-binary/", b"2.0\n"), (b"control.tar/", b""), (b"data.tar/", b"")
    )

    assert layout(content).data == TarRange(offset=len(content), size=0, compression="")


def test_later_minor_versions_of_the_format_are_read() -> None:
    content = ar(
        (b"debian-binary", b"2.7\n"), (b"control.tar", b""), (b"data.tar", b"")
    )

    assert layout(content).control.size == 0


@pytest.mark.parametrize("length", range(0, 196, 7))
def test_a_package_cut_short_anywhere_is_refused(length: int) -> None:
    content = ar(BINARY, (b"control.tar", b"cc"), (b"data.tar", b"dd"))
    with pytest.raises(FormatError):
        layout(content[:length])
