"""The peers: found on this machine, or put into a scratch folder.

Nothing is installed on the host: npm installs below a prefix, and the host's
apt downloads packages that are unpacked, not installed.
"""

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.subject import host_variables
from benchmarks.timing import BenchmarkError, checked

VARIABLES = {f"BENCHMARK_{number}": f"value {number}" for number in range(40)}
"""What the peers that set variables are asked to set."""

NPM_ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}
NIX_SHELL = """derivation {
  name = "benchmark";
  system = builtins.currentSystem;
  builder = "/bin/sh";
  args = [ "-c" "echo >$out" ];
  HELLO = "hello";
}
"""
NIX_CONFIG = "build-users-group =\nsandbox = false\nsubstitute = false\n"

NEW_PACKAGE = re.compile(r"^Inst (\S+) \(", re.MULTILINE)
"""A line of a simulated installation; an upgrade has `[version]` in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A peer, ready to be measured in `directory`.

    `command` runs `/bin/true` in its environment; `interactive`
    starts its shell, if it has one.
    """

    name: str
    version: str
    command: tuple[str, ...]
    variables: Mapping[str, str]
    directory: Path
    interactive: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A peer that could not be had, and why."""

    name: str
    reason: str


def all_peers(scratch: Path) -> tuple[list[Peer], list[Absent]]:
    """Return the peers that are there, and those that are not."""
    makers: Mapping[str, Callable[[Path], Peer]] = {
        "mise": _mise,
        "direnv": _direnv,
        "nix-shell": _nix_shell,
    }
    found: list[Peer] = []
    absent: list[Absent] = []
    for name, make in makers.items():
        try:
            found.append(make(scratch / name))
        except (BenchmarkError, OSError, subprocess.SubprocessError) as error:
            reason = str(error).strip().splitlines()[-1]
            absent.append(Absent(name=name, reason=reason))
    return found, absent


def _project(folder: Path) -> Path:
    project = folder / "project"
    project.mkdir(parents=True, exist_ok=True)
    return project


def _mise(folder: Path) -> Peer:
    project = _project(folder)
    program = shutil.which("mise") or _from_npm(folder)
    settings = "".join(f'{name} = "{value}"\n' for name, value in VARIABLES.items())
    (project / "mise.toml").write_text(f"[env]\n{settings}")
    kinds = ("DATA", "CACHE", "CONFIG", "STATE")
    folders = {f"MISE_{kind}_DIR": str(folder / kind.lower()) for kind in kinds}
    variables = {**host_variables(), **folders, "HOME": str(folder)}
    checked([program, "trust", project], env=variables)
    return Peer(
        name="mise exec",
        version=checked([program, "--version"], env=variables).split()[0],
        command=(program, "exec", "--", "/bin/true"),
        variables=variables,
        directory=project,
        interactive=(program, "en"),
    )


def _from_npm(folder: Path) -> str:
    npm = shutil.which("npm")
    architecture = NPM_ARCHITECTURES.get(platform.machine())
    if npm is None or architecture is None:
        raise BenchmarkError("mise is not here, and npm cannot bring it")
    name = f"@jdxcode/mise-linux-{architecture}"
    program = folder / "node_modules" / name / "bin" / "mise"
    if not program.is_file():
        quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
        checked([npm, "install", *quiet, "--prefix", folder, name], env=os.environ)
    return str(program)


def _direnv(folder: Path) -> Peer:
    project = _project(folder)
    program = shutil.which("direnv") or str(_from_apt("direnv", folder) / "direnv")
    lines = (f"export {name}='{value}'\n" for name, value in VARIABLES.items())
    (project / ".envrc").write_text("".join(lines))
    variables = {**host_variables(), "HOME": str(folder)}
    checked([program, "allow", project], env=variables)
    return Peer(
        name="direnv exec",
        version=checked([program, "version"], env=variables).strip(),
        command=(program, "exec", str(project), "/bin/true"),
        variables=variables,
        directory=project,
    )


def _nix_shell(folder: Path) -> Peer:
    project = _project(folder)
    program = str(_from_apt("nix-bin", folder) / "nix-shell")
    (project / "shell.nix").write_text(NIX_SHELL)
    variables = _nix_variables(folder, folder)
    checked([program, "--run", "true"], env=variables, directory=project)
    said = checked([program, "--version"], env=variables)
    return Peer(
        name="nix-shell",
        version=said.split()[-1],
        command=(program, "--run", "/bin/true"),
        variables=variables,
        directory=project,
        interactive=(program,),
    )


def nix_programs(scratch: Path) -> Path:
    """Return the folder of Nix's programs, below the scratch folder of benchmarks."""
    return _from_apt("nix-bin", scratch / "peers/nix-shell")


def nix_variables(scratch: Path, place: Path) -> Mapping[str, str]:
    """Return the variables of a Nix with a store of its own in `place`."""
    return _nix_variables(scratch / "peers/nix-shell", place)


def _nix_variables(folder: Path, place: Path) -> dict[str, str]:
    # Always a private one: a system's own has a daemon between it and its store.
    kinds = ("STORE", "STATE", "LOG", "CONF", "DATA")
    folders = {f"NIX_{kind}_DIR": str(place / kind.lower()) for kind in kinds}
    library = folder / "unpacked/usr/lib"
    loaded = (library / "nix", *library.glob("*-linux-gnu"))
    return {
        **host_variables(),
        **folders,
        "HOME": str(place),
        "NIX_CONFIG": NIX_CONFIG,
        "NIX_BUILD_SHELL": "/bin/bash",
        "LD_LIBRARY_PATH": ":".join(map(str, loaded)),
    }


def new_packages(simulated: str) -> list[str]:
    """Return the packages a simulated `apt-get install` would add."""
    return NEW_PACKAGE.findall(simulated)


def _from_apt(name: str, folder: Path) -> Path:
    programs = folder / "unpacked/usr/bin"
    if programs.is_dir():
        return programs
    apt = shutil.which("apt-get")
    if apt is None:
        raise BenchmarkError(f"{name} is not here, and there is no apt to bring it")
    part = folder / "part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    variables = host_variables()
    ask = [apt, "-s", "--no-install-recommends", "install", name]
    missing = new_packages(checked(ask, env=variables)) or [name]
    checked([apt, "-q", "download", *missing], env=variables, directory=part)
    _unpack(sorted(part.glob("*.deb")), target=part)
    part.rename(folder / "unpacked")
    return programs


def _unpack(archives: Sequence[Path], *, target: Path) -> None:
    for archive in archives:
        checked(["dpkg-deb", "-x", archive, target])
        archive.unlink()
