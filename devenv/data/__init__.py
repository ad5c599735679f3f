"""Data files: skip list, program table, archive keys and the like."""
