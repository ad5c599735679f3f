"""Our liblzma and Python's read the same streams, and refuse the same."""

import ctypes
import lzma
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devenv.formats.compression import Decompressor, open_python_xz
from devenv.host.xz_library import XzDecompressor, load_xz, open_xz
from devenv.model.systems import SYSTEMS
from tests.fixtures.raw_archives import with_giant_window

MEMORY_BYTES = 1 << 27
CONTENT = b"".join(bytes([number % 251]) * (number % 90) for number in range(9_000))
LZMA2 = {"id": lzma.FILTER_LZMA2, "preset": 1}
DELTA = {"id": lzma.FILTER_DELTA, "dist": 4}
FILTERS = {
    "plain": [],
    "delta": [DELTA],
    "x86": [{"id": lzma.FILTER_X86}],
    "arm": [{"id": lzma.FILTER_ARM}],
    "armthumb": [{"id": lzma.FILTER_ARMTHUMB}],
    "ia64": [{"id": lzma.FILTER_IA64}],
    "powerpc": [{"id": lzma.FILTER_POWERPC}],
    "sparc": [{"id": lzma.FILTER_SPARC}],
    "delta and x86": [DELTA, {"id": lzma.FILTER_X86}],
}
CHECKS = {
    "none": lzma.CHECK_NONE,
    "crc32": lzma.CHECK_CRC32,
    "crc64": lzma.CHECK_CRC64,
    "sha256": lzma.CHECK_SHA256,
}

pytestmark = pytest.mark.skipif(
    os.uname().machine not in SYSTEMS, reason="no library for this machine"
)


def read_all(
    stream: Decompressor, packed: bytes, *, take: int = 1 << 16, give: int = 1 << 20
) -> tuple[bytes, str]:
    """Return the content and how it ended."""
    parts: list[bytes] = []
    position = 0
    try:
        while not stream.eof:
            fresh = b""
            if stream.needs_input:
                fresh = packed[position : position + take]
                position += len(fresh)
                if not fresh:
                    return b"".join(parts), "cut short"
            piece = stream.decompress(fresh, give)
            assert len(piece) <= give
            parts.append(bytes(piece))
    except lzma.LZMAError as error:
        return b"".join(parts), str(error)
    return b"".join(parts), f"{len(packed) - position + len(stream.unused_data)} unused"


def both(
    packed: bytes, read: Callable[..., object] = read_all
) -> tuple[object, object]:
    ours, python = open_xz(MEMORY_BYTES), open_python_xz(MEMORY_BYTES)
    return read(ours, packed), read(python, packed)


def test_it_is_loaded_on_this_machine() -> None:
    assert isinstance(open_xz(MEMORY_BYTES), XzDecompressor)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
@pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
def test_every_filter_and_check_is_read(
    filters: list[dict[str, int]], check: int
) -> None:
    packed = lzma.compress(CONTENT, lzma.FORMAT_XZ, check, None, [*filters, LZMA2])

    assert read_all(open_xz(MEMORY_BYTES), packed) == (CONTENT, "0 unused")


@settings(deadline=None)
@given(st.binary(max_size=2_000), st.integers(1, 99), st.integers(1, 99), st.binary())
def test_pieces_of_any_size_join_to_the_content(
    content: bytes, take: int, give: int, more: bytes
) -> None:
    packed = lzma.compress(content, preset=0) + more

    read = read_all(open_xz(MEMORY_BYTES), packed, take=take, give=give)

    assert read == (content, f"{len(more)} unused")


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=[pytest.mark.long])])
def test_what_is_damaged_is_refused_in_the_same_words(count: int) -> None:
    chosen = random.Random(count)  # noqa: S311 - not for secrets
    packed = lzma.compress(CONTENT, filters=[FILTERS["x86"][0], LZMA2])
    for _ in range(count):
        damaged = bytearray(packed)
        for _ in range(chosen.randint(1, 3)):
            damaged[chosen.randrange(len(packed))] = chosen.randrange(256)
        cut = chosen.choice([len(packed), chosen.randrange(len(packed))])

        ours, python = both(bytes(damaged[:cut]))

        assert ours == python


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"no xz at all, but long enough", id="another format"),
        pytest.param(lzma.compress(b"x", lzma.FORMAT_ALONE), id="lzma alone"),
        pytest.param(with_giant_window(lzma.compress(CONTENT)), id="a giant window"),
        pytest.param(lzma.compress(b"a") + lzma.compress(b"b"), id="two streams"),
        pytest.param(lzma.compress(b"a") + bytes(4), id="padding"),
    ],
)
def test_both_say_the_same_of_strange_streams(packed: bytes) -> None:
    ours, python = both(packed)

    assert ours == python


def test_a_stream_that_has_ended_gives_no_more() -> None:
    stream = open_xz(MEMORY_BYTES)
    read_all(stream, lzma.compress(b"x"))

    with pytest.raises(EOFError):
        stream.decompress(b"", 9)


def test_memory_is_given_back() -> None:
    packed = lzma.compress(CONTENT, preset=6)
    for _ in range(3):
        read_all(open_xz(MEMORY_BYTES), packed[:-9])
    before = resident_kib()

    for _ in range(30):  # 8 MiB each
        read_all(open_xz(MEMORY_BYTES), packed[:-9])

    assert resident_kib() < before + 64 * 1024


def resident_kib() -> int:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1])


def test_its_functions_do_not_reach_other_libraries() -> None:
    load_xz()

    assert not hasattr(ctypes.CDLL(None), "lzma_stream_decoder")
