from importlib.resources import files
from pathlib import Path

import pytest

from devenv.errors import DevenvError, FormatError, SignatureError, UsageError
from devenv.formats.openpgp import primary_fingerprints
from devenv.sources.apt.inputs import built_in, find_input, keyring_of, own_input
from devenv.sources.apt.mirrors import MAIN_ARCHIVE, SECURITY_ARCHIVE
from tests.fixtures.archive import Signer

PINNED = {
    "debian-archive-bullseye-automatic.pgp": "1F89983E0081FDE018F3CC9673A4F27B8DD47936",
    "debian-archive-bullseye-security-automatic.pgp": (
        "AC530D520F2F3269F5E98313A48449044AAD5C5D"
    ),
    "debian-archive-bullseye-stable.pgp": "A4285295FC7B1A81600062A9605C66F00D6C9793",
    "debian-archive-bookworm-automatic.pgp": "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8",
    "debian-archive-bookworm-security-automatic.pgp": (
        "05AB90340C0C5E797F44A8C8254CF3B5AEC0A8F0"
    ),
    "debian-archive-bookworm-stable.pgp": "4D64FEC119C2029067D6E791F8D2585B8783D481",
    "debian-archive-trixie-automatic.pgp": "04B54C3CDCA79751B16BC6B5225629DF75B188BD",
    "debian-archive-trixie-security-automatic.pgp": (
        "5E04A1E3223A19A20706E20F9904613D4CCE68C6"
    ),
    "debian-archive-trixie-stable.pgp": "41587F7DB8C774BCCF131416762F67A0B2C39DE4",
}
INPUTS = [
    "debian",
    "bullseye",
    "bookworm",
    "bookworm-backports",
    "trixie",
    "trixie-backports",
    "forky",
    "sid",
]


@pytest.mark.parametrize(("file", "fingerprint"), PINNED.items(), ids=PINNED)
def test_a_shipped_key_is_the_one_debian_published(file: str, fingerprint: str) -> None:
    keyring = (files("devenv.data") / "keys" / file).read_bytes()

    assert primary_fingerprints(keyring) == {fingerprint}
    assert built_in().key_files[fingerprint] == file


def test_no_other_key_is_shipped() -> None:
    shipped = {entry.name for entry in (files("devenv.data") / "keys").iterdir()}

    assert shipped == set(PINNED)
    assert set(built_in().key_files.values()) == set(PINNED)


def test_every_release_is_an_input() -> None:
    assert sorted(built_in().inputs) == sorted(INPUTS)
    assert find_input("debian").pockets == find_input("trixie").pockets


@pytest.mark.parametrize("name", INPUTS)
def test_every_pocket_is_pinned_down(name: str) -> None:
    for pocket in find_input(name).pockets:
        is_security = pocket.name.endswith("-security")

        assert pocket.archive == (SECURITY_ARCHIVE if is_security else MAIN_ARCHIVE)
        assert pocket.origin is not None
        assert pocket.label is not None
        assert pocket.codename == pocket.suite == pocket.name
        assert pocket.components == ("main",)
        assert primary_fingerprints(keyring_of(pocket)) == pocket.keys


@pytest.mark.parametrize("name", ["bookworm", "trixie"])
def test_a_supported_release_cannot_go_without_news_of_security(name: str) -> None:
    (security,) = (p for p in find_input(name).pockets if p.archive == SECURITY_ARCHIVE)

    assert security.refuse_age_days is not None
    assert security.expiry_grace_days == 0
    assert not security.is_optional


def test_an_unknown_input_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no input 'trixi'") as caught:
        find_input("trixi")

    assert caught.value.hint == "did you mean trixie?"


def test_an_input_of_ones_own_has_its_key_in_a_file(tmp_path: Path) -> None:
    signer = Signer()
    (tmp_path / "key.asc").write_text(signer.armored)
    table: dict[str, object] = {
        "apt": "https://apt.example.org/",
        "suite": "trixie-pgdg",
        "components": ["main", "17"],
        "key": "key.asc",
    }
    (pocket, *_) = own_input("pgdg", table, folder=tmp_path).pockets

    assert pocket.archive == "https://apt.example.org"
    assert (pocket.suite, pocket.components) == ("trixie-pgdg", ("main", "17"))
    assert pocket.keys == {signer.fingerprint}
    assert keyring_of(pocket) == signer.armored.encode()


TRIXIE = ("trixie", "trixie-updates", "trixie-security")


@pytest.mark.parametrize(
    ("suite", "base", "behind"),
    [
        pytest.param("trixie-pgdg", None, TRIXIE, id="the release in its name"),
        pytest.param("trixie", None, TRIXIE, id="the name of a release"),
        pytest.param("bookworm/", None, None, id="a flat one named after a release"),
        pytest.param("stable", None, (), id="no release in its name"),
        pytest.param("trixies", None, (), id="a longer word"),
        pytest.param("trixie-pgdg", False, (), id="none wanted"),
        pytest.param("stable", "sid", ("sid",), id="one by name"),
    ],
)
def test_what_a_third_party_builds_on_comes_behind_its_own(
    tmp_path: Path, suite: str, base: object, behind: tuple[str, ...] | None
) -> None:
    (tmp_path / "key.asc").write_text(Signer().armored)
    table: dict[str, object] = {
        "apt": "https://apt.example.org/",
        "suite": suite,
        "key": "key.asc",
        **({} if base is None else {"base": base}),
    }
    first, *rest = own_input("own", table, folder=tmp_path).pockets

    wanted = find_input("bookworm").pockets if behind is None else None
    assert first.name == "own"
    if wanted is not None:
        assert tuple(rest) == wanted
    else:
        assert tuple(pocket.name for pocket in rest) == behind


@pytest.mark.parametrize(
    ("base", "complaint"),
    [
        pytest.param(True, "expected the name", id="true"),
        pytest.param(13, "expected the name", id="a number"),
        pytest.param("own", "not a built-in input", id="itself"),
    ],
)
def test_a_base_is_a_built_in_input(
    tmp_path: Path, base: object, complaint: str
) -> None:
    (tmp_path / "key.asc").write_text(Signer().armored)
    table = {"apt": "https://a.example.org", "suite": "s", "key": "key.asc"}
    with pytest.raises((FormatError, UsageError), match=complaint) as caught:
        own_input("own", {**table, "base": base}, folder=tmp_path)
    assert caught.value.where == "inputs.own.base"


def test_an_input_of_ones_own_may_hold_its_key_itself(tmp_path: Path) -> None:
    signer = Signer()
    spaced = " ".join(signer.fingerprint[i : i + 4] for i in range(0, 40, 4)).lower()
    table: dict[str, object] = {
        "apt": "https://apt.example.org",
        "suite": "./",
        "key": signer.armored,
        "fingerprint": spaced,
    }
    (pocket,) = own_input("flat", table, folder=tmp_path).pockets

    assert pocket.keys == {signer.fingerprint}
    assert pocket.components == ()


def test_only_the_keys_that_are_pinned_count(tmp_path: Path) -> None:
    wanted, other = Signer(), Signer()
    (tmp_path / "keys.pgp").write_bytes(wanted.certificate + other.certificate)
    table: dict[str, object] = {
        "apt": "https://apt.example.org",
        "suite": "stable",
        "key": "keys.pgp",
        "fingerprint": [wanted.fingerprint],
    }

    assert own_input("x", table, folder=tmp_path).pockets[0].keys == {
        wanted.fingerprint
    }


GOOD: dict[str, object] = {
    "apt": "https://apt.example.org",
    "suite": "stable",
    "key": "key.asc",
}


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        pytest.param({"apt": None}, FormatError, "needs 'apt'", id="no address"),
        pytest.param({"suite": None}, FormatError, "needs 'suite'", id="no suite"),
        pytest.param({"key": None}, FormatError, "needs 'key'", id="no key"),
        pytest.param({"suite": 3}, FormatError, "found int", id="a number"),
        pytest.param({"suite": "../x"}, FormatError, "not a name", id="suite up"),
        pytest.param({"suite": "a b"}, FormatError, "not a name", id="suite space"),
        pytest.param({"suites": "x"}, FormatError, "no key 'suites'", id="misspelt"),
        pytest.param({"components": "x"}, FormatError, "list of names", id="text"),
        pytest.param({"components": []}, FormatError, "at least one", id="none"),
        pytest.param({"components": [".."]}, FormatError, "not a name", id="up"),
        pytest.param(
            {"suite": "./", "components": ["main"]}, FormatError, "flat", id="flat"
        ),
        pytest.param({"key": "none.asc"}, FormatError, "cannot be read", id="no file"),
        pytest.param({"key": "junk"}, FormatError, "keyring|key", id="no key in it"),
        pytest.param({"key": "AB" * 20}, FormatError, "key itself", id="fingerprint"),
        pytest.param({"fingerprint": "ABCD1234"}, FormatError, "full", id="short id"),
        pytest.param(
            {"fingerprint": "AB" * 20}, SignatureError, "not the one", id="other key"
        ),
        pytest.param({"apt": "ftp://example.org"}, DevenvError, "only http", id="ftp"),
    ],
)
def test_an_input_that_is_not_right_is_named_with_the_reason(
    change: dict[str, object],
    error: type[DevenvError],
    words: str,
    tmp_path: Path,
) -> None:
    (tmp_path / "key.asc").write_text(Signer().armored)
    (tmp_path / "junk").write_bytes(b"junk")
    table = {k: v for k, v in {**GOOD, **change}.items() if v is not None}
    with pytest.raises(error, match=words):
        own_input("x", table, folder=tmp_path)


def test_an_inline_key_needs_its_fingerprint(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="full fingerprint beside it"):
        own_input("x", {**GOOD, "key": Signer().armored}, folder=tmp_path)


def test_the_names_of_devenvs_own_inputs_are_taken(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="already"):
        own_input("sid", GOOD, folder=tmp_path)
