"""Packages that get in each other's way, merged: the same tree for ever."""

import hashlib
import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from devenv.build.compose import Collision, Ingredients, compose, rewrite_texts
from devenv.build.composition import Composition
from devenv.build.draft import SourceFile, TreeDraft
from devenv.build.materialise import contents, materialise, seal
from devenv.build.scan import scan
from devenv.formats.listing import content_hash
from devenv.host.listing import read_listing
from devenv.model.facts import FileFact, LinkFact, PackageFacts, TextFact
from devenv.model.systems import X86_64_LINUX
from devenv.plan.relocate import REDIRECT_LIBRARY

FINAL = "/store/of/somebody/tree"
MTIME_SECONDS = 1_234_567

GOLDEN = "c26236cd19f79a380eb19ee1af625f00df98257bc97eb13ea9d6dd6060a521e0"
"""What these packages were composed to when `TREE_RULES` became 1.

It may change only together with `TREE_RULES`: users' trees are named by their
derivation, and a tree that is made anew must be the one that was there.
"""


def wheel() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        name = zipfile.ZipInfo("pip/where.py", (2020, 1, 1, 0, 0, 0))
        archive.writestr(name, "where = '/etc/ssl/certs/ca-certificates.crt'\n")
    return file.getvalue()


CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nbWFkZQ==\n-----END CERTIFICATE-----"

PACKAGES: Mapping[str, Mapping[str, bytes | str]] = {
    # A text is a symbolic link's target.
    "ca-certificates": {
        "usr/share/ca-certificates/a/one.crt": CERTIFICATE,
        "usr/share/ca-certificates/two.crt": CERTIFICATE + b"\n",
        "etc/ssl/certs/old": "/etc/ssl/certs/ca-certificates.crt",
    },
    "editor": {
        "usr/bin/vim.basic": b"\x7fprogram",
        "usr/share/man/man1/vim.1": b"manual",
        "usr/share/editor/settings": b"see /usr/share/editor and /bin/sh\n",
        "etc/editor/plain": b"includes=/usr/share/editor/settings, /usr/lib, /tmp\n",
        "usr/share/editor/\udcff\udcfe": b"a name that is no UTF-8",
        "usr/share/editor/null": "/dev/null",
        "usr/share/editor/up": "../../bin/vim.basic",
        "usr/share/editor/root": "/",
    },
    "fonts": {
        "usr/share/fontconfig/conf.avail/10-hinting.conf": b"<x/>",
        "usr/share/fontconfig/conf.avail/70-no.conf": b"<x/>",
    },
    "gcc": {
        "usr/bin/x86_64-linux-gnu-gcc-14": b"\x7fdriver",
        "usr/bin/gcc-14": "x86_64-linux-gnu-gcc-14",
        "usr/bin/gcc": "gcc-14",
    },
    "clashing": {
        "usr/share/games": b"a file where another has a folder",
        "usr/share/man/man1/vim.1": b"another manual",
        "usr/lib/through/inside": b"put through a link",
        "usr/lib/kept/only": b"here",
    },
    "libc-bin": {"usr/sbin/ldconfig": b"\x7fldconfig"},
    "library": {
        "usr/lib/x86_64-linux-gnu/libx.so.1.2": b"\x7flibrary",
        "usr/lib/x86_64-linux-gnu/libx.so.1": "libx.so.1.2",
        "usr/lib/x86_64-linux-gnu/pkgconfig/x.pc": b"prefix=/usr\nlib=/usr/lib\n",
        "usr/lib/through": "kept",
    },
    "php": {
        "usr/share/php8.4-x/x/x.ini": b"; priority=15\n",
        "usr/lib/php/20240924/x.so": b"\x7f",
        "etc/php/8.4/cli/conf.d/README": b"read",
    },
    "python": {
        "usr/lib/python3/dist-packages/tool.py": b"x = '/usr/share/editor/up'\n",
        "usr/share/games/chess": b"nowhere to go",
        "usr/share/tool/run": b"#!/usr/bin/env sh\n/usr/bin/vim.basic\n",
        "usr/bin/self": b"#!/usr/bin/vim.basic\n\0/usr/bin/vim.basic\n",
        "usr/share/python-wheels/pip.whl": wheel(),
    },
}

POSTINST = {
    "editor": "update-alternatives --install /usr/bin/editor editor "
    "/usr/bin/vim.basic 30 --slave /usr/share/man/man1/editor.1 editor.1 "
    "/usr/share/man/man1/vim.1\nucf /usr/share/editor/settings /etc/settings\n",
    "gcc": 'update-alternatives --install /usr/bin/cc cc "/usr/bin/gcc" 20\n',
}


def facts_of(name: str, root: Path) -> PackageFacts:
    """Return what unpacking these files would have found; write them below `root`."""
    files, links, texts = [], [], []
    for path, content in PACKAGES[name].items():
        if isinstance(content, str):
            links.append(LinkFact(path=path, target=content))
            continue
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        is_executable = "/bin/" in path or "sbin/" in path
        place.chmod(0o555 if is_executable else 0o444)
        os.utime(place, (MTIME_SECONDS, MTIME_SECONDS))
        files.append(file_fact(path, content, is_executable=is_executable))
        found = scan(path, content)
        if isinstance(found, TextFact):
            texts.append(found)
    return PackageFacts(
        name=name,
        version="1",
        directories=("usr", "usr/share", f"usr/share/doc/{name}", "var/empty", "etc"),
        files=tuple(files),
        links=tuple(links),
        elf_files=(),
        texts=tuple(texts),
        postinst=POSTINST.get(name, ""),
    )


def file_fact(path: str, content: bytes, *, is_executable: bool) -> FileFact:
    return FileFact(
        path=path,
        is_executable=is_executable,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        mtime_seconds=MTIME_SECONDS,
    )


def derived(root: Path, path: str, content: bytes) -> SourceFile:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    place.chmod(0o555)
    os.utime(place, (MTIME_SECONDS, MTIME_SECONDS))
    return SourceFile(
        source=str(place),
        is_executable=True,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        mtime_seconds=MTIME_SECONDS,
    )


@pytest.fixture
def composed(tmp_path: Path) -> tuple[TreeDraft, tuple[Collision, ...]]:
    code = "usr/lib/python3/dist-packages/__pycache__/tool.cpython-313.pyc"
    replaced = {
        "editor": {
            "usr/bin/vim.basic": derived(tmp_path / "r", "vim", b"\x7frelocated")
        },
        "python": {code: derived(tmp_path / "c", "tool", b"byte code")},
    }
    packages = {name: facts_of(name, tmp_path / name) for name in PACKAGES}
    ingredients = {
        name: Ingredients(
            facts=facts,
            unpacked=tmp_path / name,
            replaced=replaced.get(name, {}),
        )
        for name, facts in packages.items()
    }
    composition = Composition(
        packages=packages, requested=frozenset({"editor"}), system=X86_64_LINUX
    )
    found = compose(ingredients, composition, final=FINAL)
    draft = found.draft
    rewrite_texts(draft, found.texts)
    # It has a digest of its own, which is part of a tree's derivation.
    draft.write(f"usr/lib/x86_64-linux-gnu/{REDIRECT_LIBRARY}", b"any")
    return draft, found.collisions


def test_a_tree_is_the_same_bytes_as_ever(
    composed: tuple[TreeDraft, tuple[Collision, ...]], tmp_path: Path
) -> None:
    draft, _ = composed
    assert contents(draft).content_hash == GOLDEN
    (tmp_path / "tree").mkdir()
    materialise(draft, tmp_path / "tree")
    seal(draft, tmp_path / "tree")
    assert content_hash(read_listing(tmp_path / "tree")) == GOLDEN


def test_who_lost_a_place_to_whom_is_told(
    composed: tuple[TreeDraft, tuple[Collision, ...]],
) -> None:
    _, collisions = composed
    assert sorted((item.path, item.kept, item.dropped) for item in collisions) == [
        ("usr/share/games/chess", "a folder", "python"),
        ("usr/share/man/man1/vim.1", "clashing", "editor"),
    ]
