"""What is generated of the documentation, from the command line and the schemas.

Pages of commands and keys are written while the documentation is built
(`docs/conf.py`); man pages are committed, and written by `python -m docs.generate`.
"""
