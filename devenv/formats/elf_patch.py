"""Give an ELF file another interpreter, run path and needed libraries.

New strings, and whatever has to move, go into one new segment at the end of the
file. Everything else keeps its offset and its address, so that no code and no
relocation has to be touched. The run path is always a DT_RPATH: unlike DT_RUNPATH
it also serves the libraries that a program's libraries need (ld.so(8)).

Rejected: patchelf, which moves the program header table, silently breaks files
with data behind their end, and would be one more thing to ship.
"""

from collections.abc import Sequence

from devenv.errors import RelocationError
from devenv.formats.elf_dynamic import new_dynamic
from devenv.formats.elf_image import Content, read_interpreter
from devenv.formats.elf_layout import plan_layout
from devenv.formats.elf_linked import Image, read_image
from devenv.formats.elf_write import patched_file


def patch_elf(
    content: Content,
    *,
    interpreter: str | None,
    run_path: str | None,
    add_needed: Sequence[str],
) -> bytes:
    """Return the file with these three things changed, and nothing else.

    Args:
        content: a 64-bit little-endian program or library with a dynamic section.
        interpreter: the new PT_INTERP, or None to keep what there is.
        run_path: the one DT_RPATH it will have, in place of any DT_RPATH and
            DT_RUNPATH; None keeps them.
        add_needed: libraries to load in front of all others, in this order, so
            that their symbols win. One that is already needed is not added.

    Data behind the end of the ELF proper stays at the end of the file. A file that
    already is as wanted comes back as it is.

    Raises:
        FormatError: the file is damaged.
        RelocationError: its layout leaves no way to do it; the error says why.
    """
    pieces = patched_pieces(
        content, interpreter=interpreter, run_path=run_path, add_needed=add_needed
    )
    return bytes(content) if pieces is None else b"".join(pieces)


def patched_pieces(
    content: Content,
    *,
    interpreter: str | None,
    run_path: str | None,
    add_needed: Sequence[str],
) -> tuple[bytes | memoryview, ...] | None:
    """Return what `patch_elf` does as pieces to write one after the other.

    None means that the file already is as wanted.

    Pieces that did not change are views of `content`: a program of 100 MB is
    hashed and written without a second copy in memory.
    """
    image = read_image(content)
    name = _interpreter(image, interpreter)
    new = new_dynamic(
        image.entries, image.strings, run_path=run_path, add_needed=add_needed
    )
    is_same_name = name == _interpreter(image, None)
    if is_same_name and new.entries == image.entries:
        return None
    layout = plan_layout(image, new, interpreter=name)
    return tuple(patched_file(image, layout, new, interpreter=name))


def _interpreter(image: Image, wanted: str | None) -> bytes | None:
    """Return the name to write, with its NUL; None for a file without one."""
    present = read_interpreter(image.content, image.segments)
    if present is None:
        if wanted is not None:
            raise RelocationError("it has no interpreter that could be replaced")
        return None
    name = present if wanted is None else wanted.encode("utf-8", "surrogateescape")
    if b"\0" in name:
        raise RelocationError("a name with a NUL cannot be put into an ELF file")
    return name + b"\0"
