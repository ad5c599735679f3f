"""What a store path holds, summed up from the facts that it carries.

Nothing here looks at the disk: what was written is known.
"""

from devenv import hashes
from devenv.build.unpack_rules import FACTS_MTIME_SECONDS, FACTS_PATH
from devenv.formats.listing import (
    encoded_directory,
    encoded_files,
    encoded_link,
    hash_of_encoded,
    path_bytes,
)
from devenv.model.facts import PackageFacts
from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the record of a store path says of its content; all entries are counted."""

    content_hash: str
    size_bytes: int
    entry_count: int


def contents_of(facts: PackageFacts, encoded: bytes) -> Contents:
    """Return what the store records of a path with these facts.

    `encoded` is what its FACTS_PATH holds. It is the same as of a listing of the path.
    """
    digest = hashes.sha256(encoded).hexdigest()
    rows = [(FACTS_PATH, False, len(encoded), digest, FACTS_MTIME_SECONDS)]
    rows += [fact[:5] for fact in facts.files]
    listed = list(encoded_files(rows))
    for link in facts.links:
        name = path_bytes(link.path)
        listed.append((name, encoded_link(name, path_bytes(link.target))))
    for path in folders_of(facts):
        name = path_bytes(path)
        listed.append((name, encoded_directory(name)))
    sizes = (fact.size for fact in facts.files if fact.hard_link_to is None)
    return Contents(
        content_hash=hash_of_encoded(listed),
        size_bytes=len(encoded) + sum(sizes),
        entry_count=len(listed),
    )


def folders_of(facts: PackageFacts) -> set[str]:
    """Return every folder of the path: those listed, and all parents."""
    pending = [FACTS_PATH, *(fact.path for fact in facts.files)]
    pending += [link.path for link in facts.links]
    folders = set(facts.directories)
    parents = {path.rpartition("/")[0] for path in (*pending, *folders)}
    while parents:
        folders |= parents
        parents = {path.rpartition("/")[0] for path in parents} - folders
    return folders - {""}
