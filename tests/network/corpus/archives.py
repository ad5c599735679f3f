"""An unpacked package against what Python's own tar reader finds in its archive."""

import hashlib
import os
import posixpath
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from devenv.build.draft import merged
from devenv.build.unpack_rules import is_omitted

_PROGRAM, _FILE, _DIRECTORY = 0o555, 0o444, 0o555
_OWNER_MAY_RUN = 0o100


def archive_complaints(deb: Path, root: Path) -> Iterator[str]:
    """Yield where an unpacked tree is not what its archive holds."""
    command = ["dpkg-deb", "--fsys-tarfile", str(deb)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as child,
        tarfile.open(fileobj=child.stdout, mode="r|") as members,
    ):
        for member in members:
            path = merged(posixpath.normpath(member.name).lstrip("/"))
            if path != "." and not is_omitted(path):
                yield from _member_complaints(members, member, path, root)
    if child.returncode != 0:
        yield f"dpkg-deb ended with {child.returncode}"


def _member_complaints(
    members: tarfile.TarFile, member: tarfile.TarInfo, path: str, root: Path
) -> Iterator[str]:
    file = root / path
    if not os.path.lexists(file):
        # A name that the merged folders made a link to itself is left out.
        if not member.issym():
            yield f"{path} is missing"
    elif member.issym():
        yield from _link_complaints(file, path)
    elif member.isdir():
        if not file.is_dir() or _mode(file) != _DIRECTORY:
            yield f"{path} is a folder of mode {_mode(file):o}"
    elif member.isfile():
        yield from _file_complaints(members, member, path, file)


def _file_complaints(
    members: tarfile.TarFile, member: tarfile.TarInfo, path: str, file: Path
) -> Iterator[str]:
    wanted = _PROGRAM if member.mode & _OWNER_MAY_RUN else _FILE
    if file.is_symlink() or _mode(file) != wanted:
        yield f"{path} has mode {_mode(file):o}"
    if int(file.stat().st_mtime) != int(member.mtime):
        yield f"{path} is of {file.stat().st_mtime}, not of {member.mtime}"
    content = members.extractfile(member)
    if content is not None:
        theirs = hashlib.sha256(content.read()).digest()
        if hashlib.sha256(file.read_bytes()).digest() != theirs:
            yield f"{path} has another content"


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.lstat().st_mode)


def _link_complaints(file: Path, path: str) -> Iterator[str]:
    if not file.is_symlink():
        yield f"{path} is no link"
        return
    target = str(file.readlink())
    inside = posixpath.normpath(
        posixpath.join("/root", posixpath.dirname(path), target)
    )
    if not target.startswith("/") and not inside.startswith("/root"):
        yield f"{path} leads out of the tree: {target}"
