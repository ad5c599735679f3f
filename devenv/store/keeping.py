"""A session of the store's own, for what looks after paths that are there."""

import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager

from devenv.model.store_path import StorePath
from devenv.store.context import StoreContext
from devenv.store.leases import Holder, Lease
from devenv.store.session import Session


@contextmanager
def keeping(context: StoreContext, bases: Iterable[str]) -> Generator[str]:
    """Keep paths from the collector; yield a token that names scratch as ours.

    Raises:
        StoreError: that could not be written down.
    """
    holder = Holder(pid=os.getpid(), command=context.command, since=context.clock())
    lease = Lease.take(context.layout, holder)
    session = Session(context, lease)
    try:
        session.keep(StorePath(base) for base in bases)
        yield lease.token
    finally:
        session.end()
