# Times what zsh does before a prompt: see measure.bash.

zmodload zsh/mathfunc

zmodload zsh/datetime
typeset -F start

prompt() {
  local each
  for each in $precmd_functions; do $each; done
}

for place in ${(s: :)UNCHANGED}; do
  cd "${place#*=}" || exit 1
  prompt
  prompt
  start=$EPOCHREALTIME
  for (( number = 0; number < COUNT; number++ )); do prompt; done
  print -r -- "${place%%=*} $(( int((EPOCHREALTIME - start) * 1e9 / COUNT) ))"
done
for place in ${(s: :)MOVES}; do
  for (( number = -1; number < PAIRS; number++ )); do
    if (( number == 0 )); then start=$EPOCHREALTIME; fi
    cd "${place#*=}" && prompt
    [[ ${FOO-} == $EXPECTED ]] || exit 1
    cd "$OUTSIDE" && prompt
    [[ -z ${FOO-} ]] || exit 1
  done
  print -r -- "${place%%=*} $(( int((EPOCHREALTIME - start) * 1e9 / PAIRS) ))"
done
