"""Variables, files and exit statuses that no command alone has."""

from collections.abc import Mapping
from types import MappingProxyType

VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "DEVENV_STORE_DIR": "where the store is, instead of devenv/store in"
        " XDG_DATA_HOME.",
        "DEVENV_APT_MIRROR": "mirrors of Debian's archive, with spaces between, asked"
        " before those of the host's apt.",
        "DEVENV_APT_SECURITY_MIRROR": "mirrors of Debian's security archive, if they"
        " are not MIRROR-security.",
        "DEVENV_APT_SNAPSHOT": "where the archive's past is; empty for nowhere.",
        "DEVENV_CACHES": "caches of archives, with spaces between, asked before any"
        " mirror and after those of the setting `cache.from`.",
        "DEVENV_CEILING": "folders, joined with colons, above which no project is"
        " looked for.",
        "XDG_DATA_HOME": "the store is below it; else below ~/.local/share.",
        "XDG_STATE_HOME": "decisions, roots and records are below it; else below"
        " ~/.local/state.",
        "XDG_CACHE_HOME": "downloads and indexes are below it; else below ~/.cache.",
        "XDG_CONFIG_HOME": "config.toml and templates are below it; else below"
        " ~/.config.",
        "DEVENV_PROGRESS": "auto, bars, plain or none: how long work is shown; it comes"
        " before the setting `progress`.",
        "NO_COLOR": "without colours, if it is there and not empty.",
        "http_proxy": "and https_proxy, all_proxy, no_proxy: proxies for downloads.",
        "SSL_CERT_FILE": "and SSL_CERT_DIR: certificates for downloads.",
    }
)
"""What devenv takes from the environment."""

SET_VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "DEVENV_PROJECT": "the folder of the project whose environment this is.",
        "DEVENV_ENVIRONMENT": "its trees, joined with colons.",
    }
)
"""What devenv sets in an environment."""

FILES: Mapping[str, str] = MappingProxyType(
    {
        "devenv.toml": "what a project asks for.",
        "devenv.local.toml": "the same keys, for one person; not committed.",
        "devenv.lock.toml": "what a project's environment is made of.",
        "~/.config/devenv/config.toml": "the user's settings.",
        "~/.config/devenv/templates": "the user's templates.",
        "~/.local/share/devenv/store": "the store.",
        "~/.local/state/devenv": "decisions, roots and records.",
        "~/.cache/devenv": "downloads and indexes; it may be deleted.",
    }
)

STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "0": "It is done.",
        "1": "It could not be done; what is wrong, where, and what to do stands on"
        " standard error.",
        "2": "The command line does not make sense.",
        "3": "A bug of devenv's; please report it.",
        "130": "It was interrupted.",
    }
)

PROGRAM_STATUS = "That of the program that it starts. If none is started:"
