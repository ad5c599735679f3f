"""pip as ensurepip ships it: its certificate path is inside a wheel."""

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft
from devenv.build.rules.certificates import BUNDLE

MAX_UNPACKED_BYTES = 256 << 20

_HOST_BUNDLE = f"/{BUNDLE}".encode()


def point_wheels_at_certificates(draft: TreeDraft, composition: Composition) -> None:
    """Make the wheels of usr/share/python-wheels trust the tree's certificates.

    A virtual environment copies these files out of the wheel, away from the
    redirecting library's reach, so the path is replaced inside.
    """
    del composition
    if BUNDLE not in draft.files:
        return
    ours = f"{draft.final}/{BUNDLE}".encode()
    for path in draft.glob("usr/share/python-wheels/*.whl"):
        content = draft.read(path)
        fresh = _with_certificates(content, ours)
        if fresh is not None:
            draft.write(draft.resolve(path) or path, fresh)


def _with_certificates(wheel: bytes, ours: bytes) -> bytes | None:
    """Return the wheel with our path in it; None if there is nothing to change."""
    # Few trees have a wheel.
    import zipfile  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    try:
        return _rewritten(wheel, ours)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error):
        # What cannot be read cannot be what pip would install, either.
        return None


def _rewritten(wheel: bytes, ours: bytes) -> bytes | None:
    import zipfile  # noqa: PLC0415 - as above
    from io import BytesIO  # noqa: PLC0415

    with zipfile.ZipFile(BytesIO(wheel)) as archive:
        sizes = [info.file_size for info in archive.infolist()]
        if sum(sizes) > MAX_UNPACKED_BYTES:
            return None
        members = [(info, archive.read(info)) for info in archive.infolist()]
    if not any(_HOST_BUNDLE in content for _, content in members):
        return None
    result = BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            archive.writestr(info, content.replace(_HOST_BUNDLE, ours))
    return result.getvalue()
