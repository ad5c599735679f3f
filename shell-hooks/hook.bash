# shellcheck shell=bash
# shellcheck disable=SC2016  # quoted commands in sentences, and tests that are compiled
# shellcheck disable=SC2154  # activations set what no line here does
# shellcheck disable=SC2034,SC2178,SC2128,SC2139,SC2329
# devenv's hook for bash 4.4 and later: brings an allowed project's environment into
# this shell, and takes exactly that away again.
#
#   eval "$(devenv hook bash)"        at the end of ~/.bashrc
#
# The unchanged prompt is one test (_devenv_prompt), compiled anew whenever something
# changed: no process, no file read. What is read lies in the state folder, written
# by devenv.operations.write_activation; all of it is assignments, to _devenv_new_*.
# Names that start with _devenv are ours, those with __DEVENV_ are for child shells.
# Each builtin is called as one, whatever functions the user has. bash copies a function
# each time that it is called, so what is rarely done is in functions of its own.

_devenv_had=
\builtin shopt -q expand_aliases && _devenv_had=aliases
# Aliases are expanded while this is read, and with allexport functions exported.
\builtin shopt -u expand_aliases
[[ $- != *a* ]] || _devenv_had+=' allexport'
\builtin set +a

_devenv_command=@command@

# ---------------------------------------------------------------------------
# The prompt.

_devenv_changed() {
  _devenv_stop=''
  _devenv_do || builtin true
  if [[ -n $_devenv_stop ]]; then _devenv_do_texts; fi
}

# All there is to do, up to where a text of the project is to be run, which _devenv_stop
# names. Options that would change what is done here are off.
_devenv_do() {
  builtin local -
  builtin set +aefknuvx
  _devenv_leaving='' _devenv_entering=''
  _devenv_look
  if [[ -n $_devenv_leaving ]]; then
    if [[ -n $_devenv_leave ]]; then
      _devenv_stop=leave
      builtin return 0
    fi
    _devenv_undo
  fi
  _devenv_go_on
}

_devenv_go_on() {
  if [[ -n $_devenv_entering ]]; then
    _devenv_apply
    if [[ -n $_devenv_enter ]]; then
      _devenv_stop=enter
      builtin return 0
    fi
  fi
  _devenv_arm
}

_devenv_do_texts() {
  if [[ $_devenv_stop == leave ]]; then
    _devenv_stop=''
    _devenv_run "$_devenv_leave"
    _devenv_plainly _devenv_undo || builtin true
    _devenv_plainly _devenv_go_on || builtin true
  fi
  if [[ $_devenv_stop == enter ]]; then
    _devenv_run "$_devenv_enter"
    _devenv_plainly _devenv_arm || builtin true
  fi
}

# Where other commands follow in the same text. For an element of PROMPT_COMMAND, and
# for the user, bash itself keeps $?.
_devenv_prompt_in_text() {
  builtin local _devenv_status="$?"
  _devenv_prompt
  # With errexit, a status would end the shell.
  if [[ $- == *e* ]]; then builtin return 0; fi
  builtin return "$_devenv_status"
}

_devenv_look_again() {
  builtin local -
  builtin set +aefknuvx
  _devenv_prompt() { _devenv_changed; }
}

# The project's text: in no function that resets options.
_devenv_run() { builtin eval "$1" || builtin true; }

_devenv_say() { builtin printf 'devenv: %s\n' "$1" >&2; }

# Call a function without options that would change what it means.
_devenv_plainly() {
  builtin local -
  builtin set +aefknuvx
  "$@"
}

# ---------------------------------------------------------------------------
# Where we are, and what is wanted here.

# Decide what to do: whether to leave (_devenv_leaving) and to enter (_devenv_entering).
_devenv_look() {
  if [[ ${PWD-} != "$_devenv_pwd" || ! . -ef $_devenv_folder ||
    ${DEVENV_CEILING-} != "$_devenv_ceiling" ]]; then
    if [[ ${PWD-} == "$_devenv_before_pwd" && . -ef $_devenv_before &&
      -z $_devenv_ceiling${DEVENV_CEILING-} ]]; then
      _devenv_go_back
    else
      _devenv_find_folder
    fi
  fi
  _devenv_nearest='' _devenv_wanted='' _devenv_generation='' _devenv_stale=''
  _devenv_specs=''
  if [[ -n $_devenv_folder ]]; then _devenv_find_project; fi
  if [[ -n $_devenv_nearest ]]; then
    _devenv_read_state
  else
    _devenv_told='' _devenv_state_id='' _devenv_state_digest=''
    builtin unset -v DEVENV_STATE_TEXT
  fi
  if [[ -n $_devenv_off ]]; then
    if builtin [ "$_devenv_off" = "$_devenv_wanted" ]; then builtin return 0; fi
    _devenv_off=''
  fi
  if [[ -z $_devenv_wanted ]]; then
    _devenv_leaving=$_devenv_noted
    builtin return 0
  fi
  _devenv_choose
}

# Find the nearest spec upward, and the nearest that is allowed. By relative paths,
# which are short and the same for every folder of a depth: for each, there is a
# function that tells whether there is none at all.
_devenv_find_project() {
  if [[ -f devenv.toml ]]; then
    _devenv_each=${_devenv_folder%/}
    _devenv_files=$_devenv_state/hook$_devenv_each/:e
    if [[ -f $_devenv_files/current.bash && -O $_devenv_files/current.bash ]]; then
      _devenv_nearest=$_devenv_each/ _devenv_wanted=$_devenv_each/
      builtin return 0
    fi
  else
    if [[ -z $_devenv_depth ]]; then _devenv_count_depth; fi
    if [[ -z ${_devenv_depths[_devenv_depth]-} ]]; then _devenv_add_depth; fi
    if "_devenv_none_$_devenv_depth"; then
      _devenv_specs=${_devenv_depths[_devenv_depth]}
      builtin return 0
    fi
  fi
  _devenv_walk_up
}

_devenv_walk_up() {
  _devenv_each=${_devenv_folder%/} _devenv_up=''
  while builtin true; do
    until [[ -f ${_devenv_up}devenv.toml || -z $_devenv_each ||
      $_devenv_each == "$_devenv_top" ]]; do
      _devenv_specs+=" && ! -f ${_devenv_up}devenv.toml" _devenv_up+=../
      _devenv_each=${_devenv_each%/*}
    done
    if [[ ! -f ${_devenv_up}devenv.toml ]]; then
      _devenv_specs+=" && ! -f ${_devenv_up}devenv.toml"
      builtin return 0
    fi
    if [[ -z $_devenv_nearest ]]; then _devenv_nearest=$_devenv_each/; fi
    _devenv_files=$_devenv_state/hook$_devenv_each/:e _devenv_place=$_devenv_files/current.bash
    if [[ -f $_devenv_place && -O $_devenv_place ]]; then
      _devenv_wanted=$_devenv_each/
      builtin return 0
    fi
    _devenv_specs+=" && -f ${_devenv_up}devenv.toml"
    _devenv_specs+=" && ! ( -f ${_devenv_place@Q} && -O ${_devenv_place@Q} )"
    [[ -n $_devenv_each && $_devenv_each != "$_devenv_top" ]] || builtin return 0
    _devenv_each=${_devenv_each%/*} _devenv_up+=../
  done
}

# Compile what is the same for all folders of a depth: whether none on the way up has a
# spec. The root itself is as deep as what is in it, which finds the same.
_devenv_add_depth() {
  builtin local _devenv_up='' _devenv_test='! -f devenv.toml'
  while ((${#_devenv_up} < 3 * _devenv_depth)); do
    _devenv_up+=../ _devenv_test+=" && ! -f ${_devenv_up}devenv.toml"
  done
  _devenv_depths[_devenv_depth]=" && $_devenv_test"
  builtin eval "_devenv_none_$_devenv_depth() { [[ $_devenv_test ]]; }
    _devenv_arm_none_$_devenv_depth() {
      _devenv_prompt() {
        [[ \${PWD-} == \"\$_devenv_pwd\" && . -ef \$_devenv_folder &&
          \${DEVENV_CEILING-} == \"\$_devenv_ceiling\" && $_devenv_test ]] || _devenv_changed
      }
    }"
}

# Set _devenv_depth to how many folders there are up to the root.
_devenv_count_depth() {
  _devenv_depth=${_devenv_folder//[!\/]/}
  _devenv_depth=${#_devenv_depth}
}

# The folder before this one is remembered, for the way back: while it leads to where we
# are, it is found without asking anew, as before a prompt.
_devenv_go_back() {
  _devenv_each=$_devenv_folder _devenv_old=$_devenv_pwd _devenv_up=$_devenv_depth
  _devenv_folder=$_devenv_before _devenv_pwd=$PWD _devenv_depth=$_devenv_before_depth \
    _devenv_before=$_devenv_each _devenv_before_pwd=$_devenv_old _devenv_before_depth=$_devenv_up
}

# Our folder as it is without links; and the topmost where a project may be, if that
# is another than the root.
_devenv_find_folder() {
  _devenv_before=$_devenv_folder _devenv_before_pwd=$_devenv_pwd _devenv_before_depth=$_devenv_depth
  if [[ $_devenv_ceiling != "${DEVENV_CEILING-}" ]]; then _devenv_before=''; fi
  _devenv_pwd=${PWD-} _devenv_ceiling=${DEVENV_CEILING-} _devenv_folder='' _devenv_top='' \
    _devenv_depth=''
  if [[ $_devenv_pwd == /* && . -ef $_devenv_pwd && -x . && $- != *r* ]]; then
    # bash tells by going there, where we are; that is quicker than to look at each part.
    _devenv_old=${OLDPWD-}
    if builtin cd -P .; then _devenv_folder=$PWD; fi
    if builtin [ "$PWD" != "$_devenv_pwd" ]; then _devenv_return; fi
    OLDPWD=$_devenv_old
    if [[ -z $_devenv_old ]]; then builtin unset -v OLDPWD; fi
  else
    _devenv_find_physical
  fi
  if [[ -n $_devenv_ceiling && $_devenv_folder == /* ]]; then _devenv_find_top; fi
}

# Below a link. The way back is known to lead here.
_devenv_return() {
  builtin cd -L "$_devenv_pwd" || builtin true
  PWD=$_devenv_pwd
} 2>/dev/null

# Nothing is looked for above one of the folders in DEVENV_CEILING.
_devenv_find_top() {
  builtin local _devenv_entry _devenv_rest
  _devenv_top=${_devenv_folder%/} _devenv_depth=0
  while [[ -n $_devenv_top ]]; do
    _devenv_rest=$_devenv_ceiling:
    while [[ -n $_devenv_rest ]]; do
      _devenv_entry=${_devenv_rest%%:*} _devenv_rest=${_devenv_rest#*:}
      if [[ $_devenv_entry == /* && $_devenv_entry -ef $_devenv_top ]]; then
        builtin return 0
      fi
    done
    _devenv_top=${_devenv_top%/*} _devenv_depth=$((_devenv_depth + 1))
  done
}

# Set _devenv_folder where the folder was moved, or cannot be entered again: a fork, once.
# It stays empty where the folder is gone.
_devenv_find_physical() {
  # The dot keeps newlines at the end.
  _devenv_each=$(builtin pwd -P && builtin printf .) || builtin return 0
  _devenv_each=${_devenv_each%$'\n'.}
  if [[ . -ef $_devenv_each ]]; then _devenv_folder=$_devenv_each; fi
} 2>/dev/null

# Read what there is to say about the nearest project; say it once.
_devenv_read_state() {
  _devenv_place=$_devenv_files/state
  if builtin [ "$_devenv_nearest" != "$_devenv_wanted" ]; then
    _devenv_place=$_devenv_state/hook${_devenv_nearest%/}/:e/state
  fi
  # What has been read is named by its content.
  if [[ $_devenv_place != "$_devenv_lines_place" || -z ${_devenv_lines[3]-} ||
    ! $_devenv_place -ef $_devenv_place.${_devenv_lines[3]-} ]]; then
    _devenv_read_lines
  fi
  _devenv_state_id=${_devenv_lines[3]-} _devenv_state_digest=${_devenv_lines[4]-}
  _devenv_word=${_devenv_lines[0]-} _devenv_sentence=${_devenv_lines[1]-}
  if builtin [ "$_devenv_word$_devenv_nearest" != "allowed$_devenv_wanted" ] ||
    [[ -n $_devenv_sentence ]]; then
    _devenv_tell_state
  fi
  _devenv_told=$_devenv_nearest${_devenv_lines[2]-}
  builtin export "DEVENV_STATE_TEXT=$_devenv_sentence"
}

_devenv_read_lines() {
  _devenv_lines=() _devenv_lines_place=$_devenv_place
  if [[ -f $_devenv_place && -O $_devenv_place ]]; then
    builtin mapfile -t -n 5 _devenv_lines 2>/dev/null <"$_devenv_place" || builtin true
  fi
}

_devenv_tell_state() {
  if [[ -z $_devenv_sentence && $_devenv_word != denied ]] &&
    builtin [ "$_devenv_nearest" != "$_devenv_wanted" ]; then
    _devenv_word=unknown
    _devenv_sentence="this project is not allowed yet; \`devenv allow\` shows what it would do"
    if [[ -n $_devenv_wanted ]]; then
      _devenv_sentence+=", and the environment of the one above it stays"
    fi
  fi
  if [[ -n $_devenv_sentence && $_devenv_told != "$_devenv_nearest${_devenv_lines[2]-}" ]]; then
    _devenv_say "$_devenv_sentence"
  fi
  if [[ $_devenv_word == allowed ]]; then _devenv_sentence=''; fi
}

# Compare the activation that is wanted with the one that is active.
_devenv_choose() {
  if [[ -n $_devenv_complete ]] && _devenv_is_active; then builtin return 0; fi
  # What has been read is named by its content.
  _devenv_generation=$_devenv_files/g-${_devenv_new_complete:-none}.bash
  if [[ ! $_devenv_files/current.bash -ef $_devenv_generation ]]; then
    _devenv_new_complete=''
    _devenv_read "$_devenv_files/current.bash" 2>/dev/null # bash may not know the user's locale
    _devenv_generation=$_devenv_files/g-$_devenv_new_complete.bash
  fi
  if [[ -z $_devenv_new_complete || ${#_devenv_new_outer[@]} -gt 0 ]] ||
    builtin [ "$_devenv_new_project/" != "$_devenv_wanted" ]; then
    _devenv_is_usable || builtin return 0
  fi
  _devenv_leaving=$_devenv_noted _devenv_entering=1
}

# Tell whether what is wanted is what is active; ask for a new one if that is stale.
_devenv_is_active() {
  builtin [ "$_devenv_wanted" = "$_devenv_project/" ] || builtin return 1
  _devenv_generation=$_devenv_files/g-$_devenv_complete.bash
  [[ $_devenv_files/current.bash -ef $_devenv_generation ]] || builtin return 1
  if _devenv_is_fresh; then
    _devenv_asked_at=''
  else
    _devenv_stale=1
    _devenv_ask "${_devenv_wanted%/}"
  fi
}

# Tell whether what was read is to be entered; ask for a new one if not.
_devenv_is_usable() {
  if [[ -z $_devenv_new_complete ]] ||
    builtin [ "$_devenv_new_project/" != "$_devenv_wanted" ]; then
    _devenv_generation=''
    _devenv_once "damaged $_devenv_wanted" \
      'the activation of this project is damaged; `devenv reload` makes it anew'
  elif _devenv_outer_is_same; then
    builtin return 0
  else
    _devenv_once "outer $_devenv_new_complete" \
      "variables that this project's environment was made from differ here; it is made anew"
  fi
  # Whatever else was active goes; of this project the last good one stays.
  if builtin [ "$_devenv_wanted" != "$_devenv_project/" ]; then
    _devenv_leaving=$_devenv_noted
  fi
  builtin return 1
}

# Tell whether all watched files are as they were read.
_devenv_is_fresh() {
  builtin local _devenv_spec="${_devenv_wanted}devenv.toml"
  [[ -z $_devenv_watches_spec ||
    ! ( $_devenv_spec -nt $_devenv_stamps.0 || $_devenv_stamps.0 -nt $_devenv_spec ) ]] &&
    builtin eval "[[ -n x $_devenv_watch ]]"
}

# Read an activation, as bytes: that is twice as quick, too.
_devenv_read() {
  builtin local LC_ALL=C
  builtin source "$1" || builtin true
}

# Say $2 and ask for a new activation, once for the reason $1.
_devenv_once() {
  [[ $_devenv_reasons != *"<$1>"* ]] || builtin return 0
  _devenv_reasons+="<$1>"
  _devenv_say "$2"
  _devenv_asked_at=''
  _devenv_ask "${_devenv_wanted%/}"
}

# Ask for a new activation of the project $1, in the background: the one fork. While
# that changes nothing, ask more and more rarely.
_devenv_ask() {
  builtin local _devenv_age=$((SECONDS - ${_devenv_asked_at:-0}))
  if [[ -n $_devenv_asked_at && $_devenv_age -ge 0 && $_devenv_age -lt $_devenv_patience ]]; then
    builtin return 0
  fi
  if [[ -z $_devenv_asked_at ]]; then _devenv_patience=5; fi
  if [[ -n $_devenv_asked_at && $_devenv_patience -lt 60 ]]; then
    _devenv_patience=$((_devenv_patience * 2))
  fi
  _devenv_asked_at=$SECONDS
  (
    # Libraries of the project are none of devenv's.
    builtin unset -v LD_LIBRARY_PATH
    builtin exec </dev/null >/dev/null 2>&1
    "$_devenv_command" reload --background --project "${1:-/}" &
  )
}

# ---------------------------------------------------------------------------
# Entering: what was is noted first, then changed; the mark comes last.

_devenv_apply() {
  if [[ $_devenv_taken != "$_devenv_new_complete" || -n $_devenv_special ]]; then _devenv_take; fi
  _devenv_complete='' _devenv_skipped='' _devenv_again=1
  # Most often there is none yet of what is set or unset: that is one look.
  _devenv_look_for_all
  for _devenv_name in "${_devenv_lists[@]}"; do
    if [[ ${!_devenv_name@a} != x || -z ${_devenv_afters[$_devenv_name]-} ]] ||
      builtin [ "${!_devenv_name}" != "${_devenv_olds[$_devenv_name]-}" ]; then
      _devenv_again=''
    fi
  done
  if [[ -n $_devenv_special || -z $_devenv_again ]]; then _devenv_note_all; fi
  _devenv_noted=1
  _devenv_set_lists
  builtin export "${_devenv_values[@]}"
  if [[ -n $_devenv_special ]]; then _devenv_set_special; fi
  builtin export "${_devenv_done[@]}" "__DEVENV_ACTIVE=$_devenv_new_complete $_devenv_project"
  if ((${#_devenv_new_aliases[@]})); then _devenv_set_aliases; fi
  if ((${#_devenv_new_completions[@]})); then _devenv_note_completions; fi
  _devenv_complete=$_devenv_new_complete _devenv_asked_at=''
}

# Take over what was read, for all times that it is entered. bash reads a function that
# is one long word in less time than it evaluates the word, and compares bytes in less
# than characters. What is skipped goes from what is taken.
_devenv_take() {
  builtin local IFS=$'\x1f' _devenv_bytes=''
  _devenv_taken='' _devenv_kinds=() _devenv_olds=() _devenv_afters=()
  _devenv_names=("${_devenv_new_names[@]}") _devenv_values=("${_devenv_new_values[@]}") \
    _devenv_unset=("${_devenv_new_unset[@]}") _devenv_lists=("${_devenv_new_lists[@]}") \
    _devenv_done=("${_devenv_new_done[@]}") _devenv_project=$_devenv_new_project \
    _devenv_leave=$_devenv_new_leave _devenv_enter=$_devenv_new_enter \
    _devenv_watch=$_devenv_new_watch _devenv_stamps=$_devenv_new_stamps \
    _devenv_watches_spec=$_devenv_new_watches_spec
  _devenv_then=${_devenv_values[*]}
  if ((${#_devenv_names[@]} > 12)) && [[ "$IFS${_devenv_names[*]}" != *"${IFS}LC_ALL"* ]]; then
    # To no avail where it is readonly.
    _devenv_bytes='builtin local LC_ALL=C 2>/dev/null'
  fi
  builtin eval "_devenv_look_for_all() { _devenv_special=$_devenv_new_there; }
    _devenv_is_as_set() {
      $_devenv_bytes
      builtin [ $_devenv_new_all = \"\$_devenv_then\" ]
    }"
  _devenv_taken=$_devenv_new_complete
}

_devenv_note_all() {
  _devenv_kinds=() _devenv_olds=() _devenv_afters=() _devenv_again='' \
    _devenv_fronts=("${_devenv_new_fronts[@]}") _devenv_backs=("${_devenv_new_backs[@]}")
  if [[ -n $_devenv_special ]]; then
    _devenv_note "${_devenv_names[@]}" "${_devenv_unset[@]}" "${_devenv_lists[@]}"
  else
    _devenv_note "${_devenv_lists[@]}"
  fi
}

# Note for each variable what it is: unset, exported (x), private (l), skipped (r).
_devenv_note() {
  for _devenv_name in "$@"; do
    # Empty for one that is neither exported nor there, too: what that is, is seen then.
    if [[ ${!_devenv_name@a} == x && -n ${!_devenv_name+x} ]]; then
      _devenv_kinds[$_devenv_name]=x _devenv_olds[$_devenv_name]=${!_devenv_name}
    else
      _devenv_note_other
    fi
  done
  [[ -z $_devenv_skipped ]] || _devenv_skip
}

_devenv_note_other() {
  [[ -n ${!_devenv_name+x}${!_devenv_name@a} ]] || builtin return 0
  case ${!_devenv_name@a} in
    *[raA]*) _devenv_kinds[$_devenv_name]=r _devenv_skipped+=" $_devenv_name" ;;
    *x*) _devenv_kinds[$_devenv_name]=x ;;
    *) _devenv_kinds[$_devenv_name]=l ;;
  esac
  if [[ -n ${!_devenv_name+x} ]]; then
    _devenv_olds[$_devenv_name]=${!_devenv_name}
  elif [[ ${_devenv_kinds[$_devenv_name]} != r ]]; then
    builtin unset -v "_devenv_kinds[$_devenv_name]"
  fi
}

# Take what is skipped out of the lists of work.
_devenv_skip() {
  builtin local _devenv_index
  _devenv_taken=''
  _devenv_say "readonly or arrays here, and left as they are:$_devenv_skipped"
  for _devenv_index in "${!_devenv_names[@]}"; do
    if [[ ${_devenv_kinds[${_devenv_names[_devenv_index]}]-} == r ]]; then
      builtin unset -v "_devenv_names[_devenv_index]" "_devenv_values[_devenv_index]"
    fi
  done
  for _devenv_index in "${!_devenv_unset[@]}"; do
    if [[ ${_devenv_kinds[${_devenv_unset[_devenv_index]}]-} == r ]]; then
      builtin unset -v "_devenv_unset[_devenv_index]"
    fi
  done
  for _devenv_index in "${!_devenv_lists[@]}"; do
    if [[ ${_devenv_kinds[${_devenv_lists[_devenv_index]}]-} == r ]]; then
      builtin unset -v "_devenv_lists[_devenv_index]"
    fi
  done
  builtin local IFS=' '
  _devenv_done=("__DEVENV_SET=${_devenv_names[*]}" "__DEVENV_UNSET=${_devenv_unset[*]}"
    "__DEVENV_LISTS=${_devenv_lists[*]}")
}

# What variables with attributes (declare -i, -u) make of a value counts as ours.
_devenv_set_special() {
  builtin local _devenv_name
  for _devenv_name in "${_devenv_unset[@]}"; do builtin unset -v "$_devenv_name"; done
  for _devenv_name in "${!_devenv_kinds[@]}"; do
    if [[ -n ${!_devenv_name+x} ]]; then _devenv_afters[$_devenv_name]=${!_devenv_name}; fi
    if [[ ${_devenv_kinds[$_devenv_name]} == x ]]; then
      builtin export "__DEVENV_o_$_devenv_name=${_devenv_olds[$_devenv_name]}"
    fi
  done
}

# A list that is as it was when this activation was last entered becomes what it became.
_devenv_set_lists() {
  for _devenv_index in "${!_devenv_lists[@]}"; do
    _devenv_name=${_devenv_lists[_devenv_index]}
    if [[ -n $_devenv_again ]]; then
      _devenv_list=${_devenv_afters[$_devenv_name]}
    else
      _devenv_find_list
    fi
    # With what a child shell of any kind needs to undo this.
    builtin export "$_devenv_name=$_devenv_list" \
      "__DEVENV_f_$_devenv_name=${_devenv_fronts[_devenv_index]}" \
      "__DEVENV_b_$_devenv_name=${_devenv_backs[_devenv_index]}"
    _devenv_afters[$_devenv_name]=${!_devenv_name}
    if [[ ${_devenv_kinds[$_devenv_name]-} == x ]]; then
      builtin export "__DEVENV_o_$_devenv_name=${_devenv_olds[$_devenv_name]}"
    fi
  done
}

_devenv_find_list() {
  _devenv_list=${!_devenv_name-} _devenv_front=${_devenv_fronts[_devenv_index]}
  # Never two of one, nor an empty entry: in PATH it would be the current folder.
  _devenv_rest=$_devenv_list:
  if [[ -z $_devenv_front ]] ||
    builtin [ "${_devenv_rest:0:${#_devenv_front}+1}" = "$_devenv_front:" ]; then
    _devenv_fronts[_devenv_index]=''
  else
    _devenv_list=$_devenv_front${_devenv_list:+:$_devenv_list}
  fi
  if [[ -n ${_devenv_backs[_devenv_index]} ]]; then _devenv_set_back; fi
  _devenv_afters[$_devenv_name]=$_devenv_list
}

_devenv_set_back() {
  _devenv_rest=${_devenv_backs[_devenv_index]}:
  _devenv_backs[_devenv_index]=''
  while [[ -n $_devenv_rest ]]; do
    _devenv_front=:$_devenv_list:
    if builtin [ "${_devenv_front#*:"${_devenv_rest%%:*}":}" = "$_devenv_front" ]; then
      _devenv_list+=${_devenv_list:+:}${_devenv_rest%%:*}
      _devenv_backs[_devenv_index]+=${_devenv_backs[_devenv_index]:+:}${_devenv_rest%%:*}
    fi
    _devenv_rest=${_devenv_rest#*:}
  done
}

_devenv_set_aliases() {
  builtin local _devenv_each _devenv_name
  _devenv_aliases=("${_devenv_new_aliases[@]}")
  _devenv_old_aliases=()
  for _devenv_each in "${_devenv_aliases[@]}"; do
    _devenv_name=${_devenv_each%%=*}
    if [[ -n ${BASH_ALIASES[$_devenv_name]+x} ]]; then
      _devenv_old_aliases[$_devenv_name]=${BASH_ALIASES[$_devenv_name]}
    fi
    builtin alias "$_devenv_each"
  done
}

# bash-completion looks into XDG_DATA_DIRS when a command is first completed. What it
# finds there in the meantime is taken back; what there was before stays.
_devenv_note_completions() {
  builtin local _devenv_folder_of_them _devenv_each
  _devenv_completions=("${_devenv_new_completions[@]}") _devenv_completed=' '
  for _devenv_folder_of_them in "${_devenv_completions[@]}"; do
    for _devenv_each in "$_devenv_folder_of_them"/*; do
      _devenv_each=${_devenv_each##*/}
      if builtin complete -p -- "${_devenv_each%.bash}" &>/dev/null; then
        _devenv_completed+="${_devenv_each%.bash} "
      fi
    done
  done
} 2>/dev/null

# ---------------------------------------------------------------------------
# Leaving: what the user changed since stays theirs; of a list only our entries go.

_devenv_undo() {
  _devenv_complete=''
  if ((${#_devenv_aliases[@]})); then _devenv_unset_aliases; fi
  if ((${#_devenv_completions[@]})); then _devenv_drop_completions; fi
  # A variable that there was not before has no attributes that change a value.
  if [[ -z $_devenv_special && -n $_devenv_taken ]] && _devenv_is_as_set; then
    builtin unset -v "${_devenv_names[@]}"
  else
    _devenv_undo_each
  fi
  for _devenv_name in "${_devenv_unset[@]}"; do
    if [[ -z ${!_devenv_name+x} ]]; then _devenv_put_back "$_devenv_name"; fi
  done
  for _devenv_index in "${!_devenv_lists[@]}"; do
    _devenv_name=${_devenv_lists[_devenv_index]}
    if [[ ${_devenv_kinds[$_devenv_name]-} == x ]] &&
      builtin [ "${!_devenv_name-}" = "${_devenv_afters[$_devenv_name]-}" ]; then
      if [[ -n ${!_devenv_name+x} ]]; then
        builtin export "$_devenv_name=${_devenv_olds[$_devenv_name]}"
      fi
    else
      _devenv_restore_list
    fi
  done
  builtin unset -v __DEVENV_ACTIVE __DEVENV_SET __DEVENV_UNSET __DEVENV_LISTS \
    "${_devenv_lists[@]/#/__DEVENV_o_}" "${_devenv_lists[@]/#/__DEVENV_f_}" \
    "${_devenv_lists[@]/#/__DEVENV_b_}"
  if [[ -n $_devenv_special ]]; then
    for _devenv_name in "${!_devenv_kinds[@]}"; do builtin unset -v "__DEVENV_o_$_devenv_name"; done
  fi
  _devenv_start
}

# Some variables were there before, or are not as they were set.
_devenv_undo_each() {
  builtin local _devenv_index _devenv_name
  builtin local -a _devenv_gone
  for _devenv_index in "${!_devenv_names[@]}"; do
    _devenv_name=${_devenv_names[_devenv_index]}
    [[ -n ${!_devenv_name+x} ]] || builtin continue
    if [[ -n ${_devenv_kinds[$_devenv_name]-} ]]; then
      if builtin [ "${!_devenv_name}" = "${_devenv_afters[$_devenv_name]-}" ]; then
        _devenv_put_back "$_devenv_name"
      fi
    elif builtin [ "$_devenv_name=${!_devenv_name}" = "${_devenv_values[_devenv_index]}" ]; then
      _devenv_gone+=("$_devenv_name")
    fi
  done
  ((${#_devenv_gone[@]} == 0)) || builtin unset -v "${_devenv_gone[@]}"
}

# Give a variable its old state.
_devenv_put_back() {
  case ${_devenv_kinds[$1]-} in
    x) builtin export "$1=${_devenv_olds[$1]}" ;;
    l) builtin export -n "$1=${_devenv_olds[$1]}" ;;
    r) ;;
    *) builtin unset -v "$1" ;;
  esac
}

# A list that was not exported, or that the user changed since.
_devenv_restore_list() {
  [[ -n ${!_devenv_name+x} && -n ${_devenv_afters[$_devenv_name]+x} ]] || builtin return 0
  if builtin [ "${!_devenv_name}" = "${_devenv_afters[$_devenv_name]}" ]; then
    _devenv_put_back "$_devenv_name"
    builtin return 0
  fi
  if builtin [ "${!_devenv_name}" = "${_devenv_olds[$_devenv_name]-}" ]; then
    builtin return 0
  fi
  _devenv_without "${!_devenv_name}" "${_devenv_fronts[_devenv_index]}" \
    "${_devenv_backs[_devenv_index]}"
  if [[ -z $_devenv_list && -z ${_devenv_kinds[$_devenv_name]-} ]]; then
    builtin unset -v "$_devenv_name"
  else
    builtin export "$_devenv_name=$_devenv_list"
  fi
}

# Set _devenv_list to the list $1 without the entries $2, each where it comes first,
# and $3, each where it comes last.
_devenv_without() {
  builtin local _devenv_rest _devenv_entry
  _devenv_list=:$1:
  _devenv_rest=${2:+$2:}
  while [[ -n $_devenv_rest ]]; do
    _devenv_entry=:${_devenv_rest%%:*}:
    _devenv_rest=${_devenv_rest#*:}
    if builtin [ "${_devenv_list#*"$_devenv_entry"}" != "$_devenv_list" ]; then
      _devenv_list=${_devenv_list%%"$_devenv_entry"*}:${_devenv_list#*"$_devenv_entry"}
    fi
  done
  _devenv_rest=${3:+$3:}
  while [[ -n $_devenv_rest ]]; do
    _devenv_entry=:${_devenv_rest%%:*}:
    _devenv_rest=${_devenv_rest#*:}
    if builtin [ "${_devenv_list#*"$_devenv_entry"}" != "$_devenv_list" ]; then
      _devenv_list=${_devenv_list%"$_devenv_entry"*}:${_devenv_list##*"$_devenv_entry"}
    fi
  done
  _devenv_list=${_devenv_list#:}
  _devenv_list=${_devenv_list%:}
}

_devenv_unset_aliases() {
  builtin local _devenv_each _devenv_name
  for _devenv_each in "${_devenv_aliases[@]}"; do
    _devenv_name=${_devenv_each%%=*}
    if builtin [ "$_devenv_name=${BASH_ALIASES[$_devenv_name]-}" != "$_devenv_each" ]; then
      builtin continue # the user's by now
    fi
    if [[ -n ${_devenv_old_aliases[$_devenv_name]+x} ]]; then
      builtin alias "$_devenv_name=${_devenv_old_aliases[$_devenv_name]}"
    else
      builtin unalias "$_devenv_name"
    fi
  done
  _devenv_aliases=()
}

_devenv_drop_completions() {
  builtin local _devenv_each _devenv_name
  for _devenv_each in "${_devenv_completions[@]}"; do
    for _devenv_name in "$_devenv_each"/*; do
      _devenv_name=${_devenv_name##*/}
      _devenv_name=${_devenv_name%.bash}
      if [[ $_devenv_completed != *" $_devenv_name "* ]]; then
        builtin complete -r -- "$_devenv_name" || builtin true
      fi
    done
  done
  _devenv_completions=()
} 2>/dev/null

# Nothing is active. What only tells of what is active stays as it is.
_devenv_start() {
  _devenv_noted='' _devenv_complete=''
}

# ---------------------------------------------------------------------------
# Variables that the activation was made from.

# Tell whether each is as it was, without what is active now.
_devenv_outer_is_same() {
  builtin local _devenv_each _devenv_is
  for _devenv_each in "${_devenv_new_outer[@]}"; do
    _devenv_outer "${_devenv_each%%=*}"
    builtin [ "$_devenv_is" = "$_devenv_each" ] || builtin return 1
  done
}

# Set _devenv_is to NAME=VALUE as it will be after leaving; to NAME if it is not there.
_devenv_outer() {
  builtin local _devenv_index _devenv_list
  _devenv_is=$1
  case ${!1@a} in *x*) if [[ -n ${!1+x} ]]; then _devenv_is=$1=${!1}; fi ;; esac
  [[ -n $_devenv_noted ]] || builtin return 0
  for _devenv_index in "${!_devenv_names[@]}"; do
    if [[ ${_devenv_names[_devenv_index]} == "$1" ]] &&
      builtin [ "$_devenv_is" = "${_devenv_values[_devenv_index]}" ]; then
      _devenv_outer_old "$1"
    fi
  done
  for _devenv_index in "${_devenv_unset[@]}"; do
    if [[ $_devenv_index == "$1" && $_devenv_is == "$1" ]]; then _devenv_outer_old "$1"; fi
  done
  for _devenv_index in "${!_devenv_lists[@]}"; do
    [[ ${_devenv_lists[_devenv_index]} == "$1" ]] || builtin continue
    if builtin [ "${!1-}" = "${_devenv_afters[$1]-}" ]; then
      _devenv_outer_old "$1"
    else
      _devenv_without "${!1-}" "${_devenv_fronts[_devenv_index]}" "${_devenv_backs[_devenv_index]}"
      _devenv_is=$1=$_devenv_list
    fi
  done
}

_devenv_outer_old() {
  _devenv_is=$1
  if [[ ${_devenv_kinds[$1]-} == x ]]; then _devenv_is=$1=${_devenv_olds[$1]}; fi
}

# ---------------------------------------------------------------------------
# The test of the unchanged prompt.

_devenv_arm() {
  if [[ -z $_devenv_nearest && -n $_devenv_folder ]]; then
    "_devenv_arm_none_$_devenv_depth"
    builtin return 0
  fi
  if [[ -z $_devenv_specs && -n $_devenv_complete && -z $_devenv_stale$_devenv_off &&
    $_devenv_complete == "$_devenv_state_digest" && -n $_devenv_watches_spec &&
    $_devenv_generation == */g-$_devenv_complete.bash &&
    $_devenv_state/t/$_devenv_state_id -ef $_devenv_stamps.0 ]]; then
    _devenv_stamp=$_devenv_state/t/$_devenv_state_id
    if [[ -z $_devenv_watch ]]; then
      _devenv_arm_here
    else
      _devenv_compile_watch
      _devenv_arm_watched
    fi
    builtin return 0
  fi
  _devenv_arm_other
}

_devenv_arm_other() {
  builtin local _devenv_test _devenv_watched_test=''
  _devenv_test="[[ \${PWD-} == ${_devenv_pwd@Q} && \${DEVENV_CEILING-} == ${_devenv_ceiling@Q}"
  if [[ -n $_devenv_folder ]]; then
    _devenv_test+=" && . -ef ${_devenv_folder@Q}"
  else
    _devenv_test+=" && ! . -ef ${_devenv_pwd@Q}"
  fi
  _devenv_test+=$_devenv_specs
  if [[ -n $_devenv_wanted ]] && builtin [ "$_devenv_off" != "$_devenv_wanted" ]; then
    _devenv_arm_generation
  else
    if [[ -n $_devenv_nearest ]]; then _devenv_arm_state; fi
    if [[ -n $_devenv_wanted ]]; then _devenv_arm_spec; fi
  fi
  builtin eval "_devenv_prompt() { $_devenv_test ]]$_devenv_watched_test || _devenv_changed; }"
}

# In the folder of the active project. The state is renewed with each activation; while
# it stays, its stamp does, which has the time of the spec.
_devenv_here_test='${PWD-} == "$_devenv_pwd" && . -ef $_devenv_folder &&
  ! devenv.toml -nt $_devenv_stamp && ! $_devenv_stamp -nt devenv.toml &&
  ${DEVENV_CEILING-} == "$_devenv_ceiling"'
# The other files: a living watcher vouches for them (devenv.daemon.vouching), or each is
# as its stamp.
_devenv_files_test='{ [[ $_devenv_watcher -ef $_devenv_stamp.w ]] || _devenv_is_as_stamped; }'
builtin eval "_devenv_arm_here() {
  _devenv_prompt() { [[ $_devenv_here_test ]] || _devenv_changed; }
}
_devenv_arm_watched() {
  _devenv_prompt() {
    [[ $_devenv_here_test ]] && $_devenv_files_test || _devenv_changed
  }
}"

_devenv_compile_watch() {
  if [[ $_devenv_compiled != "$_devenv_complete" ]]; then
    builtin eval "_devenv_is_as_stamped() { [[ -n x$_devenv_watch ]]; }"
    _devenv_compiled=$_devenv_complete
  fi
}

_devenv_arm_state() {
  _devenv_place=$_devenv_state/hook${_devenv_nearest%/}/:e/state
  if [[ -n $_devenv_state_id ]]; then
    _devenv_test+=" && ${_devenv_place@Q} -ef ${_devenv_place@Q}.$_devenv_state_id"
  else
    _devenv_test+=" && ! -O ${_devenv_place@Q}"
  fi
}

_devenv_arm_generation() {
  builtin local _devenv_watched="$_devenv_watches_spec" _devenv_first='$_devenv_stamps.0'
  if [[ -z $_devenv_generation || -n $_devenv_stale ]]; then
    _devenv_test+=" && -n ''" # damaged or stale: look again each time
    builtin return 0
  fi
  if [[ -z $_devenv_complete || $_devenv_generation != */g-$_devenv_complete.bash ]]; then
    _devenv_watched=''
  fi
  if [[ -n $_devenv_watched && $_devenv_complete == "$_devenv_state_digest" ]] &&
    builtin [ "$_devenv_nearest" = "$_devenv_wanted" ] &&
    [[ $_devenv_state/t/$_devenv_state_id -ef $_devenv_stamps.0 ]]; then
    _devenv_stamp=$_devenv_state/t/$_devenv_state_id _devenv_first='$_devenv_stamp'
  else
    _devenv_arm_state
    _devenv_place=$_devenv_state/hook${_devenv_wanted%/}/:e/current.bash
    _devenv_test+=" && ${_devenv_place@Q} -ef ${_devenv_generation@Q}"
  fi
  if [[ -n $_devenv_watched ]]; then _devenv_arm_stamp "$_devenv_first"; else _devenv_arm_spec; fi
  if [[ -n $_devenv_complete && $_devenv_generation == */g-$_devenv_complete.bash &&
    -n $_devenv_watch ]]; then
    _devenv_compile_watch
    _devenv_watched_test=' && _devenv_is_as_stamped'
    if [[ $_devenv_first == '$_devenv_stamp' ]]; then
      _devenv_watched_test=" && $_devenv_files_test"
    fi
  fi
}

# The time of a spec that is watched tells that it is there, too.
_devenv_arm_stamp() {
  _devenv_place=${_devenv_wanted}devenv.toml
  _devenv_test+=" && ! ${_devenv_place@Q} -nt $1 && ! $1 -nt ${_devenv_place@Q}"
}

_devenv_arm_spec() {
  _devenv_place=${_devenv_wanted}devenv.toml
  _devenv_test+=" && -f ${_devenv_place@Q}"
}

# ---------------------------------------------------------------------------
# The command, of which one part is the shell's.

devenv() {
  if [[ ${1-} == deactivate && $# -eq 1 ]]; then
    _devenv_deactivate
    builtin return
  fi
  case ${1-} in
    allow | reload)
      _devenv_off=''
      _devenv_look_again
      ;;
  esac
  if [[ -x $_devenv_command ]]; then
    "$_devenv_command" "$@"
  else
    builtin command devenv "$@"
  fi
}

_devenv_deactivate() {
  if [[ -z $_devenv_noted ]]; then
    _devenv_say 'no project is active in this shell'
    builtin return 1
  fi
  _devenv_off=$_devenv_project/
  if [[ -n $_devenv_leave ]]; then _devenv_run "$_devenv_leave"; fi
  _devenv_plainly _devenv_undo
  _devenv_look_again
}

# ---------------------------------------------------------------------------
# Loading.

# Undo what a parent shell left in our variables. Whatever flags it left are not
# believed: rc files may have made PATH anew since, and tmux may be months old.
_devenv_take_over() {
  builtin local -
  builtin set +aefknuvx
  builtin set -f
  builtin local IFS=' ' _devenv_name _devenv_old
  _devenv_start
  _devenv_taken='' _devenv_kinds=() _devenv_olds=() _devenv_afters=() _devenv_old_aliases=() \
    _devenv_names=() _devenv_values=() _devenv_unset=() _devenv_aliases=() \
    _devenv_lists=() _devenv_fronts=() _devenv_backs=() _devenv_completions=()
  builtin unset -v DEVENV_STATE_TEXT
  [[ -n ${__DEVENV_ACTIVE-} ]] || builtin return 0
  _devenv_new_complete='' _devenv_new_values=()
  _devenv_old=$_devenv_state/hook${__DEVENV_ACTIVE#* }/:e/g-${__DEVENV_ACTIVE%% *}.bash
  if [[ -f $_devenv_old && -O $_devenv_old ]]; then
    builtin source "$_devenv_old" 2>/dev/null || builtin true
  fi
  # shellcheck disable=SC2206  # names, checked below
  _devenv_lists=(${__DEVENV_LISTS-}) _devenv_unset=(${__DEVENV_UNSET-})
  for _devenv_name in ${__DEVENV_SET-} ${__DEVENV_LISTS-} ${__DEVENV_UNSET-}; do
    if [[ $_devenv_name != [A-Za-z_]* || $_devenv_name == *[!A-Za-z0-9_]* ]]; then
      _devenv_start
      builtin return 0
    fi
    _devenv_old=__DEVENV_o_$_devenv_name
    if [[ -n ${!_devenv_old+x} ]]; then
      _devenv_kinds[$_devenv_name]=x _devenv_olds[$_devenv_name]=${!_devenv_old}
    fi
  done
  _devenv_take_over_values
  _devenv_take_over_lists
  _devenv_special=1
  _devenv_undo
}

# Where the activation is gone, what is set counts as ours.
_devenv_take_over_values() {
  builtin local _devenv_name _devenv_each _devenv_value
  for _devenv_name in ${__DEVENV_SET-}; do
    _devenv_value=$_devenv_name=${!_devenv_name-}
    for _devenv_each in "${_devenv_new_values[@]}"; do
      if [[ $_devenv_each == "$_devenv_name="* ]]; then _devenv_value=$_devenv_each; fi
    done
    _devenv_names+=("$_devenv_name") _devenv_values+=("$_devenv_value")
    _devenv_afters[$_devenv_name]=${_devenv_value#*=}
  done
}

_devenv_take_over_lists() {
  builtin local _devenv_name _devenv_front _devenv_back _devenv_list
  for _devenv_name in ${__DEVENV_LISTS-}; do
    _devenv_front=__DEVENV_f_$_devenv_name _devenv_back=__DEVENV_b_$_devenv_name
    _devenv_fronts+=("${!_devenv_front-}") _devenv_backs+=("${!_devenv_back-}")
    _devenv_list=${_devenv_olds[$_devenv_name]-}
    _devenv_list=${!_devenv_front-}${!_devenv_front:+${_devenv_list:+:}}$_devenv_list
    _devenv_list+=${!_devenv_back:+${_devenv_list:+:}}${!_devenv_back-}
    _devenv_afters[$_devenv_name]=$_devenv_list
  done
}

# Before everything else, so that prompts show what is true. As an element of its own
# where bash knows these (5.1), because then the others see $? and PIPESTATUS. By a
# variable that is no child's, which may get PROMPT_COMMAND without this function.
_devenv_install() {
  builtin local -
  builtin set +aefknuvx
  builtin local _devenv_how="${PROMPT_COMMAND@a}"
  _devenv_hook=_devenv_prompt_in_text
  case ${PROMPT_COMMAND[*]-} in *_devenv_prompt* | *_devenv_hook*) builtin return 0 ;; esac
  if [[ $_devenv_how == *r* ]]; then
    _devenv_say 'PROMPT_COMMAND is readonly here, so nothing is activated'
  elif [[ $_devenv_how == *a* ]]; then
    PROMPT_COMMAND=(_devenv_prompt "${PROMPT_COMMAND[@]}")
  elif [[ $_devenv_how != *x* ]] && ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
    _devenv_how=${PROMPT_COMMAND-}
    builtin unset -v PROMPT_COMMAND
    PROMPT_COMMAND=(_devenv_prompt)
    if [[ -n $_devenv_how ]]; then PROMPT_COMMAND+=("$_devenv_how"); fi
  else
    PROMPT_COMMAND="\${_devenv_hook-}${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
  fi
}

# Where devenv keeps its state: the rules of devenv.host.dirs.
_devenv_find_state() {
  case ${XDG_STATE_HOME-} in
    /*) _devenv_state=${XDG_STATE_HOME%/}/devenv ;;
    *) _devenv_state=~ _devenv_state=${_devenv_state%/}/.local/state/devenv ;;
  esac
  _devenv_watcher=$_devenv_state/t/d
}

_devenv_load() {
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
    _devenv_say "this bash is too old for the hook, which needs 4.4; \`devenv shell\` works"
    builtin return 0
  fi
  # An array comes from no other shell: this one has loaded the hook before.
  if [[ ${_devenv_here[1]-} != yes ]]; then
    _devenv_here=(loaded yes) _devenv_specs='' _devenv_watches_spec='' _devenv_state_digest=''
    builtin unset -v _devenv_kinds _devenv_olds _devenv_afters _devenv_old_aliases \
      _devenv_depths _devenv_lines
    builtin declare -gA _devenv_kinds _devenv_olds _devenv_afters _devenv_old_aliases
    _devenv_ceiling='' _devenv_folder='' _devenv_top='' _devenv_stop=''
    _devenv_lines=() _devenv_lines_place='' _devenv_stamps='' _devenv_files='' _devenv_skipped=''
    _devenv_new_complete='' _devenv_stamp='' _devenv_compiled='' _devenv_again='' \
      _devenv_project='' _devenv_enter='' _devenv_leave='' _devenv_special=''
    _devenv_nearest='' _devenv_wanted='' _devenv_generation='' _devenv_off=''
    _devenv_state_id='' _devenv_told='' _devenv_reasons='' _devenv_leaving='' _devenv_entering=''
    _devenv_asked_at='' _devenv_patience=5 _devenv_completed=' ' _devenv_stale=''
    _devenv_find_state
    _devenv_take_over
  fi
  # What an older hook has compiled is none of this one's.
  _devenv_pwd='' _devenv_depth='' _devenv_depths=() _devenv_before='' _devenv_before_pwd='' \
    _devenv_before_depth='' _devenv_taken=''
  # What `devenv doctor` sees of us.
  builtin export _devenv_mark="bash @mark@ $$"
  _devenv_look_again
  _devenv_install
}

_devenv_load
[[ $_devenv_had != *allexport* ]] || \builtin set -a
[[ $_devenv_had != aliases* ]] || \builtin shopt -s expand_aliases
\builtin unset -v _devenv_had
