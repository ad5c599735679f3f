"""Recipes for continuous integration: the store and downloads kept between runs.

What is kept is keyed by the lock: with the same lock nothing is downloaded. The
store does not change place: paths of it are written into its files.
"""

from collections.abc import Mapping
from types import MappingProxyType

from devenv.errors import UsageError

_GITHUB = """\
# .github/workflows/devenv.yml
name: devenv
on: [push, pull_request]
jobs:
  devenv:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      # The store and the downloads, as long as the lock is the same one.
      - uses: actions/cache@v4
        with:
          path: |
            ~/.local/share/devenv
            ~/.cache/devenv
          key: devenv-${{ runner.arch }}-${{ hashFiles('devenv.lock.toml') }}
          restore-keys: devenv-${{ runner.arch }}-
      - run: |
          python3 -m venv ~/devenv
          ~/devenv/bin/pip install @distribution@
          ~/devenv/bin/devenv build --locked
      - run: |
          ~/devenv/bin/devenv exec --frozen -- @command@
"""

_GITLAB = """\
# .gitlab-ci.yml
devenv:
  image: python:3.13-slim
  variables:
    XDG_DATA_HOME: /var/tmp/devenv-data
    XDG_CACHE_HOME: $CI_PROJECT_DIR/.devenv-cache
    STORE: $CI_PROJECT_DIR/.devenv-cache/store.tar
  # The store and the downloads, as long as the lock is the same one. The store goes
  # in as a tar: GitLab's own archives know no hard links.
  cache:
    key:
      prefix: devenv-$CI_RUNNER_EXECUTABLE_ARCH
      files: [devenv.lock.toml]
    paths: [.devenv-cache]
  before_script:
    - mkdir -p "$XDG_DATA_HOME" .devenv-cache
    - if test -f "$STORE"; then tar -C "$XDG_DATA_HOME" -xpf "$STORE"; fi
    - python3 -m venv /opt/devenv
    - /opt/devenv/bin/pip install @distribution@
    - /opt/devenv/bin/devenv build --locked
    - test -f "$STORE" || tar -C "$XDG_DATA_HOME" -cf "$STORE" devenv
  script:
    - |
      /opt/devenv/bin/devenv exec --frozen -- @command@
"""

RECIPES: Mapping[str, str] = MappingProxyType({"github": _GITHUB, "gitlab": _GITLAB})
"""The recipe for each service."""

_DISTRIBUTION = "devenv-shell"


def ci_recipe(service: str, command: str) -> str:
    """Return the recipe that runs a command in the project's environment.

    Args:
        service: a key of `RECIPES`.
        command: what stands behind `devenv exec --`, in one line.

    Raises:
        UsageError: there is no such service, or the command has several lines.
    """
    if service not in RECIPES:
        raise UsageError(
            f"there is no recipe for {service!r}",
            hint=f"there is {' and '.join(RECIPES)}",
        )
    if not command.isprintable() or not command.strip():
        raise UsageError(
            "the command is one line", hint="put more into a script, and run that"
        )
    text = RECIPES[service].replace("@distribution@", _DISTRIBUTION)
    return text.replace("@command@", command)
