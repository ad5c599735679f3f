"""The dynamic section as it should be: entries and string table."""

from collections.abc import Sequence

from devenv.errors import FormatError, RelocationError
from devenv.formats.elf_image import DYNAMIC, DynamicEntry, Tag, value_of
from devenv.values import dataclass

_RUN_PATH_TAGS = frozenset({Tag.RPATH, Tag.RUNPATH})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDynamic:
    """Entries without the final DT_NULL, and the strings they point into.

    DT_STRTAB still has its old value: the table's new address is not known yet.
    """

    entries: tuple[DynamicEntry, ...]
    strings: bytes

    def packed(self, *, size: int) -> bytes:
        """Return the section's bytes, filled up to `size` with DT_NULL."""
        data = b"".join(DYNAMIC.pack(*entry) for entry in self.entries)
        return data.ljust(size, b"\0")

    @property
    def minimum_size(self) -> int:
        """How many bytes it takes with one DT_NULL."""
        return (len(self.entries) + 1) * DYNAMIC.size


def new_dynamic(
    entries: Sequence[DynamicEntry],
    strings: bytes,
    *,
    run_path: str | None,
    add_needed: Sequence[str],
) -> NewDynamic:
    """Return the dynamic section with these changes; equal if there are none.

    The arguments are those of `devenv.formats.elf_patch.patch_elf`.

    Raises:
        FormatError: a name lies outside the string table.
        RelocationError: a name that no string table can hold.
    """
    table = _Strings(strings)
    kept = list(entries)
    if run_path is not None and _run_paths(entries, table) != [(Tag.RPATH, run_path)]:
        kept = [entry for entry in entries if entry.tag not in _RUN_PATH_TAGS]
        kept.append(DynamicEntry(Tag.RPATH, table.add(run_path)))
    present = {table.text(value) for tag, value in entries if tag == Tag.NEEDED}
    added = [name for name in dict.fromkeys(add_needed) if name not in present]
    # In front: symbols are looked up in the order of DT_NEEDED.
    first = [DynamicEntry(Tag.NEEDED, table.add(name)) for name in added]
    size = len(table.data)
    if value_of(entries, Tag.STRINGS_SIZE) is None:
        raise FormatError("the dynamic section does not say how long its strings are")
    changed = (
        entry._replace(value=size) if entry.tag == Tag.STRINGS_SIZE else entry
        for entry in (*first, *kept)
    )
    return NewDynamic(entries=tuple(changed), strings=bytes(table.data))


def _run_paths(
    entries: Sequence[DynamicEntry], table: "_Strings"
) -> list[tuple[int, str]]:
    return [
        (entry.tag, table.text(entry.value))
        for entry in entries
        if entry.tag in _RUN_PATH_TAGS
    ]


class _Strings:
    """A string table that only grows, so that every old offset stays right."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)

    def text(self, offset: int) -> str:
        end = self.data.find(b"\0", offset)
        if offset >= len(self.data) or end < 0:
            raise FormatError("a name lies outside the string table")
        return self.data[offset:end].decode("utf-8", "surrogateescape")

    def add(self, text: str) -> int:
        name = text.encode("utf-8", "surrogateescape")
        if b"\0" in name:
            raise RelocationError("a name with a NUL cannot be put into an ELF file")
        found = self.data.find(name + b"\0")
        if found >= 0:
            return found
        if self.data[-1:] != b"\0":
            self.data += b"\0"
        offset = len(self.data)
        self.data += name + b"\0"
        return offset
