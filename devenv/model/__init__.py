"""Frozen values: the nouns every other floor speaks in."""
