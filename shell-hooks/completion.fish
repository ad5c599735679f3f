# Completion of the command `devenv` in fish 3.4 and later, read at the first Tab.
#
# No program is started, but sha256sum for the generations of a project: commands and
# options stand in commands.txt beside this file, the names of packages in files that
# devenv leaves in its cache. Nothing that is read is evaluated; fish itself quotes
# what it puts into the line.

set -g _devenv_completion_folder (status dirname)

function _devenv_complete
    set -l table $_devenv_completion_folder/commands.txt
    test -r $table; or return
    set -l words (commandline -opc)[2..-1]
    set -l current (commandline -ct)
    set -l name
    set -l kinds '('
    while test "$kinds" = '(' -a (count $words) -gt 0
        set -l word $words[1]
        set -e words[1]
        string match -q -- '-*' $word; and continue
        set name (string join ' ' -- $name $word)
        set kinds (_devenv_command_kinds $name); or return
    end
    if test "$kinds" = '('
        _devenv_offer_commands "c|"(test -n "$name"; and string join '' -- $name ' '; or echo '')
        return
    end
    set -l past
    set -l packages
    set -l count 0
    while test (count $words) -gt 0
        set -l word $words[1]
        if test -n "$past"; or not string match -q -- '-?*' $word
            if string match -q -- '*>' $kinds
                complete -C (string join ' ' -- (string escape -- $words) $current)
                return
            end
            set count (math $count + 1)
        else if test "$word" = --
            set past 1
        else
            string match -q -r -- '^(-p|--package)' $word; and set packages 1
            set -l kind (_devenv_option_kind $name (string split -m1 -f1 = -- $word))
            if test -n "$kind"; and not string match -q -- '*=*' $word
                if test (count $words) -eq 1
                    _devenv_offer $kind '' $current
                    return
                end
                set -e words[1]
            end
        end
        set -e words[1]
    end
    if test -z "$past"; and string match -q -- '--*=*' $current
        set -l parts (string split -m1 = -- $current)
        _devenv_offer (_devenv_option_kind $name $parts[1]) "$parts[1]=" $parts[2]
    else if test -z "$past"; and string match -q -- '-*' $current
        _devenv_offer_options $name
    else
        set -l each_kind (string split -n ' ' -- (string trim -r -c '>' -- $kinds))
        test (count $each_kind) -gt 0; or return
        test $count -lt (count $each_kind); or set count (math (count $each_kind) - 1)
        set -l kind (string replace -r '\.\.\.$' '' -- $each_kind[(math $count + 1)])
        test "$kind" = program -a -n "$past$packages"; and set kind command
        _devenv_offer $kind '' $current
    end
end

function _devenv_command_kinds
    set -l found (string match -- "c|$argv[1]|*" <$_devenv_completion_folder/commands.txt)
    or return
    string split '|' -- $found[1] | string join \n | begin
        read -l _; read -l _; read -l kinds
        echo $kinds
    end
end

function _devenv_option_kind
    set -l word (string escape --style=regex -- $argv[2])
    set -l command (string escape --style=regex -- $argv[1])
    string replace -f -r "^f\|$command\|(?:[^|]* )?$word(?: [^|]*)?\|([^|]*)\|.*" '$1' <$_devenv_completion_folder/commands.txt
end

# What begins with the third word, behind the second, of a kind.
function _devenv_offer
    set -l front $argv[2]
    set -l word $argv[3]
    switch $argv[1]
        case topic
            _devenv_offer_commands 'c|'
        case package program
            _devenv_offer_packages $argv
        case input
            printf '%s\n' $front(_devenv_inputs)
        case part
            _devenv_inputs
            _devenv_asked
        case asked
            _devenv_asked
        case locked
            _devenv_locked
        case template
            _devenv_templates
            if string match -q -r -- '^\.|/' $word
                __fish_complete_directories $word ''
            end
        case generation
            _devenv_generations
        case command
            __fish_complete_command
        case variable
            set -nx
        case dir
            printf '%s\n' $front(__fish_complete_directories $word '')
        case file path
            printf '%s\n' $front(__fish_complete_path $word)
        case '*'
            printf '%s\n' $front(_devenv_words $argv[1])
    end
end

# The words of a kind that is a choice.
function _devenv_words
    test -n "$argv[1]"; or return
    string split ' ' -- (string replace -f -- "v|$argv[1]|" '' <$_devenv_completion_folder/commands.txt)
end

function _devenv_offer_commands
    set -l head (string escape --style=regex -- $argv[1])
    string replace -f -r "^$head([^| ]+)\|[^|]*\|(.*)" '$1\t$2' <$_devenv_completion_folder/commands.txt
    string match -q -- '-*' (commandline -ct); and printf '%s\t%s\n' --help 'Show the help.'
end

function _devenv_offer_options
    set -l command (string escape --style=regex -- $argv[1])
    set -l lines (string replace -f -r "^f\|$command\|([^|]*)\|[^|]*\|(.*)" '$1|$2' <$_devenv_completion_folder/commands.txt)
    for line in $lines
        set -l parts (string split -m1 '|' -- $line)
        for spelling in (string split ' ' -- $parts[1])
            printf '%s\t%s\n' $spelling $parts[2]
        end
    end
end

function _devenv_offer_packages
    set -l front $argv[2]
    set -l word $argv[3]
    set -l input
    if string match -q -- '*:*' $word
        set input (string split -m1 -f1 : -- $word)
        set front "$front$input:"
        set word (string split -m1 -f2 : -- $word)
        string match -q -- '*/*' $input; and return
    else
        test "$argv[1]" = program; and _devenv_words program
        printf '%s\n' $front(_devenv_inputs):
        set input (_devenv_default_input)
    end
    string match -q -r '^[a-z0-9+.-]+$' -- $word; or return
    set -l files
    set -l folder (_devenv_folder XDG_CACHE_HOME .cache)/names/$input
    switch $word
        case 'lib?*'
            set files $folder/(string sub -l 4 -- $word)
        case l li lib
            set files $folder/l*
        case '*'
            set files $folder/(string sub -l 1 -- $word)
    end
    for file in $files
        test -r $file; or continue
        set -l found (string match -- "$word*" <$file)
        and printf '%s\n' $front$found
    end
end

function _devenv_folder
    if string match -q -- '/*' $$argv[1]
        echo $$argv[1]/devenv
    else
        echo $HOME/$argv[2]/devenv
    end
end

# The project's folder, without its last slash.
function _devenv_find_spec
    set -l folder (string trim -r -c / -- (builtin pwd -P))
    while not test -f "$folder/devenv.toml"
        test -n "$folder"; or return 1
        set folder (string replace -r '/[^/]*$' '' -- $folder)
    end
    echo $folder
end

# The lines of the spec and of the user's settings.
function _devenv_settings
    set -l folder (_devenv_find_spec)
    and string match -- '*' <"$folder/devenv.toml"
    set -l file (_devenv_folder XDG_CONFIG_HOME .config)/config.toml
    test -r "$file"; and string match -- '*' <$file
end

function _devenv_default_input
    set -l found (_devenv_settings | string replace -f -r '^default_input *= *"([a-z0-9-]+)".*' '$1')
    and echo $found[1]
    or echo debian
end

function _devenv_inputs
    _devenv_words input
    set -l inside
    for line in (_devenv_settings)
        if set -l found (string replace -f -r '^ *\[ *inputs *\. *"?([a-z0-9-]+)"? *\].*' '$1' -- $line)
            set inside
            echo $found
        else if string match -q -r '^ *\[ *inputs *\]' -- $line
            set inside 1
        else if string match -q -- '[[]*' $line
            set inside
        else if test -n "$inside"
            string replace -f -r '^ *"?([a-z0-9-]+)"? *=.*' '$1' -- $line
        end
    end
end

# What the spec asks for: the texts of its lists of packages.
function _devenv_asked
    set -l folder (_devenv_find_spec); or return
    set -l inside
    for line in (string match -- '*' <"$folder/devenv.toml")
        if string match -q -r '^ *(packages|libraries) *= *\[' -- $line
            set inside 1
            set line (string replace -r '^[^[]*\[' '' -- $line)
        end
        test -n "$inside"; or continue
        string match -q -r '^\s*#' -- $line; and continue
        if string match -q -- '*]*' $line
            set inside
            set line (string split -m1 -f1 ']' -- $line)
        end
        string match -r -a -g '"([a-z0-9][a-z0-9+.:@~_-]*)"' -- $line
    end
end

# The packages of the lock: the last part of `[x86_64-linux.packages.debian.jq]`.
function _devenv_locked
    set -l folder (_devenv_find_spec); or return
    test -r "$folder/devenv.lock.toml"; or return
    string replace -f -r '^\[.*packages\.[^.]+\."?([a-z0-9][a-z0-9+.-]+)"?\]$' '$1' <"$folder/devenv.lock.toml"
end

function _devenv_templates
    for file in $_devenv_completion_folder/../templates/*/template.toml (_devenv_folder XDG_CONFIG_HOME .config)/templates/*/template.toml
        set -l name (string split -r -m2 -f2 / -- $file)
        # A line is a candidate: a name of two lines is none.
        string match -q -- "*"\n"*" $name; or printf '%s\n' $name
    end
end

# Generations are files below a folder that is named by the digest of the project's.
function _devenv_generations
    set -l folder (_devenv_find_spec)
    or return
    test -n "$folder"; or set folder /
    set -l digest (printf %s $folder | command sha256sum 2>/dev/null | string sub -l 32)
    for file in (_devenv_folder XDG_STATE_HOME .local/state)/generations/$digest/*.json
        string replace -f -r '^.*/([0-9]+)\.json$' '$1' -- $file
    end
end
