"""Links of documents that are read in the repository lead to files of it."""

import re
from pathlib import Path

import pytest

from tests.fixtures.ad_hoc import CHECKOUT
from tests.fixtures.documents import PAGES

OTHERS = ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize(
    "page", [*PAGES, *(CHECKOUT / name for name in OTHERS)], ids=lambda path: path.name
)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    missing = [to for to in LINK.findall(text) if not (page.parent / to).exists()]
    assert missing == []
