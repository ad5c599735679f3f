# shellcheck shell=bash
# Times what bash does before a prompt: COUNT prompts at a time in each folder of
# UNCHANGED, PAIRS times into and out of each of MOVES. Prints a case and nanoseconds.

prompt() {
  local each
  for each in "${PROMPT_COMMAND[@]}"; do eval "$each"; done
}

nanoseconds() { # START END COUNT
  echo $(((${2/./} - ${1/./}) * 1000 / $3))
}

for place in $UNCHANGED; do
  cd "${place#*=}" || exit 1
  prompt
  prompt
  start=$EPOCHREALTIME
  for ((number = 0; number < COUNT; number++)); do prompt; done
  echo "${place%%=*} $(nanoseconds "$start" "$EPOCHREALTIME" "$COUNT")"
done
for place in $MOVES; do
  for ((number = -1; number < PAIRS; number++)); do
    if ((number == 0)); then start=$EPOCHREALTIME; fi
    cd "${place#*=}" && prompt
    [ "${FOO-}" = "$EXPECTED" ] || exit 1
    cd "$OUTSIDE" && prompt
    [ "${FOO-}" = '' ] || exit 1
  done
  echo "${place%%=*} $(nanoseconds "$start" "$EPOCHREALTIME" "$PAIRS")"
done
