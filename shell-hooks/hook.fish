# devenv's hook for fish 3.4 and later: brings an allowed project's environment into
# this shell, and takes exactly that away again.
#
#   devenv hook fish | source         at the end of config.fish
#
# The unchanged prompt is one test (_devenv_on_prompt), compiled anew whenever something
# changed: no process, no file read. What is read lies in the state folder, written
# by devenv.operations.write_activation; all of it is set -g _devenv_new_*.
# Names that start with _devenv are ours, those with __DEVENV_ are for child shells.
# A command substitution costs as much as ten commands, so there are few; one that
# may hold newlines goes through string collect.

set -g _devenv_command @command@

# -----------------------------------------------------------------------------
# The prompt. fish keeps $status and $pipestatus around it.

function _devenv_prompt
    _devenv_look
    if test -n "$_devenv_leaving"
        test -n "$_devenv_leave"; and eval "$_devenv_leave"
        _devenv_undo
    end
    if test -n "$_devenv_entering"
        _devenv_apply
        test -n "$_devenv_enter"; and eval "$_devenv_enter"
    end
    _devenv_arm
    return 0
end

function _devenv_look_again
    function _devenv_on_prompt --on-event fish_prompt
        _devenv_prompt
    end
end

function _devenv_say
    builtin echo "devenv: $argv" >&2
end

# -----------------------------------------------------------------------------
# Where we are, and what is wanted here.

# Decide what to do: whether to leave (_devenv_leaving) and to enter (_devenv_entering).
function _devenv_look
    set -eg _devenv_leaving _devenv_entering _devenv_nearest _devenv_wanted _devenv_generation _devenv_stale _devenv_specs _devenv_is_read
    if not test "$PWD" = "$_devenv_pwd" -a . -ef "$_devenv_folder" -a "$DEVENV_CEILING" = "$_devenv_ceiling"
        if test "$PWD" = "$_devenv_places[4]" -a -z "$_devenv_ceiling$DEVENV_CEILING" -a . -ef "$_devenv_places[5]"
            set _devenv_places $_devenv_places[4..6] $_devenv_places[1..3]
            set _devenv_pwd "$PWD"
            set _devenv_folder $_devenv_places[2]
            set _devenv_depth $_devenv_places[3]
        else
            _devenv_find_folder
        end
    end
    test -n "$_devenv_folder"; and _devenv_find_project
    if test -n "$_devenv_nearest"
        _devenv_read_state
    else
        set -eg _devenv_told DEVENV_STATE_TEXT
    end
    if test -n "$_devenv_off"
        test "$_devenv_off" = "$_devenv_wanted"; and return
        set _devenv_off
    end
    if test -n "$_devenv_wanted"
        _devenv_choose
    else
        set -g _devenv_leaving $_devenv_noted
    end
end

# Find the nearest spec upward, and the nearest that is allowed. By relative paths,
# which are short and the same for every folder of a depth: for each, there is a
# function that tells whether there is none at all.
function _devenv_find_project
    if not test -f devenv.toml
        functions -q "_devenv_none$_devenv_depth"; or _devenv_add_depth
        "_devenv_none$_devenv_depth"; and return
    else if test "$_devenv_folder" != /
        set -g _devenv_files "$_devenv_state/hook$_devenv_folder/:e"
        # What has been read is named by its content. Two that are not there are one file.
        if test -n "$_devenv_new_complete" -a -O "$_devenv_files/current.fish" -a "$_devenv_files/current.fish" -ef "$_devenv_files/g-$_devenv_new_complete.fish"
            set -g _devenv_is_read $_devenv_new_complete
            set -g _devenv_nearest "$_devenv_folder/"
            set -g _devenv_wanted "$_devenv_nearest"
            return
        end
    end
    _devenv_walk_up
end

function _devenv_walk_up
    set -l _devenv_each $_devenv_folder
    test "$_devenv_each" = /; and set _devenv_each ''
    set -l _devenv_up
    while true
        if test -f "$_devenv_up"devenv.toml
            set -g _devenv_files "$_devenv_state/hook$_devenv_each/:e"
            set -l _devenv_place "$_devenv_files/current.fish"
            test -n "$_devenv_nearest"; or set -g _devenv_nearest "$_devenv_each/"
            if test -f "$_devenv_place" -a -O "$_devenv_place"
                set -g _devenv_wanted "$_devenv_each/"
                return
            end
            set _devenv_place (string escape -- "$_devenv_place")
            set -g _devenv_specs "$_devenv_specs -a -f $_devenv_up""devenv.toml -a ! -O $_devenv_place"
        else
            set -g _devenv_specs "$_devenv_specs -a ! -f $_devenv_up""devenv.toml"
        end
        test -z "$_devenv_each" -o "$_devenv_each" = "$_devenv_top"; and return
        string match -q -r '(?s)\A(?<_devenv_each>.*)/[^/]*\z' -- "$_devenv_each"
        set _devenv_up "../$_devenv_up"
    end
end

function _devenv_add_depth
    set -l _devenv_up
    set -l _devenv_test '! -f devenv.toml'
    set -l _devenv_levels (string split ' ' -- "$_devenv_depth")
    test "$_devenv_levels[1]" = c; and set -e _devenv_levels[1]
    for _devenv_each in $_devenv_levels
        set _devenv_up "../$_devenv_up"
        set _devenv_test "$_devenv_test -a ! -f $_devenv_up""devenv.toml"
    end
    set -l _devenv_end (string escape -- "$_devenv_depth")
    eval "function _devenv_none$_devenv_end; test $_devenv_test; end
        function _devenv_arm_none$_devenv_end
            function _devenv_on_prompt --on-event fish_prompt
                test . -ef \"\$_devenv_folder\" -a $_devenv_test
                or _devenv_prompt
            end
        end"
end

# Our folder as it is without links; the topmost where a project may be, if that is
# another than the root; and a text as long as there are folders up to it, with a c
# where there is such a topmost. The folder before it is remembered, for the way back:
# while it leads to where we are, it is found without asking anew, as before a prompt.
function _devenv_find_folder
    test "$_devenv_ceiling" = "$DEVENV_CEILING"; or set -g _devenv_places
    set -g _devenv_pwd "$PWD"
    set -g _devenv_ceiling "$DEVENV_CEILING"
    set -g _devenv_top
    set -g _devenv_depth
    _devenv_find_physical
    if test -n "$_devenv_ceiling" -a -n "$_devenv_folder"
        set _devenv_depth c
        _devenv_find_top
    else
        # The root itself is as deep as what is in it, which finds the same.
        string match -q -a -r '/(?<_devenv_depth>)' -- "$_devenv_folder"
    end
    set _devenv_depth "$_devenv_depth"
    set -g _devenv_places "$_devenv_pwd" "$_devenv_folder" "$_devenv_depth" $_devenv_places[1..3]
end

function _devenv_find_top
    set _devenv_top $_devenv_folder
    test "$_devenv_top" = /; and return
    set -l --path _devenv_entries "$_devenv_ceiling"
    while test -n "$_devenv_top"
        for _devenv_entry in $_devenv_entries
            string match -q -- '/*' "$_devenv_entry"; and test "$_devenv_entry" -ef "$_devenv_top"; and return
        end
        set -a _devenv_depth ''
        string match -q -r '(?s)\A(?<_devenv_top>.*)/[^/]*\z' -- "$_devenv_top"
    end
end

# Set _devenv_folder; it stays empty where the folder is gone.
function _devenv_find_physical
    # pwd prints a newline more; a folder's name may hold some.
    set -g _devenv_folder (builtin pwd -P 2>/dev/null)
    if set -q _devenv_folder[2]
        set _devenv_folder (builtin pwd -P 2>/dev/null | string collect -N)
        string match -q -r '(?s)\A(?<_devenv_folder>.*)\n\z' -- "$_devenv_folder"
    end
    test -n "$_devenv_folder"; and test . -ef "$_devenv_folder"; and return
    # Moved, or gone: fish itself cannot tell. A fork, once.
    set _devenv_folder (command pwd -P 2>/dev/null | string collect -N)
    string match -q -r '(?s)\A(?<_devenv_folder>.*)\n\z' -- "$_devenv_folder"
    test -n "$_devenv_folder"; and test . -ef "$_devenv_folder"; or set _devenv_folder ''
end

# Read what there is to say about the nearest project; say it once.
function _devenv_read_state
    set -l _devenv_place "$_devenv_state/hook$_devenv_nearest:e/state"
    # What has been read is named by its content.
    if not test -n "$_devenv_state_id" -a "$_devenv_state_place" = "$_devenv_place" -a "$_devenv_place" -ef "$_devenv_place.$_devenv_state_id"
        set -g _devenv_state_place "$_devenv_place"
        set -g _devenv_state_word
        set -g _devenv_state_sentence
        set -g _devenv_token
        set -g _devenv_state_id
        set -g _devenv_state_digest
        if test -f "$_devenv_place" -a -O "$_devenv_place"
            read -L _devenv_state_word _devenv_state_sentence _devenv_token _devenv_state_id _devenv_state_digest <"$_devenv_place"
        end
    end
    set -l _devenv_sentence
    if not test "$_devenv_state_word" = allowed -a -z "$_devenv_state_sentence" -a "$_devenv_nearest" = "$_devenv_wanted"
        _devenv_tell_state
    end
    set -g _devenv_told "$_devenv_nearest$_devenv_token"
    set -gx DEVENV_STATE_TEXT "$_devenv_sentence"
end

function _devenv_tell_state --no-scope-shadowing
    set -l _devenv_word $_devenv_state_word
    set _devenv_sentence "$_devenv_state_sentence"
    if test "$_devenv_nearest" != "$_devenv_wanted" -a -z "$_devenv_sentence" -a "$_devenv_word" != denied
        set _devenv_word unknown
        set _devenv_sentence 'this project is not allowed yet; `devenv allow` shows what it would do'
        test -n "$_devenv_wanted"
        and set _devenv_sentence "$_devenv_sentence, and the environment of the one above it stays"
    end
    test -n "$_devenv_sentence" -a "$_devenv_told" != "$_devenv_nearest$_devenv_token"
    and _devenv_say "$_devenv_sentence"
    test "$_devenv_word" = allowed; and set _devenv_sentence ''
end

# Compare the activation that is wanted with the one that is active.
function _devenv_choose
    if test -n "$_devenv_complete" -a "$_devenv_wanted" = "$_devenv_project/"
        set -g _devenv_generation "$_devenv_files/g-$_devenv_complete.fish"
        if test "$_devenv_is_read" = "$_devenv_complete" -o "$_devenv_files/current.fish" -ef "$_devenv_generation"
            if _devenv_is_fresh
                set -g _devenv_asked_at
            else
                set -g _devenv_stale 1
                _devenv_ask
            end
            return
        end
        set -eg _devenv_generation
    end
    if test -z "$_devenv_is_read"; and not test -n "$_devenv_new_complete" -a "$_devenv_files/current.fish" -ef "$_devenv_files/g-$_devenv_new_complete.fish"
        set -eg _devenv_new_complete
        builtin source "$_devenv_files/current.fish" 2>/dev/null
    end
    if test -z "$_devenv_new_complete" -o "$_devenv_new_project/" != "$_devenv_wanted"
        _devenv_once "damaged $_devenv_wanted" \
            'the activation of this project is damaged; `devenv reload` makes it anew'
    else
        set -g _devenv_generation "$_devenv_files/g-$_devenv_new_complete.fish"
        if set -q _devenv_new_outer[1]; and not _devenv_outer_is_same
            _devenv_once "outer $_devenv_new_complete" \
                "variables that this project's environment was made from differ here; it is made anew"
        else
            set -g _devenv_leaving $_devenv_noted
            set -g _devenv_entering 1
            return
        end
    end
    # Whatever else was active goes; of this project the last good one stays.
    test "$_devenv_wanted" = "$_devenv_project/"; or set -g _devenv_leaving $_devenv_noted
end

# Tell whether all watched files are as they were read.
function _devenv_is_fresh
    if test -n "$_devenv_watches_spec"
        set -l _devenv_spec "$_devenv_wanted"devenv.toml
        test ! "$_devenv_spec" -nt "$_devenv_stamps.0" -a ! "$_devenv_stamps.0" -nt "$_devenv_spec"
        or return
    end
    test -z "$_devenv_watch"; or eval "test a = a $_devenv_watch"
end

# Say $argv[2] and ask for a new activation, once for the reason $argv[1].
function _devenv_once
    builtin contains -- "$argv[1]" $_devenv_reasons; and return
    set -ga _devenv_reasons "$argv[1]"
    _devenv_say "$argv[2]"
    set -g _devenv_asked_at
    _devenv_ask
end

# Ask for a new activation of what is wanted, in the background: the one fork. While
# that changes nothing, ask more and more rarely.
function _devenv_ask
    set -l _devenv_now 0
    set -l _devenv_rest
    test -r /proc/uptime; and read -d . _devenv_now _devenv_rest </proc/uptime
    if test -n "$_devenv_asked_at"
        set -l _devenv_age (math "$_devenv_now - $_devenv_asked_at")
        test $_devenv_age -ge 0 -a $_devenv_age -lt $_devenv_patience; and return
        test $_devenv_patience -lt 60; and set -g _devenv_patience (math "$_devenv_patience * 2")
    else
        set -g _devenv_patience 5
    end
    set -g _devenv_asked_at $_devenv_now
    set -l _devenv_asked
    string match -q -r '(?s)\A(?<_devenv_asked>.+)/\z' -- "$_devenv_wanted"
    test -n "$_devenv_asked"; or set _devenv_asked /
    # Libraries of the project are none of devenv's.
    command /bin/sh -c 'unset -v LD_LIBRARY_PATH; ("$@" </dev/null >/dev/null 2>&1 &)' sh \
        $_devenv_command reload --background --project "$_devenv_asked"
end

# -----------------------------------------------------------------------------
# Entering: what was is noted first, then changed; the mark comes last.

function _devenv_apply
    test "$_devenv_taken" = "$_devenv_new_complete"; or _devenv_take
    set -eg _devenv_complete _devenv_noted_names
    # How many of them there are not; most often that is all of them.
    set -q $_devenv_names
    test $status -eq $_devenv_new_count; or _devenv_note $_devenv_names
    set -g _devenv_special $_devenv_noted_names
    _devenv_note $_devenv_unset
    set -g _devenv_noted 1
    for _devenv_index in $_devenv_new_indices
        set -gx $_devenv_names[$_devenv_index] $_devenv_values[$_devenv_index]
    end
    for _devenv_name in $_devenv_special
        set -g _devenv_after_$_devenv_name "$$_devenv_name"
    end
    for _devenv_name in $_devenv_unset
        set -eg $_devenv_name
        # Only an empty one hides a universal variable.
        set -qU $_devenv_name; and set -gu $_devenv_name
    end
    _devenv_set_lists
    set -gx __DEVENV_SET "$_devenv_names"
    set -gx __DEVENV_UNSET "$_devenv_unset"
    set -gx __DEVENV_LISTS "$_devenv_lists"
    set -gx __DEVENV_ACTIVE "$_devenv_new_complete $_devenv_project"
    set -q _devenv_new_aliases[1]; and _devenv_set_aliases
    set -q _devenv_new_completions[1]; and _devenv_set_completions
    set -g _devenv_complete $_devenv_new_complete
    set -eg _devenv_asked_at
end

# Take over what was read. What the lists were is another activation's.
function _devenv_take
    set -eg _devenv_taken _devenv_{old,kind,after}_$_devenv_lists
    set -g _devenv_names $_devenv_new_names
    set -g _devenv_values $_devenv_new_values
    set -g _devenv_unset $_devenv_new_unset
    set -g _devenv_lists $_devenv_new_lists
    set -g _devenv_fronts $_devenv_new_fronts
    set -g _devenv_backs $_devenv_new_backs
    set -g _devenv_project $_devenv_new_project
    set -g _devenv_watch $_devenv_new_watch
    set -g _devenv_stamps $_devenv_new_stamps
    set -g _devenv_watches_spec $_devenv_new_watches_spec
    set -g _devenv_leave $_devenv_new_leave
    set -g _devenv_enter $_devenv_new_enter
    set -g _devenv_then $_devenv_values\x1f
    # What ends in PATH is split, and comes together in quotes.
    eval "function _devenv_is_as_set
        set -l _devenv_now $_devenv_new_all
        test \"\$_devenv_now\" = \"\$_devenv_then\"
    end"
    set -g _devenv_taken $_devenv_new_complete
end

function _devenv_note
    for _devenv_name in $argv
        _devenv_note_one $_devenv_name; and set -ga _devenv_noted_names $_devenv_name
    end
end

# Note what a variable is, if it is there: private (l), universal only (U), or exported.
function _devenv_note_one
    if set -qg $argv
        set -g _devenv_old_$argv $$argv
        if set -qgx $argv
            set -gx __DEVENV_o_$argv "$$argv"
        else
            set -g _devenv_kind_$argv l
        end
    else if set -qU $argv
        set -g _devenv_kind_$argv U
        set -qUx $argv; and set -gx __DEVENV_o_$argv "$$argv"
    else
        return 1
    end
    return 0
end

function _devenv_set_lists
    for _devenv_index in $_devenv_new_list_indices
        set -l _devenv_name $_devenv_lists[$_devenv_index]
        set -l _devenv_old _devenv_old_$_devenv_name
        set -l _devenv_after _devenv_after_$_devenv_name
        # As it was when this activation was last entered, it becomes what it became.
        if set -qgx $_devenv_name; and test -n "$$_devenv_after" -a "$$_devenv_name" = "$$_devenv_old"
            set -g $_devenv_old $$_devenv_name
            set -gx __DEVENV_o_$_devenv_name "$$_devenv_old"
            set -gx $_devenv_name "$$_devenv_after"
        else
            _devenv_set_list
        end
        # With what a child shell of any kind needs to undo this.
        set -gx __DEVENV_f_$_devenv_name "$_devenv_fronts[$_devenv_index]"
        set -gx __DEVENV_b_$_devenv_name "$_devenv_backs[$_devenv_index]"
    end
end

function _devenv_set_list --no-scope-shadowing
    set -eg $_devenv_old $_devenv_after _devenv_kind_$_devenv_name
    _devenv_note_one $_devenv_name
    set _devenv_fronts[$_devenv_index] "$_devenv_new_fronts[$_devenv_index]"
    set _devenv_backs[$_devenv_index] "$_devenv_new_backs[$_devenv_index]"
    set -l --path _devenv_list
    # A path variable splits at each colon and keeps newlines, unlike string split.
    if set -q $_devenv_name; and test -n "$$_devenv_name"
        set _devenv_list "$$_devenv_name"
    end
    # Never two of one, nor an empty entry: in PATH it would be the current folder.
    if test -n "$_devenv_fronts[$_devenv_index]"
        set -l --path _devenv_front "$_devenv_fronts[$_devenv_index]"
        set -l --path _devenv_head $_devenv_list[1..$_devenv_new_front_counts[$_devenv_index]]
        if test "$_devenv_head" = "$_devenv_front"
            set _devenv_fronts[$_devenv_index] ''
        else
            set _devenv_list $_devenv_front $_devenv_list
        end
    end
    if test -n "$_devenv_backs[$_devenv_index]"
        set -l --path _devenv_added
        set -l --path _devenv_back "$_devenv_backs[$_devenv_index]"
        for _devenv_entry in $_devenv_back
            builtin contains -- "$_devenv_entry" $_devenv_list; and continue
            set -a _devenv_list "$_devenv_entry"
            set -a _devenv_added "$_devenv_entry"
        end
        set _devenv_backs[$_devenv_index] "$_devenv_added"
    end
    set -g $_devenv_after "$_devenv_list"
    set -gx $_devenv_name "$_devenv_list"
    set -g $_devenv_after "$$_devenv_name"
end

function _devenv_set_aliases
    for _devenv_each in $_devenv_new_aliases
        string match -q -r '(?s)\A(?<_devenv_name>[^=]*)=(?<_devenv_text>.*)\z' -- "$_devenv_each"
        if functions -q $_devenv_name
            functions -e _devenv_function_$_devenv_name
            functions -c $_devenv_name _devenv_function_$_devenv_name
        end
        # As fish's own alias does: one that is called like what it calls.
        string match -q -r "\A\s*$_devenv_name(\s|\z)" -- "$_devenv_text"
        and set _devenv_text "command $_devenv_text"
        eval "function $_devenv_name --description 'alias of a project'; $_devenv_text \$argv; end"
        set -ga _devenv_aliases $_devenv_name
    end
end

function _devenv_set_completions
    set -g _devenv_completions $_devenv_new_completions
    set -g fish_complete_path $_devenv_completions $fish_complete_path
end

# -----------------------------------------------------------------------------
# Leaving: what the user changed since stays theirs; of a list only our entries go.

function _devenv_undo
    set -eg _devenv_complete
    set -q _devenv_aliases[1]; and _devenv_unset_aliases
    set -q _devenv_completions[1]; and _devenv_unset_completions
    if test -z "$_devenv_special" -a -n "$_devenv_taken"; and _devenv_is_as_set
        set -eg $_devenv_names
    else
        _devenv_undo_each
    end
    for _devenv_name in $_devenv_unset
        set -l _devenv_kind _devenv_kind_$_devenv_name
        if not set -qg $_devenv_name; or test "$$_devenv_kind" = U -a -z "$$_devenv_name"
            _devenv_put_back $_devenv_name
        end
    end
    _devenv_undo_lists
    _devenv_start
end

# Some variables were there before, or are not as they were set.
function _devenv_undo_each
    set -l _devenv_values_left $_devenv_values
    for _devenv_name in $_devenv_names
        set -l _devenv_value $_devenv_values_left[1]
        set -e _devenv_values_left[1]
        set -qg $_devenv_name; or continue
        set -l _devenv_after _devenv_after_$_devenv_name
        if set -q $_devenv_after
            test "$$_devenv_name" = "$$_devenv_after"; and _devenv_put_back $_devenv_name
        else
            test "$$_devenv_name" = "$_devenv_value"; and set -eg $_devenv_name
        end
    end
end

# Give a variable its old state.
function _devenv_put_back
    set -l _devenv_kind _devenv_kind_$argv
    set -l _devenv_old _devenv_old_$argv
    if test "$$_devenv_kind" = l
        set -gu $argv $$_devenv_old
    else if test "$$_devenv_kind" = U; or not set -q $_devenv_old
        # A universal one shows again.
        set -eg $argv
    else
        set -gx $argv $$_devenv_old
    end
end

function _devenv_undo_lists
    for _devenv_name in $_devenv_lists
        set -l _devenv_after _devenv_after_$_devenv_name
        set -l _devenv_old _devenv_old_$_devenv_name
        set -l _devenv_kind _devenv_kind_$_devenv_name
        if test -n "$$_devenv_name" -a "$$_devenv_name" = "$$_devenv_after"; and set -qg $_devenv_name $_devenv_old; and not set -q $_devenv_kind
            set -gx $_devenv_name $$_devenv_old
        else
            _devenv_undo_list
        end
    end
end

# A list that was not exported, or that the user changed since.
function _devenv_undo_list --no-scope-shadowing
    set -qg $_devenv_name; and set -q $_devenv_after; or return
    if test "$$_devenv_name" = "$$_devenv_after"
        _devenv_put_back $_devenv_name
        return
    end
    set -q $_devenv_old; and test "$$_devenv_name" = "$$_devenv_old"; and return
    set -l _devenv_index (builtin contains -i -- $_devenv_name $_devenv_lists)
    _devenv_without "$$_devenv_name" "$_devenv_fronts[$_devenv_index]" "$_devenv_backs[$_devenv_index]"
    if test -z "$$_devenv_kind"; and set -q $_devenv_old; or set -q _devenv_list[1]
        set -gx $_devenv_name "$_devenv_list"
    else
        set -eg $_devenv_name
    end
end

# Set _devenv_list to the list $argv[1] without the entries $argv[2], each where it comes
# first, and $argv[3], each where it comes last.
function _devenv_without
    set -g --path _devenv_list $argv[1]
    set -l --path _devenv_front
    set -l --path _devenv_back
    test -n "$argv[2]"; and set _devenv_front $argv[2]
    test -n "$argv[3]"; and set _devenv_back $argv[3]
    for _devenv_entry in $_devenv_front
        set -l _devenv_index (builtin contains -i -- "$_devenv_entry" $_devenv_list)
        and set -e _devenv_list[$_devenv_index]
    end
    set -q _devenv_list[1]; or return
    for _devenv_entry in $_devenv_back
        set -l _devenv_index (builtin contains -i -- "$_devenv_entry" $_devenv_list[-1..1])
        and set -e _devenv_list[-$_devenv_index]
    end
end

function _devenv_unset_aliases
    for _devenv_name in $_devenv_aliases
        # The user's by now?
        set -l _devenv_details (functions -Dv $_devenv_name)
        test "$_devenv_details[5]" = 'alias of a project'; or continue
        functions -e $_devenv_name
        if functions -q _devenv_function_$_devenv_name
            functions -c _devenv_function_$_devenv_name $_devenv_name
            functions -e _devenv_function_$_devenv_name
        end
    end
    set -g _devenv_aliases
end

function _devenv_unset_completions
    set -l _devenv_paths
    for _devenv_each in $fish_complete_path
        builtin contains -- "$_devenv_each" $_devenv_completions
        or set -a _devenv_paths "$_devenv_each"
    end
    set -g fish_complete_path $_devenv_paths
    for _devenv_file in $_devenv_completions/*.fish
        string match -q -r '(?s)(?<_devenv_name>[^/]*)\.fish\z' -- "$_devenv_file"
        complete -c $_devenv_name 2>/dev/null | read -l _devenv_line; or continue
        complete -e -c $_devenv_name
        for _devenv_each in $_devenv_paths
            test -f "$_devenv_each/$_devenv_name.fish"; or continue
            builtin source "$_devenv_each/$_devenv_name.fish"
            break
        end
    end
    set -g _devenv_completions
end

# Nothing is active. What only tells of what was stays as it is, and what the lists were.
function _devenv_start
    set -eg _devenv_noted _devenv_complete _devenv_noted_names \
        _devenv_{old,kind,after}_$_devenv_noted_names __DEVENV_o_$_devenv_noted_names \
        __DEVENV_{o,f,b}_$_devenv_lists \
        __DEVENV_ACTIVE __DEVENV_SET __DEVENV_UNSET __DEVENV_LISTS
end

# -----------------------------------------------------------------------------
# Variables that the activation was made from.

# Tell whether each is as it was, without what is active now.
function _devenv_outer_is_same
    for _devenv_each in $_devenv_new_outer
        string match -q -r '(?s)\A(?<_devenv_name>[^=]*)(=|\z)' -- "$_devenv_each"
        set -g _devenv_is $_devenv_name
        _devenv_outer $_devenv_name
        test "$_devenv_is" = "$_devenv_each"; or return 1
    end
    return 0
end

# Set _devenv_is to NAME=VALUE as it will be after leaving; to NAME if it is not there.
function _devenv_outer
    set -l _devenv_old __DEVENV_o_$argv
    set -l _devenv_after _devenv_after_$argv
    if test -z "$_devenv_noted"
        set -qx $argv; and set -g _devenv_is "$argv=$$argv"
        return
    else if builtin contains -- $argv $_devenv_lists
        if test "$$argv" != "$$_devenv_after"
            set -l _devenv_front __DEVENV_f_$argv
            set -l _devenv_back __DEVENV_b_$argv
            _devenv_without "$$argv" "$$_devenv_front" "$$_devenv_back"
            set -g _devenv_is "$argv=$_devenv_list"
            return
        end
    else if set -l _devenv_index (builtin contains -i -- $argv $_devenv_names)
        if not set -qx $argv; or test "$$argv" != "$_devenv_values[$_devenv_index]"
            set -qx $argv; and set -g _devenv_is "$argv=$$argv"
            return
        end
    else if not builtin contains -- $argv $_devenv_unset; or set -qx $argv
        set -qx $argv; and set -g _devenv_is "$argv=$$argv"
        return
    end
    set -q $_devenv_old; and set -g _devenv_is "$argv=$$_devenv_old"
end

# -----------------------------------------------------------------------------
# The test of the unchanged prompt. It need not ask where we are, nor for a ceiling: fish
# tells when these change.

function _devenv_arm
    if test -z "$_devenv_nearest" -a -n "$_devenv_folder"
        "_devenv_arm_none$_devenv_depth"
    else if test -n "$_devenv_complete" -a -z "$_devenv_specs$_devenv_stale$_devenv_off" -a "$_devenv_complete" = "$_devenv_state_digest" -a -n "$_devenv_watches_spec" -a "$_devenv_generation" = "$_devenv_files/g-$_devenv_complete.fish"
        test "$_devenv_armed" = "$_devenv_state_id $_devenv_folder"; or _devenv_compile_here
        if test "$_devenv_stamp" -ef "$_devenv_stamps.0"
            test -n "$_devenv_watch"; and _devenv_compile_watch
            _devenv_arm_here
        else
            _devenv_arm_other
        end
    else
        _devenv_arm_other
    end
end

function _devenv_arm_other
    set -l _devenv_nearest_files "$_devenv_state/hook$_devenv_nearest:e"
    set -l _devenv_quoted (string escape -- "$_devenv_pwd" "$_devenv_folder" "$_devenv_generation" "$_devenv_files/current.fish" "$_devenv_nearest_files/state" "$_devenv_state/t/$_devenv_state_id" "$_devenv_wanted"devenv.toml)
    set -l _devenv_test "test ! . -ef $_devenv_quoted[1]"
    test -n "$_devenv_folder"; and set _devenv_test "test . -ef $_devenv_quoted[2]$_devenv_specs"
    set -l _devenv_spec $_devenv_quoted[7]
    # What tells of a state and an activation that are not looked at together.
    set -l _devenv_state_test
    if test -n "$_devenv_nearest"
        set _devenv_state_test " -a ! -O $_devenv_quoted[5]"
        test -n "$_devenv_state_id"
        and set _devenv_state_test " -a $_devenv_quoted[5] -ef $_devenv_quoted[5].$_devenv_state_id"
    end
    set -l _devenv_both_test "$_devenv_state_test -a $_devenv_quoted[4] -ef $_devenv_quoted[3]"
    if test -z "$_devenv_wanted"
        set _devenv_test "$_devenv_test$_devenv_state_test"
    else if test "$_devenv_off" = "$_devenv_wanted"
        set _devenv_test "$_devenv_test$_devenv_state_test -a -f $_devenv_spec"
    else if test -z "$_devenv_generation" -o -n "$_devenv_stale"
        # Damaged or stale: look again each time.
        set _devenv_test "$_devenv_test -a a = b"
    else if test -z "$_devenv_complete" -o "$_devenv_generation" != "$_devenv_files/g-$_devenv_complete.fish"
        set _devenv_test "$_devenv_test$_devenv_both_test -a -f $_devenv_spec"
    else if test -z "$_devenv_watches_spec"
        set _devenv_test "$_devenv_test$_devenv_both_test -a -f $_devenv_spec$_devenv_watch"
    else
        # The time of a spec that is watched tells that it is there, too.
        set -l _devenv_first "$_devenv_quoted[6]"
        if not test "$_devenv_nearest" = "$_devenv_wanted" -a "$_devenv_state_digest" = "$_devenv_complete" -a "$_devenv_state/t/$_devenv_state_id" -ef "$_devenv_stamps.0"
            set _devenv_first '"$_devenv_stamps.0"'
            set _devenv_test "$_devenv_test$_devenv_both_test"
        end
        set _devenv_test "$_devenv_test -a ! $_devenv_spec -nt $_devenv_first -a ! $_devenv_first -nt $_devenv_spec"
        if test -n "$_devenv_watch"
            _devenv_compile_watch
            set -l _devenv_files_test _devenv_is_as_stamped
            if test "$_devenv_first" = "$_devenv_quoted[6]"
                set -g _devenv_stamp "$_devenv_state/t/$_devenv_state_id"
                set -g _devenv_watcher "$_devenv_state/t/d"
                set -eg _devenv_armed
                set _devenv_files_test _devenv_is_watched
            end
            set _devenv_test "$_devenv_test; and $_devenv_files_test"
        end
    end
    eval "function _devenv_on_prompt --on-event fish_prompt; $_devenv_test; or _devenv_prompt; end"
end

# The other files: a living watcher vouches for them (devenv.daemon.vouching), or each is
# as its stamp.
function _devenv_is_watched
    test -e "$_devenv_watcher" -a "$_devenv_watcher" -ef "$_devenv_stamp.w"
    or _devenv_is_as_stamped
end

function _devenv_compile_watch
    test "$_devenv_compiled" = "$_devenv_complete"; and return
    eval "function _devenv_is_as_stamped; test a = a$_devenv_watch; end"
    set -g _devenv_compiled $_devenv_complete
end

# In the folder of the active project. The state is renewed with each activation; while
# it stays, its stamp does, which has the time of the spec. Words without variables take
# fish a tenth less, fewer words too, and [ takes less than test.
function _devenv_compile_here
    set -l _devenv_near "$_devenv_state/t"
    _devenv_find_near
    set -g _devenv_stamp "$_devenv_near/$_devenv_state_id"
    set -g _devenv_watcher "$_devenv_near/d"
    set -l _devenv_quoted (string escape -- "$_devenv_folder" "$_devenv_stamp" "$_devenv_watcher" "$_devenv_stamp.w")
    set -l _devenv_files_test
    if test -n "$_devenv_watch"
        set _devenv_files_test "
            or begin
                not [ -e $_devenv_quoted[3] -a $_devenv_quoted[3] -ef $_devenv_quoted[4] ]
                and not _devenv_is_as_stamped
            end"
    end
    eval "function _devenv_arm_here
        function _devenv_on_prompt --on-event fish_prompt
            [ ! . -ef $_devenv_quoted[1] -o devenv.toml -nt $_devenv_quoted[2] -o $_devenv_quoted[2] -nt devenv.toml ]$_devenv_files_test
            and _devenv_prompt
        end
    end"
    set -g _devenv_armed "$_devenv_state_id $_devenv_folder"
end

# Set _devenv_near to the folder of stamps by its shorter path from where we are: fish
# takes a tenth of a microsecond for each letter of a path. Below the user's home the way
# up is as long as our folder is deep, since ours is a path without links.
function _devenv_find_near --no-scope-shadowing
    test -n "$_devenv_home"; or return
    set -l _devenv_home_pattern (string escape --style=regex -- "$_devenv_home" | string collect)
    string match -q -r "(?s)\A$_devenv_home_pattern(?<_devenv_below>/.*)\z" -- "$_devenv_folder"; or return
    set -l _devenv_up (string replace -a -r '/[^/]+' '../' -- "$_devenv_below")
    test (string length -- "$_devenv_up") -le (string length -- "$_devenv_home")
    and set _devenv_near "$_devenv_up.local/state/devenv/t"
end

# -----------------------------------------------------------------------------
# The command, of which one part is the shell's.

function devenv
    if test (count $argv) -eq 1; and test "$argv" = deactivate
        _devenv_deactivate
        return
    end
    if builtin contains -- "$argv[1]" allow reload
        set -g _devenv_off
        _devenv_look_again
    end
    if test -x $_devenv_command
        $_devenv_command $argv
    else
        command devenv $argv
    end
end

function _devenv_deactivate
    if test -z "$_devenv_noted"
        _devenv_say 'no project is active in this shell'
        return 1
    end
    set -g _devenv_off $_devenv_project/
    test -n "$_devenv_leave"; and eval "$_devenv_leave"
    _devenv_undo
    _devenv_look_again
end

# -----------------------------------------------------------------------------
# Loading.

# Undo what a parent shell left in our variables. Whatever flags it left are not
# believed: rc files may have made PATH anew since, and tmux may be months old.
function _devenv_take_over
    set -eg DEVENV_STATE_TEXT
    test -n "$__DEVENV_ACTIVE"; or return
    string match -q -r '(?s)\A(?<_devenv_digest>\w*) (?<_devenv_root>.*)\z' -- "$__DEVENV_ACTIVE"
    set -g _devenv_new_names
    set -g _devenv_new_values
    set -l _devenv_file "$_devenv_state/hook$_devenv_root/:e/g-$_devenv_digest.fish"
    test -f "$_devenv_file" -a -O "$_devenv_file"
    and builtin source "$_devenv_file" 2>/dev/null
    set -g _devenv_lists (string split -n ' ' -- "$__DEVENV_LISTS")
    set -g _devenv_unset (string split -n ' ' -- "$__DEVENV_UNSET")
    set -l _devenv_inherited (string split -n ' ' -- "$__DEVENV_SET")
    for _devenv_name in $_devenv_inherited $_devenv_lists $_devenv_unset
        if not string match -q -r '\A[A-Za-z_][A-Za-z0-9_]*\z' -- $_devenv_name
            set -eg _devenv_lists _devenv_unset _devenv_noted_names
            return
        end
        set -l _devenv_old __DEVENV_o_$_devenv_name
        if set -q $_devenv_old
            set -ga _devenv_noted_names $_devenv_name
            set -qU $_devenv_name; and set -g _devenv_kind_$_devenv_name U
            set -g _devenv_old_$_devenv_name "$$_devenv_old"
        end
    end
    # Where the activation is gone, what is set counts as ours.
    for _devenv_name in $_devenv_inherited
        set -ga _devenv_names $_devenv_name
        if set -l _devenv_index (builtin contains -i -- $_devenv_name $_devenv_new_names)
            set -ga _devenv_values "$_devenv_new_values[$_devenv_index]"
        else
            set -ga _devenv_values "$$_devenv_name"
        end
        set -g _devenv_after_$_devenv_name "$_devenv_values[-1]"
    end
    _devenv_take_over_lists
    _devenv_undo
    for _devenv_name in $_devenv_inherited
        set -eg _devenv_after_$_devenv_name
    end
end

function _devenv_take_over_lists
    set -g _devenv_fronts
    set -g _devenv_backs
    for _devenv_name in $_devenv_lists
        set -l _devenv_front __DEVENV_f_$_devenv_name
        set -l _devenv_back __DEVENV_b_$_devenv_name
        set -l _devenv_old __DEVENV_o_$_devenv_name
        set -ga _devenv_fronts "$$_devenv_front"
        set -ga _devenv_backs "$$_devenv_back"
        set -l --path _devenv_list
        for _devenv_part in "$$_devenv_front" "$$_devenv_old" "$$_devenv_back"
            test -n "$_devenv_part"; and set -a _devenv_list "$_devenv_part"
        end
        set -g _devenv_after_$_devenv_name "$_devenv_list"
    end
end

# Where devenv keeps its state: the rules of devenv.host.dirs.
function _devenv_find_state
    if string match -q -r '\A(?<_devenv_base>/.*?)/*\z' -- "$XDG_STATE_HOME"
        set -g _devenv_state "$_devenv_base/devenv"
    else
        string match -q -r '(?s)\A(?<_devenv_base>.*?)/*\z' -- ~
        set -g _devenv_state "$_devenv_base/.local/state/devenv"
        set -g _devenv_home "$_devenv_base"
    end
end

function _devenv_load
    if not string match -q -r '\A(3\.([4-9]|\d\d)|[4-9]|\d\d)' -- "$version"
        _devenv_say 'this fish is too old for the hook, which needs 3.4; `devenv shell` works'
        return
    end
    # No child has it: this one has loaded the hook before.
    if not test "$_devenv_here" = $fish_pid
        set -g _devenv_here $fish_pid
        # What else there is, is set whenever it is needed.
        for _devenv_each in ceiling folder top depth off told new_complete state_id armed compiled home \
            names values unset lists special noted noted_names complete reasons aliases completions asked_at
            set -g _devenv_$_devenv_each
        end
        set -g _devenv_patience 5
        _devenv_find_state
        _devenv_take_over
    end
    # What an older hook found is none of this one's.
    set -g _devenv_pwd
    set -g _devenv_places
    set -g _devenv_taken
    # What `devenv doctor` sees of us.
    set -gx _devenv_mark "fish @mark@ $fish_pid"
    _devenv_look_again
    # For what follows a cd in the same line; not where it is captured.
    function _devenv_on_pwd --on-variable PWD
        if status is-command-substitution
            _devenv_look_again
        else
            _devenv_prompt
        end
    end
    function _devenv_on_ceiling --on-variable DEVENV_CEILING
        _devenv_look_again
    end
end

_devenv_load
