# Read by fish after the environment is there: what the project wants to be run in its
# shell.

set -g _devenv_folder (status dirname)
if test -f "$_devenv_folder/leave.fish"
    function _devenv_leave --on-event fish_exit --inherit-variable _devenv_folder
        source "$_devenv_folder/leave.fish"
    end
end
if test -f "$_devenv_folder/enter.fish"
    source "$_devenv_folder/enter.fish"
end
set -e _devenv_folder
