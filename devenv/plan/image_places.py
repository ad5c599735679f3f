"""Where added folders lie in an image."""

import posixpath

from devenv.errors import UsageError
from devenv.plan.image_variables import below

_OF_THE_KERNEL = ("/dev", "/proc", "/sys")
WHITEOUT = b".wh."
"""A name that begins so takes another one away (OCI layer.md), so no file can."""


def parse_added(text: str, store: str) -> tuple[str, str]:
    """Return folder and place of `DIR=/PLACE`.

    Raises:
        UsageError: there is no place, or nothing can be put there.
    """
    folder, equals, place = text.rpartition("=")
    if not equals or not folder or not place.startswith("/"):
        raise UsageError(
            f"{text!r} does not say where it is to be in the image",
            hint="write it like --add .=/app",
        )
    plain = posixpath.normpath("/" + place.lstrip("/"))
    is_taken = plain == "/" or any(below(plain, it) for it in (*_OF_THE_KERNEL, store))
    if ".." in place.split("/") or is_taken:
        raise UsageError(
            f"nothing can be put at {place!r} in an image",
            hint="name a folder of its own: --add .=/app",
        )
    return folder, plain


def leads_out(path: bytes, target: bytes, store: bytes) -> bool:
    """Tell whether a link, at a path below an added folder, leads out of it.

    What leads into the store does not count: it is at the same place in an image.
    """
    if target.startswith(b"/"):
        return not target.startswith(store + b"/")
    reached = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return reached == b".." or reached.startswith(b"../")
