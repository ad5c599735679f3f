"""The redirecting library in a real program: what it redirects, and what not."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fixtures.elf_tree import (
    ElfTree,
    compile_program,
    make_tree,
    need_compiler,
)

FOLDER = "/usr/share/devenv-test-of-redirection"
FILE = f"{FOLDER}/file"
LINK = f"{FOLDER}/link"
LIBRARY = f"{FOLDER}/library.so"
PROGRAM = "/usr/libexec/devenv-test-of-redirection"
MISSING = "No such file or directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A program of a tree that calls one function with one path."""

    tree: ElfTree
    program: Path

    def __call__(self, function: str, path: str, *more: str) -> str:
        return self._run([function, path, *more])

    def typed(self, function: str, path: str, *arguments: str) -> str:
        """Call it with a path that the command line does not name."""
        return self._run([function, "-", *arguments], text=path)

    def _run(self, arguments: list[str], text: str = "") -> str:
        done = subprocess.run(
            [self.program, *arguments],
            capture_output=True,
            text=True,
            check=True,
            input=text,
            cwd="/",
            env={"PATH": "/nowhere"},
        )
        assert done.stderr == ""
        return done.stdout

    def real(self, path: str) -> Path:
        return self.tree.root / path.removeprefix("/")


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Probe:
    need_compiler()
    folder = tmp_path_factory.mktemp("redirect")
    tree = make_tree(folder / "tree")
    tree.add_file(FILE)
    (tree.root / LINK[1:]).symlink_to("file")
    library = compile_program(folder / "l.so", "int f;", "-shared", "-fPIC")
    tree.add_file(LIBRARY).write_bytes(library.read_bytes())
    script = tree.add_file(PROGRAM, "#!/bin/sh\necho of the tree $1\n")
    script.chmod(0o755)
    for name in ("bin/sh", "bin/bash", "usr/bin/env", "etc/passwd", "usr/lib/other/x"):
        tree.add_file(name, "not to be seen\n")
    tree.add_file("usr/bin/only-in-the-tree")
    source = (Path(__file__).parent / "probe.c").read_text()
    compiled = compile_program(folder / "probe", source, "-ldl")
    return Probe(tree=tree, program=tree.add_program("/usr/bin/probe", compiled))


@pytest.mark.parametrize(
    "function",
    [
        "open",
        "open64",
        "openat",
        "openat64",
        "fopen",
        "fopen64",
        "freopen",
        "freopen64",
        "__open",
        "__open64",
        "__open_2",
        "__open64_2",
        "__openat_2",
        "__openat64_2",
        "openat2",
        "openat2 without links",
        "_IO_fopen",
        "addopen",
    ],
)
def test_a_file_of_the_tree_is_read(probe: Probe, function: str) -> None:
    assert probe(function, FILE) == "of the tree\n"


@pytest.mark.parametrize(
    "function", ["stat", "stat64", "fstatat", "fstatat64", "statx"]
)
def test_a_file_of_the_tree_is_described(probe: Probe, function: str) -> None:
    assert probe(function, LINK) == str(probe.real(FILE).stat().st_ino)


@pytest.mark.parametrize("function", ["lstat", "lstat64"])
def test_a_link_of_the_tree_is_described_itself(probe: Probe, function: str) -> None:
    assert probe(function, LINK) == str(probe.real(LINK).lstat().st_ino)


@pytest.mark.parametrize(
    "function",
    [
        "access",
        "eaccess",
        "euidaccess",
        "faccessat",
        "listxattr",
        "statfs",
        "__statfs",
        "statvfs",
        "ftok",
        "pathconf",
        "inotify_add_watch",
    ],
)
def test_a_file_of_the_tree_is_there(probe: Probe, function: str) -> None:
    assert probe(function, FILE) == "fine"
    assert probe(function, f"{FILE}-missing") == MISSING


@pytest.mark.parametrize("function", ["getxattr", "catopen", "name_to_handle_at"])
def test_a_file_of_the_tree_is_found(probe: Probe, function: str) -> None:
    assert probe(function, FILE) == "there"
    assert probe(function, f"{FILE}-missing") == "missing"


@pytest.mark.parametrize("function", ["openat2 beneath", "openat2 in root"])
def test_a_path_that_does_not_begin_at_the_root_is_not_redirected(
    probe: Probe, function: str
) -> None:
    assert probe(function, FILE) in {MISSING, "Invalid cross-device link"}


@pytest.mark.parametrize(
    "function", ["readlink", "readlinkat", "__readlink_chk", "__readlinkat_chk"]
)
def test_a_link_of_the_tree_is_read(probe: Probe, function: str) -> None:
    assert probe(function, LINK) == "file"


@pytest.mark.parametrize(
    "function", ["realpath", "__realpath_chk", "canonicalize_file_name"]
)
def test_a_real_path_is_in_the_tree(probe: Probe, function: str) -> None:
    assert probe(function, LINK) == str(probe.real(FILE))


@pytest.mark.parametrize("function", ["chdir", "bindtextdomain", "addchdir"])
def test_a_folder_of_the_tree_is_taken(probe: Probe, function: str) -> None:
    assert probe(function, FOLDER).rstrip() == str(probe.real(FOLDER))


@pytest.mark.parametrize("function", ["opendir", "scandir", "scandirat"])
def test_a_folder_of_the_tree_is_listed(probe: Probe, function: str) -> None:
    listed = probe(function, FOLDER).split()

    assert sorted(listed) == ["file", "library.so", "link"]


@pytest.mark.parametrize("function", ["ftw", "nftw", "fts_open"])
def test_a_folder_of_the_tree_is_walked(probe: Probe, function: str) -> None:
    assert str(probe.real(FILE)) in probe(function, FOLDER).split()


@pytest.mark.parametrize("function", ["glob", "glob64"])
@pytest.mark.parametrize("pattern", ["fil?", "f*", "file", "[f]ile"])
def test_a_pattern_is_matched_in_the_tree(
    probe: Probe, function: str, pattern: str
) -> None:
    assert probe(function, f"{FOLDER}/{pattern}") == f"{FILE}\n"


@pytest.mark.parametrize(
    ("function", "pattern", "found"),
    [
        ("glob of more", f"{FOLDER}/f*", f"/proc/self/comm\n{FILE}\n"),
        ("glob behind a gap", f"{FOLDER}/f*", f"{FILE}\n"),
        ("glob of nothing", f"{FOLDER}/x*", f"{FOLDER}/x*\n"),
        ("glob", "/bin/only-in-the-tree*", "nothing"),
        ("glob", "/lib/other/*", "/lib/other/x\n"),
        ("glob", "/usr/share/devenv-test-*/file", "nothing"),
    ],
)
def test_what_a_pattern_finds_is_told_as_it_was_asked_for(
    probe: Probe, function: str, pattern: str, found: str
) -> None:
    assert probe(function, pattern) == found


def test_more_folders_than_there_is_room_for_are_walked(probe: Probe) -> None:
    found = probe("fts_open of many", FILE).split()
    assert found == ["/proc/self/comm"] * 2999
    found = probe("fts_open of long ones", FILE).split()
    assert len(found) == 399
    assert set(found) == {str(probe.real(FILE)), FILE}


@pytest.mark.parametrize("function", ["dlopen", "dlmopen"])
def test_a_library_of_the_tree_is_loaded(probe: Probe, function: str) -> None:
    assert probe(function, LIBRARY) == "loaded"
    assert "cannot open" in probe(function, f"{LIBRARY}-missing")


@pytest.mark.parametrize(
    "function",
    [
        "execve",
        "execv",
        "execvp",
        "execvpe",
        "execl",
        "execlp",
        "execle",
        "posix_spawn",
        "posix_spawnp",
        "vfork",
    ],
)
def test_a_program_of_the_tree_is_run(probe: Probe, function: str) -> None:
    assert probe(function, PROGRAM) == "of the tree argument\n"


@pytest.mark.parametrize(
    "function",
    [
        "open to write",
        "open to read and write",
        "access to write",
        "fopen to write",
        "fopen to append",
        "addopen to write",
    ],
)
def test_what_is_written_is_the_hosts(probe: Probe, function: str) -> None:
    assert probe(function, FILE) == MISSING
    assert probe.real(FILE).read_text() == "of the tree\n"


def test_what_is_made_is_the_hosts(probe: Probe) -> None:
    assert probe("open to make", FILE) == MISSING


@pytest.mark.parametrize(
    "path", ["/bin/sh", "/bin/bash", "/usr/bin/env", "/etc/passwd"]
)
def test_a_file_that_is_the_hosts_stays_so(probe: Probe, path: str) -> None:
    assert probe("stat", path) == str(Path(path).stat().st_ino)


@pytest.mark.parametrize("path", ["/usr", "/usr/", "/usr/bin", "/usr/bin/", "/etc"])
def test_a_folder_everybody_shares_is_the_hosts(probe: Probe, path: str) -> None:
    assert probe("realpath", path) == str(Path(path).resolve())


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"{FOLDER}/../{FOLDER.rpartition('/')[2]}/file", id="upwards"),
        pytest.param(f"/usr/..{FILE}", id="upwards at once"),
        pytest.param(f"/proc/..{FILE}", id="of another folder"),
        pytest.param(FILE[1:], id="relative"),
        pytest.param("", id="empty"),
    ],
)
def test_no_other_path_is_redirected(probe: Probe, path: str) -> None:
    assert probe("open", path) == MISSING


def test_a_path_from_before_the_merged_usr_is_found(probe: Probe) -> None:
    assert probe("open", "/bin/only-in-the-tree") == "of the tree\n"
    assert probe("open", "/lib/other/x") == "not to be seen\n"


def test_a_path_of_the_host_is_passed_on(probe: Probe, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("of the host\n")

    assert probe("open", str(tmp_path / "file")) == "of the host\n"
    assert probe("stat", "/usr/bin/gcc") == str(Path("/usr/bin/gcc").stat().st_ino)


@pytest.mark.parametrize("function", ["errno", "errno of stat"])
def test_errno_is_left_alone(probe: Probe, function: str) -> None:
    assert probe(function, FILE) == "1 77"
    assert probe(function, str(of_the_host())) == "1 77"


def test_a_file_of_the_host_is_found_though_its_path_is_too_long_in_the_tree(
    probe: Probe,
) -> None:
    path = of_the_host()
    dots = "/." * ((4090 - len(str(path))) // 2)
    inode = probe("stat", f"/usr{dots}{str(path).removeprefix('/usr')}")

    assert inode == str(path.stat().st_ino)


def of_the_host() -> Path:
    """Return a file that packages own, and the tree has not."""
    return next(path for path in Path("/usr/bin").iterdir() if path.is_file())


def test_a_path_that_is_too_long_is_passed_on(probe: Probe) -> None:
    assert probe("open", "/usr/" + "x/" * 3000) == "File name too long"


def test_a_program_outside_a_tree_is_not_redirected(
    probe: Probe, tmp_path: Path
) -> None:
    library = probe.tree.libraries / "libdevenv-redirect.so"
    (tmp_path / library.name).write_bytes(library.read_bytes())
    place = tmp_path / "probe"
    place.write_bytes(probe.program.read_bytes())
    place.chmod(0o755)

    done = subprocess.run(
        [place, "open", FILE],
        capture_output=True,
        text=True,
        check=True,
        env={"LD_LIBRARY_PATH": f"{tmp_path}:{probe.tree.libraries}"},
    )
    assert done.stdout == MISSING


def test_a_child_of_the_host_is_not_redirected(probe: Probe, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ncat {FILE} || echo unseen\n")
    script.chmod(0o755)

    done = subprocess.run(
        [probe.program, "execv", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )
    assert done.stdout == "unseen\n"
