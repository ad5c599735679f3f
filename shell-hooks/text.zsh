# Read by zsh after the environment is there: what the project wants to be run in its
# shell. Words are quoted against the user's aliases.

if [[ -f "${${(%):-%x}:A:h}/enter.zsh" ]]; then
  'builtin' 'source' "${${(%):-%x}:A:h}/enter.zsh"
fi
if [[ -f "${${(%):-%x}:A:h}/leave.zsh" ]]; then
  typeset -g _devenv_leave_file="${${(%):-%x}:A:h}/leave.zsh"
  _devenv_leave() { 'builtin' 'source' "$_devenv_leave_file" }
  zshexit_functions+=(_devenv_leave)
fi
