"""Doors to this machine: files, processes, network, locks."""
