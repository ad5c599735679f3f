# shellcheck shell=bash
# For people who stay with direnv; bash, as direnv reads it. Once:
#   devenv export direnv >~/.config/direnv/lib/devenv.sh
# then, in a project's .envrc:
#   use devenv
#
# What the project may do is what `devenv allow` agreed to, as in devenv's own hook:
# direnv's approval of .envrc says nothing about devenv.toml.

use_devenv() {
  local devenv_project devenv_file devenv_text
  devenv_project=$(expand_path "${1:-.}")
  watch_file "$devenv_project"/devenv{,.local,.lock}.toml
  while IFS= read -r devenv_file; do
    watch_file "$devenv_file"
  done < <(devenv status --watched --project "$devenv_project")
  if ! devenv wait --project "$devenv_project"; then
    log_error "devenv: devenv allow shows what $devenv_project does, and asks"
    return 1
  fi
  devenv_text=$(devenv env --format bash --locked --project "$devenv_project") ||
    return
  eval "$devenv_text"
}
