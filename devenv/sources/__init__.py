"""Where packages come from, one folder a source."""
