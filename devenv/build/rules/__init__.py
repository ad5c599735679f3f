"""The rules of composing: what Debian does at installation, done in the draft.

Each rule is one function in one file: it looks at the draft and the packages
and changes the draft. The order of the table is the order they run in; text is
rewritten after all of them.
"""

from collections.abc import Callable

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft
from devenv.build.rules.alternatives import set_alternatives
from devenv.build.rules.certificates import bundle_certificates
from devenv.build.rules.clang_driver import configure_clang
from devenv.build.rules.configuration_copies import copy_configuration
from devenv.build.rules.fontconfig import enable_font_settings
from devenv.build.rules.gcc_driver import wrap_gcc_drivers
from devenv.build.rules.ldconfig import answer_ldconfig
from devenv.build.rules.php import enable_php_extensions
from devenv.build.rules.python_wheels import point_wheels_at_certificates
from devenv.build.rules.redirect_library import add_redirect_library

Rule = Callable[[TreeDraft, Composition], None]

RULES: tuple[Rule, ...] = (
    set_alternatives,
    copy_configuration,
    bundle_certificates,
    add_redirect_library,
    enable_php_extensions,
    enable_font_settings,
    wrap_gcc_drivers,
    configure_clang,
    point_wheels_at_certificates,
    answer_ldconfig,
)
