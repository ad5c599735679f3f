"""What is told of a command line that makes no sense, in devenv's own words.

typer says what is wrong; here it gets the next step: the command that was meant, an
example, or devenv's word for what another tool calls otherwise.
"""

import re
from collections.abc import Mapping, Sequence

from devenv.errors import UsageError
from devenv.plan.nearest import meant
from devenv.typed import Protocol

OTHER_WORDS: Mapping[str, str] = {
    "activate": "the hook does it by itself on cd (devenv hook --help), `devenv shell`"
    " at once",
    "bash": "`devenv shell` opens your own shell in the environment",
    "cache key": "`devenv cache push` needs none: archives are compared with the lock",
    "cache pull": "`devenv build` takes from the caches that config.toml or"
    " DEVENV_CACHES name",
    "cd": "`devenv shell` opens your own shell in the environment",
    "clean": "`devenv gc` removes what nothing needs",
    "container": "`devenv export oci` makes a container image of the environment",
    "create": "`devenv init` begins a project",
    "develop": "`devenv shell` opens your own shell in the environment",
    "direnv": "`devenv hook --help` has the line that loads the hook",
    "down": "devenv starts no services; `devenv daemon stop` ends the watcher",
    "edit": "open devenv.toml in your editor; `devenv schema` helps it",
    "enter": "`devenv shell` opens your own shell in the environment",
    "export docker": "`devenv export oci` makes an image that docker loads",
    "export image": "`devenv export oci` makes a container image of the environment",
    "find": "`devenv search WORD` finds packages",
    "generate": "`devenv export oci` makes a container image, `devenv export ci` a"
    " recipe",
    "get": "`devenv add PKG` adds to the project, `devenv run PKG` runs it once",
    "global": "devenv installs nothing for all: `devenv run PKG` runs it anywhere",
    "i": "`devenv add PKG` adds to the project, `devenv run PKG` runs it once",
    "install": "`devenv add PKG` adds to the project, `devenv run PKG` runs it once",
    "load": "`devenv reload` brings a change into your shells",
    "ls": "`devenv list` lists the packages of the project",
    "new": "`devenv init` begins a project",
    "print-dev-env": "`devenv env` prints what the environment changes",
    "provides": "`devenv locate FILE` finds the packages that hold a file",
    "prune": "`devenv gc` removes what nothing needs",
    "rm": "`devenv remove PKG` takes a package out of the project",
    "start": "`devenv shell` enters the project, `devenv daemon start` watches it",
    "sync": "`devenv build` makes what the project asks for",
    "test": "`devenv exec CMD` runs your tests in the environment",
    "uninstall": "`devenv remove PKG` takes a package out of the project",
    "unlock": "`devenv update` takes newer versions into the lock",
    "up": "`devenv shell` enters the project; devenv starts no services",
    "upgrade": "`devenv update` takes newer versions into the lock",
    "use": "`devenv add PKG@VERSION` adds to the project, `devenv shell -p PKG@VERSION`"
    " is for once",
    "verify": "`devenv store verify` compares the store with its records",
    "x": "`devenv run PKG` runs a package's program",
}
"""Words of other tools, and what devenv has instead."""

_NO_COMMAND = re.compile(r"No such command '(.*?)'\.", re.DOTALL)
_TOO_MANY = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)
_NO_NUMBER = re.compile(r"(.*) is not a valid (?:int|float)(?: range)?\.", re.DOTALL)
_OUT_OF_RANGE = re.compile(r"(.*) is not in the range (.*)\.", re.DOTALL)
_TOP_ONLY = ("--version",)


class _Parameter(Protocol):
    name: str | None
    metavar: str | None
    opts: Sequence[str]
    param_type_name: str


class _Command(Protocol):
    epilog: str | None
    params: Sequence[_Parameter]


class _Context(Protocol):
    command: _Command
    command_path: str


def in_our_words(
    error: Exception, argv: Sequence[str], commands: Sequence[str]
) -> UsageError | None:
    """Return typer's complaint as ours; None for one that is help already.

    `commands` are the words that devenv knows at the place of the mistake.
    """
    kind = type(error).__name__
    context: _Context | None = getattr(error, "ctx", None)
    message = str(getattr(error, "message", "") or error)
    where = context.command_path if context else " ".join(["devenv", *argv[:1]])
    if kind == "NoArgsIsHelpError":
        return None
    if match := _NO_COMMAND.fullmatch(message.partition(" Did you")[0]):
        return _no_command(match[1], where, commands)
    if kind == "NoSuchOption":
        option = str(getattr(error, "option_name", ""))
        return _no_option(option, where, context)
    word = _word(getattr(error, "param", None) or getattr(error, "option_name", None))
    what = _what(kind, message, where, word)
    return UsageError(what, hint=_example(where, context, word))


def _what(kind: str, message: str, where: str, word: str) -> str:
    """Return the sentence about an argument or option of a command."""
    if kind == "MissingParameter":
        return f"`{where}` needs {word}"
    if message.endswith("requires an argument."):
        return f"a value is missing behind {word}"
    if match := _TOO_MANY.fullmatch(message):
        return f"`{where}` does not know what to do with {match[1]!r}"
    if match := _NO_NUMBER.fullmatch(message):
        return f"{match[1]} is no number for {word}"
    if match := _OUT_OF_RANGE.fullmatch(message):
        return f"{match[1]} will not do for {word}, which is {match[2]}"
    return message.rstrip(".")


def _no_command(word: str, where: str, commands: Sequence[str]) -> UsageError:
    words = f"{where} {word}".removeprefix("devenv ").lower()
    hint = OTHER_WORDS.get(words, meant(word, commands))
    return UsageError(
        f"there is no command `{where} {word}`",
        hint=hint or f"{where} --help lists the commands",
    )


def _no_option(option: str, where: str, context: _Context | None) -> UsageError:
    parameters = context.command.params if context else ()
    known = [word for item in parameters for word in item.opts if word[:2] == "--"]
    return UsageError(
        f"`{where}` has no option {option}",
        hint=meant(option, [*known, "--help", *_TOP_ONLY[where != "devenv" :]])
        or f"{where} --help lists its options",
    )


def _word(parameter: _Parameter | str | None) -> str:
    if parameter is None or isinstance(parameter, str):
        return parameter or "a value"
    if parameter.param_type_name == "option":
        return max(parameter.opts, key=len)
    return (parameter.metavar or parameter.name or "").strip("[]")


def _example(where: str, context: _Context | None, word: str = "") -> str:
    """Return an example of a command: with an option, or else with some word."""
    epilogue = (context.command.epilog if context else "") or ""
    lines = [
        line.partition("  #")[0].strip()
        for line in epilogue.splitlines()
        if line.startswith("  ")
    ]
    fit = [line for line in lines if f" {word}" in line] if word[:1] == "-" else []
    some = [line for line in lines if line != where]
    for line in (*fit, *some, *lines):
        return f"for example: {line}"
    return f"{where} --help tells more"
