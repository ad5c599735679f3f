import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from devenv.errors import FormatError
from devenv.formats.compression import OpenXz, PieceReader, inflated, open_python_xz
from devenv.host.xz_library import open_xz
from tests.fixtures.raw_archives import with_giant_window

COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gz": gzip.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
    "bz2": bz2.compress,
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
}
OUR_XZ = "xz, ours"
COMPRESSORS[OUR_XZ] = COMPRESSORS["xz"]
FRAMED = [name for name in COMPRESSORS if name]

every_kind = pytest.mark.parametrize("kind", COMPRESSORS)
every_framed_kind = pytest.mark.parametrize("kind", FRAMED)

CONTENT = bytes(range(256)) * 5_000


def stream_of(packed: bytes, kind: str) -> PieceReader:
    opener: OpenXz = open_xz if kind == OUR_XZ else open_python_xz
    source = io.BytesIO(packed).read
    return PieceReader(inflated(source, kind.partition(",")[0], open_xz=opener))


@every_kind
def test_content_comes_back(kind: str) -> None:
    stream = stream_of(COMPRESSORS[kind](CONTENT), kind)

    assert stream.read(len(CONTENT) + 1) == CONTENT
    assert stream.read(1) == b""


@given(
    st.sampled_from(list(COMPRESSORS)),
    st.binary(max_size=300),
    st.lists(st.integers(0, 70), max_size=20),
)
def test_reads_of_any_size_join_to_the_content(
    kind: str, content: bytes, counts: list[int]
) -> None:
    stream = stream_of(COMPRESSORS[kind](content), kind)

    pieces = [stream.read(count) for count in counts]

    assert b"".join(pieces) + stream.read(999) == content
    assert all(len(piece) <= count for piece, count in zip(pieces, counts, strict=True))


def test_pieces_may_take_the_place_of_those_before() -> None:
    def pieces() -> Iterator[memoryview]:
        room = bytearray(3)
        for number in range(4):
            room[:] = bytes([number] * 3)
            yield memoryview(room)

    reader = PieceReader(pieces())
    found = [reader.read(2), reader.read(5), bytes(reader.read1(9)), reader.read(9)]
    assert found == [b"\0\0", b"\0\1\1\1\2", b"\2\2", b"\3\3\3"]


@every_kind
def test_content_may_be_empty(kind: str) -> None:
    assert stream_of(COMPRESSORS[kind](b""), kind).read(9) == b""


@every_framed_kind
def test_a_stream_cut_short_is_refused(kind: str) -> None:
    packed = COMPRESSORS[kind](CONTENT)

    with pytest.raises(FormatError, match="cut short"):
        stream_of(packed[: len(packed) // 2], kind).read(len(CONTENT))


@every_framed_kind
@pytest.mark.parametrize("more", [b"\0", b"junk"])
def test_something_after_a_stream_is_refused(kind: str, more: bytes) -> None:
    stream = stream_of(COMPRESSORS[kind](CONTENT) + more, kind)

    with pytest.raises(FormatError, match="follows"):
        stream.read(len(CONTENT) + 1)


@every_framed_kind
def test_two_streams_in_a_row_are_refused(kind: str) -> None:
    stream = stream_of(COMPRESSORS[kind](b"one") + COMPRESSORS[kind](b"two"), kind)

    with pytest.raises(FormatError, match="follows"):
        stream.read(9)


@every_framed_kind
def test_other_bytes_are_refused(kind: str) -> None:
    with pytest.raises(FormatError, match="damaged"):
        stream_of(b"\xf0 these are other bytes entirely" * 9, kind).read(9)


@pytest.mark.parametrize("kind", ["xz", OUR_XZ])
def test_a_reader_that_would_need_4_gib_is_refused(kind: str) -> None:
    packed = with_giant_window(lzma.compress(CONTENT))

    with pytest.raises(FormatError, match="limit exceeded"):
        stream_of(packed, kind).read(9)


def test_a_zstandard_window_beyond_the_limit_is_refused() -> None:
    settings = zstandard.ZstdCompressionParameters(
        window_log=28, enable_ldm=False, write_content_size=False
    )
    packed = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    content = packed.compress(b"x" * 999) + packed.flush()

    with pytest.raises(FormatError, match="damaged"):
        stream_of(content, "zst").read(9)


def test_a_bomb_unfolds_no_further_than_it_is_read() -> None:
    packer = zlib.compressobj(wbits=31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64))
    packed += packer.flush()
    taken = []

    def source(count: int) -> bytes:
        taken.append(count)
        return packed[sum(taken[:-1]) :][:count]

    assert PieceReader(inflated(source, "gz")).read(10) == bytes(10)
    assert len(taken) == 1
