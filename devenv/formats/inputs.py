"""Inputs as text: the built-in ones, and the `[inputs]` of a spec."""

import re
from collections.abc import Mapping

from devenv.errors import FormatError
from devenv.formats.toml_lines import read_toml
from devenv.model.apt import AptInput, Pocket
from devenv.patterns import late_pattern
from devenv.typed import Any
from devenv.values import dataclass

COMPONENTS = ("main",)
"""What is free in Debian's sense. The others are there for who asks for them."""

_FINGERPRINT = late_pattern(r"[0-9A-F]{40}|[0-9A-F]{64}")
_ARMOR = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
_SUITE = late_pattern(r"[A-Za-z0-9][A-Za-z0-9._+~/-]*/?|\./|/")
_COMPONENT = late_pattern(r"[A-Za-z0-9][A-Za-z0-9._+/-]*")
_KNOWN_KEYS = frozenset({"apt", "suite", "components", "key", "fingerprint", "base"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltInInputs:
    """The inputs by name, and the file of each certificate by fingerprint.

    `asked` are those that a version is looked for in, in order.
    """

    inputs: Mapping[str, AptInput]
    key_files: Mapping[str, str]
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyInput:
    """An apt archive that a spec names.

    `key` is the armored certificate itself, or the path of one; the
    `fingerprints` it must have may be left out where a path is given. `base`
    names the built-in input that its packages build on: True stands for the
    one that the suite is named after, False for none.
    """

    name: str
    url: str
    suite: str
    components: tuple[str, ...]
    key: str
    fingerprints: frozenset[str]
    base: str | bool = True

    @property
    def has_inline_key(self) -> bool:
        """Tell whether `key` is the certificate, and not a path."""
        return self.key.lstrip().startswith(_ARMOR)


def parse_built_in_inputs(text: str) -> BuiltInInputs:
    """Return what `devenv/data/inputs.toml` says.

    Raises:
        FormatError: it contradicts itself.
    """
    tables = read_toml(text)
    keys: Mapping[str, str] = tables["keys"]
    pockets = {
        name: _pocket(name, table, keys) for name, table in tables["pockets"].items()
    }
    try:
        inputs = {
            name: AptInput(name=name, pockets=tuple(pockets[part] for part in parts))
            for name, parts in tables["inputs"].items()
        }
    except KeyError as error:
        raise FormatError(f"there is no pocket {error}") from error
    asked = tuple(tables["asked"])
    if unknown := [name for name in asked if name not in inputs]:
        raise FormatError(f"there is no input {unknown[0]}", where="asked")
    return BuiltInInputs(
        inputs=inputs,
        key_files={fingerprint: file for file, fingerprint in keys.items()},
        asked=asked,
    )


def parse_third_party_input(name: str, table: Mapping[str, Any]) -> ThirdPartyInput:
    """Return one apt input of a spec's `[inputs]`.

    Raises:
        FormatError: a key is missing, unknown, or of the wrong type. It names
            the key, and what was expected.
    """
    at = f"inputs.{name}"
    unknown = sorted(set(table) - _KNOWN_KEYS)
    if unknown:
        known = ", ".join(sorted(_KNOWN_KEYS))
        raise FormatError(
            f"an apt input has no key {unknown[0]!r}",
            where=f"{at}.{unknown[0]}",
            hint=f"known keys: {known}",
        )
    key = _text(table, "key", at=at)
    found = ThirdPartyInput(
        name=name,
        url=_text(table, "apt", at=at).rstrip("/"),
        suite=_matching(_SUITE, _text(table, "suite", at=at), at=f"{at}.suite"),
        components=_components(table, at=at),
        key=key,
        fingerprints=_fingerprints(table, at=at),
        base=_base(table, at=at),
    )
    if found.has_inline_key and not found.fingerprints:
        raise FormatError(
            "a key in the file itself needs its full fingerprint beside it",
            where=f"{at}.fingerprint",
            hint="gpg --show-keys --with-fingerprint prints it",
        )
    if _FINGERPRINT.fullmatch(_compact(key)):
        raise FormatError(
            "this is the fingerprint of a key; devenv needs the key itself",
            where=f"{at}.key",
            hint='save the key as a file beside the spec: key = "archive-key.asc",'
            ' fingerprint = "..."',
        )
    return found


def _pocket(name: str, table: Mapping[str, Any], keys: Mapping[str, str]) -> Pocket:
    settings = dict(table)
    files = settings.pop("keys")
    unknown = [file for file in files if file not in keys]
    if unknown:
        raise FormatError(f"there is no key {unknown[0]}", where=f"pockets.{name}")
    return Pocket(
        name=name,
        suite=name,
        codename=name,
        components=COMPONENTS,
        keys=frozenset(keys[file] for file in files),
        **settings,
    )


def _components(table: Mapping[str, Any], *, at: str) -> tuple[str, ...]:
    is_flat = str(table.get("suite", "")).endswith("/")
    found = table.get("components", [] if is_flat else list(COMPONENTS))
    at = f"{at}.components"
    if not isinstance(found, list) or not all(isinstance(c, str) for c in found):
        raise FormatError("expected a list of names", where=at)
    if is_flat and found:
        raise FormatError(
            "a flat archive (suite ends in /) has no components", where=at
        )
    if not is_flat and not found:
        raise FormatError("expected at least one component", where=at)
    return tuple(_matching(_COMPONENT, component, at=at) for component in found)


def _base(table: Mapping[str, Any], *, at: str) -> str | bool:
    found = table.get("base", True)
    if not isinstance(found, str | bool) or ("base" in table and found is True):
        raise FormatError(
            "expected the name of a built-in input, or false", where=f"{at}.base"
        )
    return found


def _fingerprints(table: Mapping[str, Any], *, at: str) -> frozenset[str]:
    at = f"{at}.fingerprint"
    found = table.get("fingerprint", [])
    texts = [found] if isinstance(found, str) else found
    if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
        raise FormatError("expected a fingerprint, or a list of them", where=at)
    prints = frozenset(_compact(text) for text in texts)
    for text in sorted(prints):
        if not _FINGERPRINT.fullmatch(text):
            raise FormatError(
                f"not a full fingerprint: {text[:80]!r}",
                where=at,
                hint="it has 40 (or 64) hexadecimal digits; a short key id proves"
                " nothing",
            )
    return prints


def _text(table: Mapping[str, Any], key: str, *, at: str) -> str:
    value = table.get(key)
    if value is None:
        raise FormatError(f"an apt input needs {key!r}", where=f"{at}.{key}")
    if not isinstance(value, str) or not value:
        raise FormatError(
            f"expected text, found {type(value).__name__}", where=f"{at}.{key}"
        )
    return value


def _matching(pattern: re.Pattern[str], value: str, *, at: str) -> str:
    if not pattern.fullmatch(value) or ".." in value.split("/"):
        raise FormatError(f"not a name an archive uses: {value[:80]!r}", where=at)
    return value


def _compact(fingerprint: str) -> str:
    return "".join(fingerprint.split()).upper().removeprefix("0X")
