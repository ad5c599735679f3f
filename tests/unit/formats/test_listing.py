import hashlib
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devenv.formats.listing import ListingEntry, content_hash, in_order, total_size

DIGEST = hashlib.sha256(b"x").hexdigest()
FILE = ListingEntry.file(
    "usr/a", is_executable=False, size=1, sha256=DIGEST, mtime_seconds=5
)
LINK = ListingEntry.link("usr/b", "a")
FOLDER = ListingEntry.directory("usr")
KNOWN = "039f9530b0f9271ee18e4a03ce293a978cab5074a122592323ce5ad44f18039a"

_path = st.text(st.sampled_from("ab/\udcff\u00e9\U0001f600"), min_size=1, max_size=6)
_entry = st.one_of(
    st.builds(ListingEntry.directory, _path),
    st.builds(ListingEntry.link, _path, _path),
    st.builds(
        ListingEntry.file,
        _path,
        is_executable=st.booleans(),
        size=st.integers(0, 1 << 40),
        sha256=st.binary(max_size=3).map(lambda text: hashlib.sha256(text).hexdigest()),
        mtime_seconds=st.integers(-9, 1 << 40),
    ),
)
_listing = st.lists(_entry, unique_by=lambda entry: entry.path, max_size=4)


@given(_listing, st.randoms(use_true_random=False))
def test_the_hash_does_not_depend_on_the_order(
    entries: list[ListingEntry], random: Random
) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)

    assert content_hash(shuffled) == content_hash(entries)


@given(_listing, _listing)
def test_two_listings_have_two_hashes(
    one: list[ListingEntry], other: list[ListingEntry]
) -> None:
    same = set(one) == set(other)

    assert (content_hash(one) == content_hash(other)) == same


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(replace(FILE, path="usr/c"), id="path"),
        pytest.param(replace(FILE, is_executable=True), id="executable"),
        pytest.param(replace(FILE, size=2), id="size"),
        pytest.param(replace(FILE, sha256="0" * 64), id="content"),
        pytest.param(replace(FILE, mtime_seconds=6), id="time"),
        pytest.param(ListingEntry.link("usr/a", "a"), id="kind"),
    ],
)
def test_every_fact_of_a_file_counts(changed: ListingEntry) -> None:
    assert content_hash([changed, LINK, FOLDER]) != content_hash([FILE, LINK, FOLDER])


def test_the_hash_of_a_known_listing_stays_what_it_is() -> None:
    # Stores hold this number: a change of the encoding needs another domain tag.
    assert content_hash([FILE, LINK, FOLDER]) == KNOWN


def test_a_path_named_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="twice"):
        content_hash([FILE, FILE])


def test_a_digest_of_another_kind_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        content_hash([replace(FILE, sha256="abcd")])


def test_entries_are_ordered_by_the_bytes_of_their_paths() -> None:
    # As code points the surrogate that stands for a byte would come first.
    paths = ["b", "a/b", "a", "\U0001f600", "\udcff"]

    ordered = in_order(ListingEntry.directory(path) for path in paths)

    assert [entry.path for entry in ordered] == [
        "a",
        "a/b",
        "b",
        "\U0001f600",
        "\udcff",
    ]


def test_an_inode_is_counted_once() -> None:
    again = replace(FILE, path="usr/z", hard_link_to="usr/a")

    assert total_size([FILE, again, replace(FILE, path="usr/y", size=7), LINK]) == 8
    assert content_hash([FILE, again]) == content_hash(
        [FILE, replace(again, hard_link_to=None)]
    )
