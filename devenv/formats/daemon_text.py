"""What the daemon says, for people."""

from collections.abc import Iterator, Mapping


def daemon_lines(found: Mapping[str, object]) -> Iterator[str]:
    """Yield the lines of `devenv daemon status`."""
    yield f"daemon    process {found['pid']}, devenv {found['version']}"
    yield f"watches   {found['watches']} folders"
    if found["problem"]:
        yield f"problem   {found['problem']}"
    yield from _projects(found)


def event_lines(reply: Mapping[str, object]) -> Iterator[str]:
    """Yield the lines of `devenv events` for the snapshot, or for one change."""
    if "projects" in reply:
        yield from _projects(reply)
    else:
        yield _project(reply)


def _projects(found: Mapping[str, object]) -> Iterator[str]:
    projects = found["projects"]
    if isinstance(projects, list):
        for each in projects:
            yield _project(each)


def _project(view: Mapping[str, object]) -> str:
    sentence = f": {view['sentence']}" if view["sentence"] else ""
    return f"{view['state']:<11} {view['project']}{sentence}"
