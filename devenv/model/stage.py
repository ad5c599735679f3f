"""How far a package, or another file that is fetched, has come."""

from enum import StrEnum


class Stage(StrEnum):
    """What is being done with it; the words are shown."""

    WAITING = "waiting"
    DOWNLOADING = "downloading"
    DOWNLOADED = "downloaded"
    UNPACKING = "unpacking"
    RELOCATING = "relocating"
    DONE = "done"


AT_WORK = frozenset({Stage.DOWNLOADING, Stage.UNPACKING, Stage.RELOCATING})
"""The stages in which something goes on."""
