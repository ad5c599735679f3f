"""Z shell."""

from devenv.shells import bash

quote = bash.quote
set_variable = bash.set_variable
unset_variable = bash.unset_variable
prepend = bash.prepend
append = bash.append
