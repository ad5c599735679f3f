"""What a corpus run counted, and the page that tells of it."""

from collections import Counter
from dataclasses import dataclass, field

_WORDS = {
    "packages": "packages",
    "bytes": "bytes of archives",
    "files": "files compared with the archive",
    "elf": "ELF files read as readelf reads them",
    "programs": "programs relocated",
    "libraries": "libraries relocated",
    "loaded": "programs whose libraries were all there: the loader accepts them",
    "refused": "ELF files left as they are, with a reason",
    "texts": "texts that name paths",
    "rewritten": "texts rewritten",
    "parsed": "rewritten texts that parse as before (sh, bash, Python, JSON)",
    "lines": "interpreter lines checked",
}


@dataclass(slots=True)
class Report:
    """Counts, refusals by reason, endings of rewritten texts, and what is wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def text(self, *, seed: int, seconds: float, most_bytes: int) -> str:
        """Return the page."""
        rows = [f"| {word} | {self.counts[key]:,} |" for key, word in _WORDS.items()]
        refusals = [f"- {count}: {why}" for why, count in self.refusals.most_common()]
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.most_common())
        parts = [
            "# A random part of the archive",
            ("Packages of trixie, unpacked, relocated and read again by readelf, the"
            " dynamic loader,\nPython's tar reader and the shells. Written by"
            " `pytest -m network tests/network/test_corpus.py\n--write-results`;"
            f" seed {seed}, packages of at most {most_bytes:,} bytes,"
            f" {seconds:.0f} s."),
            "\n".join(["| | |", "|---|---:|", *rows]),
            *(["Left as they are:", "\n".join(refusals)] if refusals else []),
            *([f"Rewritten, by the end of their names: {kinds}."] if kinds else []),
            f"Complaints: {len(self.complaints)}.",
            *(["\n".join(f"- {line}" for line in self.complaints)]
              if self.complaints else []),
        ]  # fmt: skip
        return "\n\n".join(parts) + "\n"
