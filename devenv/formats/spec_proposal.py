"""A proposed spec as text: every line with its reason behind it."""

from devenv.formats.printable import printable
from devenv.formats.spec_format import formatted
from devenv.model.proposal import ProposedFolder, ProposedPackage

_HEAD = """\
# The tools of this project, from what its files say. To use them: devenv shell
"""
MAX_REASON_CHARACTERS = 200


def proposed_spec(
    packages: tuple[ProposedPackage, ...],
    folders: tuple[ProposedFolder, ...],
    unmapped: tuple[str, ...],
) -> str:
    """Return the text of a `devenv.toml`."""
    rows = (
        f'  "{package.written}",  # {_comment("; ".join(package.reasons))}'
        for package in packages
    )
    lines = [_HEAD, "packages = [", *rows, "]\n"]
    if folders:
        listed = ", ".join(f'"{item.path}"' for item in folders)
        lines += ["[env]", f"PATH = {{ prepend = [{listed}] }}\n"]
    if unmapped:
        lines.append("# Not taken over:")
        lines += [f"# - {_comment(item)}" for item in unmapped]
    return formatted("\n".join(lines).rstrip("\n") + "\n")


def _comment(text: str) -> str:
    """Return foreign text as what may stand in a comment: one line."""
    plain = " ".join(printable(text).split())
    if len(plain) <= MAX_REASON_CHARACTERS:
        return plain
    return plain[:MAX_REASON_CHARACTERS] + " ..."
