"""The package index of one pocket, as an SQLite file.

Reading the archive's own text takes seconds; opening this and looking up 500
names takes some ten milliseconds. Relations stay text here and are parsed when
a package is asked for.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from devenv.errors import FormatError
from devenv.formats.packages_file import PackageStanza, parse_packages
from devenv.formats.relations import parse_provides, parse_relations
from devenv.host.sqlite import sqlite3
from devenv.model.apt import AptPackage
from devenv.patterns import late_pattern
from devenv.sources.apt.database import (
    Layout,
    damage_reported,
    open_database,
    staged_database,
)
from devenv.sources.apt.index_file import IndexFile, read_index_file
from devenv.typed import Self

LAYOUT = Layout(
    application_id=0x64766170,
    version=1,
    tables="""
        CREATE TABLE pocket (name TEXT NOT NULL);
        CREATE TABLE packages (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            architecture TEXT NOT NULL,
            filename TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            size INTEGER NOT NULL,
            installed_size_kib INTEGER NOT NULL,
            source TEXT NOT NULL,
            section TEXT NOT NULL,
            priority TEXT NOT NULL,
            multi_arch TEXT NOT NULL,
            description TEXT NOT NULL,
            is_essential INTEGER NOT NULL,
            depends TEXT NOT NULL,
            pre_depends TEXT NOT NULL,
            provides TEXT NOT NULL
        );
        CREATE TABLE provided (name TEXT NOT NULL, package INTEGER NOT NULL);
    """,
)
_LOOK_UPS = """
    CREATE UNIQUE INDEX package_key ON packages (name, version, architecture);
    CREATE INDEX provided_name ON provided (name, package);
"""
"""Made over full tables, which is several times quicker than beforehand."""

_INSERT = "INSERT INTO packages VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_PROVIDED_NAME = late_pattern(r"(?:^|,)\s*([^\s,(:]+)")


class PackageIndex:
    """The packages of one pocket, by name and by what they provide.

    Use it on the thread that opened it, and close it. Every method raises
    UnusableIndexError if the file turns out to be damaged.
    """

    def __init__(
        self, connection: sqlite3.Connection, *, path: Path, pocket: str
    ) -> None:
        self._connection = connection
        self._path = path
        self.pocket = pocket

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an index that `build_index` made.

        Raises:
            UnusableIndexError: there is none, it is damaged, or another version
                of devenv made it. Build it again.
        """
        connection = open_database(path, LAYOUT)
        try:
            with damage_reported(path):
                (pocket,) = connection.execute("SELECT name FROM pocket").fetchone()
        except BaseException:
            connection.close()
            raise
        return cls(connection, path=path, pocket=pocket)

    def close(self) -> None:
        """Close the file; closing twice is fine."""
        self._connection.close()

    def packages(self, name: str) -> tuple[AptPackage, ...]:
        """Return every version of the package `name`, in the archive's order.

        Raises:
            FormatError: the relations of one are malformed.
        """
        return self._packages("SELECT * FROM packages WHERE name = ? ORDER BY id", name)

    def providers(self, name: str) -> tuple[AptPackage, ...]:
        """Return the packages whose Provides has `name`, in the archive's order.

        Raises:
            FormatError: the relations of one are malformed.
        """
        query = """SELECT * FROM packages
            WHERE id IN (SELECT package FROM provided WHERE name = ?) ORDER BY id"""
        return self._packages(query, name)

    def names(self) -> Iterator[str]:
        """Yield the name of every package once, sorted."""
        for (name,) in self._rows("SELECT DISTINCT name FROM packages ORDER BY name"):
            yield str(name)

    def names_like(self, pattern: str) -> Iterator[str]:
        """Yield the names that a pattern fits, in which `*` stands for anything."""
        query = "SELECT DISTINCT name FROM packages WHERE name GLOB ? ORDER BY name"
        for (name,) in self._rows(query, pattern.replace("[", "[[]")):
            yield str(name)

    def summaries(self) -> list[tuple[str, str, str, str]]:
        """Return name, version, architecture and description of every package."""
        query = "SELECT name, version, architecture, description FROM packages"
        with damage_reported(self._path):
            return self._connection.execute(query).fetchall()

    def _packages(self, query: str, name: str) -> tuple[AptPackage, ...]:
        return tuple(
            _package(PackageStanza._make(row[1:]), pocket=self.pocket)
            for row in self._rows(query, name)
        )

    def _rows(self, query: str, *values: str) -> list[tuple[object, ...]]:
        with damage_reported(self._path):
            return self._connection.execute(query, values).fetchall()


def build_index(
    target: Path, packages_files: Iterable[IndexFile], *, pocket: str
) -> int:
    """Make `target` the index of all `packages_files`; return how many packages.

    One file a component: together they are what one Release vouches for. The
    index appears whole or not at all, in place of an older one.

    Raises:
        HashMismatchError: a file is not what was signed.
        FormatError: a paragraph is malformed, or two describe the same package.
        OSError: the index cannot be written.
    """
    provided: list[tuple[str, int]] = []

    def rows() -> Iterator[tuple[object, ...]]:
        files = (parse_packages(read_index_file(file)) for file in packages_files)
        for row_id, stanza in enumerate(chain.from_iterable(files), start=1):
            if stanza.provides:
                names = dict.fromkeys(_PROVIDED_NAME.findall(stanza.provides))
                provided.extend((name, row_id) for name in names)
            yield (row_id, *stanza)

    with staged_database(target, LAYOUT) as connection:
        connection.execute("INSERT INTO pocket VALUES (?)", (pocket,))
        connection.executemany(_INSERT, rows())
        connection.executemany("INSERT INTO provided VALUES (?, ?)", provided)
        try:
            connection.executescript(_LOOK_UPS)
        except sqlite3.IntegrityError as error:
            raise _duplicate(connection) from error
        (count,) = connection.execute("SELECT count(*) FROM packages").fetchone()
    return int(count)


def _duplicate(connection: sqlite3.Connection) -> FormatError:
    key = connection.execute(
        """SELECT name, version, architecture FROM packages
        GROUP BY 1, 2, 3 HAVING count(*) > 1 LIMIT 1"""
    ).fetchone()
    return FormatError(
        "the package index describes a package twice", where=" ".join(key)
    )


def _package(stanza: PackageStanza, *, pocket: str) -> AptPackage:
    try:
        return AptPackage(
            name=stanza.name,
            version=stanza.version,
            architecture=stanza.architecture,
            filename=stanza.filename,
            sha256=stanza.sha256,
            size=stanza.size,
            installed_size_kib=stanza.installed_size_kib,
            source=stanza.source,
            section=stanza.section,
            priority=stanza.priority,
            multi_arch=stanza.multi_arch,
            description=stanza.description,
            pocket=pocket,
            is_essential=bool(stanza.is_essential),
            depends=parse_relations(stanza.depends),
            pre_depends=parse_relations(stanza.pre_depends),
            provides=parse_provides(stanza.provides),
        )
    except FormatError as error:
        subject = f"{stanza.name} {stanza.version}"
        raise FormatError(error.what, where=f"the package index, {subject}") from error
