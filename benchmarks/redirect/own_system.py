"""Programs of a tree against the same programs on a system of their own.

The archives that devenv fetched are also unpacked as dpkg does, into a root with a
loader's cache. There, in a chroot, each program is started in turns from the root
itself and from the tree. So it shows what relocation costs as a whole: another
loader, run paths in place of the cache, and the redirecting library.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.cold.devenv import DevenvCold
from benchmarks.report import markdown_table, three_figures
from benchmarks.subject import devenv_variables, find_devenv, package_flags
from benchmarks.timing import checked

PACKAGES = ("coreutils", "git", "jq", "perl", "python3", "sqlite3")
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "true": (),
    "jq": ("--version",),
    "sqlite3": ("--version",),
    "git": ("--version",),
    "perl": ("-e", "0"),
    "python3": ("-ISc", ""),
}
MERGED = ("bin", "sbin", "lib", "lib64")


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """What starts of one program took in microseconds, round by round."""

    own: tuple[float, ...]
    tree: tuple[float, ...]

    @property
    def later_us(self) -> float:
        """The median over the rounds of how much later the tree's one is."""
        pairs = zip(self.tree, self.own, strict=True)
        return median(tree - own for tree, own in pairs)


def measure_programs(folder: Path, *, rounds: int) -> dict[str, Starts]:
    """Return the starts of each program; `folder` is new, and for this alone."""
    folder.mkdir(parents=True)
    tree = _realised(folder)
    system = _own_system(folder)
    return {
        name: _starts(name, system=system, folder=folder, tree=tree, rounds=rounds)
        for name in COMMANDS
    }


def _realised(folder: Path) -> Path:
    variables = devenv_variables(store=folder / "store", cache=folder / "full")
    flags = package_flags(PACKAGES)
    find = ("sh", "-c", "command -v jq")
    command = (find_devenv(), "run", *flags, "--", *find)
    return Path(checked(command, env=variables).strip()).parent


def _own_system(folder: Path) -> Path:
    system = folder / "system"
    for name in MERGED:
        (system / "usr" / name).mkdir(parents=True)
        (system / name).symlink_to(f"usr/{name}")
    for name in ("dev", "proc"):
        (system / name).mkdir()
    for archive in DevenvCold(packages=PACKAGES, folder=folder).archives():
        checked(["dpkg-deb", "-x", archive, system])
    checked(["/sbin/ldconfig", "-r", system])
    source = Path(__file__).with_name("starts.c")
    checked(["gcc", "-O2", "-w", "-static", "-o", system / "starts", source])
    return system


def _starts(
    name: str, *, system: Path, folder: Path, tree: Path, rounds: int
) -> Starts:
    """Start a program in its own system, where the store is, too."""
    script = (
        'mkdir -p "$1/$2" && mount --bind "$2" "$1/$2" && mount --rbind /dev "$1/dev"'
        ' && mount --rbind /proc "$1/proc" && root=$1 && shift 2'
        ' && exec chroot "$root" /starts "$@"'
    )
    words = (str(rounds), f"/usr/bin/{name}", str(tree / name), "--")
    namespace = ("unshare", "--map-root-user", "--mount")
    where = (str(system), str(folder / "store"))
    command = (*namespace, "sh", "-c", script, "sh", *where, *words, *COMMANDS[name])
    # `starts` writes the program itself over the first word behind `--`.
    lines = [line.split() for line in checked(command).splitlines()]
    return Starts(
        own=tuple(float(own) for own, _ in lines),
        tree=tuple(float(tree) for _, tree in lines),
    )


def programs_table(measured: Mapping[str, Starts]) -> str:
    """Return medians and differences, in microseconds."""
    rows = [
        (
            name,
            three_figures(median(starts.own)),
            three_figures(median(starts.tree)),
            f"{starts.later_us:+.0f}",
            f"{min(starts.tree) - min(starts.own):+.0f}",
        )
        for name, starts in measured.items()
    ]
    heads = (
        "a start, in microseconds",
        "on a system of its own",
        "in a tree",
        "later, median",
        "later, least",
    )
    return markdown_table(heads, rows)
