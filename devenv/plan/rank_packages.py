"""Which packages some words mean best.

Imported on the quick way of `devenv search`, so it imports nothing. It works on
bytes: decoding the text of 69,000 packages would take longer than searching it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

_IN_DESCRIPTION = 4
_MISSING = 6
_LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789+#"
_NAME_BREAKS = bytes.maketrans(b"-+.", b"   ")
_DESCRIPTION_BREAKS = bytes(
    byte if byte in _LETTERS else ord(" ") for byte in range(256)
)


def search_text(descriptions: list[tuple[str, str]]) -> bytes:
    r"""Return the text in which (name, description) pairs are searched.

    A line each, `name\tdescription` in lower case; shorter names first and then
    by the alphabet, which is the order of packages that fit equally well.
    """
    lines = {(len(name), name, _line(about)) for name, about in descriptions}
    return "\n".join(f"{name}\t{about}" for _, name, about in sorted(lines)).encode()


def best_names(text: "bytes | mmap", terms: list[str], limit: int) -> list[str]:
    """Return the names in a `search_text` that `terms` mean best, at most `limit`.

    Every term must stand in the name or the description, in any case. A term
    that is the name ranks before one that begins it, then a word of it, a part
    of it, a word of the description, a part of that. A name comes once.
    """
    # Bytes that are no UTF-8 are in no text.
    words = sorted(
        [
            _line(term).encode("utf-8", "surrogatepass")
            for term in terms
            if term.strip()
        ],
        key=len,
        reverse=True,
    )
    counts = [0] * (_MISSING * len(words))
    ranks: dict[bytes, int] = {}
    # Of two lines that fit equally well the first is taken: once there are
    # enough names, only a better rank than that of the last can come in.
    below = len(counts)
    for start, found, end in _lines_with(text, words):
        if below <= _IN_DESCRIPTION and text.find(b"\t", start, found) >= 0:
            continue
        name, _, about = text[start:end].partition(b"\t")
        rank = _rank(name, about, words, below)
        if rank >= min(below, ranks.get(name, below)):
            continue
        if name in ranks:
            counts[ranks[name]] -= 1
        ranks[name] = rank
        counts[rank] += 1
        below = _worst_needed(counts, limit)
        # Further names are longer: a word can at best begin one.
        if below <= len(words) and len(name) > len(words[0]):
            break
    best = sorted(ranks, key=ranks.__getitem__)
    return [name.decode() for name in best[:limit]]


def _worst_needed(counts: list[int], limit: int) -> int:
    """Return the rank at which there are `limit` names; one more if there are not."""
    total = 0
    for rank, count in enumerate(counts):
        total += count
        if total >= limit:
            return rank
    return len(counts)


def _lines_with(
    text: "bytes | mmap", words: list[bytes]
) -> "Iterator[tuple[int, int, int]]":
    """Yield where a line begins, has the first word, and ends, if it has all."""
    word, *others = words or [b""]
    found = text.find(word) if words else -1
    while found >= 0:
        end = text.find(b"\n", found)
        if end < 0:
            end = len(text)
        start = text.rfind(b"\n", 0, found) + 1
        for other in others:
            if text.find(other, start, end) < 0:
                break
        else:
            yield start, found, end
        found = text.find(word, end)


def _rank(name: bytes, about: bytes, words: list[bytes], below: int) -> int:
    """Return how far a line is from `words`, or some rank that is not `below`."""
    rank = 0
    for word in words:
        if word in name:
            if name.startswith(word):
                rank += name != word
            else:
                rank += 3 - (word in name.translate(_NAME_BREAKS).split())
        else:
            rank += _IN_DESCRIPTION
            if rank >= below:
                break
            rank += word not in about.translate(_DESCRIPTION_BREAKS).split()
    return rank


def _line(text: str) -> str:
    return text.lower().replace("\t", " ").replace("\n", " ")
