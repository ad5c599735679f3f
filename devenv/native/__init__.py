"""The source of the redirecting library, and how it is built."""
