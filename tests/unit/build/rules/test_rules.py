"""What each rule of composing does to a draft."""

import hashlib
import io
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft
from devenv.build.rules.alternatives import set_alternatives
from devenv.build.rules.certificates import bundle_certificates, java_key_store
from devenv.build.rules.clang_driver import configure_clang
from devenv.build.rules.configuration_copies import copy_configuration
from devenv.build.rules.fontconfig import enable_font_settings
from devenv.build.rules.gcc_driver import DRIVERS, wrap_gcc_drivers
from devenv.build.rules.ldconfig import answer_ldconfig
from devenv.build.rules.php import enable_php_extensions
from devenv.build.rules.python_wheels import point_wheels_at_certificates
from devenv.model.facts import PackageFacts
from devenv.model.systems import X86_64_LINUX

PEM = b"-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----"


def tree(files: Mapping[str, bytes], final: str = "/store/tree") -> TreeDraft:
    draft = TreeDraft(final=final, system=X86_64_LINUX)
    for path, content in files.items():
        draft.write(path, content, executable="/bin/" in path)
    return draft


def packages(scripts: Mapping[str, str], *requested: str) -> Composition:
    facts = {
        name: PackageFacts(
            name=name,
            version="1",
            directories=(),
            files=(),
            links=(),
            elf_files=(),
            texts=(),
            postinst=script,
        )
        for name, script in scripts.items()
    }
    return Composition(
        packages=facts, requested=frozenset(requested), system=X86_64_LINUX
    )


def awk(path: str, priority: int) -> str:
    return f"update-alternatives --install /usr/bin/awk awk {path} {priority}"


@pytest.mark.parametrize(
    ("requested", "target"),
    [
        pytest.param((), "gawk", id="the highest priority"),
        pytest.param(("mawk",), "mawk", id="what was asked for"),
    ],
)
def test_one_alternative_wins(requested: tuple[str, ...], target: str) -> None:
    draft = tree({"usr/bin/mawk": b"", "usr/bin/gawk": b""})
    scripts = {"mawk": awk("/usr/bin/mawk", 5), "gawk": awk("/usr/bin/gawk", 10)}
    set_alternatives(draft, packages(scripts, *requested))
    assert draft.links["usr/bin/awk"] == target


def test_an_alternative_that_is_not_in_the_tree_is_no_candidate() -> None:
    draft = tree({"usr/bin/mawk": b""})
    scripts = {"mawk": awk("/usr/bin/mawk", 5), "gawk": awk("/usr/bin/gawk", 10)}
    set_alternatives(draft, packages(scripts))
    assert draft.links["usr/bin/awk"] == "mawk"


def test_slaves_follow_their_master() -> None:
    draft = tree({"usr/bin/gcc": b"", "usr/share/man/man1/gcc.1.gz": b""})
    script = (
        "update-alternatives --install /usr/bin/cc cc /usr/bin/gcc 20"
        " --slave /usr/share/man/man1/cc.1.gz cc.1.gz /usr/share/man/man1/gcc.1.gz"
        " --slave /usr/share/man/man1/no.1.gz no.1.gz /usr/share/man/man1/no.gz"
    )
    set_alternatives(draft, packages({"gcc": script}))
    assert draft.links == {
        "usr/bin/cc": "gcc",
        "usr/share/man/man1/cc.1.gz": "gcc.1.gz",
    }


def test_a_copied_configuration_file_is_a_link_to_the_original() -> None:
    draft = tree({"usr/lib/R/etc/Renviron.ucf": b"x"})
    script = "ucf /usr/lib/R/etc/Renviron.ucf /etc/R/Renviron\nucf /usr/a /etc/b"
    copy_configuration(draft, packages({"r": script}))
    assert draft.links == {"etc/R/Renviron": "../../usr/lib/R/etc/Renviron.ucf"}


def test_certificates_are_bundled_once_each() -> None:
    draft = tree(
        {
            "usr/share/ca-certificates/mozilla/b.crt": PEM,
            "usr/share/ca-certificates/mozilla/a.crt": PEM + b"\n",
            "usr/share/ca-certificates/own.crt": PEM,
        }
    )
    bundle_certificates(draft, packages({"ca-certificates": ""}))
    assert draft.read("etc/ssl/certs/ca-certificates.crt") == (PEM + b"\n") * 3
    assert draft.read("usr/lib/ssl/cert.pem") == (PEM + b"\n") * 3


def test_a_java_key_store_carries_its_own_digest() -> None:
    store = java_key_store({"x/a.crt": PEM})
    body, digest = store[:-20], store[-20:]
    salted = "changeit".encode("utf-16-be") + b"Mighty Aphrodite" + body
    assert body.startswith(bytes.fromhex("feedfeed00000002 00000001"))
    assert digest == hashlib.sha1(salted, usedforsecurity=False).digest()


def test_without_the_package_there_is_no_bundle() -> None:
    draft = tree({"usr/share/ca-certificates/own.crt": PEM})
    bundle_certificates(draft, packages({}))
    assert "etc/ssl/certs/ca-certificates.crt" not in draft.files


@pytest.fixture
def compiler(tmp_path: Path) -> Path:
    """A tree on disk whose gcc driver prints how it was called."""
    real = b'#!/bin/sh\necho "${0##*/}" "$@"\n'
    draft = tree(
        {"usr/bin/x86_64-linux-gnu-gcc-14": real, "usr/bin/gcc-ar-14": b""},
        final=str(tmp_path),
    )
    draft.add_link("usr/bin/gcc-14", "x86_64-linux-gnu-gcc-14")
    draft.add_link("usr/bin/gcc", "gcc-14")
    wrap_gcc_drivers(draft, packages({}))
    for directory in draft.directories:
        (tmp_path / directory).mkdir()
    for path in draft.files:
        (tmp_path / path).write_bytes(draft.read(path))
        (tmp_path / path).chmod(0o755)
    for path, target in draft.links.items():
        (tmp_path / path).symlink_to(target)
    return tmp_path


def called(tree_path: Path, name: str, *arguments: str) -> str:
    command = [str(tree_path / "usr/bin" / name), *arguments]
    return subprocess.run(
        command, capture_output=True, check=True, text=True
    ).stdout.strip()


@pytest.mark.parametrize("name", ["gcc", "gcc-14", "x86_64-linux-gnu-gcc-14"])
def test_the_driver_is_called_by_the_users_name_for_it(
    compiler: Path, name: str
) -> None:
    assert called(compiler, name, "-c", "a b.c") == (
        f"{name} --sysroot={compiler} -B{compiler}/usr/bin/"
        f" -specs={compiler}/usr/lib/devenv.specs -c a b.c"
    )


def test_a_link_of_another_name_still_finds_the_driver(compiler: Path) -> None:
    (compiler / "usr/bin/my-cc").symlink_to("gcc")
    assert called(compiler, "my-cc").startswith("x86_64-linux-gnu-gcc-14 --sysroot=")


def test_a_sysroot_of_the_users_own_wins(compiler: Path) -> None:
    assert called(compiler, "gcc", "--sysroot=/x", "a.c") == "gcc --sysroot=/x a.c"


def test_only_drivers_are_wrapped(compiler: Path) -> None:
    assert sorted(path.name for path in (compiler / DRIVERS).iterdir()) == [
        "gcc",
        "gcc-14",
        "x86_64-linux-gnu-gcc-14",
    ]


def test_clang_is_told_of_the_tree() -> None:
    draft = tree({"usr/lib/llvm-19/bin/clang": b""})
    configure_clang(draft, packages({}))
    text = draft.read("usr/lib/llvm-19/bin/clang++.cfg")
    assert b"--sysroot=/store/tree\n" in text
    assert b"ld-linux-x86-64.so.2" in text


def test_default_font_settings_are_linked_and_others_are_not() -> None:
    draft = tree(
        {
            "usr/share/fontconfig/conf.avail/60-latin.conf": b"",
            "usr/share/fontconfig/conf.avail/70-no-bitmaps.conf": b"",
        }
    )
    enable_font_settings(draft, packages({}))
    assert list(draft.links) == ["etc/fonts/conf.d/60-latin.conf"]


def test_php_extensions_are_enabled_with_their_priority() -> None:
    draft = tree(
        {
            "usr/share/php8.4-common/common/ctype.ini": b"; priority=25\nextension=x",
            "usr/lib/php/20240924/ctype.so": b"",
        }
    )
    enable_php_extensions(draft, packages({}))
    assert draft.resolve("etc/php/8.4/cli/conf.d/25-ctype.ini") == (
        "usr/share/php8.4-common/common/ctype.ini"
    )
    assert draft.read("etc/php/8.4/cli/conf.d/00-devenv.ini") == (
        b"extension_dir=/store/tree/usr/lib/php/20240924\n"
    )


def test_ldconfig_lists_the_libraries_of_the_tree(tmp_path: Path) -> None:
    draft = tree(
        {
            "usr/sbin/ldconfig": b"ELF",
            "usr/lib/x86_64-linux-gnu/libz.so.1": b"",
            "usr/lib/x86_64-linux-gnu/readme": b"",
        }
    )
    answer_ldconfig(draft, packages({}))
    script = tmp_path / "ldconfig"
    script.write_bytes(draft.read("usr/sbin/ldconfig"))
    script.chmod(0o755)
    listed = subprocess.run(
        [script, "-p"], capture_output=True, check=True, text=True, env={}
    ).stdout
    assert "libz.so.1 (libc6,x86-64) => /store/tree/usr/lib/x86_64" in listed
    assert listed.startswith("1 libs found in cache\n\t")
    assert subprocess.run([script], check=True, env={}).returncode == 0


def test_wheels_trust_the_certificates_of_the_tree() -> None:
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("certifi.py", "p = '/etc/ssl/certs/ca-certificates.crt'")
        archive.writestr("other.py", "x = 1")
    draft = tree(
        {
            "usr/share/python-wheels/pip-1.whl": wheel.getvalue(),
            "etc/ssl/certs/ca-certificates.crt": b"",
        }
    )
    point_wheels_at_certificates(draft, packages({}))
    fresh = io.BytesIO(draft.read("usr/share/python-wheels/pip-1.whl"))
    with zipfile.ZipFile(fresh) as archive:
        assert archive.read("certifi.py") == (
            b"p = '/store/tree/etc/ssl/certs/ca-certificates.crt'"
        )
        assert archive.read("other.py") == b"x = 1"


def test_what_is_no_wheel_is_left_alone() -> None:
    draft = tree(
        {
            "usr/share/python-wheels/pip-1.whl": b"no zip at all",
            "etc/ssl/certs/ca-certificates.crt": b"",
        }
    )
    point_wheels_at_certificates(draft, packages({}))
    assert draft.read("usr/share/python-wheels/pip-1.whl") == b"no zip at all"


def test_a_damaged_certificate_does_not_spoil_the_java_store() -> None:
    damaged = PEM.replace(b"AAEC", b"A!!")
    both = java_key_store({"a.crt": damaged, "b\udcff.crt": PEM})
    assert both == java_key_store({"b\udcff.crt": PEM})
