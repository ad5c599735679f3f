# The start of devenv's hook for fish: bash, to which it is often given, reads this line
# by itself, and then complains of what it does not understand.
test -z "$BASH_VERSION" || echo 'devenv: this hook is for fish; bash needs: eval "$(devenv hook bash)"' >&2
