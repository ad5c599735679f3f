"""The doors to this machine, opened once a command needs them."""

import os
from collections.abc import Mapping

from devenv.cli.display import display_for
from devenv.cli.option_values import Options
from devenv.host.caches import Caches
from devenv.host.clock import SystemClock
from devenv.host.dirs import Directories
from devenv.host.execute import guard_umask
from devenv.host.http import Fetcher
from devenv.operations.configuration import cache_places, read_configuration
from devenv.operations.doors import Doors, this_system
from devenv.operations.lock_mode import LockMode
from devenv.store.store import Store


def open_doors(options: Options, env: Mapping[str, str] | None = None) -> Doors:
    """Open the store and the network for one command; `env` stands in for ours.

    Raises:
        DevenvError: this machine or its folders cannot be used.
    """
    guard_umask()
    env = dict(os.environ if env is None else env)
    clock = SystemClock()
    directories = Directories.from_environment(env)
    configuration = read_configuration(directories)
    display = display_for(options, configuration.progress)
    caches = Caches(places=cache_places(env, configuration), talk=display)
    return Doors(
        env=env,
        directories=directories,
        clock=clock,
        fetcher=Fetcher(env, clock, offline=options.offline, caches=caches),
        store=Store.open(directories, clock.now),
        display=display,
        system=this_system(),
        configuration=configuration,
        offline=options.offline,
        refresh=options.refresh,
        allow_rollback=options.allow_rollback,
    )


def lock_mode(options: Options) -> LockMode:
    """Return what to do about a lock that is out of date."""
    if options.frozen:
        return LockMode.FROZEN
    return LockMode.LOCKED if options.locked else LockMode.RELOCK
