# shellcheck shell=bash
# Times what bash does before a prompt: BATCHES times COUNT prompts in each folder of
# UNCHANGED, and PAIRS times into and out of each of MOVES. Prints a case and the
# nanoseconds of one, in the batch that was the least disturbed.

prompt() {
  local each
  for each in "${PROMPT_COMMAND[@]}"; do eval "$each"; done
}

begin() { least=''; }

batch() { # START END COUNT
  local each=$(((${2/./} - ${1/./}) * 1000 / $3))
  if [[ -z $least || $each -lt $least ]]; then least=$each; fi
}

for place in $UNCHANGED; do
  cd "${place#*=}" || exit 1
  prompt
  prompt
  begin
  for ((number = 0; number < BATCHES; number++)); do
    start=$EPOCHREALTIME
    for ((each = 0; each < COUNT; each++)); do prompt; done
    batch "$start" "$EPOCHREALTIME" "$COUNT"
  done
  echo "${place%%=*} $least"
done
for place in $MOVES; do
  begin
  for ((number = -1; number < BATCHES; number++)); do
    start=$EPOCHREALTIME
    for ((each = 0; each < PAIRS; each++)); do
      cd "${place#*=}" && prompt
      [ "${FOO-}" = "$EXPECTED" ] || exit 1
      cd "$OUTSIDE" && prompt
      [ "${FOO-}" = '' ] || exit 1
    done
    if ((number >= 0)); then batch "$start" "$EPOCHREALTIME" "$PAIRS"; fi
  done
  echo "${place%%=*} $least"
done
