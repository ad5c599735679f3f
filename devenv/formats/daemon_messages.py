"""What is said over the daemon's socket: one JSON object a line.

A request has `v` (the version, 1), `do`, and for some a `project`; a reply has `v`,
`ok`, and either what was asked for or an `error`. `events` is answered by a snapshot,
and then by one line for each change.
"""

import json
from collections.abc import Mapping

from devenv.errors import DevenvError, FormatError
from devenv.model.canonical_json import canonical_json
from devenv.values import dataclass

VERSION = 1
MAX_REQUEST_BYTES = 1 << 16

WITH_PROJECT = frozenset({"watch", "unwatch", "build", "wait"})
WITHOUT = frozenset({"ping", "status", "events", "stop"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing that is asked of the daemon; `project` is an absolute path, or ""."""

    do: str
    project: str = ""


def parse_request(line: bytes) -> Request:
    """Return what a line asks for.

    Raises:
        FormatError: it is no request, or one of another version.
    """
    found = _table(line)
    if found.get("v") != VERSION:
        raise FormatError(
            "this is asked in another version", hint="devenv daemon restart"
        )
    do, project = found.get("do"), found.get("project", "")
    if not isinstance(do, str) or do not in WITH_PROJECT | WITHOUT:
        raise FormatError("there is no such request")
    if not isinstance(project, str) or "\0" in project:
        raise FormatError("expected a path", where="project")
    if do in WITH_PROJECT and not project.startswith("/"):
        raise FormatError("expected an absolute path", where="project")
    return Request(do=do, project=project)


def render_request(request: Request) -> bytes:
    """Return a request as a line."""
    asked = {"v": VERSION, "do": request.do}
    if request.project:
        asked["project"] = request.project
    return f"{canonical_json(asked)}\n".encode("ascii")


def render_reply(content: Mapping[str, object]) -> bytes:
    """Return a reply, or an event, as a line."""
    reply = {"v": VERSION, "ok": True, **content}
    return f"{canonical_json(reply)}\n".encode("ascii")


def render_refusal(error: DevenvError) -> bytes:
    """Return what tells that a request was refused, as a line."""
    said = {"code": error.code, "what": error.what, "hint": error.hint or ""}
    reply = {"v": VERSION, "ok": False, "error": said}
    return f"{canonical_json(reply)}\n".encode("ascii")


def parse_reply(line: bytes) -> Mapping[str, object]:
    """Return a reply that is no refusal.

    Raises:
        FormatError: it is none, or was refused.
    """
    found = _table(line)
    if found.get("v") != VERSION:
        raise FormatError(
            "the daemon speaks another version", hint="devenv daemon restart"
        )
    if found.get("ok") is not True:
        error = found.get("error")
        what = error.get("what") if isinstance(error, dict) else None
        raise FormatError(f"the daemon refuses: {what or 'no reason'}")
    return found


def _table(line: bytes) -> dict[str, object]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FormatError("this is not a line of JSON") from error
    if not isinstance(found, dict):
        raise FormatError("expected an object")
    return found
