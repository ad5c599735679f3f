# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables of callers, which bash shares
# Completion of the command `devenv` in bash 4.4 and later, read at the first Tab.
#
# No program is started, but where the machine's own commands or a project's
# generations are asked for: commands and options stand in commands.txt beside this
# file, the names of packages in files that devenv leaves in its cache. Nothing that
# is read is evaluated, and what a shell would take for more than a word is quoted.

_devenv_completion_folder=${BASH_SOURCE[0]%/*}

_devenv_complete() {
  builtin local -
  builtin set +aefnuvx
  builtin local IFS=$' \t\n' REPLY
  builtin local -a _devenv_words _devenv_table _devenv_found
  _devenv_words=() _devenv_table=() _devenv_found=() COMPREPLY=()
  _devenv_split_words
  builtin local LC_ALL=C
  [[ -f $_devenv_completion_folder/commands.txt ]] || builtin return 0
  builtin mapfile -t _devenv_table <"$_devenv_completion_folder/commands.txt"
  builtin local _devenv_word="${_devenv_words[-1]}" _devenv_path='' _devenv_kinds='('
  builtin local _devenv_kind='' _devenv_front='' _devenv_packages='' _devenv_program=''
  _devenv_read_words || builtin return 0
  if [[ -n $_devenv_program ]]; then
    _devenv_complete_program
    builtin return
  fi
  _devenv_offer
  _devenv_reply
}

# Put the words up to the cursor together again where bash has split them at a colon,
# an equals sign or an at sign.
_devenv_split_words() {
  builtin local _devenv_line="${COMP_LINE:0:COMP_POINT}" _devenv_each _devenv_blank
  builtin local -i _devenv_at
  for ((_devenv_at = 0; _devenv_at <= COMP_CWORD; _devenv_at++)); do
    _devenv_blank=${_devenv_line%%[!$' \t\n']*}
    _devenv_line=${_devenv_line#"$_devenv_blank"}
    _devenv_each=${COMP_WORDS[_devenv_at]}
    ((_devenv_at < COMP_CWORD)) || _devenv_each=$_devenv_line
    _devenv_line=${_devenv_line#"$_devenv_each"}
    if [[ -n $_devenv_blank || $_devenv_at -eq 0 ]]; then
      _devenv_words+=("$_devenv_each")
    else
      _devenv_words[-1]+=$_devenv_each
    fi
  done
}

# Find out what the last word is: sets _devenv_kind, and _devenv_front to what of it
# stands before a value; or _devenv_program to where a program's own words start.
_devenv_read_words() {
  builtin local -i _devenv_at=1 _devenv_last=${#_devenv_words[@]}-1 _devenv_count=0
  builtin local _devenv_each _devenv_past=''
  while [[ $_devenv_kinds == '(' ]] && ((_devenv_at < _devenv_last)); do
    _devenv_each=${_devenv_words[_devenv_at]}
    ((_devenv_at += 1))
    [[ $_devenv_each != -* ]] || builtin continue
    _devenv_path+=${_devenv_path:+ }$_devenv_each
    _devenv_find_command || builtin return
  done
  if [[ $_devenv_kinds == '(' ]]; then
    _devenv_kind=topic
    builtin return 0
  fi
  for ((; _devenv_at < _devenv_last; _devenv_at++)); do
    _devenv_each=${_devenv_words[_devenv_at]}
    if [[ -n $_devenv_past || $_devenv_each != -?* ]]; then
      if [[ $_devenv_kinds == *'>' ]]; then
        _devenv_program=$_devenv_at
        builtin return 0
      fi
      _devenv_count+=1
    elif [[ $_devenv_each == -- ]]; then
      _devenv_past=1
    else
      [[ $_devenv_each != -p* && $_devenv_each != --package* ]] || _devenv_packages=1
      [[ $_devenv_each != *=* ]] || builtin continue
      _devenv_find_option "$_devenv_each"
      [[ -n $_devenv_kind ]] || builtin continue
      ((_devenv_at + 1 < _devenv_last)) || builtin return 0
      _devenv_kind=''
      _devenv_at+=1
    fi
  done
  if [[ -z $_devenv_past && $_devenv_word == --*=* ]]; then
    _devenv_find_option "${_devenv_word%%=*}"
    _devenv_front=${_devenv_word%%=*}=
    _devenv_word=${_devenv_word#*=}
  elif [[ -z $_devenv_past && $_devenv_word == -* ]]; then
    _devenv_kind=option
  else
    builtin local -a _devenv_each_kind
    builtin read -ra _devenv_each_kind <<<"${_devenv_kinds%>}"
    ((_devenv_count < ${#_devenv_each_kind[@]})) || _devenv_count=${#_devenv_each_kind[@]}-1
    ((_devenv_count >= 0)) || builtin return 1
    _devenv_kind=${_devenv_each_kind[_devenv_count]}
    _devenv_kind=${_devenv_kind%...}
    [[ $_devenv_kind != program || -z $_devenv_packages$_devenv_past ]] || _devenv_kind='command'
  fi
}

# Set _devenv_kinds to what the command takes that _devenv_path names.
_devenv_find_command() {
  builtin local _devenv_line
  for _devenv_line in "${_devenv_table[@]}"; do
    if [[ $_devenv_line == "c|$_devenv_path|"* ]]; then
      _devenv_kinds=${_devenv_line#"c|$_devenv_path|"}
      _devenv_kinds=${_devenv_kinds%%|*}
      builtin return 0
    fi
  done
  builtin return 1
}

# Set _devenv_kind to that of an option's value, empty if it has none.
_devenv_find_option() {
  builtin local _devenv_line _devenv_rest
  _devenv_kind=''
  for _devenv_line in "${_devenv_table[@]}"; do
    [[ $_devenv_line == "f|$_devenv_path|"* ]] || builtin continue
    _devenv_rest=${_devenv_line#"f|$_devenv_path|"}
    if [[ " ${_devenv_rest%%|*} " == *" $1 "* ]]; then
      _devenv_rest=${_devenv_rest#*|}
      _devenv_kind=${_devenv_rest%%|*}
      builtin return 0
    fi
  done
}

# ---------------------------------------------------------------------------
# What a word can be: each adds what begins with _devenv_word to _devenv_found.

_devenv_offer() {
  case $_devenv_kind in
    topic) _devenv_offer_commands ;;
    option) _devenv_offer_options ;;
    package | program) _devenv_offer_packages ;;
    input) _devenv_offer_inputs ;;
    part)
      _devenv_offer_inputs
      _devenv_offer_asked
      ;;
    asked) _devenv_offer_asked ;;
    locked) _devenv_offer_locked ;;
    template) _devenv_offer_templates ;;
    generation) _devenv_offer_generations ;;
    command) builtin mapfile -t _devenv_found < <(builtin compgen -c -- "$_devenv_word") ;;
    variable) builtin mapfile -t _devenv_found < <(builtin compgen -e -- "$_devenv_word") ;;
    dir | path) builtin compopt -o dirnames -o nospace 2>/dev/null ;;
    file) builtin compopt -o default 2>/dev/null ;;
    *) _devenv_offer_words ;;
  esac
}

_devenv_add() {
  builtin local _devenv_each
  for _devenv_each in "$@"; do
    if [[ $_devenv_each == "$_devenv_word"* ]]; then _devenv_found+=("$_devenv_each"); fi
  done
}

_devenv_offer_commands() {
  builtin local _devenv_line _devenv_name _devenv_head="c|$_devenv_path${_devenv_path:+ }"
  [[ $_devenv_kinds == '(' ]] || _devenv_head='c|'
  for _devenv_line in "${_devenv_table[@]}"; do
    [[ $_devenv_line == "$_devenv_head"* ]] || builtin continue
    _devenv_name=${_devenv_line#"$_devenv_head"}
    _devenv_name=${_devenv_name%%|*}
    [[ $_devenv_name == *' '* ]] || _devenv_add "$_devenv_name"
  done
  [[ $_devenv_word != -* ]] || _devenv_add --help
}

_devenv_offer_options() {
  builtin local _devenv_line
  for _devenv_line in "${_devenv_table[@]}"; do
    [[ $_devenv_line == "f|$_devenv_path|"* ]] || builtin continue
    _devenv_line=${_devenv_line#"f|$_devenv_path|"}
    _devenv_line=${_devenv_line%%|*}
    # Of several spellings the long one, unless a short one is being typed.
    if [[ $_devenv_word == -[!-] ]]; then
      _devenv_add "${_devenv_line%% *}"
    else
      _devenv_add "${_devenv_line##* }"
    fi
  done
}

# The words of a kind that is a choice.
_devenv_offer_words() {
  builtin local _devenv_line
  builtin local -a _devenv_choices
  for _devenv_line in "${_devenv_table[@]}"; do
    if [[ -n $_devenv_kind && $_devenv_line == "v|$_devenv_kind|"* ]]; then
      builtin read -ra _devenv_choices <<<"${_devenv_line#"v|$_devenv_kind|"}"
      _devenv_add "${_devenv_choices[@]}"
    fi
  done
}

_devenv_offer_packages() {
  builtin local _devenv_input _devenv_cache="${XDG_CACHE_HOME-}" _devenv_before=''
  [[ $_devenv_cache == /* ]] || _devenv_cache=${HOME-}/.cache
  if [[ $_devenv_word == *:* ]]; then
    _devenv_input=${_devenv_word%%:*}
    _devenv_before=$_devenv_input:
    _devenv_word=${_devenv_word#*:}
    [[ $_devenv_input != */* ]] || builtin return 0
  else
    _devenv_offer_inputs
    _devenv_found=("${_devenv_found[@]/%/:}")
    if ((${#_devenv_found[@]})); then builtin compopt -o nospace 2>/dev/null; fi
    [[ $_devenv_kind != program ]] || _devenv_offer_words
    _devenv_find_default_input
  fi
  _devenv_front+=$_devenv_before
  builtin local _devenv_file _devenv_folder="$_devenv_cache/devenv/names/$_devenv_input"
  [[ $_devenv_word != *[!a-z0-9+.-]* ]] || builtin return 0
  case $_devenv_word in
    lib?*) _devenv_file=${_devenv_word:0:4} ;;
    l | li | lib) _devenv_file='l*' ;;
    ?*) _devenv_file=${_devenv_word:0:1} ;;
    # Of all names there are too many to be read.
    '') builtin return 0 ;;
  esac
  for _devenv_file in "$_devenv_folder/"$_devenv_file; do
    if [[ -f $_devenv_file ]]; then _devenv_add_names "$_devenv_file"; fi
  done
}

# Add the names of a sorted file that begin with _devenv_word: looked up as in a
# telephone book, since a loop over all would take longer than to read them.
_devenv_add_names() {
  builtin local -a _devenv_names
  builtin mapfile -t _devenv_names <"$1"
  builtin local -i _devenv_low=0 _devenv_high=${#_devenv_names[@]} _devenv_middle _devenv_start
  while ((_devenv_low < _devenv_high)); do
    _devenv_middle='(_devenv_low + _devenv_high) / 2'
    if [[ ${_devenv_names[_devenv_middle]} < $_devenv_word ]]; then
      _devenv_low='_devenv_middle + 1'
    else
      _devenv_high=_devenv_middle
    fi
  done
  _devenv_start=_devenv_low _devenv_high=${#_devenv_names[@]}
  while ((_devenv_low < _devenv_high)); do
    _devenv_middle='(_devenv_low + _devenv_high) / 2'
    if [[ ${_devenv_names[_devenv_middle]} == "$_devenv_word"* ]]; then
      _devenv_low='_devenv_middle + 1'
    else
      _devenv_high=_devenv_middle
    fi
  done
  _devenv_found+=("${_devenv_names[@]:_devenv_start:_devenv_low-_devenv_start}")
}

# ---------------------------------------------------------------------------
# The project, and the user's settings: lines of plain form are understood.

# Set REPLY to the project's folder without its last slash.
_devenv_find_spec() {
  REPLY=$(builtin pwd -P)
  REPLY=${REPLY%/}
  until [[ -f $REPLY/devenv.toml ]]; do
    [[ -n $REPLY ]] || builtin return 1
    REPLY=${REPLY%/*}
  done
}

# Read the lines of the spec, and behind them those of the user's settings.
_devenv_read_settings() {
  builtin local _devenv_config="${XDG_CONFIG_HOME-}"
  [[ $_devenv_config == /* ]] || _devenv_config=${HOME-}/.config
  _devenv_lines=()
  if _devenv_find_spec && [[ -r $REPLY/devenv.toml ]]; then
    builtin mapfile -t _devenv_lines <"$REPLY/devenv.toml"
  fi
  if [[ -r $_devenv_config/devenv/config.toml ]]; then
    builtin mapfile -t -O ${#_devenv_lines[@]} _devenv_lines <"$_devenv_config/devenv/config.toml"
  fi
}

_devenv_find_default_input() {
  builtin local -a _devenv_lines
  builtin local _devenv_line _devenv_pattern='^default_input *= *"([a-z0-9-]+)"'
  _devenv_read_settings
  _devenv_input=debian
  for _devenv_line in "${_devenv_lines[@]}"; do
    if [[ $_devenv_line =~ $_devenv_pattern ]]; then
      _devenv_input=${BASH_REMATCH[1]}
      builtin return
    fi
  done
}

_devenv_offer_inputs() {
  builtin local -a _devenv_lines
  builtin local _devenv_line _devenv_inside='' _devenv_kind=input
  builtin local _devenv_table_line='^ *\[ *inputs *(\. *"?([a-z0-9-]+)"? *)?\]'
  builtin local _devenv_key='^ *"?([a-z0-9-]+)"? *='
  _devenv_offer_words
  _devenv_read_settings
  for _devenv_line in "${_devenv_lines[@]}"; do
    if [[ $_devenv_line =~ $_devenv_table_line ]]; then
      _devenv_inside=1
      [[ -z ${BASH_REMATCH[2]} ]] || {
        _devenv_inside=''
        _devenv_add "${BASH_REMATCH[2]}"
      }
    elif [[ $_devenv_line == '['* ]]; then
      _devenv_inside=''
    elif [[ -n $_devenv_inside && $_devenv_line =~ $_devenv_key ]]; then
      _devenv_add "${BASH_REMATCH[1]}"
    fi
  done
}

# What the spec asks for: the texts of its list `packages`.
_devenv_offer_asked() {
  builtin local -a _devenv_lines
  builtin local _devenv_line _devenv_inside='' _devenv_text='"([a-z0-9][a-z0-9+.:@~_-]*)"(.*)'
  builtin local _devenv_start='^ *(packages|libraries) *= *\[(.*)'
  _devenv_find_spec && [[ -r $REPLY/devenv.toml ]] || builtin return 0
  builtin mapfile -t _devenv_lines <"$REPLY/devenv.toml"
  for _devenv_line in "${_devenv_lines[@]}"; do
    if [[ $_devenv_line =~ $_devenv_start ]]; then
      _devenv_inside=1 _devenv_line=${BASH_REMATCH[2]}
    fi
    [[ -n $_devenv_inside && $_devenv_line != *([[:blank:]])'#'* ]] || builtin continue
    [[ $_devenv_line != *']'* ]] || _devenv_inside='' _devenv_line=${_devenv_line%%]*}
    while [[ $_devenv_line =~ $_devenv_text ]]; do
      _devenv_line=${BASH_REMATCH[2]}
      _devenv_add "${BASH_REMATCH[1]}"
    done
  done
}

# The packages of the lock: the last part of `[x86_64-linux.packages.debian.jq]`.
_devenv_offer_locked() {
  builtin local -a _devenv_lines
  builtin local _devenv_line _devenv_seen=' ' _devenv_head='^\[.*packages\.[^.]+\."?([a-z0-9][a-z0-9+.-]+)"?\]$'
  _devenv_find_spec && [[ -r $REPLY/devenv.lock.toml ]] || builtin return 0
  builtin mapfile -t _devenv_lines <"$REPLY/devenv.lock.toml"
  for _devenv_line in "${_devenv_lines[@]}"; do
    if [[ $_devenv_line == '['* && $_devenv_line =~ $_devenv_head ]]; then
      [[ $_devenv_seen != *" ${BASH_REMATCH[1]} "* ]] || builtin continue
      _devenv_seen+="${BASH_REMATCH[1]} "
      _devenv_add "${BASH_REMATCH[1]}"
    fi
  done
}

_devenv_offer_templates() {
  builtin local _devenv_each _devenv_config="${XDG_CONFIG_HOME-}"
  [[ $_devenv_config == /* ]] || _devenv_config=${HOME-}/.config
  if [[ $_devenv_word == */* || $_devenv_word == .* ]]; then
    builtin compopt -o dirnames 2>/dev/null
    builtin return 0
  fi
  for _devenv_each in "$_devenv_completion_folder/../templates"/*/template.toml \
    "$_devenv_config/devenv/templates"/*/template.toml; do
    [[ -f $_devenv_each ]] || builtin continue
    _devenv_each=${_devenv_each%/*}
    _devenv_add "${_devenv_each##*/}"
  done
}

# Generations are files below a folder that is named by the digest of the project's.
_devenv_offer_generations() {
  builtin local _devenv_each _devenv_state="${XDG_STATE_HOME-}"
  [[ $_devenv_state == /* ]] || _devenv_state=${HOME-}/.local/state
  _devenv_find_spec || builtin return 0
  _devenv_each=$(builtin printf %s "${REPLY:-/}" | sha256sum 2>/dev/null)
  for _devenv_each in "$_devenv_state/devenv/generations/${_devenv_each:0:32}"/*.json; do
    _devenv_each=${_devenv_each##*/}
    _devenv_each=${_devenv_each%.json}
    [[ $_devenv_each == *[!0-9]* ]] || _devenv_add "$_devenv_each"
  done
}

# ---------------------------------------------------------------------------
# What is given back.

# bash replaces only what comes behind the last of the characters it splits at, and
# puts it into the line as it is.
_devenv_reply() {
  builtin local _devenv_whole="${_devenv_words[-1]}" _devenv_cut='' _devenv_each
  for _devenv_each in : = @; do
    if [[ ${COMP_WORDBREAKS-} == *"$_devenv_each"* && $_devenv_whole == *"$_devenv_each"* ]]; then
      _devenv_whole=${_devenv_whole%"${_devenv_whole##*"$_devenv_each"}"}
      _devenv_cut=$_devenv_whole
    fi
  done
  COMPREPLY=("${_devenv_found[@]/#/$_devenv_front}")
  COMPREPLY=("${COMPREPLY[@]#"$_devenv_cut"}")
  if [[ ${COMPREPLY[*]} == *[!A-Za-z0-9' +,./:=@_-']* ]]; then
    builtin local -i _devenv_at
    for _devenv_at in "${!COMPREPLY[@]}"; do
      builtin printf -v 'COMPREPLY[_devenv_at]' %q "${COMPREPLY[_devenv_at]}"
    done
  fi
}

# All words from here on are some program's: its own completion goes on.
_devenv_complete_program() {
  if builtin declare -F _command_offset >/dev/null; then
    _command_offset "$_devenv_program"
  else
    builtin compopt -o default 2>/dev/null
  fi
}
