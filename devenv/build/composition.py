"""What the rules of composing look at: the packages of one tree."""

from collections.abc import Mapping
from functools import cached_property

from devenv.formats.postinst import PostinstEffects, read_postinst
from devenv.model.facts import PackageFacts
from devenv.model.systems import System
from devenv.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Composition:
    """The packages of one tree, by name, and which of them were asked for."""

    packages: Mapping[str, PackageFacts]
    requested: frozenset[str]
    system: System

    @cached_property
    def effects(self) -> Mapping[str, PostinstEffects]:
        """What each package's maintainer script would set up."""
        return {
            name: read_postinst(facts.postinst)
            for name, facts in self.packages.items()
            if facts.postinst
        }
