"""How Sphinx builds the documentation: `sphinx-build -W docs build-out/docs`.

Nothing is fetched while it is built or read: fonts and scripts are the theme's own.
"""

import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parents[1]))

from devenv import __version__
from docs.generate.pages import markdown_pages, write_pages

project = "devenv"
author = "the devenv authors"
release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["man", "generate"]
html_theme = "furo"
html_title = "devenv"
html_copy_source = False
html_show_copyright = False
myst_heading_anchors = 3
smartquotes = False
# What stands in blocks is TOML, a terminal, or another tool's file.
highlight_language = "text"


def setup(app: Sphinx) -> None:
    """Have the generated pages written before anything is read."""
    app.connect("builder-inited", _write_generated)


def _write_generated(app: Sphinx) -> None:
    write_pages(Path(app.srcdir), markdown_pages())
