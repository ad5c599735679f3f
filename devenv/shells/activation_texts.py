"""How each shell writes the statements of an activation file."""

from collections.abc import Iterable, Sequence

from devenv.typed import Protocol

PREFIX = "_devenv_new_"

_SEPARATOR = "\x1f"


class ShellWords(Protocol):
    """The few statements of an activation file; words come in quoted."""

    has_pairs: bool
    """Whether values are kept as NAME=VALUE, which a builtin takes all at once."""
    separator: str
    """What stands between two statements of the whole (`whole`)."""

    def assign(self, name: str, word: str) -> str:
        """Return the statement that sets a variable of the hook's."""

    def assign_list(self, name: str, words: Iterable[str]) -> str:
        """Return the statement that sets a list of the hook's."""

    def counts(self, names: int, fronts: Sequence[int]) -> list[str]:
        """Return what a shell had better not count by itself.

        That is how many names there are, and how many entries go in front of
        each list.
        """

    def there(self, names: Sequence[str], unset: Sequence[str]) -> list[str]:
        """Return words that expand to what tells of all these variables at once.

        `there` to nothing where there are none of them, `all` to what is set.
        """

    def done(
        self, names: Iterable[str], unset: Iterable[str], lists: Iterable[str]
    ) -> list[str]:
        """Return what a child shell is told, where a shell had better not join it."""

    def is_as_stamped(self, file: str, stamp: str) -> str:
        """Return one more condition: the file's time is that of its stamp.

        Where there is no file, no stamp either.
        """

    def watched(self, files: Iterable[str]) -> list[str]:
        """Return what a shell needs that can look at all files in one go."""

    def whole(self, lines: Iterable[str]) -> str:
        """Return the file: one compound command."""


class _Bash:
    """An existing file is newer than one that is not there."""

    has_pairs = True
    # One command, which takes half the time of as many as there are lines.
    separator = " \\\n"

    def assign(self, name: str, word: str) -> str:
        return f"{PREFIX}{name}={word}"

    def assign_list(self, name: str, words: Iterable[str]) -> str:
        return f"{PREFIX}{name}=({' '.join(words)})"

    def counts(self, names: int, fronts: Sequence[int]) -> list[str]:
        del names, fronts
        return []

    def there(self, names: Sequence[str], unset: Sequence[str]) -> list[str]:
        # A variable may have attributes and yet no value.
        there = "".join(f"${{{name}+x}}${{{name}@a}}" for name in (*names, *unset))
        # As the pairs are, joined.
        pairs = _SEPARATOR.join(f"{name}=${{{name}-}}" for name in names)
        return [
            self.assign("there", f"'{there}'"),
            self.assign("all", f"'\"{pairs}\"'"),
        ]

    def done(
        self, names: Iterable[str], unset: Iterable[str], lists: Iterable[str]
    ) -> list[str]:
        every = {"SET": names, "UNSET": unset, "LISTS": lists}
        words = (f"'__DEVENV_{key}={' '.join(each)}'" for key, each in every.items())
        return [self.assign_list("done", words)]

    def is_as_stamped(self, file: str, stamp: str) -> str:
        return f" && ! {file} -nt {stamp} && ! {stamp} -nt {file}"

    def watched(self, files: Iterable[str]) -> list[str]:
        del files
        return []

    def whole(self, lines: Iterable[str]) -> str:
        return "{ " + self.separator.join(lines) + "\n}\n"


class _Zsh(_Bash):
    """No file is newer than one that is not there."""

    def is_as_stamped(self, file: str, stamp: str) -> str:
        both = (
            f"-e {file} && -e {stamp} && ! {file} -nt {stamp} && ! {stamp} -nt {file}"
        )
        return f" && ( {both} || ! -e {file} && ! -e {stamp} )"

    def there(self, names: Sequence[str], unset: Sequence[str]) -> list[str]:
        there = "".join(f"${{{name}+x}}" for name in (*names, *unset))
        # A word for each pair: zsh copies a whole word with each value in it.
        pairs = " ".join(f'"{name}=${{{name}-}}"' for name in names)
        return [
            self.assign("there", f"'{there}'"),
            self.assign("all", f"'({pairs})'"),
        ]

    def done(
        self, names: Iterable[str], unset: Iterable[str], lists: Iterable[str]
    ) -> list[str]:
        del names, unset, lists
        return []

    def watched(self, files: Iterable[str]) -> list[str]:
        return [self.assign_list("watched", files)]


class _Fish:
    """As bash. A list's element stays one, whatever the name."""

    has_pairs = False
    separator = "\n"

    def assign(self, name: str, word: str) -> str:
        return f"set -g {PREFIX}{name} {word}"

    def assign_list(self, name: str, words: Iterable[str]) -> str:
        return " ".join((f"set -g {PREFIX}{name}", *words))

    def counts(self, names: int, fronts: Sequence[int]) -> list[str]:
        return [
            self.assign("count", str(names)),
            self.assign_list("indices", map(str, range(1, names + 1))),
            self.assign_list("list_indices", map(str, range(1, len(fronts) + 1))),
            self.assign_list("front_counts", map(str, fronts)),
        ]

    def done(
        self, names: Iterable[str], unset: Iterable[str], lists: Iterable[str]
    ) -> list[str]:
        del names, unset, lists
        return []

    def there(self, names: Sequence[str], unset: Sequence[str]) -> list[str]:
        # `set -q` takes them all at once. A word for each value: fish copies a whole
        # word with each one in it.
        del unset
        values = " ".join(rf'"${name}"\x1f' for name in names)
        return [self.assign("all", f"'{values}'")]

    def is_as_stamped(self, file: str, stamp: str) -> str:
        return f" -a ! {file} -nt {stamp} -a ! {stamp} -nt {file}"

    def watched(self, files: Iterable[str]) -> list[str]:
        del files
        return []

    def whole(self, lines: Iterable[str]) -> str:
        return "\n".join(("begin", *lines, "end", ""))


WORDS: dict[str, ShellWords] = {"bash": _Bash(), "fish": _Fish(), "zsh": _Zsh()}
