import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from devenv.errors import FormatError, HashMismatchError, UnusableIndexError
from devenv.model.apt import AptPackage, Relation
from devenv.sources.apt.index import PackageIndex, build_index
from devenv.sources.apt.index_file import IndexFile
from tests.fixtures.apt_indexes import built_index, index_file
from tests.fixtures.packages_text import packages_text, stanza


def test_a_package_comes_back_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    text = stanza(
        "mawk",
        "1.3.4-2",
        source="mawk-source (1.3.4)",
        installed_size="300",
        section="interpreters",
        priority="required",
        multi_arch="foreign",
        description="Pattern scanning",
        essential="yes",
        depends="libc6 (>= 2.38), a | b",
        pre_depends="dpkg",
        provides="awk (= 1), nawk",
    )
    with closing(built_index(tmp_path, "updates", text.encode())) as index:
        found = index.packages("mawk")

    assert found == (
        AptPackage(
            name="mawk",
            version="1.3.4-2",
            architecture="amd64",
            filename="pool/main/mawk_1.3.4-2_amd64.deb",
            sha256="0" * 64,
            size=1000,
            installed_size_kib=300,
            source="mawk-source",
            section="interpreters",
            priority="required",
            multi_arch="foreign",
            description="Pattern scanning",
            pocket="updates",
            is_essential=True,
            depends=(
                (Relation(name="libc6", operator=">=", version="2.38"),),
                (Relation(name="a"), Relation(name="b")),
            ),
            pre_depends=((Relation(name="dpkg"),),),
            provides=(
                Relation(name="awk", operator="=", version="1"),
                Relation(name="nawk"),
            ),
        ),
    )


def test_packages_are_found_by_what_they_provide(tmp_path: Path) -> None:
    text = packages_text(
        stanza("aa"),
        stanza("bb", provides="awk, cc (= 1:2), awk"),
        stanza("cc"),
        stanza("dd", provides="xx,awk(=1)"),
    )
    with closing(built_index(tmp_path, "main", text)) as index:
        found = [
            [package.name for package in index.providers(name)]
            for name in ("awk", "cc", "xx", "aa")
        ]

    assert found == [["bb", "dd"], ["bb"], ["dd"], []]


def test_all_components_of_a_pocket_are_in_one_index(tmp_path: Path) -> None:
    main, contrib = packages_text(stanza("aa"), stanza("cc")), stanza("bb").encode()

    with closing(built_index(tmp_path, "main", main, contrib)) as index:
        assert list(index.names()) == ["aa", "bb", "cc"]


def test_a_name_with_two_versions_is_named_once(tmp_path: Path) -> None:
    text = packages_text(stanza("aa", "1"), stanza("aa", "2"))

    with closing(built_index(tmp_path, "main", text)) as index:
        assert list(index.names()) == ["aa"]
        assert [package.version for package in index.packages("aa")] == ["1", "2"]


def test_every_package_is_summed_up(tmp_path: Path) -> None:
    text = packages_text(
        stanza("jq", "1.7", description="command-line json processor"),
        stanza("plain"),
    )
    with closing(built_index(tmp_path, "main", text)) as index:
        assert index.summaries() == [
            ("jq", "1.7", "amd64", "command-line json processor"),
            ("plain", "1", "amd64", ""),
        ]


def test_a_package_that_is_described_twice_is_refused_by_name(tmp_path: Path) -> None:
    text = packages_text(stanza("aa"), stanza("bb", "1.5"), stanza("bb", "1.5"))

    with pytest.raises(FormatError, match="twice") as caught:
        built_index(tmp_path, "main", text)

    assert caught.value.where == "bb 1.5 amd64"


@pytest.mark.parametrize(
    ("text", "max_size", "error"),
    [
        pytest.param(b"Package: jq\n", 100, FormatError, id="malformed"),
        pytest.param(stanza("jq").encode(), 10, HashMismatchError, id="too large"),
    ],
)
def test_an_index_that_cannot_be_built_leaves_the_old_one(
    tmp_path: Path, text: bytes, max_size: int, error: type[Exception]
) -> None:
    built_index(tmp_path, "main", stanza("old").encode()).close()
    (tmp_path / "new").write_bytes(text)

    with pytest.raises(error):
        build_index(
            tmp_path / "main.sqlite",
            [IndexFile(path=tmp_path / "new", max_size=max_size)],
            pocket="main",
        )

    with closing(PackageIndex.open(tmp_path / "main.sqlite")) as index:
        assert list(index.names()) == ["old"]
    assert {path.name for path in tmp_path.iterdir()} == {
        "main-0",
        "main.sqlite",
        "new",
    }


def test_building_tells_how_many_packages_there_are(tmp_path: Path) -> None:
    file = index_file(tmp_path / "x", packages_text(stanza("aa"), stanza("bb")))

    assert build_index(tmp_path / "index", [file], pocket="main") == 2


def test_a_pocket_may_be_empty(tmp_path: Path) -> None:
    with closing(built_index(tmp_path, "updates", b"")) as index:
        assert index.pocket == "updates"
        assert index.packages("jq") == ()


def test_a_path_may_hold_what_means_something_in_an_address(tmp_path: Path) -> None:
    folder = tmp_path / "50% #1?mode=rw"
    folder.mkdir()

    with closing(built_index(folder, "main", stanza("jq").encode())) as index:
        assert list(index.names()) == ["jq"]


def test_opening_writes_nothing_beside_the_index(tmp_path: Path) -> None:
    with closing(built_index(tmp_path, "main", stanza("jq").encode())) as index:
        index.packages("jq")

        assert {path.name for path in tmp_path.iterdir()} == {"main-0", "main.sqlite"}


def _remove(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 4096])


def _scribble(path: Path) -> None:
    path.write_bytes(b"not a database, not at all" * 1000)


def _age(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 0")


def _replace(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE packages (name TEXT)")


@pytest.mark.parametrize(
    "damage",
    [_remove, _empty, _cut, _scribble, _age, _replace],
    ids=lambda f: f.__name__,
)
def test_a_file_that_is_no_index_of_ours_is_refused(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    text = packages_text(*(stanza(f"p{number}") for number in range(500)))
    built_index(tmp_path, "main", text).close()
    path = tmp_path / "main.sqlite"
    damage(path)

    with pytest.raises(UnusableIndexError) as caught:
        PackageIndex.open(path)

    assert caught.value.where == str(path)


def test_damage_inside_is_noticed_when_it_is_met(tmp_path: Path) -> None:
    text = packages_text(*(stanza(f"p{number}") for number in range(500)))
    built_index(tmp_path, "main", text).close()
    path = tmp_path / "main.sqlite"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))

    with pytest.raises(UnusableIndexError):
        PackageIndex.open(path).packages("p1")


def test_malformed_relations_are_told_by_package(tmp_path: Path) -> None:
    text = packages_text(stanza("bad", "3", depends="a (1)"), stanza("good"))

    with closing(built_index(tmp_path, "main", text)) as index:
        assert len(index.packages("good")) == 1
        with pytest.raises(FormatError, match="not a relation") as caught:
            index.packages("bad")

    assert caught.value.where is not None
    assert "bad 3" in caught.value.where
