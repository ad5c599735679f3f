"""Compile Python modules; run by a tree's own interpreter, not by devenv's.

Two ways, told apart by the arguments:

* With one, how many processes to use, standard input holds NUL-terminated triples:
  source file, target file, and the name to show in tracebacks.
* Without, it holds modules, for nothing of the tree has to be on disk for these: the
  name to show, the length of the source (both NUL-terminated) and the source.
  Standard output gets, for each, the length of the byte code (NUL-terminated) and the
  byte code; none for what does not compile.

Modules that do not compile are skipped, as py3compile(1) does: packages ship
templates and tests for other versions. It runs on any Python from 3.9 on, and imports
next to nothing: py_compile, and what that needs, takes longer to load than a few
modules take to compile, and asks the kernel for as much again for each of many.
"""

import _imp
import gc
import marshal
import os
import sys
import warnings
from _frozen_importlib_external import MAGIC_NUMBER

MODE = 0o444
MTIME_SECONDS = 1

_UNCHECKED_HASH = b"\x01\x00\x00\x00"
_HASH_KEY = int.from_bytes(MAGIC_NUMBER, "little")
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def compiled(source: bytes, shown: str) -> bytes:
    """Return the unchecked-hash byte code (PEP 552) of a source, as py_compile has it.

    Empty if the compiler rejects the source, whatever the reason.
    """
    try:
        code = compile(source, shown, "exec", dont_inherit=True, optimize=0)
        body = marshal.dumps(code)
    except Exception:  # noqa: BLE001 - as py_compile does
        return b""
    digest = _imp.source_hash(_HASH_KEY, source)
    return MAGIC_NUMBER + _UNCHECKED_HASH + digest + body


def compile_files(words: list[str]) -> None:
    """Write the byte code of files, given as triples one after the other."""
    folders = set()
    for source, target, shown in zip(words[::3], words[1::3], words[2::3]):  # noqa: B905 - Python 3.9 has no strict
        with open(source, "rb", buffering=0) as file:  # noqa: PTH123 - pathlib would cost more than the work
            code = compiled(file.read(), shown)
        if not code:
            continue
        folder = target.rpartition("/")[0]
        if folder not in folders:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            folders.add(folder)
        write(target, code)


def write(target: str, code: bytes) -> None:
    """Write one file, over what an earlier attempt may have left."""
    try:
        descriptor = os.open(target, _CREATE, MODE)
    except FileExistsError:
        os.unlink(target)  # noqa: PTH108
        descriptor = os.open(target, _CREATE, MODE)
    try:
        rest = memoryview(code)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fchmod(descriptor, MODE)  # whatever the umask
        os.utime(descriptor, (MTIME_SECONDS, MTIME_SECONDS))
    finally:
        os.close(descriptor)


def divided(words: list[str], workers: int) -> int:
    """Compile files with several processes; return 0 unless one failed."""
    jobs = [words[start : start + 3] for start in range(0, len(words), 3)]
    count = max(1, min(workers, len(jobs)))
    children: list[int] = []
    mine = 0
    for worker in range(1, count):
        child = os.fork()
        if child == 0:
            children, mine = [], worker
            break
        children.append(child)
    compile_files([word for job in jobs[mine::count] for word in job])
    failures = [os.waitpid(child, 0)[1] for child in children]
    return int(any(failures))


def streamed(rest: bytes) -> None:
    """Compile the modules of a stream, to standard output."""
    while rest:
        shown, length, rest = rest.split(b"\0", 2)
        end = int(length)
        code = compiled(rest[:end], os.fsdecode(shown))
        sys.stdout.buffer.write(b"%d\0" % len(code) + code)
        rest = rest[end:]


def main() -> int:
    """Compile everything on standard input; return 0 unless a write failed."""
    warnings.simplefilter("ignore")
    # What a compiler makes goes away by itself; looking for circles takes a tenth.
    gc.disable()
    given = sys.stdin.buffer.read()
    if sys.argv[1:]:
        return divided(os.fsdecode(given).split("\0")[:-1], int(sys.argv[1]))
    streamed(given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
