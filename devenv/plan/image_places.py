"""Where added folders lie in an image."""

import posixpath

from devenv.errors import UsageError
from devenv.plan.image_variables import below

_OF_THE_KERNEL = ("/dev", "/proc", "/sys")
_WHITEOUT = b".wh."


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


def is_unfit(path: bytes) -> bool:
    """Tell whether a name of a path is one that no file can have in an image.

    It would take away the file of which it has the name (OCI layer.md, whiteouts).
    """
    return _WHITEOUT in path and any(
        name.startswith(_WHITEOUT) for name in path.split(b"/")
    )


def leads_out(path: bytes, target: bytes) -> bool:
    """Tell whether a link, at a path below an added folder, leads out of it."""
    if target.startswith(b"/"):
        return True
    reached = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return reached == b".." or reached.startswith(b"../")
