"""What a tree is filled with: links, many of one source, and a few files of its own."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from devenv.build.draft import SourceFile, TreeDraft, WrittenFile
from devenv.host.fill_tree import (
    Operations,
    linking,
    making_folder,
    making_symlink,
)
from devenv.typed import Self
from devenv.values import dataclass, replace

WORTH_A_THREAD = 1000
"""Entries; for fewer the second thread costs more than it spares."""

_PARTS = 64
"""Enough that all threads end together, and soon when they are called off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Files and symbolic links of a draft by their paths, as they are at one time.

    `sources` are links of store paths that are the same as those at these paths.
    """

    files: Mapping[str, SourceFile | WrittenFile]
    links: Mapping[str, str]
    sources: Mapping[str, str]
    folders: frozenset[str]

    @classmethod
    def none(cls) -> Self:
        """Return nothing."""
        return cls(files={}, links={}, sources={}, folders=frozenset())

    @classmethod
    def of(cls, draft: TreeDraft) -> Self:
        """Return all that a draft has by now."""
        return cls(
            files=dict(draft.files),
            links=dict(draft.links),
            sources=dict(draft.link_sources),
            folders=frozenset(draft.folders),
        )

    def linked(self, later: AbstractSet[str]) -> Self:
        """Return what is no more than links, but the files at these paths."""
        files = {
            path: file
            for path, file in self.files.items()
            if isinstance(file, SourceFile) and path not in later
        }
        return replace(self, files=files)

    def since(self, before: Self) -> tuple[Self, frozenset[str]]:
        """Return what was not there before, and the paths that were something else."""
        old_file, old_link = before.files.get, before.links.get
        fresh = replace(
            self,
            files={
                path: file
                for path, file in self.files.items()
                if old_file(path) is not file
            },
            links={
                path: target
                for path, target in self.links.items()
                if old_link(path) != target
            },
            folders=self.folders - before.folders,
        )
        gone = before.files.keys() - self.files.keys()
        gone |= before.links.keys() - self.links.keys()
        gone |= before.files.keys() & fresh.files.keys()
        gone |= before.links.keys() & fresh.links.keys()
        return fresh, frozenset(gone)

    def divided(self, paths: AbstractSet[str]) -> tuple[Self, Self]:
        """Return what is not at these paths, folders included, and what is."""
        outside = self._at(self.files.keys() - paths, self.links.keys() - paths)
        inside = self._at(self.files.keys() & paths, self.links.keys() & paths)
        return outside, replace(inside, folders=frozenset())

    def _at(self, files: Iterable[str], links: Iterable[str]) -> Self:
        return replace(
            self,
            files={path: self.files[path] for path in files},
            links={path: self.links[path] for path in links},
        )

    def beyond(self, before: Self) -> Self:
        """Return what is at paths where nothing was before."""
        known_files, known_links = before.files, before.links
        return replace(
            self,
            files={
                path: file
                for path, file in self.files.items()
                if path not in known_files
            },
            links={
                path: target
                for path, target in self.links.items()
                if path not in known_links
            },
            folders=self.folders - before.folders,
        )

    def joined(self, more: Self) -> Self:
        """Return both; no path is in both."""
        return replace(
            more,
            files={**self.files, **more.files},
            links={**self.links, **more.links},
            folders=self.folders | more.folders,
        )

    @property
    def written(self) -> dict[str, SourceFile | WrittenFile]:
        """The files that are not linked."""
        return {
            path: file
            for path, file in self.files.items()
            if isinstance(file, WrittenFile)
        }

    def operations(self) -> Operations:
        """Return what makes all but the written files, and the folders of that.

        In parts of about the same work; one, if there is little.
        """
        by_folder = self._by_folder()
        total = sum(map(len, by_folder.values()))
        enough = total // _PARTS if total >= WORTH_A_THREAD else total
        parts: list[list[str]] = [[]]
        for folder in sorted(by_folder):
            if len(parts[-1]) > enough:
                parts.append([])
            parts[-1] += by_folder[folder]
        return Operations(parts)

    def _by_folder(self) -> dict[str, list[str]]:
        # In the order in which files were found, which is that of memory: half of the
        # time that it takes by the names of each folder.
        made = {folder: [making_folder(folder)] for folder in self.folders}
        last, inside = None, []
        for path, file in self.files.items():
            if isinstance(file, SourceFile):
                folder, _, name = path.rpartition("/")
                if folder != last:
                    last, inside = folder, _inside(made, folder)
                inside.append(linking(file.source, name))
        for path, target in self.links.items():
            folder, _, name = path.rpartition("/")
            source = self.sources.get(path)
            # As another name of a link that is there, if possible: that spares an
            # inode. ext4 takes 5 us instead of 6 to 30 for one, and up to 250 in the
            # minutes after files were deleted, whose inodes it passes over.
            _inside(made, folder).append(
                linking(source, name) if source else making_symlink(target, name)
            )
        return made


def _inside(made: dict[str, list[str]], folder: str) -> list[str]:
    if folder not in made:
        made[folder] = [making_folder(folder)]
    return made[folder]
