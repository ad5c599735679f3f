# The start of devenv's hook for zsh: switches aliases off before the rest is parsed,
# which eval does all at once. Words are quoted against the user's aliases.

'builtin' 'typeset' '-g' '_devenv_had_aliases='
[[ ! -o 'aliases' ]] || _devenv_had_aliases=1
'builtin' 'setopt' 'no_aliases'
'builtin' 'eval' @hook@
[[ -z $_devenv_had_aliases ]] || 'builtin' 'setopt' 'aliases'
'builtin' 'unset' '_devenv_had_aliases'
