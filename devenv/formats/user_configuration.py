"""The user's own configuration: `config.toml` in devenv's configuration folder.

default_input = "sid"
progress = "plain"             # or auto, bars, none: how long work is shown

[apt]
mirrors = ["https://example.org/debian"]

[cache]
from = ["/srv/devenv/cache", "https://cache.example.org"]

[inputs]
own = { apt = "https://example.org/apt", suite = "stable", key = "own.asc" }

[trust]                        # or trust = "exact"
free_values = ["LOG_LEVEL"]
worktrees = true

[daemon]
on_demand = true               # hooks start it
notify = true                  # the desktop is told of failures
fetch_ahead = true             # packages of what waits for a nod are fetched meanwhile
max_builds = 2
limit_seconds = 3600
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from devenv.errors import FormatError
from devenv.formats.cache_places import checked_places
from devenv.formats.requirement import INPUT_NAME
from devenv.model.user_configuration import (
    DaemonSettings,
    ProgressStyle,
    TrustPolicy,
    UserConfiguration,
)

_KEYS = ("default_input", "progress", "apt", "cache", "inputs", "trust", "daemon")
_APT_KEYS = ("mirrors", "accept_expired_days")
_CACHE_KEYS = ("from",)
_TRUST_KEYS = ("mode", "free_values", "worktrees")
_DAEMON_KEYS = ("on_demand", "notify", "fetch_ahead", "max_builds", "limit_seconds")
_TRUST_MODES = ("effects", "exact")


def parse_user_configuration(text: str) -> UserConfiguration:
    """Return what a configuration says; the tables of inputs are not looked into.

    Raises:
        FormatError: it is no TOML, or a key is unknown or of another type.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FormatError(f"this is not TOML: {error}") from error
    _check_keys(document, _KEYS, at="")
    apt = _table(document, "apt", at="apt")
    _check_keys(apt, _APT_KEYS, at="apt.")
    cache = _table(document, "cache", at="cache")
    _check_keys(cache, _CACHE_KEYS, at="cache.")
    inputs = _table(document, "inputs", at="inputs")
    for name in inputs:
        if not re.fullmatch(INPUT_NAME, name):
            raise FormatError(
                "the name of an input has lower-case letters, digits and dashes",
                where=f"inputs.{name}",
            )
    return UserConfiguration(
        default_input=_text_or_none(document, "default_input"),
        mirrors=_texts(apt, "mirrors", at="apt.mirrors"),
        accept_expired_days=_days(apt, "accept_expired_days", at="apt."),
        inputs={name: _table(inputs, name, at=f"inputs.{name}") for name in inputs},
        trust=_trust(document),
        progress=_progress(document),
        daemon=_daemon(document),
        caches=checked_places(
            _texts(cache, "from", at="cache.from"), where="cache.from"
        ),
    )


def _progress(document: Mapping[str, Any]) -> ProgressStyle:
    found = document.get("progress", ProgressStyle.AUTO.value)
    known = {style.value: style for style in ProgressStyle}
    if not isinstance(found, str) or found not in known:
        words = ", ".join(f'"{word}"' for word in known)
        raise FormatError(f"expected one of {words}", where="progress")
    return known[found]


def _trust(document: Mapping[str, Any]) -> TrustPolicy:
    found = document.get("trust", {})
    table = {"mode": found} if isinstance(found, str) else found
    if not isinstance(table, dict):
        raise FormatError('expected a table, or "exact"', where="trust")
    _check_keys(table, _TRUST_KEYS, at="trust.")
    mode = table.get("mode", _TRUST_MODES[0])
    if mode not in _TRUST_MODES:
        known = " or ".join(f'"{name}"' for name in _TRUST_MODES)
        raise FormatError(f"expected {known}", where="trust")
    return TrustPolicy(
        is_exact=mode == "exact",
        free_values=frozenset(_texts(table, "free_values", at="trust.free_values")),
        worktrees=_truth(table, "worktrees", at="trust."),
    )


def _daemon(document: Mapping[str, Any]) -> DaemonSettings:
    table = _table(document, "daemon", at="daemon")
    _check_keys(table, _DAEMON_KEYS, at="daemon.")
    default = DaemonSettings()
    return DaemonSettings(
        on_demand=_truth(table, "on_demand", at="daemon."),
        notify=_truth(table, "notify", at="daemon."),
        fetch_ahead=_truth(table, "fetch_ahead", at="daemon."),
        max_builds=_count(table, "max_builds", default.max_builds),
        limit_seconds=_count(table, "limit_seconds", default.limit_seconds),
    )


def _truth(table: Mapping[str, Any], key: str, *, at: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise FormatError("expected true or false", where=f"{at}{key}")
    return value


def _count(table: Mapping[str, Any], key: str, default: int) -> int:
    value = table.get(key, default)
    if type(value) is not int or value < 1:
        raise FormatError("expected a number above 0", where=f"daemon.{key}")
    return value


def _check_keys(table: Mapping[str, Any], known: tuple[str, ...], *, at: str) -> None:
    for key in table:
        if key not in known:
            from difflib import get_close_matches  # noqa: PLC0415 - only to fail

            nearest = get_close_matches(key, known, n=1)
            raise FormatError(
                f"there is no key {key!r}",
                where=f"{at}{key}",
                hint=f"did you mean {nearest[0]}?" if nearest else None,
            )


def _table(table: Mapping[str, Any], key: str, *, at: str) -> Mapping[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise FormatError("expected a table", where=at)
    return value


def _texts(table: Mapping[str, Any], key: str, *, at: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise FormatError("expected a list of texts", where=at)
    return tuple(value)


def _text_or_none(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise FormatError("expected text", where=key)
    return value


def _days(table: Mapping[str, Any], key: str, *, at: str) -> int:
    value = table.get(key, 0)
    if type(value) is not int or value < 0:
        raise FormatError("expected a number of days", where=f"{at}{key}")
    return value
