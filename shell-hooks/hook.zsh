# devenv's hook for zsh 5.8 and later: brings an allowed project's environment into
# this shell, and takes exactly that away again.
#
#   eval "$(devenv hook zsh)"         at the end of ~/.zshrc
#
# The unchanged prompt is one test (_devenv_prompt), compiled anew whenever something
# changed: no process, no file read. What is read lies in the state folder, written
# by devenv.operations.write_activation; all of it is assignments, to _devenv_new_*.
# Names that start with _devenv are ours, those with __DEVENV_ are for child shells.
# Functions that do something emulate plain zsh, whatever options the user has; for
# aliases, hook-start.zsh is read before.

_devenv_command=@command@

# ---------------------------------------------------------------------------
# The prompt. zsh keeps $? and $pipestatus around it.

_devenv_changed() {
  # Not in subshells: their variables go with them, and what they print is captured.
  if (( ZSH_SUBSHELL )); then return 0; fi
  _devenv_look || true
  if [[ -n $_devenv_leaving ]]; then
    if [[ -n $_devenv_leave ]]; then _devenv_run "$_devenv_leave"; fi
    _devenv_undo || true
  fi
  if [[ -n $_devenv_entering ]]; then
    _devenv_apply || true
    if [[ -n $_devenv_enter ]]; then _devenv_run "$_devenv_enter"; fi
  fi
  if [[ -z $_devenv_nearest && -n $_devenv_folder ]]; then
    _devenv_arm_none_$_devenv_depth
  else
    _devenv_arm || true
  fi
  return 0
}

_devenv_prompt() { _devenv_changed }

# The project's text, with the user's own options.
_devenv_run() { builtin eval "$1" || true }

_devenv_say() { builtin print -r -u2 -- "devenv: $1" }

# ---------------------------------------------------------------------------
# Where we are, and what is wanted here.

# Decide what to do: whether to leave (_devenv_leaving) and to enter (_devenv_entering).
_devenv_look() {
  emulate -L zsh
  _devenv_leaving='' _devenv_entering=''
  if [[ ${PWD-} != "$_devenv_pwd" || ! . -ef $_devenv_folder ||
    ${DEVENV_CEILING-} != "$_devenv_ceiling" ]]; then
    # The folder before this one is remembered, for the way back: while it leads to where
    # we are, it is found without asking anew, as before a prompt.
    if [[ ${PWD-} == "${_devenv_before[1]-}" && . -ef ${_devenv_before[2]-} &&
      -z $_devenv_ceiling${DEVENV_CEILING-} ]]; then
      local -a _devenv_here_before=("${_devenv_before[@]}")
      _devenv_before=("$_devenv_pwd" "$_devenv_folder" $_devenv_depth)
      _devenv_pwd=$PWD _devenv_folder=$_devenv_here_before[2] _devenv_depth=$_devenv_here_before[3]
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
    unset -v DEVENV_STATE_TEXT
  fi
  if [[ -n $_devenv_off ]]; then
    if [[ $_devenv_off == "$_devenv_wanted" ]]; then return 0; fi
    _devenv_off=''
  fi
  if [[ -z $_devenv_wanted ]]; then
    _devenv_leaving=$_devenv_noted
    return 0
  fi
  _devenv_choose "$_devenv_state/hook${_devenv_wanted%/}/:e"
}

# Find the nearest spec upward, and the nearest that is allowed. By relative paths,
# which are short and the same for every folder of a depth: for each, there is a
# function that tells whether there is none at all.
_devenv_find_project() {
  if [[ -z ${_devenv_depths[$_devenv_depth]-} ]]; then _devenv_add_depth; fi
  # Not to call it is the quicker way.
  if [[ ! -f devenv.toml ]] && _devenv_none_$_devenv_depth; then
    _devenv_specs=${_devenv_depths[$_devenv_depth]}
    return 0
  fi
  local _devenv_each=${_devenv_folder%/} _devenv_up='' _devenv_place
  while true; do
    if [[ -f ${_devenv_up}devenv.toml ]]; then
      if [[ -z $_devenv_nearest ]]; then _devenv_nearest=$_devenv_each/; fi
      _devenv_place=$_devenv_state/hook$_devenv_each/:e/current.zsh
      if [[ -f $_devenv_place && -O $_devenv_place ]]; then
        _devenv_wanted=$_devenv_each/
        return 0
      fi
      _devenv_specs+=" && -f ${_devenv_up}devenv.toml"
      _devenv_specs+=" && ! ( -f ${(qq)_devenv_place} && -O ${(qq)_devenv_place} )"
    else
      _devenv_specs+=" && ! -f ${_devenv_up}devenv.toml"
    fi
    [[ -n $_devenv_each && $_devenv_each != "$_devenv_top" ]] || return 0
    _devenv_each=${_devenv_each%/*} _devenv_up+=../
  done
}

_devenv_add_depth() {
  local _devenv_up='' _devenv_test='! -f devenv.toml'
  local -i _devenv_level
  for (( _devenv_level = 0; _devenv_level < _devenv_depth; _devenv_level++ )); do
    _devenv_up+=../ _devenv_test+=" && ! -f ${_devenv_up}devenv.toml"
  done
  _devenv_depths[$_devenv_depth]=" && $_devenv_test"
  builtin eval "_devenv_none_$_devenv_depth() { [[ $_devenv_test ]] }
    _devenv_arm_none_$_devenv_depth() {
      _devenv_prompt() { [[ $_devenv_place_test && $_devenv_test ]] || _devenv_changed }
    }"
}

# Where we are is known from these.
_devenv_place_test='${PWD-} == "$_devenv_pwd" && . -ef $_devenv_folder &&
  ${DEVENV_CEILING-} == "$_devenv_ceiling"'

# Our folder as it is without links; and the topmost where a project may be, if that
# is another than the root.
_devenv_find_folder() {
  local _devenv_each _devenv_entry
  _devenv_before=("$_devenv_pwd" "$_devenv_folder" $_devenv_depth)
  if [[ $_devenv_ceiling != "${DEVENV_CEILING-}" ]]; then _devenv_before=(); fi
  _devenv_pwd=${PWD-} _devenv_ceiling=${DEVENV_CEILING-} _devenv_folder='' _devenv_top=''
  _devenv_depth=0
  # Where no part is a link, that costs a quarter of what :P does.
  if [[ $_devenv_pwd == /* && . -ef $_devenv_pwd ]]; then
    _devenv_each=$_devenv_pwd
    while [[ $_devenv_each != / && ! -L $_devenv_each ]]; do
      _devenv_each=${_devenv_each:h} # a tenth of what a pattern costs
      (( ++_devenv_depth ))
    done
    if [[ $_devenv_each == / ]]; then _devenv_folder=$_devenv_pwd; fi
  fi
  if [[ -z $_devenv_folder ]]; then
    _devenv_folder=${${:-.}:P}
    if [[ $_devenv_folder != /* || ! . -ef $_devenv_folder ]]; then
      _devenv_folder='' # it is gone
      return 0
    fi
    _devenv_each=${_devenv_folder%/} _devenv_each=${_devenv_each//[^\/]/}
    _devenv_depth=${#_devenv_each}
  fi
  [[ -n $_devenv_ceiling ]] || return 0
  _devenv_top=${_devenv_folder%/} _devenv_depth=0
  while [[ -n $_devenv_top ]]; do
    for _devenv_entry in ${(s.:.)_devenv_ceiling}; do
      if [[ $_devenv_entry == /* && $_devenv_entry -ef $_devenv_top ]]; then return 0; fi
    done
    _devenv_top=${_devenv_top%/*}
    (( ++_devenv_depth ))
  done
}

# Read what there is to say about the nearest project; say it once.
_devenv_read_state() {
  local _devenv_place=$_devenv_state/hook${_devenv_nearest%/}/:e/state
  # What has been read is named by its content.
  if [[ $_devenv_place != "$_devenv_lines_place" || -z ${_devenv_lines[4]-} ||
    ! $_devenv_place -ef $_devenv_place.${_devenv_lines[4]-} ]]; then
    _devenv_lines=() _devenv_lines_place=$_devenv_place
    if [[ -f $_devenv_place && -O $_devenv_place ]]; then
      _devenv_lines=("${(@f)$(<$_devenv_place)}") 2>/dev/null || true
    fi
  fi
  local _devenv_word=${_devenv_lines[1]-} _devenv_sentence=${_devenv_lines[2]-}
  _devenv_state_id=${_devenv_lines[4]-} _devenv_state_digest=${_devenv_lines[5]-}
  if [[ -z $_devenv_sentence && $_devenv_word != denied &&
    $_devenv_nearest != "$_devenv_wanted" ]]; then
    _devenv_word=unknown
    _devenv_sentence='this project is not allowed yet; `devenv allow` shows what it would do'
    if [[ -n $_devenv_wanted ]]; then
      _devenv_sentence+=', and the environment of the one above it stays'
    fi
  fi
  if [[ -n $_devenv_sentence && $_devenv_told != "$_devenv_nearest${_devenv_lines[3]-}" ]]; then
    _devenv_say "$_devenv_sentence"
  fi
  _devenv_told=$_devenv_nearest${_devenv_lines[3]-}
  if [[ $_devenv_word == allowed ]]; then _devenv_sentence=''; fi
  builtin export "DEVENV_STATE_TEXT=$_devenv_sentence"
}

# Compare the activation of the folder $1 with the one that is active.
_devenv_choose() {
  if [[ -n $_devenv_complete && $_devenv_wanted == "$_devenv_project/" ]]; then
    _devenv_generation=$1/g-$_devenv_complete.zsh
    if [[ $1/current.zsh -ef $_devenv_generation ]]; then
      if _devenv_is_fresh; then
        _devenv_asked_at=''
      else
        _devenv_stale=1
        _devenv_ask "${_devenv_wanted%/}"
      fi
      return 0
    fi
  fi
  # What has been read is named by its content.
  _devenv_generation=$1/g-${_devenv_new_complete:-none}.zsh
  if [[ ! $1/current.zsh -ef $_devenv_generation ]]; then
    _devenv_new_complete='' _devenv_generation=''
    builtin source "$1/current.zsh" 2>/dev/null || true
  fi
  if [[ -z $_devenv_new_complete || $_devenv_new_project/ != "$_devenv_wanted" ]]; then
    _devenv_generation=''
    _devenv_once "damaged $_devenv_wanted" \
      'the activation of this project is damaged; `devenv reload` makes it anew'
  elif (( ${#_devenv_new_outer} )) && ! _devenv_outer_is_same; then
    _devenv_generation=$1/g-$_devenv_new_complete.zsh
    _devenv_once "outer $_devenv_new_complete" \
      "variables that this project's environment was made from differ here; it is made anew"
  else
    _devenv_generation=$1/g-$_devenv_new_complete.zsh
    _devenv_leaving=$_devenv_noted _devenv_entering=1
    return 0
  fi
  # Whatever else was active goes; of this project the last good one stays.
  if [[ $_devenv_wanted != "$_devenv_project/" ]]; then _devenv_leaving=$_devenv_noted; fi
}

# Tell whether all watched files are as they were read.
_devenv_is_fresh() {
  local _devenv_spec="${_devenv_wanted}devenv.toml" _devenv_stamp="${_devenv_stamps}.0"
  if [[ -n $_devenv_watches_spec ]]; then
    # Of two files, of which one is not there, none is newer.
    [[ -e $_devenv_spec && -e $_devenv_stamp && ! $_devenv_spec -nt $_devenv_stamp &&
      ! $_devenv_stamp -nt $_devenv_spec ]] || return 1
  fi
  builtin eval "[[ -n x $_devenv_watch ]]"
}

# Say $2 and ask for a new activation, once for the reason $1.
_devenv_once() {
  if (( ${_devenv_reasons[(Ie)$1]} )); then return 0; fi
  _devenv_reasons+=("$1")
  _devenv_say "$2"
  _devenv_asked_at=''
  _devenv_ask "${_devenv_wanted%/}"
}

# Ask for a new activation of the project $1, in the background: the one fork. While
# that changes nothing, ask more and more rarely.
_devenv_ask() {
  local -i _devenv_now=$SECONDS _devenv_age
  (( _devenv_age = _devenv_now - ${_devenv_asked_at:-0} )) || true
  if [[ -n $_devenv_asked_at ]] &&
    (( _devenv_age >= 0 && _devenv_age < _devenv_patience )); then
    return 0
  fi
  if [[ -z $_devenv_asked_at ]]; then
    _devenv_patience=5
  elif (( _devenv_patience < 60 )); then
    (( _devenv_patience *= 2 ))
  fi
  _devenv_asked_at=$_devenv_now
  (
    # Libraries of the project are none of devenv's.
    unset -v LD_LIBRARY_PATH
    "$_devenv_command" reload --background --project "${1:-/}" </dev/null &>/dev/null &
  )
}

# ---------------------------------------------------------------------------
# Entering: what was is noted first, then changed; the mark comes last.

_devenv_apply() {
  emulate -L zsh
  local -i _devenv_index
  local _devenv_name _devenv_again=1
  if [[ $_devenv_taken != "$_devenv_new_complete" || -n $_devenv_special ]]; then _devenv_take; fi
  _devenv_complete=''
  # Most often there is none yet of what is set or unset: that is one look.
  builtin eval "_devenv_special=$_devenv_new_there"
  # A list that is as it was when this activation was last entered becomes what it became.
  for _devenv_name in "${_devenv_lists[@]}"; do
    if [[ -z ${_devenv_afters[$_devenv_name]-} || ${(Pt)_devenv_name} != scalar*export* ||
      ${(Pt)_devenv_name} == *readonly* ||
      ${(P)_devenv_name} != "${_devenv_olds[$_devenv_name]-}" ]]; then
      _devenv_again=''
    fi
  done
  if [[ -n $_devenv_again && -z $_devenv_special ]]; then
    _devenv_noted=1
    for _devenv_name in "${_devenv_lists[@]}"; do
      builtin export "${_devenv_name}=${_devenv_afters[$_devenv_name]}"
    done
  else
    _devenv_kinds=() _devenv_olds=() _devenv_afters=() \
      _devenv_fronts=("${_devenv_new_fronts[@]}") _devenv_backs=("${_devenv_new_backs[@]}")
    if [[ -n $_devenv_special ]]; then
      _devenv_note "${_devenv_names[@]}" "${_devenv_unset[@]}" "${_devenv_lists[@]}"
    else
      _devenv_note "${_devenv_lists[@]}"
    fi
    _devenv_noted=1
    _devenv_set_lists
  fi
  builtin export "${_devenv_values[@]}"
  if [[ -n $_devenv_special ]]; then _devenv_set_special; fi
  # What a child shell of any kind needs to undo this: what is ours, and what was.
  for _devenv_name in "${(@k)_devenv_kinds}"; do
    if [[ ${_devenv_kinds[$_devenv_name]} == x ]]; then
      builtin export "__DEVENV_o_${_devenv_name}=${_devenv_olds[$_devenv_name]}"
    fi
  done
  for (( _devenv_index = 1; _devenv_index <= ${#_devenv_lists}; _devenv_index++ )); do
    _devenv_name=${_devenv_lists[_devenv_index]}
    builtin export "__DEVENV_f_${_devenv_name}=${_devenv_fronts[_devenv_index]}" \
      "__DEVENV_b_${_devenv_name}=${_devenv_backs[_devenv_index]}"
  done
  builtin export "__DEVENV_SET=${(j: :)_devenv_names}" \
    "__DEVENV_UNSET=${(j: :)_devenv_unset}" "__DEVENV_LISTS=${(j: :)_devenv_lists}" \
    "__DEVENV_ACTIVE=$_devenv_new_complete $_devenv_project"
  if (( ${#_devenv_new_aliases} )); then _devenv_set_aliases; fi
  if (( ${#_devenv_new_completions} )); then _devenv_set_completions; fi
  _devenv_complete=$_devenv_new_complete _devenv_asked_at=''
}

# Take over what was read, for all times that it is entered; what is skipped goes from that.
_devenv_take() {
  _devenv_taken='' _devenv_kinds=() _devenv_olds=() _devenv_afters=()
  _devenv_names=("${_devenv_new_names[@]}") _devenv_values=("${_devenv_new_values[@]}") \
    _devenv_unset=("${_devenv_new_unset[@]}") _devenv_lists=("${_devenv_new_lists[@]}") \
    _devenv_watched=("${_devenv_new_watched[@]}") _devenv_all=$_devenv_new_all \
    _devenv_watch=$_devenv_new_watch _devenv_stamps=$_devenv_new_stamps \
    _devenv_project=$_devenv_new_project _devenv_leave=$_devenv_new_leave \
    _devenv_enter=$_devenv_new_enter \
    _devenv_watches_spec=$_devenv_new_watches_spec _devenv_taken=$_devenv_new_complete
}

# Note for each variable what it is: unset, exported (x), private (l), skipped (r).
_devenv_note() {
  local _devenv_name _devenv_skipped=''
  for _devenv_name in "$@"; do
    (( ${(P)+_devenv_name} )) || continue
    case ${(Pt)_devenv_name} in
      (*readonly*|array*|association*)
        _devenv_kinds[$_devenv_name]=r _devenv_skipped+=" $_devenv_name" ;;
      (*export*) _devenv_kinds[$_devenv_name]=x ;;
      (*) _devenv_kinds[$_devenv_name]=l ;;
    esac
    _devenv_olds[$_devenv_name]=${(P)_devenv_name}
  done
  [[ -n $_devenv_skipped ]] || return 0
  _devenv_say "readonly or arrays here, and left as they are:$_devenv_skipped"
  _devenv_skip
}

# Take what is skipped out of the lists of work.
_devenv_skip() {
  local -i _devenv_index
  _devenv_taken=''
  for (( _devenv_index = ${#_devenv_names}; _devenv_index; _devenv_index-- )); do
    if [[ ${_devenv_kinds[${_devenv_names[_devenv_index]}]-} == r ]]; then
      _devenv_names[_devenv_index]=() _devenv_values[_devenv_index]=()
    fi
  done
  for (( _devenv_index = ${#_devenv_unset}; _devenv_index; _devenv_index-- )); do
    if [[ ${_devenv_kinds[${_devenv_unset[_devenv_index]}]-} == r ]]; then
      _devenv_unset[_devenv_index]=()
    fi
  done
  for (( _devenv_index = ${#_devenv_lists}; _devenv_index; _devenv_index-- )); do
    if [[ ${_devenv_kinds[${_devenv_lists[_devenv_index]}]-} == r ]]; then
      _devenv_lists[_devenv_index]=() _devenv_fronts[_devenv_index]=()
      _devenv_backs[_devenv_index]=()
    fi
  done
}

# What variables with attributes (typeset -i, -u) make of a value counts as ours.
_devenv_set_special() {
  local _devenv_name
  for _devenv_name in "${_devenv_unset[@]}"; do unset -v "$_devenv_name"; done
  for _devenv_name in "${(@k)_devenv_kinds}"; do
    if (( ${(P)+_devenv_name} )); then
      _devenv_afters[$_devenv_name]=${(P)_devenv_name}
    fi
  done
}

_devenv_set_lists() {
  local -i _devenv_index
  local _devenv_name _devenv_list _devenv_front _devenv_rest _devenv_entry
  for (( _devenv_index = 1; _devenv_index <= ${#_devenv_lists}; _devenv_index++ )); do
    _devenv_name=${_devenv_lists[_devenv_index]} _devenv_list=${(P)_devenv_name-}
    _devenv_front=${_devenv_fronts[_devenv_index]}
    # Never two of one, nor an empty entry: in PATH it would be the current folder.
    if [[ -z $_devenv_front || ${_devenv_list}: == "${_devenv_front}:"* ]]; then
      _devenv_fronts[_devenv_index]=''
    else
      _devenv_list=$_devenv_front${_devenv_list:+:$_devenv_list}
    fi
    _devenv_rest=${_devenv_backs[_devenv_index]}
    _devenv_backs[_devenv_index]=''
    for _devenv_entry in ${(s.:.)_devenv_rest}; do
      [[ :${_devenv_list}: != *":${_devenv_entry}:"* ]] || continue
      _devenv_list+=${_devenv_list:+:}$_devenv_entry
      _devenv_backs[_devenv_index]+=${_devenv_backs[_devenv_index]:+:}$_devenv_entry
    done
    _devenv_afters[$_devenv_name]=$_devenv_list
    builtin export "${_devenv_name}=$_devenv_list"
    _devenv_afters[$_devenv_name]=${(P)_devenv_name}
  done
}

_devenv_set_aliases() {
  local _devenv_each _devenv_name
  _devenv_aliases=("${_devenv_new_aliases[@]}") _devenv_old_aliases=()
  for _devenv_each in "${_devenv_aliases[@]}"; do
    _devenv_name=${_devenv_each%%=*}
    if (( ${+aliases[$_devenv_name]} )); then
      _devenv_old_aliases[$_devenv_name]=${aliases[$_devenv_name]}
    fi
    builtin alias -- "$_devenv_each"
  done
}

# Functions of the packages, for the commands that their first lines name.
_devenv_set_completions() {
  local _devenv_each _devenv_file _devenv_line _devenv_word
  _devenv_completions=("${_devenv_new_completions[@]}") _devenv_old_completions=()
  for _devenv_each in "${_devenv_completions[@]}"; do
    fpath=("$_devenv_each" "${fpath[@]}")
    (( ${+_comps} )) || continue
    for _devenv_file in "$_devenv_each"/_*(N-.); do
      IFS='' builtin read -r _devenv_line <"$_devenv_file" || true
      [[ $_devenv_line == '#compdef '* ]] || continue
      _devenv_file=${_devenv_file##*/}
      if (( ! ${+functions[$_devenv_file]} )); then
        builtin autoload -Uz -- "$_devenv_file"
        _devenv_functions+=("$_devenv_file")
      fi
      for _devenv_word in ${(s: :)_devenv_line#\#compdef }; do
        [[ $_devenv_word == [A-Za-z0-9]* && $_devenv_word != *=* ]] || continue
        _devenv_old_completions[$_devenv_word]=$_devenv_file=${_comps[$_devenv_word]-}
        _comps[$_devenv_word]=$_devenv_file
      done
    done
  done
}

# ---------------------------------------------------------------------------
# Leaving: what the user changed since stays theirs; of a list only our entries go.

_devenv_undo() {
  emulate -L zsh
  local -i _devenv_index
  local _devenv_name
  local -a _devenv_gone _devenv_now
  _devenv_complete=''
  if (( ${#_devenv_aliases} )); then _devenv_unset_aliases; fi
  if (( ${#_devenv_completions} )); then _devenv_unset_completions; fi
  # A variable that there was not before has no attributes that change a value.
  if [[ -z $_devenv_special ]] && builtin eval "_devenv_now=$_devenv_all" &&
    (( ! ${#_devenv_now:|_devenv_values} )); then
    unset -v "${_devenv_names[@]}"
  else
    _devenv_undo_each
  fi
  for _devenv_name in "${_devenv_unset[@]}"; do
    if (( ! ${(P)+_devenv_name} )); then _devenv_put_back $_devenv_name; fi
  done
  for (( _devenv_index = 1; _devenv_index <= ${#_devenv_lists}; _devenv_index++ )); do
    _devenv_name=${_devenv_lists[_devenv_index]}
    if (( ${(P)+_devenv_name} )) && [[ ${_devenv_kinds[$_devenv_name]-} == x &&
      ${(P)_devenv_name} == "${_devenv_afters[$_devenv_name]-}" ]]; then
      builtin export "${_devenv_name}=${_devenv_olds[$_devenv_name]}"
    else
      _devenv_restore_list
    fi
  done
  _devenv_gone=("${(@k)_devenv_kinds}")
  unset -v __DEVENV_ACTIVE __DEVENV_SET __DEVENV_UNSET __DEVENV_LISTS \
    ${_devenv_gone/#/__DEVENV_o_} ${_devenv_lists/#/__DEVENV_f_} ${_devenv_lists/#/__DEVENV_b_}
  _devenv_start
}

# Some variables were there before, or are not as they were set.
_devenv_undo_each() {
  local -i _devenv_index
  local _devenv_name
  local -a _devenv_gone
  for (( _devenv_index = 1; _devenv_index <= ${#_devenv_names}; _devenv_index++ )); do
    _devenv_name=${_devenv_names[_devenv_index]}
    (( ${(P)+_devenv_name} )) || continue
    if (( ${+_devenv_kinds[$_devenv_name]} )); then
      if [[ ${(P)_devenv_name} == "${_devenv_afters[$_devenv_name]-}" ]]; then
        _devenv_put_back $_devenv_name
      fi
    elif [[ ${_devenv_name}=${(P)_devenv_name} == "${_devenv_values[_devenv_index]}" ]]; then
      _devenv_gone+=($_devenv_name)
    fi
  done
  (( ! ${#_devenv_gone} )) || unset -v "${_devenv_gone[@]}"
}

# Give a variable its old state. A call costs zsh as much as ten commands, so there are
# few on the way in and out.
_devenv_put_back() {
  case ${_devenv_kinds[$1]-} in
    (x) builtin export "${1}=${_devenv_olds[$1]}" ;;
    (l) builtin typeset -g +x "${1}=${_devenv_olds[$1]}" ;;
    (r) ;;
    (*) unset -v "$1" ;;
  esac
}

# A list that was not exported, or that the user changed since.
_devenv_restore_list() {
  local _devenv_list
  (( ${(P)+_devenv_name} && ${+_devenv_afters[$_devenv_name]} )) || return 0
  if [[ ${(P)_devenv_name} == "${_devenv_afters[$_devenv_name]}" ]]; then
    _devenv_put_back $_devenv_name
    return 0
  fi
  if [[ ${(P)_devenv_name} == "${_devenv_olds[$_devenv_name]-}" ]]; then return 0; fi
  _devenv_without "${(P)_devenv_name}" "${_devenv_fronts[_devenv_index]}" \
    "${_devenv_backs[_devenv_index]}"
  if [[ -z $_devenv_list && -z ${_devenv_kinds[$_devenv_name]-} ]]; then
    unset -v $_devenv_name
  else
    builtin export "${_devenv_name}=$_devenv_list"
  fi
}

# Set _devenv_list to the list $1 without the entries $2, each where it comes first,
# and $3, each where it comes last.
_devenv_without() {
  local _devenv_entry
  _devenv_list=":${1}:"
  for _devenv_entry in ${(s.:.)2}; do
    _devenv_entry=":${_devenv_entry}:"
    [[ $_devenv_list == *"$_devenv_entry"* ]] || continue
    _devenv_list="${_devenv_list%%"$_devenv_entry"*}:${_devenv_list#*"$_devenv_entry"}"
  done
  for _devenv_entry in ${(s.:.)3}; do
    _devenv_entry=":${_devenv_entry}:"
    [[ $_devenv_list == *"$_devenv_entry"* ]] || continue
    _devenv_list="${_devenv_list%"$_devenv_entry"*}:${_devenv_list##*"$_devenv_entry"}"
  done
  _devenv_list=${_devenv_list#:}
  _devenv_list=${_devenv_list%:}
}

_devenv_unset_aliases() {
  local _devenv_each _devenv_name
  for _devenv_each in "${_devenv_aliases[@]}"; do
    _devenv_name=${_devenv_each%%=*}
    # The user's by now?
    [[ ${_devenv_name}=${aliases[$_devenv_name]-} == "$_devenv_each" ]] || continue
    if (( ${+_devenv_old_aliases[$_devenv_name]} )); then
      builtin alias -- "${_devenv_name}=${_devenv_old_aliases[$_devenv_name]}"
    else
      builtin unalias -- $_devenv_name
    fi
  done
  _devenv_aliases=()
}

_devenv_unset_completions() {
  local _devenv_each _devenv_old
  for _devenv_each in "${_devenv_completions[@]}"; do
    if (( ${fpath[(Ie)$_devenv_each]} )); then fpath[${fpath[(Ie)$_devenv_each]}]=(); fi
  done
  for _devenv_each in "${(@k)_devenv_old_completions}"; do
    _devenv_old=${_devenv_old_completions[$_devenv_each]}
    [[ ${_comps[$_devenv_each]-} == "${_devenv_old%%=*}" ]] || continue
    if [[ -n ${_devenv_old#*=} ]]; then
      _comps[$_devenv_each]=${_devenv_old#*=}
    else
      unset "_comps[$_devenv_each]"
    fi
  done
  for _devenv_each in "${_devenv_functions[@]}"; do
    if (( ${+functions[$_devenv_each]} )); then builtin unfunction -- $_devenv_each; fi
  done
  _devenv_completions=() _devenv_old_completions=() _devenv_functions=()
}

# Nothing is active. What only tells of what is active stays as it is.
_devenv_start() {
  _devenv_noted='' _devenv_complete=''
}

# ---------------------------------------------------------------------------
# Variables that the activation was made from.

# Tell whether each is as it was, without what is active now.
_devenv_outer_is_same() {
  local _devenv_each _devenv_is
  for _devenv_each in "${_devenv_new_outer[@]}"; do
    _devenv_outer "${_devenv_each%%=*}"
    [[ $_devenv_is == "$_devenv_each" ]] || return 1
  done
}

# Set _devenv_is to NAME=VALUE as it will be after leaving; to NAME if it is not there.
_devenv_outer() {
  local -i _devenv_index
  local _devenv_list
  _devenv_is=$1
  if [[ ${(Pt)1} == *export* ]]; then _devenv_is=${1}=${(P)1}; fi
  [[ -n $_devenv_noted ]] || return 0
  _devenv_index=${_devenv_names[(Ie)$1]}
  if (( _devenv_index )) && [[ $_devenv_is == "${_devenv_values[_devenv_index]}" ]]; then
    _devenv_outer_old $1
  fi
  if (( ${_devenv_unset[(Ie)$1]} )) && [[ $_devenv_is == "$1" ]]; then
    _devenv_outer_old $1
  fi
  _devenv_index=${_devenv_lists[(Ie)$1]}
  (( _devenv_index )) || return 0
  if [[ ${(P)1-} == "${_devenv_afters[$1]-}" ]]; then
    _devenv_outer_old $1
  else
    _devenv_without "${(P)1-}" "${_devenv_fronts[_devenv_index]}" "${_devenv_backs[_devenv_index]}"
    _devenv_is=${1}=$_devenv_list
  fi
}

_devenv_outer_old() {
  _devenv_is=$1
  if [[ ${_devenv_kinds[$1]-} == x ]]; then _devenv_is=${1}=${_devenv_olds[$1]}; fi
}

# ---------------------------------------------------------------------------
# The test of the unchanged prompt.

_devenv_arm() {
  emulate -L zsh
  if [[ -z $_devenv_specs && -n $_devenv_complete && -z $_devenv_stale$_devenv_off &&
    -n $_devenv_has_zstat && -n $_devenv_watches_spec && -n $_devenv_folder &&
    $_devenv_complete == "$_devenv_state_digest" &&
    $_devenv_generation == */g-$_devenv_complete.zsh &&
    $_devenv_state/t/$_devenv_state_id -ef ${_devenv_stamps}.0 ]]; then
    _devenv_stamp=$_devenv_state/t/$_devenv_state_id
    if [[ -z $_devenv_watch ]]; then
      _devenv_arm_here
    else
      _devenv_arm_there
    fi
  else
    _devenv_arm_other
  fi
}

# In the folder of the active project. The state is renewed with each activation; while it
# stays, its stamp does. The spec's time is taken before it is known to be the stamp's: a
# change in between is seen at the next prompt. Words without variables zsh compares more
# quickly, and to look whether there is a spec takes less than to redirect what zstat says
# where there is none.
_devenv_time='builtin zstat -g -A _devenv_times -F %Y%j%H%M%S%9. +mtime ./devenv.toml'
_devenv_arm_here() {
  builtin zstat -g -A _devenv_times -F %Y%j%H%M%S%9. +mtime ./devenv.toml 2>&- || true
  if [[ ! -e devenv.toml || devenv.toml -nt $_devenv_stamp || $_devenv_stamp -nt devenv.toml ]]
  then
    _devenv_prompt() { _devenv_changed }
    return 0
  fi
  builtin eval "_devenv_prompt() {
    [[ \${PWD-} == ${(qq)_devenv_pwd} && \${DEVENV_CEILING-} == ${(qq)_devenv_ceiling} &&
      . -ef ${(qq)_devenv_folder} && -f ${(qq)_devenv_stamp} && -f devenv.toml ]] &&
      $_devenv_time &&
      [[ \$_devenv_times == ${_devenv_times} ]] || _devenv_changed
  }"
}

# With more files. Their times as they are now count, if they are those of the stamps.
_devenv_arm_there() {
  local _devenv_test="[[ $_devenv_place_test && -f \$_devenv_stamp" _devenv_times_test=''
  _devenv_arm_times
  builtin eval "_devenv_prompt() { $_devenv_test ]]$_devenv_times_test || _devenv_changed }"
}

_devenv_arm_other() {
  local _devenv_test _devenv_word _devenv_place _devenv_times_test=''
  _devenv_test="[[ \${PWD-} == ${(qq)_devenv_pwd} && \${DEVENV_CEILING-} == ${(qq)_devenv_ceiling}"
  if [[ -n $_devenv_folder ]]; then
    _devenv_test+=" && . -ef ${(qq)_devenv_folder}"
  else
    _devenv_test+=" && ! . -ef ${(qq)_devenv_pwd}"
  fi
  _devenv_test+=$_devenv_specs
  if [[ -n $_devenv_wanted && $_devenv_off != "$_devenv_wanted" ]]; then
    _devenv_arm_generation
  else
    if [[ -n $_devenv_nearest ]]; then _devenv_arm_state; fi
    if [[ -n $_devenv_wanted ]]; then _devenv_arm_spec; fi
  fi
  builtin eval "_devenv_prompt() { $_devenv_test ]]$_devenv_times_test || _devenv_changed }"
}

_devenv_arm_state() {
  _devenv_place=$_devenv_state/hook${_devenv_nearest%/}/:e/state
  if [[ -n $_devenv_state_id ]]; then
    _devenv_word=$_devenv_place.$_devenv_state_id
    _devenv_test+=" && ${(qq)_devenv_place} -ef ${(qq)_devenv_word}"
  else
    _devenv_test+=" && ! -O ${(qq)_devenv_place}"
  fi
}

_devenv_arm_generation() {
  if [[ -z $_devenv_generation || -n $_devenv_stale ]]; then
    _devenv_test+=" && -n ''" # damaged or stale: look again each time
    return 0
  fi
  local -i _devenv_active=0
  if [[ -n $_devenv_complete && $_devenv_generation == */g-$_devenv_complete.zsh ]]; then
    _devenv_active=1
  fi
  # The state is renewed with each activation; while it stays, its stamp does.
  if (( _devenv_active )) && [[ -n $_devenv_watches_spec &&
    $_devenv_complete == "$_devenv_state_digest" && $_devenv_nearest == "$_devenv_wanted" &&
    $_devenv_state/t/$_devenv_state_id -ef ${_devenv_stamps}.0 ]]; then
    _devenv_place=$_devenv_state/t/$_devenv_state_id
    _devenv_test+=" && -f ${(qq)_devenv_place}"
  else
    _devenv_arm_state
    _devenv_place=$_devenv_state/hook${_devenv_wanted%/}/:e/current.zsh
    _devenv_test+=" && ${(qq)_devenv_place} -ef ${(qq)_devenv_generation}"
  fi
  if (( ! _devenv_active )); then
    _devenv_arm_spec
    return 0
  fi
  if [[ -z $_devenv_watches_spec ]]; then _devenv_arm_spec; fi
  if [[ -n $_devenv_has_zstat ]]; then
    _devenv_arm_times
    return 0
  fi
  if [[ -n $_devenv_watches_spec ]]; then _devenv_arm_stamp; fi
  _devenv_test+=$_devenv_watch
}

_devenv_arm_stamp() {
  _devenv_place=${_devenv_wanted}devenv.toml _devenv_word=${_devenv_stamps}.0
  _devenv_test+=" && -e ${(qq)_devenv_place} && -e ${(qq)_devenv_word}"
  _devenv_test+=" && ! ${(qq)_devenv_place} -nt ${(qq)_devenv_word}"
  _devenv_test+=" && ! ${(qq)_devenv_word} -nt ${(qq)_devenv_place}"
}

# The times of all files as they are now count, if they are those of the stamps: one
# look for all of them, instead of a few for each.
_devenv_arm_times() {
  local -a _devenv_there
  local _devenv_place _devenv_word
  for _devenv_place in "${_devenv_watched[@]}"; do
    if [[ -e $_devenv_place ]]; then
      if [[ ${_devenv_place%/*} == "$_devenv_folder" ]]; then
        _devenv_place=./${_devenv_place##*/}
      fi
      _devenv_there+=("${(qq)_devenv_place}")
    else
      _devenv_test+=" && ! -e ${(qq)_devenv_place}"
    fi
  done
  if (( ${#_devenv_there} )); then
    _devenv_word="builtin zstat -g -A _devenv_times -F %Y%j%H%M%S%9. +mtime ${(j: :)_devenv_there} 2>&-"
    builtin eval "$_devenv_word" || true
    _devenv_times_test=" && $_devenv_word && [[ \${(j:-:)_devenv_times[@]} == ${(j:-:)_devenv_times} ]]"
  fi
  # Not before they are known: a change in between is seen at the next prompt.
  if ! _devenv_is_fresh; then _devenv_test+=" && -n ''"; fi
}

_devenv_arm_spec() {
  _devenv_place=${_devenv_wanted}devenv.toml
  _devenv_test+=" && -f ${(qq)_devenv_place}"
}

# ---------------------------------------------------------------------------
# The command, of which one part is the shell's.

devenv() {
  if [[ ${1-} == deactivate && $# -eq 1 ]]; then
    _devenv_deactivate
    return
  fi
  case ${1-} in
    (allow|reload)
      typeset -g _devenv_off=''
      _devenv_prompt() { _devenv_changed }
      ;;
  esac
  if [[ -x $_devenv_command ]]; then
    "$_devenv_command" "$@"
  else
    command devenv "$@"
  fi
}

_devenv_deactivate() {
  if [[ -z $_devenv_noted ]]; then
    _devenv_say 'no project is active in this shell'
    return 1
  fi
  typeset -g _devenv_off=${_devenv_project}/
  if [[ -n $_devenv_leave ]]; then _devenv_run "$_devenv_leave"; fi
  _devenv_undo
  _devenv_prompt() { _devenv_changed }
}

# ---------------------------------------------------------------------------
# Loading.

# Undo what a parent shell left in our variables. Whatever flags it left are not
# believed: rc files may have made PATH anew since, and tmux may be months old.
_devenv_take_over() {
  emulate -L zsh
  local _devenv_name _devenv_old
  _devenv_start
  _devenv_kinds=() _devenv_olds=() _devenv_afters=() _devenv_old_aliases=() \
    _devenv_names=() _devenv_values=() _devenv_unset=() _devenv_aliases=() \
    _devenv_lists=() _devenv_fronts=() _devenv_backs=() _devenv_completions=() \
    _devenv_old_completions=() _devenv_functions=() _devenv_all='' _devenv_taken=''
  unset -v DEVENV_STATE_TEXT
  [[ -n ${__DEVENV_ACTIVE-} ]] || return 0
  _devenv_new_complete='' _devenv_new_values=()
  _devenv_old=$_devenv_state/hook${__DEVENV_ACTIVE#* }/:e/g-${__DEVENV_ACTIVE%% *}.zsh
  if [[ -f $_devenv_old && -O $_devenv_old ]]; then
    builtin source "$_devenv_old" 2>/dev/null || true
  fi
  _devenv_lists=(${(s: :)__DEVENV_LISTS-}) _devenv_unset=(${(s: :)__DEVENV_UNSET-})
  for _devenv_name in ${(s: :)__DEVENV_SET-} $_devenv_lists $_devenv_unset; do
    if [[ $_devenv_name != [A-Za-z_]* || $_devenv_name == *[^A-Za-z0-9_]* ]]; then
      _devenv_start
      return 0
    fi
    _devenv_old=__DEVENV_o_$_devenv_name
    if (( ${(P)+_devenv_old} )); then
      _devenv_kinds[$_devenv_name]=x _devenv_olds[$_devenv_name]=${(P)_devenv_old}
    fi
  done
  _devenv_take_over_values
  _devenv_take_over_lists
  _devenv_special=1
  _devenv_undo
}

# Where the activation is gone, what is set counts as ours.
_devenv_take_over_values() {
  local _devenv_name _devenv_value
  local -A _devenv_known
  for _devenv_value in "${_devenv_new_values[@]}"; do
    _devenv_known[${_devenv_value%%=*}]=${_devenv_value#*=}
  done
  for _devenv_name in ${(s: :)__DEVENV_SET-}; do
    _devenv_value=${_devenv_known[$_devenv_name]-${(P)_devenv_name-}}
    _devenv_names+=($_devenv_name) _devenv_values+=("${_devenv_name}=$_devenv_value")
    _devenv_afters[$_devenv_name]=$_devenv_value
  done
}

_devenv_take_over_lists() {
  local _devenv_name _devenv_front _devenv_back _devenv_list
  for _devenv_name in $_devenv_lists; do
    _devenv_front=__DEVENV_f_$_devenv_name _devenv_back=__DEVENV_b_$_devenv_name
    _devenv_front=${(P)_devenv_front-} _devenv_back=${(P)_devenv_back-}
    _devenv_fronts+=("$_devenv_front") _devenv_backs+=("$_devenv_back")
    _devenv_list=${_devenv_olds[$_devenv_name]-}
    _devenv_list=$_devenv_front${_devenv_front:+${_devenv_list:+:}}$_devenv_list
    _devenv_list+=${_devenv_back:+${_devenv_list:+:}}$_devenv_back
    _devenv_afters[$_devenv_name]=$_devenv_list
  done
}

# Before the others, so that prompts show what is true.
_devenv_install() {
  emulate -L zsh
  typeset -ag precmd_functions chpwd_functions
  (( ${precmd_functions[(Ie)_devenv_prompt]} )) ||
    precmd_functions=(_devenv_prompt "${precmd_functions[@]}")
  (( ${chpwd_functions[(Ie)_devenv_prompt]} )) ||
    chpwd_functions=(_devenv_prompt "${chpwd_functions[@]}")
}

# Where devenv keeps its state: the rules of devenv.host.dirs.
_devenv_find_state() {
  case ${XDG_STATE_HOME-} in
    (/*) typeset -g _devenv_state=${XDG_STATE_HOME%/}/devenv ;;
    (*) typeset -g _devenv_state=${${:-~}%/}/.local/state/devenv ;;
  esac
}

_devenv_load() {
  emulate -L zsh
  local _devenv_name
  local -a _devenv_version=(${(s:.:)ZSH_VERSION%%-*} 0 0)
  if (( _devenv_version[1] * 100 + _devenv_version[2] < 508 )); then
    _devenv_say 'this zsh is too old for the hook, which needs 5.8; `devenv shell` works'
    return 0
  fi
  # An array comes from no other shell: this one has loaded the hook before.
  if [[ ${(t)_devenv_here-} != array* ]]; then
    unset -m '_devenv_(names|values|unset|lists|fronts|backs|aliases|here|depths|kinds|times|watched|before|lines)'
    typeset -ga _devenv_here=(yes) _devenv_reasons=() _devenv_lines=()
    for _devenv_name in pwd ceiling folder nearest wanted generation off state_id told \
      leaving entering asked_at stale specs watches_spec state_digest has_zstat stamps top lines_place \
      new_complete stamp project leave enter special; do
      typeset -g "_devenv_${_devenv_name}="
    done
    typeset -gi _devenv_patience=5 _devenv_depth=0
    # Before 5.9 it tells no nanoseconds.
    if (( _devenv_version[1] * 100 + _devenv_version[2] >= 509 )) &&
      zmodload -F zsh/stat b:zstat 2>/dev/null; then
      _devenv_has_zstat=1
    fi
    typeset -gA _devenv_kinds _devenv_olds _devenv_afters _devenv_old_aliases
    typeset -gA _devenv_old_completions _devenv_depths
    typeset -ga _devenv_names _devenv_values _devenv_unset _devenv_aliases _devenv_functions
    typeset -ga _devenv_lists _devenv_fronts _devenv_backs _devenv_completions _devenv_times
    typeset -ga _devenv_watched _devenv_before
    _devenv_find_state
    _devenv_take_over
  fi
  # What an older hook found is none of this one's.
  typeset -g _devenv_pwd='' _devenv_taken=''
  _devenv_before=()
  # What `devenv doctor` sees of us.
  typeset -gx _devenv_mark="zsh @mark@ $$"
  _devenv_install
}

_devenv_load
