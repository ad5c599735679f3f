"""The watcher: what keeps running, and rebuilds projects when they change."""
