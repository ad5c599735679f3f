"""pip as ensurepip ships it: its certificate path is inside a wheel."""

import io
import zipfile

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft
from devenv.build.rules.certificates import BUNDLE

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
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    if not any(_HOST_BUNDLE in content for _, content in members):
        return None
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            archive.writestr(info, content.replace(_HOST_BUNDLE, ours))
    return result.getvalue()
