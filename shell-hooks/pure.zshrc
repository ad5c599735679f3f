# Read by a pure zsh, which has no other file: what the project wants to be run.

unset ZDOTDIR
source "${${(%):-%x}:A:h:h}/text.zsh"
