"""Text to values and back, both ways, without touching a file."""
