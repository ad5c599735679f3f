# Times what zsh does before a prompt: see measure.bash.

zmodload zsh/mathfunc

zmodload zsh/datetime
typeset -F start
typeset -i number each least taken

prompt() {
  local each
  for each in $precmd_functions; do $each; done
}

batch() { # START END COUNT
  (( taken = int(($2 - $1) * 1e9 / $3) ))
  if (( ! least || taken < least )); then least=$taken; fi
}

for place in ${(s: :)UNCHANGED}; do
  cd "${place#*=}" || exit 1
  prompt
  prompt
  least=0
  for (( number = 0; number < BATCHES; number++ )); do
    start=$EPOCHREALTIME
    for (( each = 0; each < COUNT; each++ )); do prompt; done
    batch $start $EPOCHREALTIME $COUNT
  done
  print -r -- "${place%%=*} $least"
done
for place in ${(s: :)MOVES}; do
  least=0
  for (( number = -1; number < BATCHES; number++ )); do
    start=$EPOCHREALTIME
    for (( each = 0; each < PAIRS; each++ )); do
      cd "${place#*=}" && prompt
      [[ ${FOO-} == $EXPECTED ]] || exit 1
      cd "$OUTSIDE" && prompt
      [[ -z ${FOO-} ]] || exit 1
    done
    if (( number >= 0 )); then batch $start $EPOCHREALTIME $PAIRS; fi
  done
  print -r -- "${place%%=*} $least"
done
