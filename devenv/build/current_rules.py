"""The versions of the rules that this devenv makes store paths by.

Apart from the rules themselves: who writes a lock needs the numbers only.
"""

from devenv.build.unpack_rules import UNPACK_RULES
from devenv.model.lock import RulesVersions
from devenv.plan.relocate import RELOCATION_RULES

BYTECODE_RULES = 1
"""Part of the digest of every byte-code path (`devenv.build.bytecode`)."""

TREE_RULES = 1
"""Version of the rules in `devenv.build.compose` and `devenv.build.rules`; part of
a tree's digest, so that changed rules make new trees and leave the old ones valid."""

CURRENT_RULES = RulesVersions(
    unpack=UNPACK_RULES,
    relocation=RELOCATION_RULES,
    bytecode=BYTECODE_RULES,
    tree=TREE_RULES,
)
