"""`ldconfig -p` answers for the tree: that is how ctypes finds a library."""

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft
from devenv.patterns import late_pattern
from devenv.shells import posix

_LDCONFIG = "usr/sbin/ldconfig"
_LIBRARY = late_pattern(r"[A-Za-z0-9._+-]+\.so(?:\.[0-9][A-Za-z0-9._+-]*)?")
_ABI_NAMES = {"x86_64-linux-gnu": "libc6,x86-64", "aarch64-linux-gnu": "libc6,AArch64"}


def answer_ldconfig(draft: TreeDraft, composition: Composition) -> None:
    """Replace ldconfig by a script that lists the tree's libraries.

    Shell built-ins only: it is called with an empty environment. Anything but
    `-p` succeeds without doing anything, since there is no cache to write.
    """
    if not draft.is_file(_LDCONFIG):
        return
    triplet = composition.system.triplet
    directory = f"usr/lib/{triplet}"
    names = [name for name in draft.children(directory) if _LIBRARY.fullmatch(name)]
    abi = _ABI_NAMES[triplet]
    lines = "".join(
        f"\t{name} ({abi}) => {draft.final}/{directory}/{name}\n" for name in names
    )
    listed = posix.quote(f"{len(names)} libs found in cache\n{lines}")
    text = f'#!/bin/sh\n[ "$1" = -p ] || exit 0\nprintf %s {listed}\n'
    draft.write(_LDCONFIG, text.encode(), executable=True)
