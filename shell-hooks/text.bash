# shellcheck shell=bash
# Read by bash after the environment is there: what the project wants to be run in its
# shell. A trap of the user's rc file is left alone.

if [[ -f ${BASH_SOURCE[0]%/*}/enter.bash ]]; then
  # shellcheck source=/dev/null
  builtin source "${BASH_SOURCE[0]%/*}/enter.bash"
fi
if [[ -f ${BASH_SOURCE[0]%/*}/leave.bash && -z $(builtin trap -p EXIT) ]]; then
  builtin printf -v _devenv_leave 'builtin source %q' "${BASH_SOURCE[0]%/*}/leave.bash"
  # shellcheck disable=SC2064  # now, while the name of this file is known
  builtin trap "$_devenv_leave" EXIT
  builtin unset -v _devenv_leave
fi
