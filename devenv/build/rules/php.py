"""php-common: `phpenmod` for the extensions that are present."""

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft
from devenv.patterns import late_pattern

_EXTENSION = late_pattern(r"usr/share/php([0-9.]+)-[^/]+/[^/]+/([^/]+)\.ini")
_PRIORITY = late_pattern(rb"priority=(\d+)")
_DEFAULT_PRIORITY = b"20"
_INTERFACES = ("cli", "cgi", "fpm")


def enable_php_extensions(draft: TreeDraft, composition: Composition) -> None:
    """Enable every extension, and say where extensions are found."""
    del composition
    for path in draft.glob("usr/share/php*/*/*.ini"):
        if match := _EXTENSION.fullmatch(path):
            _enable(draft, path, version=match.group(1), name=match.group(2))
    for directory in draft.glob("usr/lib/php/20*"):
        line = f"extension_dir={draft.final}/{directory}\n".encode()
        for settings in draft.glob("etc/php/*/cli/conf.d"):
            draft.write(f"{settings}/00-devenv.ini", line)


def _enable(draft: TreeDraft, path: str, *, version: str, name: str) -> None:
    found = _PRIORITY.search(draft.read(path))
    priority = (found.group(1) if found else _DEFAULT_PRIORITY).decode()
    draft.add_link(f"etc/php/{version}/mods-available/{name}.ini", f"/{path}")
    for interface in _INTERFACES:
        link = f"etc/php/{version}/{interface}/conf.d/{priority}-{name}.ini"
        draft.add_link(link, f"/{path}")
