"""One file a shell: quote, set, unset, render."""
