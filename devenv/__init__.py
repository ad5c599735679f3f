"""Per-project development environments from signed package archives."""

__version__ = "0.1.0"
