# What `devenv hook fish` adds to the hook: completion.fish is read at the first Tab.
function _devenv_complete
    builtin source @folder@/completion.fish
    and _devenv_complete
end
complete -c devenv -f -a '(_devenv_complete)'
