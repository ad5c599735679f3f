"""The question which paths nothing keeps, as SQL.

What is kept directly stands in `temp.chosen` before it is asked.
"""

GRACE_SECONDS = 10 * 60
"""How long a new path is kept by its age alone: some print a path and end."""

MAKE_CHOSEN = (
    "CREATE TEMP TABLE IF NOT EXISTS chosen (base TEXT PRIMARY KEY) WITHOUT ROWID"
)

DEAD = """
WITH RECURSIVE live (id) AS (
    SELECT path.id FROM temp.chosen CROSS JOIN path USING (base)
    UNION SELECT target FROM reference JOIN live ON referrer = live.id
)
"""
"""To be followed by a question about the paths whose id is NOT IN live."""
