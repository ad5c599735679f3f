"""`ucf`: configuration files that a script copies from the package into /etc."""

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft, merged


def copy_configuration(draft: TreeDraft, composition: Composition) -> None:
    """Link each copied configuration file to the one the package ships."""
    for package in sorted(composition.effects):
        for source, target in composition.effects[package].copies:
            place = draft.find(source)
            if place is not None and draft.is_file(place):
                draft.add_link(merged(target.strip("/")), f"/{place}")
