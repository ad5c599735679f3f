# shellcheck shell=bash disable=SC2288
# What `devenv hook bash` adds to the hook: completion.bash is read at the first Tab,
# without aliases, which would change what its words mean.
_devenv_complete() {
  \builtin local _devenv_aliases=-u
  \builtin shopt -q expand_aliases && _devenv_aliases=-s
  \builtin shopt -u expand_aliases
  \builtin source @folder@/completion.bash && _devenv_complete "$@"
  \builtin shopt "$_devenv_aliases" expand_aliases
}
\builtin complete -F _devenv_complete devenv
