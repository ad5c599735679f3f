"""Which variables a project may set: the names in `[env]` and in dotenv files.

A project that sets one of the refused would run code in a shell that only
wanted variables, or break it. The lists are those of bash, zsh and fish
together, so that a project works in each of them.
"""

from devenv.patterns import late_pattern

PROJECT_VARIABLE = "DEVENV_PROJECT"
"""Tells prompts and programs which project's environment they are in."""

MAX_NAME_CHARACTERS = 256
_NAME = late_pattern(r"[A-Za-z_][A-Za-z0-9_]*")

MANAGED = frozenset(
    {
        "PATH",
        "MANPATH",
        "INFOPATH",
        "XDG_DATA_DIRS",
        "PKG_CONFIG_PATH",
        "FPATH",
    }
)
"""Search paths that a project only adds to, by `prepend` and `append`."""

_REFUSED = {
    "is made by devenv, from what `libraries` names": "LD_LIBRARY_PATH",
    "would run code in a shell, or break it": """
    BASH_ENV ENV ZDOTDIR PROMPT_COMMAND PS0 PS1 PS2 PS3 PS4 PROMPT PROMPT2 PROMPT3
    PROMPT4 RPROMPT RPS1 RPS2 SPROMPT SHELLOPTS BASHOPTS BASH_LOADABLES_PATH
    BASH_XTRACEFD IFS GLOBIGNORE EXECIGNORE FIGNORE HISTFILE HISTCONTROL READNULLCMD
    NULLCMD TMOUT FCEDIT
    """,
    "belongs to the session, not to a project": """
    PWD OLDPWD SHLVL HOME USER LOGNAME SHELL TERM SSH_AUTH_SOCK SSH_ASKPASS
    GIT_ASKPASS XDG_RUNTIME_DIR DISPLAY
    """,
    # Of the programs inside, devenv itself is one: its hook goes on working there.
    "would move the user's decisions and settings": """
    XDG_DATA_HOME XDG_STATE_HOME XDG_CONFIG_HOME
    """,
    "is a special variable of a shell": """
    _ UID EUID PPID GID EGID RANDOM SECONDS LINENO HISTCMD COLUMNS LINES OPTIND OPTARG
    KEYTIMEOUT TTYIDLE ERRNO HISTSIZE SAVEHIST ARGC MAILCHECK BASH_VERSINFO FUNCNAME
    GROUPS DIRSTACK BASH_ALIASES BASH_CMDS status argv path cdpath fpath manpath
    module_path pipestatus signals options commands functions aliases parameters
    history umask hostname version
    """,
}
_REASONS = {
    name: reason for reason, names in _REFUSED.items() for name in names.split()
}
_PREFIXES = {
    "BASH_FUNC_": "would define a function in every bash",
    "DEVENV_": "is devenv's own",
    "SUDO_": "belongs to the session, not to a project",
    "DBUS_": "belongs to the session, not to a project",
    "fish_": "is a special variable of fish",
}

_TELLING_NAMES = """
    LD_PRELOAD LD_AUDIT GCONV_PATH LOCPATH NODE_OPTIONS NODE_PATH PYTHONSTARTUP
    PYTHONPATH PYTHONHOME PYTHONBREAKPOINT PERL5OPT PERL5LIB RUBYOPT RUBYLIB
    JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS GIT_SSH GIT_SSH_COMMAND
    GIT_EXTERNAL_DIFF GIT_EXEC_PATH GIT_PAGER GIT_EDITOR GIT_SEQUENCE_EDITOR
    GIT_TEMPLATE_DIR PAGER EDITOR VISUAL BROWSER LESSOPEN LESSCLOSE MANPAGER INPUTRC
    SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE CURL_HOME REQUESTS_CA_BUNDLE
    NODE_EXTRA_CA_CERTS CDPATH MAKEFLAGS GNUMAKEFLAGS RUSTC_WRAPPER CC CXX LD
"""
_TELLING = frozenset(_TELLING_NAMES.split())
_TELLING_PREFIXES = ("LD_", "DYLD_", "GIT_CONFIG")
_TELLING_ENDS = ("_PROXY", "_TOKEN", "_KEY")


def wants_own_line(name: str) -> bool:
    """Tell whether a variable makes other programs load or run something.

    Whoever is asked to allow a project is told of each of these by itself.
    """
    return (
        name in _TELLING
        or name.startswith(_TELLING_PREFIXES)
        or name.upper().endswith(_TELLING_ENDS)
    )


def name_refusal(name: str) -> str | None:
    """Return why a project may not set or unset a variable; None if it may.

    The reason continues a sentence that begins with the name.
    """
    if len(name) > MAX_NAME_CHARACTERS:
        return f"is longer than {MAX_NAME_CHARACTERS} characters"
    if not _NAME.fullmatch(name):
        return "is not a name for a variable (letters, digits and _)"
    for prefix, reason in _PREFIXES.items():
        if name.startswith(prefix):
            return reason
    return _REASONS.get(name)
