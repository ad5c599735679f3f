"""The inputs a requirement may name: the built-in ones and a user's own."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from devenv.errors import FormatError, SignatureError, UsageError
from devenv.formats.inputs import (
    BuiltInInputs,
    ThirdPartyInput,
    parse_built_in_inputs,
    parse_third_party_input,
)
from devenv.host.files import read_limited
from devenv.host.own_data import own_data
from devenv.model.apt import AptInput, Pocket

MAX_KEY_BYTES = 1 << 20


@cache
def built_in() -> BuiltInInputs:
    """Return the inputs that devenv ships."""
    text = own_data("inputs.toml").read_text("utf-8")
    return parse_built_in_inputs(text)


def find_input(
    name: str,
    own: Mapping[str, AptInput] | None = None,
    *,
    others: Iterable[str] = (),
) -> AptInput:
    """Return the input of this name, a built-in one or one of `own`.

    `others` are names that could have been meant, too.

    Raises:
        UsageError: there is none; it names the nearest.
    """
    known = {**(own or {}), **built_in().inputs}
    if name in known:
        return known[name]
    from difflib import get_close_matches  # noqa: PLC0415 - only to fail

    names = sorted({*known, *others})
    nearest = get_close_matches(name, names, n=1)
    hint = f"did you mean {nearest[0]}?" if nearest else None
    raise UsageError(
        f"there is no input {name!r}; known are {', '.join(names)}", hint=hint
    )


def own_input(
    name: str,
    table: Mapping[str, object],
    *,
    folder: Path,
    keys: Mapping[str, bytes] | None = None,
) -> AptInput:
    """Return the apt input that a spec's `[inputs]` defines as `name`.

    A key's path is relative to `folder`, the one of the spec; where `keys` is given,
    it has the content of each file, and none is read. The pockets of its
    base come behind its own: what a third party builds, it builds on a release.

    Raises:
        UsageError: the name is one of devenv's own, or its base is not.
        FormatError: the table is wrong, or the key cannot be read.
        SignatureError: the key is not the one that the fingerprint names.
        FetchError: `apt` is no address that can be fetched.
    """
    if name in built_in().inputs:
        raise UsageError(
            f"{name} is an input that devenv has already",
            where=f"inputs.{name}",
            hint="choose another name for it",
        )
    # Few projects have inputs of their own.
    from devenv.formats.openpgp import primary_fingerprints  # noqa: PLC0415
    from devenv.host.urls import checked  # noqa: PLC0415

    found = parse_third_party_input(name, table)
    keyring = _keyring(found, folder, keys)
    own = Pocket(
        name=name,
        archive=checked(found.url),
        suite=found.suite,
        components=found.components,
        keys=_pinned(found, primary_fingerprints(keyring)),
        keyring=keyring,
    )
    return AptInput(name=name, pockets=(own, *_base_pockets(found)))


def _base_pockets(found: ThirdPartyInput) -> tuple[Pocket, ...]:
    """Return the pockets of the input that another one builds on."""
    if found.base is False:
        return ()
    known = built_in().inputs
    if found.base is True:
        # pgdg's `trixie-pgdg`, others' plain `trixie`.
        codename = re.split("[^a-z0-9]", found.suite, maxsplit=1)[0]
        return known[codename].pockets if codename in known else ()
    if found.base not in known:
        raise UsageError(
            f"{found.base!r} is not a built-in input; those are"
            f" {', '.join(sorted(known))}",
            where=f"inputs.{found.name}.base",
            hint="name one of them, or write base = false",
        )
    return known[found.base].pockets


def keyring_of(pocket: Pocket) -> bytes:
    """Return the certificates of a pocket's keys."""
    if pocket.keyring:
        return pocket.keyring
    folder = own_data("keys")
    names = [built_in().key_files[key] for key in sorted(pocket.keys)]
    return b"".join((folder / name).read_bytes() for name in names)


def _keyring(
    found: ThirdPartyInput, folder: Path, keys: Mapping[str, bytes] | None
) -> bytes:
    if found.has_inline_key:
        return found.key.encode()
    path = folder / found.key
    if keys is not None:
        return keys.get(str(path), b"")
    try:
        return read_limited(path, max_bytes=MAX_KEY_BYTES)
    except OSError as error:
        raise FormatError(
            f"the key of the input {found.name} cannot be read: {error.strerror}",
            where=str(path),
        ) from error


def _pinned(found: ThirdPartyInput, in_keyring: frozenset[str]) -> frozenset[str]:
    missing = found.fingerprints - in_keyring
    if missing:
        raise SignatureError(
            f"the key of the input {found.name} is not the one that its fingerprint"
            " names",
            where=f"asked for {', '.join(sorted(missing))},"
            f" found {', '.join(sorted(in_keyring))}",
        )
    return found.fingerprints or in_keyring
