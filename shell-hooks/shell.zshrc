# Read by zsh after .zshenv beside this: the user's own .zshrc, then the environment,
# in front of whatever that made of PATH. Words are quoted against the user's aliases.

if (( ${+_devenv_zdotdir} )); then
  ZDOTDIR=$_devenv_zdotdir
else
  'builtin' 'unset' 'ZDOTDIR'
fi

if (( ${+_devenv_globalrcs} )); then
  'builtin' 'setopt' 'globalrcs'
  for _devenv_file in '/etc/zsh/zshrc' '/etc/zshrc'; do
    if [[ -r $_devenv_file ]]; then
      'builtin' 'source' "$_devenv_file"
      'builtin' 'break'
    fi
  done
fi
if [[ -o 'rcs' && -f "${ZDOTDIR-$HOME}/.zshrc" ]]; then
  'builtin' 'source' "${ZDOTDIR-$HOME}/.zshrc"
fi

'_devenv_set_up'
'builtin' 'unfunction' '_devenv_set_up' '_devenv_put_in_front' '_devenv_put_behind'
'builtin' 'unset' '_devenv_zdotdir' '_devenv_globalrcs' '_devenv_file'
if [[ -f "${${(%):-%x}:A:h:h}/project/text.zsh" ]]; then
  'builtin' 'source' "${${(%):-%x}:A:h:h}/project/text.zsh"
fi
