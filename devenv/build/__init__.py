"""From archives to store paths: unpack, patch, compose."""
