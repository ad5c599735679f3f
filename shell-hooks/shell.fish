# Read by fish after the user's config.fish when `devenv shell` starts it: puts the
# environment in front of whatever that made of PATH.

function _devenv_put_in_front # NAME ENTRY...: move the entries there in the list NAME
    set -l _devenv_name $argv[1]
    set -e argv[1]
    # A path variable splits at each colon and keeps newlines, unlike string split.
    set -l --path _devenv_list $argv
    if set -q $_devenv_name; and test -n "$$_devenv_name"
        set -l --path _devenv_rest "$$_devenv_name"
        for _devenv_item in $_devenv_rest
            if not contains -- "$_devenv_item" $argv
                set -a _devenv_list "$_devenv_item"
            end
        end
    end
    set -gx $_devenv_name "$_devenv_list"
end

function _devenv_put_behind # NAME ENTRY...: add those that the list NAME does not have
    set -l _devenv_name $argv[1]
    set -e argv[1]
    set -l --path _devenv_list
    if set -q $_devenv_name; and test -n "$$_devenv_name"
        set _devenv_list "$$_devenv_name"
    end
    for _devenv_item in $argv
        if not contains -- "$_devenv_item" $_devenv_list
            set -a _devenv_list "$_devenv_item"
        end
    end
    set -gx $_devenv_name "$_devenv_list"
end

begin
    @environment@
end
functions -e _devenv_put_in_front _devenv_put_behind
if test -f (status dirname)/project/text.fish
    source (status dirname)/project/text.fish
end
