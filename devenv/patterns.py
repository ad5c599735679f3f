"""Regular expressions that are compiled when they are first used.

A command imports many that it does not need, and to compile one takes 0.1 ms: that was
a tenth of the time of a command that makes a small environment. To a type checker
`late_pattern` is `re.compile`.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import compile as late_pattern
else:

    class late_pattern:  # noqa: N801 - called like the function that it stands for
        """What `re.compile` returns, once something is asked of it."""

        def __init__(self, text, flags=0):
            self._text = text
            self._flags = flags

        def __getattr__(self, name):
            import re  # noqa: PLC0415 - only if one is used

            # Kept, so that the next look-up finds it without us.
            found = getattr(re.compile(self._text, self._flags), name)
            setattr(self, name, found)
            return found


__all__ = ["late_pattern"]
