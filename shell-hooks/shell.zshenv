# Read by zsh as $ZDOTDIR/.zshenv when `devenv shell` starts it, with ZDOTDIR set to
# the folder of this file and the user's own, if there is one, in
# DEVENV_USER_ZDOTDIR. Runs the user's .zshenv; .zshrc beside this does the rest.
# The functions come before, as zsh expands the user's aliases while it parses.

_devenv_put_in_front() { # NAME ENTRY...: move the entries there in the list NAME
  emulate -L zsh
  local _devenv_name=$1 _devenv_entry
  shift
  local -a _devenv_rest
  if [[ -n ${(P)_devenv_name-} ]]; then
    _devenv_rest=("${(@s.:.)${(P)_devenv_name}}")
  fi
  for _devenv_entry in "$@"; do
    _devenv_rest=("${(@)_devenv_rest:#$_devenv_entry}")
  done
  _devenv_rest=("$@" "${(@)_devenv_rest}")
  builtin export "$_devenv_name=${(j.:.)_devenv_rest}"
}

_devenv_put_behind() { # NAME ENTRY...: add those that the list NAME does not have
  emulate -L zsh
  local _devenv_name=$1 _devenv_entry _devenv_list
  shift
  _devenv_list=${(P)_devenv_name-}
  for _devenv_entry in "$@"; do
    case :$_devenv_list: in
      (*:"$_devenv_entry":*) ;;
      (*) _devenv_list+=${_devenv_list:+:}$_devenv_entry ;;
    esac
  done
  builtin export "$_devenv_name=$_devenv_list"
}

_devenv_set_up() {
  emulate -L zsh
  @environment@
}

_devenv_start=$ZDOTDIR
if (( ${+DEVENV_USER_ZDOTDIR} )); then
  ZDOTDIR=$DEVENV_USER_ZDOTDIR
  unset DEVENV_USER_ZDOTDIR
else
  unset ZDOTDIR
  # The machine's own file was read before this, with our ZDOTDIR. One that gives
  # users a ZDOTDIR of its own has to see that there is none.
  for _devenv_file in /etc/zsh/zshenv /etc/zshenv; do
    if [[ -r $_devenv_file && $(<$_devenv_file) == *ZDOTDIR* ]]; then
      source $_devenv_file
    fi
  done
fi

# zsh itself takes an empty ZDOTDIR for the root directory.
if [[ -f ${ZDOTDIR-$HOME}/.zshenv ]]; then
  source ${ZDOTDIR-$HOME}/.zshenv
fi

'_devenv_set_up'
if [[ -o 'interactive' && -o 'rcs' ]]; then
  if (( ${+ZDOTDIR} )); then
    _devenv_zdotdir=$ZDOTDIR
  fi
  # The machine's zshrc must see the user's ZDOTDIR, so .zshrc beside this reads it.
  if [[ -o 'globalrcs' ]]; then
    _devenv_globalrcs=1
    'builtin' 'unsetopt' 'globalrcs'
  fi
  ZDOTDIR=$_devenv_start
else
  'builtin' 'unfunction' '_devenv_set_up' '_devenv_put_in_front' '_devenv_put_behind'
fi
'builtin' 'unset' '_devenv_start' '_devenv_file'
