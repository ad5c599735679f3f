"""fontconfig-config: the settings that its script enables by default."""

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft
from devenv.patterns import late_pattern

# Alternatives among which the script picks one, or that are off by default.
_OFF_BY_DEFAULT = late_pattern(
    r"(?:70-|25-unhint|10-(?:no-)?(?:sub|auto)|10-unhinted|11-lcd|53-)"
)


def enable_font_settings(draft: TreeDraft, composition: Composition) -> None:
    """Link the default fontconfig settings into /etc/fonts/conf.d."""
    del composition
    for path in draft.glob("usr/share/fontconfig/conf.avail/*.conf"):
        name = path.rpartition("/")[2]
        if not _OFF_BY_DEFAULT.match(name):
            draft.add_link(f"etc/fonts/conf.d/{name}", f"/{path}")
