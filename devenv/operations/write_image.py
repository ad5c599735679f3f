"""`devenv export oci`: an image as it is written, in one file, from front to back.

Layers are compressed side by side into files without a name; then their hashes are
known, and the archive needs no seeking: it can go into a pipe.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from devenv.errors import DevenvError
from devenv.formats.amounts import counted, size
from devenv.formats.oci_image import blob_name, image_texts
from devenv.formats.tar_layer import LayerEntry, LayerKind, entry_head
from devenv.formats.tar_write import END, entry_padding
from devenv.host.layer_file import WrittenLayer, unnamed_file, write_layer
from devenv.host.side_by_side import side_by_side
from devenv.model.image import ImageLayer
from devenv.operations.doors import Doors, processors
from devenv.operations.plan_image import ImagePlan, PlannedLayer
from devenv.typed import BinaryIO
from devenv.values import dataclass

_PIECE_BYTES = 1 << 20
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenImage:
    """What was written; an image is known by the SHA-256 of its configuration."""

    config_sha256: str
    layer_count: int
    layer_bytes: int


def write_image(
    doors: Doors, plan: ImagePlan, stream: BinaryIO, scratch: Path
) -> WrittenImage:
    """Write an image to a stream; layers are kept in `scratch` until they are known.

    The same environment in the same store gives the same bytes, whenever and by
    whomever it was made, with the same zlib.

    Raises:
        StoreError: a file changed meanwhile.
        OSError: a file cannot be read, or the stream takes no more.
    """
    with ExitStack() as stack:
        files = [stack.enter_context(unnamed_file(scratch)) for _ in plan.layers]
        written = _write_layers(doors, plan.layers, files)
        layers = [
            ImageLayer(
                sha256=each.sha256,
                size=each.size,
                content_sha256=each.content_sha256,
                comment=layer.comment,
            )
            for layer, each in zip(plan.layers, written, strict=True)
        ]
        texts = image_texts(plan.settings, layers, plan.name)
        _write_archive(stream, texts.files, written)
    return WrittenImage(
        config_sha256=texts.config_sha256,
        layer_count=len(layers),
        layer_bytes=sum(layer.size for layer in layers),
    )


def _write_layers(
    doors: Doors, layers: Sequence[PlannedLayer], files: Sequence[BinaryIO]
) -> list[WrittenLayer]:
    """Compress all layers side by side, the largest first."""
    found: dict[int, WrittenLayer] = {}
    is_over = threading.Event()

    def written() -> None:
        if is_over.is_set():
            raise DevenvError("the image was called off")
        doors.display.advanced(1)

    def write(number: int) -> None:
        found[number] = write_layer(
            layers[number].parts, files[number], written=written
        )

    order = sorted(range(len(layers)), key=lambda it: (-layers[it].size, it))
    tasks: list[Callable[[], None]] = [partial(write, number) for number in order]
    entries = sum(len(layer.parts) for layer in layers)
    total = size(sum(layer.size for layer in layers))
    doors.display.note(
        f"{counted(len(layers), 'layer')} of {entries} files, {total}, to compress"
    )
    doors.display.started("compressing", entries, is_bytes=False)
    try:
        jobs = min(processors(), len(tasks))
        with closing(side_by_side(tasks, jobs=jobs, stop=is_over.set)) as done:
            for _ in done:
                pass
    finally:
        doors.display.finished()
    return [found[number] for number in range(len(layers))]


def _write_archive(
    stream: BinaryIO, texts: Mapping[str, bytes], layers: Iterable[WrittenLayer]
) -> None:
    for folder in ("blobs", "blobs/sha256"):
        stream.write(_head(folder, LayerKind.DIRECTORY, _FOLDER_MODE))
    for name, content in texts.items():
        stream.write(_head(name, LayerKind.FILE, _FILE_MODE, len(content)))
        stream.write(content)
        stream.write(entry_padding(len(content)))
    # Two folders of the same files may be one layer.
    for sha256, layer in sorted({layer.sha256: layer for layer in layers}.items()):
        stream.write(_head(blob_name(sha256), LayerKind.FILE, _FILE_MODE, layer.size))
        layer.file.seek(0)
        while piece := layer.file.read(_PIECE_BYTES):
            stream.write(piece)
        stream.write(entry_padding(layer.size))
    stream.write(END)


def _head(name: str, kind: LayerKind, mode: int, size_bytes: int = 0) -> bytes:
    entry = LayerEntry(name=name.encode(), kind=kind, mode=mode, size=size_bytes)
    return entry_head(entry)
