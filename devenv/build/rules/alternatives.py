"""`update-alternatives`: one link for a name that several packages offer."""

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft, merged
from devenv.formats.postinst import Alternative


def set_alternatives(draft: TreeDraft, composition: Composition) -> None:
    """Link each alternative's name to the best candidate.

    A package that was asked for wins over one that came along; then the
    highest priority wins, as update-alternatives(1) has it in automatic mode.
    A name that a package holds as a real file stays as it is.
    """
    best: dict[str, tuple[tuple[bool, int, str], Alternative]] = {}
    for package in sorted(composition.effects):
        for alternative in composition.effects[package].alternatives:
            if draft.find(alternative.path) is None:
                continue
            asked = package in composition.requested
            rank = (asked, alternative.priority, alternative.path)
            link = merged(alternative.link.strip("/"))
            if link not in best or rank > best[link][0]:
                best[link] = (rank, alternative)
    for link, (_, alternative) in sorted(best.items()):
        draft.add_link(link, "/" + merged(alternative.path.strip("/")))
        for follower, path in alternative.follows:
            if draft.find(path) is not None:
                target = "/" + merged(path.strip("/"))
                draft.add_link(merged(follower.strip("/")), target)
