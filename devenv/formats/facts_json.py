"""Package facts as JSON: a file in each unpacked store path.

Made to be read fast, for composing an environment reads hundreds: rows are
arrays, in the order of the fields of the class they stand for.
"""

from devenv import plain_json
from devenv.errors import FormatError
from devenv.model.facts import ElfFact, FileFact, LinkFact, PackageFacts, TextFact
from devenv.typed import Any

FACTS_VERSION = 1


def encode(facts: PackageFacts) -> bytes:
    """Return the one text that means `facts`: sorted keys, ASCII, no space."""
    value = {
        "directories": facts.directories,
        "elf_files": [
            (
                elf.path,
                elf.machine,
                elf.is_64_bit_little_endian,
                elf.is_dynamic,
                elf.interpreter,
                elf.soname,
                elf.needed,
                elf.run_paths,
            )
            for elf in facts.elf_files
        ],
        "files": facts.files,
        "links": facts.links,
        "name": facts.name,
        "postinst": facts.postinst,
        "texts": [
            (text.path, text.interpreter, text.candidates, text.has_nul)
            for text in facts.texts
        ],
        "version": facts.version,
        "version_of_format": FACTS_VERSION,
    }
    text = plain_json.dumps(value, sort_keys=True, separators=(",", ":"))
    return text.encode("ascii")


def decode(content: bytes) -> PackageFacts:
    """Return the facts that `encode` wrote.

    Raises:
        FormatError: these are no facts, or of another version of the format.
    """
    try:
        return _decode(plain_json.loads(content))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise FormatError(f"not the facts of a package: {error}") from error


def _decode(value: dict[str, Any]) -> PackageFacts:
    if value["version_of_format"] != FACTS_VERSION:
        raise FormatError("the facts of a package are of another version")
    return PackageFacts(
        name=value["name"],
        version=value["version"],
        directories=tuple(value["directories"]),
        files=tuple(map(FileFact._make, value["files"])),
        links=tuple(map(LinkFact._make, value["links"])),
        elf_files=tuple(_elf(row) for row in value["elf_files"]),
        texts=tuple(_text(row) for row in value["texts"]),
        postinst=value["postinst"],
    )


def _elf(row: list[Any]) -> ElfFact:
    path, machine, is_64, is_dynamic, interpreter, soname, needed, run_paths = row
    return ElfFact(
        path=path,
        machine=machine,
        is_64_bit_little_endian=is_64,
        is_dynamic=is_dynamic,
        interpreter=interpreter,
        soname=soname,
        needed=tuple(needed),
        run_paths=tuple(run_paths),
    )


def _text(row: list[Any]) -> TextFact:
    path, interpreter, candidates, has_nul = row
    return TextFact(
        path=path,
        interpreter=interpreter,
        candidates=tuple(candidates),
        has_nul=has_nul,
    )
