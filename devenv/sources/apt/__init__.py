"""The apt source: signed archives of Debian packages."""
