# shellcheck shell=bash disable=SC2317,SC2329  # called below the file that is read
# Read by bash in place of ~/.bashrc when `devenv shell` starts it: the user's own
# file first, then the environment, in front of whatever that made of PATH.
# The functions come before, as bash expands the user's aliases while it parses.

_devenv_put_in_front() { # NAME ENTRY...: move the entries there in the list NAME
  builtin local _devenv_name=$1 _devenv_rest _devenv_entry _devenv_item
  builtin local _devenv_front='' _devenv_kept=''
  builtin shift
  for _devenv_entry in "$@"; do
    _devenv_front+=${_devenv_front:+:}$_devenv_entry
  done
  _devenv_rest=${!_devenv_name-}
  if [[ -n $_devenv_rest ]]; then _devenv_rest+=:; fi
  while [[ -n $_devenv_rest ]]; do
    _devenv_item=${_devenv_rest%%:*}
    _devenv_rest=${_devenv_rest#*:}
    for _devenv_entry in "$@"; do
      # Not [[ = ]], which does not see case after `shopt -s nocasematch`.
      if [ "$_devenv_item" = "$_devenv_entry" ]; then builtin continue 2; fi
    done
    _devenv_kept+=:$_devenv_item
  done
  builtin export "$_devenv_name=$_devenv_front$_devenv_kept"
}

_devenv_put_behind() { # NAME ENTRY...: add those that the list NAME does not have
  builtin local _devenv_name=$1 _devenv_rest _devenv_entry _devenv_list
  builtin shift
  _devenv_list=${!_devenv_name-}
  for _devenv_entry in "$@"; do
    _devenv_rest=$_devenv_list:
    while [[ -n $_devenv_rest ]]; do
      if [ "${_devenv_rest%%:*}" = "$_devenv_entry" ]; then builtin continue 2; fi
      _devenv_rest=${_devenv_rest#*:}
    done
    _devenv_list+=${_devenv_list:+:}$_devenv_entry
  done
  builtin export "$_devenv_name=$_devenv_list"
}

_devenv_set_up() {
  @environment@
}

if [[ -f ~/.bashrc ]]; then
  # shellcheck source=/dev/null
  builtin source ~/.bashrc
fi
_devenv_set_up
builtin unset -f _devenv_set_up _devenv_put_in_front _devenv_put_behind
if [[ -f ${BASH_SOURCE[0]%/*}/project/text.bash ]]; then
  # shellcheck source=/dev/null
  builtin source "${BASH_SOURCE[0]%/*}/project/text.bash"
fi
