"""Reading a project: real files."""

import hashlib
import os
from pathlib import Path

import pytest

from devenv.errors import NoProjectError, SpecError
from devenv.model.project import Project, ProjectFile
from devenv.operations.find_project import require_project
from devenv.operations.read_project import find_project, read_project

SYSTEM = "x86_64-linux"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    return folder


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def read(folder: Path, *, is_named: bool = False, **env: str) -> Project:
    return read_project(folder, system=SYSTEM, env=env, is_named=is_named)


def packages(project: Project) -> list[str]:
    return [item.text for item in project.spec.requirements]


def complaints(folder: Path) -> list[str]:
    with pytest.raises(SpecError) as caught:
        read(folder)
    return [f"{item.what} AT {item.where}" for item in caught.value.complaints]


def found(project: Project, path: Path) -> ProjectFile:
    (file,) = (item for item in project.files if item.path == str(path))
    return file


class TestFinding:
    def test_the_nearest_spec_upward_is_found(self, folder: Path) -> None:
        write(folder / "devenv.toml", "")
        below = folder / "a/b"
        below.mkdir(parents=True)
        assert find_project(below) == folder
        write(folder / "a/devenv.toml", "")
        assert find_project(below) == folder / "a"

    def test_a_link_is_followed_to_where_it_is(self, folder: Path) -> None:
        write(folder / "a/devenv.toml", "")
        (folder / "link").symlink_to("a")
        assert find_project(folder / "link") == folder / "a"

    def test_only_a_regular_file_counts(self, folder: Path) -> None:
        write(folder / "devenv.toml", "")
        (folder / "a/devenv.toml").mkdir(parents=True)
        (folder / "b").mkdir()
        os.mkfifo(folder / "b/devenv.toml")
        assert find_project(folder / "a") == folder
        assert find_project(folder / "b") == folder

    @pytest.mark.parametrize(
        ("ceiling", "is_found"),
        [
            pytest.param("{app}", True, id="the project itself is looked in"),
            pytest.param("{app}/a", False, id="nothing above is"),
            pytest.param("/x:{app}/a/b", False, id="one of several"),
            pytest.param("{app}/link", False, id="by another name"),
            pytest.param("a:", True, id="relative and empty ones do not count"),
        ],
    )
    def test_a_ceiling_ends_the_search(
        self, folder: Path, ceiling: str, *, is_found: bool
    ) -> None:
        write(folder / "devenv.toml", "")
        (folder / "a/b").mkdir(parents=True)
        (folder / "link").symlink_to("a")
        project = find_project(folder / "a/b", ceiling=ceiling.format(app=folder))
        assert project == (folder if is_found else None)

    def test_another_tools_files_are_named(self, folder: Path) -> None:
        write(folder / "devenv.nix", "")
        (folder / ".devenv").mkdir()
        with pytest.raises(NoProjectError, match=r"devenv\.nix, \.devenv belong"):
            require_project(folder, ceiling=str(folder))
        with pytest.raises(NoProjectError, match=r"devenv\.nix"):
            read(folder)


class TestMerging:
    def test_imports_come_first_and_the_local_spec_last(self, folder: Path) -> None:
        write(folder / "devenv.toml", "imports = ['../common/a.toml']\npackages=['b']")
        write(folder.parent / "common/a.toml", "imports=['b.toml']\npackages=['a']")
        write(folder.parent / "common/b.toml", "packages = ['z']")
        write(folder / "devenv.local.toml", "packages = ['c']")
        assert packages(read(folder)) == ["z", "a", "b", "c"]

    def test_a_file_imported_twice_is_read_once(self, folder: Path) -> None:
        write(folder / "devenv.toml", "imports = ['a.toml', 'b.toml']")
        write(folder / "a.toml", "imports = ['c.toml']\npackages = ['a']")
        write(folder / "b.toml", "imports = ['c.toml']\npackages = ['b']")
        write(folder / "c.toml", "packages = ['c']\nenv.A = ['c']")
        project = read(folder)
        assert packages(project) == ["c", "a", "b"]
        assert len(project.spec_files) == 4

    def test_home_is_where_a_tilde_leads(self, folder: Path, tmp_path: Path) -> None:
        write(tmp_path / "home/own.toml", "packages = ['own']")
        write(folder / "devenv.toml", "imports = ['~/own.toml']")
        assert packages(read(folder, HOME=str(tmp_path / "home"))) == ["own"]

    def test_files_that_import_each_other_are_named(self, folder: Path) -> None:
        write(folder / "devenv.toml", "imports = ['a.toml']")
        write(folder / "a.toml", "imports = ['b.toml']")
        write(folder / "b.toml", "\nimports = ['a.toml']")
        (told,) = complaints(folder)
        assert f"{folder}/a.toml -> {folder}/b.toml -> {folder}/a.toml" in told
        assert told.endswith(f"AT {folder}/b.toml:2, imports[0]")

    def test_a_missing_import_is_named_with_who_wants_it(self, folder: Path) -> None:
        write(folder / "devenv.toml", "imports = ['a.toml']")
        write(folder / "a.toml", "imports = ['gone.toml']")
        (told,) = complaints(folder)
        assert f"{folder}/devenv.toml -> {folder}/a.toml -> {folder}/gone" in told
        assert told.endswith(f"AT {folder}/a.toml:1, imports[0]")

    def test_mistakes_of_all_files_are_told_at_once(self, folder: Path) -> None:
        write(folder / "devenv.toml", "imports = ['a.toml', 'b.toml']\nx = 1")
        write(folder / "a.toml", "y = 1")
        write(folder / "b.toml", "z = ")
        write(folder / "devenv.local.toml", "w = 1")
        told = complaints(folder)
        assert len(told) == 2  # what a wrong file imports is not read
        assert "'x'" in told[0]
        assert "'w'" in told[1]

    @pytest.mark.parametrize("system", ["x86_64-linux", "aarch64-linux"])
    def test_there_is_a_spec_for_every_system(self, folder: Path, system: str) -> None:
        write(folder / "devenv.toml", f"[system.{system}]\npackages = ['jq']")
        project = read(folder)
        assert project.spec_for(system).requirements[0].text == "jq"
        assert len(project.spec_for(system).requirements) == 1


class TestFiles:
    def test_every_file_is_among_them_there_or_not(self, folder: Path) -> None:
        write(
            folder / "devenv.toml",
            "dotenv = ['.env', '.env.local']\nenv.T = { file = 't' }\n"
            "inputs.own = { apt = 'u', suite = 's', key = 'k.asc' }",
        )
        write(folder / ".env", "A=1")
        write(folder / "k.asc", "key")
        project = read(folder)
        assert [
            (Path(item.path).name, item.sha256 is None) for item in project.files
        ] == [
            (".env", False),
            (".env.local", True),
            ("devenv.local.toml", True),
            ("devenv.toml", False),
            ("k.asc", False),
            ("t", True),
        ]
        assert project.contents == {
            str(folder / ".env"): b"A=1",
            str(folder / "k.asc"): b"key",
        }

    def test_a_file_has_its_hash_time_and_size(self, folder: Path) -> None:
        path = write(folder / "devenv.toml", "# hello")
        os.utime(path, ns=(1, 1_700_000_000_123_456_789))
        assert found(read(folder), path) == ProjectFile(
            path=str(path),
            sha256=hashlib.sha256(b"# hello").hexdigest(),
            mtime_ns=path.stat().st_mtime_ns,
            size=7,
        )

    def test_values_of_another_system_are_not_read(self, folder: Path) -> None:
        write(folder / "devenv.toml", "[system.aarch64-linux]\nenv.T = {file = 't'}")
        names = [Path(item.path).name for item in read(folder).files]
        assert "t" not in names


class TestOddFiles:
    def test_a_fifo_does_not_hang(self, folder: Path) -> None:
        write(folder / "devenv.toml", "dotenv = ['.env']")
        os.mkfifo(folder / ".env")
        (told,) = complaints(folder)
        assert "not a regular file" in told
        assert told.endswith("devenv.toml:1, dotenv[0]")

    def test_a_directory_is_no_spec(self, folder: Path) -> None:
        write(folder / "devenv.toml", "imports = ['a.toml']")
        (folder / "a.toml").mkdir()
        (told,) = complaints(folder)
        assert "not a regular file" in told

    def test_a_link_that_leads_to_itself_is_told(self, folder: Path) -> None:
        write(folder / "devenv.toml", "dotenv = ['.env']")
        (folder / ".env").symlink_to(".env")
        (told,) = complaints(folder)
        assert "cannot be read" in told

    def test_a_huge_file_is_not_read(self, folder: Path) -> None:
        write(folder / "devenv.toml", "dotenv = ['.env']")
        with (folder / ".env").open("wb") as file:
            file.truncate(1 << 40)
        (told,) = complaints(folder)
        assert "larger than 262144 bytes" in told

    def test_bytes_that_are_no_text_have_a_line(self, folder: Path) -> None:
        (folder / "devenv.toml").write_bytes(b"# one\n# \xff\n")
        assert complaints(folder) == [f"this is not UTF-8 AT {folder}/devenv.toml:2"]

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("\ufeffpackages = ['jq']", id="byte order mark"),
            pytest.param("packages = [\r\n  'jq',\r\n]\r\n", id="CRLF"),
        ],
    )
    def test_what_other_editors_write_is_read(self, folder: Path, text: str) -> None:
        write(folder / "devenv.toml", text)
        assert packages(read(folder)) == ["jq"]

    def test_a_folder_may_have_a_line_end_in_its_name(self, tmp_path: Path) -> None:
        folder = tmp_path / "a\nb"
        write(folder / "devenv.toml", "packages = ['jq']")
        assert read(folder).directory == str(folder)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
    def test_a_file_without_rights_is_told(self, folder: Path) -> None:
        write(folder / "devenv.toml", "").chmod(0)
        (told,) = complaints(folder)
        assert "Permission denied" in told

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
    def test_somebody_elses_spec_is_read_when_it_is_named(self, folder: Path) -> None:
        os.chown(write(folder / "devenv.toml", ""), 12345, 12345)
        (told,) = complaints(folder)
        assert "belongs to another user (12345)" in told
        assert packages(read(folder, is_named=True)) == []
        assert packages(read(folder, SUDO_UID="12345")) == []
        os.chown(folder / "devenv.toml", 0, 0)
        os.chown(write(folder / "devenv.local.toml", ""), 12345, 12345)
        (told,) = complaints(folder)
        assert told.startswith("devenv.local.toml belongs")


class TestInputs:
    def test_an_unknown_input_is_told_with_the_nearest(self, folder: Path) -> None:
        write(folder / "devenv.toml", "packages = ['bookwurm:jq', 'own:x']")
        with pytest.raises(SpecError) as caught:
            read(folder)
        first, second = caught.value.complaints
        assert first.hint is not None
        assert "did you mean bookworm?" in first.hint
        assert second.where == f"{folder}/devenv.toml:1, packages[1]"

    def test_a_built_in_input_cannot_be_redefined(self, folder: Path) -> None:
        write(folder / "devenv.toml", "inputs.sid={apt='u',suite='s',key='k'}")
        (told,) = complaints(folder)
        assert "has already" in told
