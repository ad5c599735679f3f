# What `devenv hook zsh` adds to the hook: a folder with the function _devenv, which is
# read at the first Tab. Whoever calls compinit later finds it there.
fpath=(@folder@/zsh-functions $fpath)
if (( $+functions[compdef] )); then
  'builtin' 'autoload' -Uz _devenv
  compdef _devenv devenv
fi
