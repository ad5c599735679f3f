"""Compile Python files; run by the tree's own interpreter, not by devenv's.

Standard input holds NUL-terminated triples: source file, target file, and the
name to show in tracebacks. The first argument is how many processes to use.
Files that do not compile are skipped, as py3compile(1) does: packages ship
templates and tests for other versions. It runs on any Python from 3.9 on.
"""

import os
import py_compile
import sys
import warnings

MODE = 0o444
MTIME_SECONDS = 1


def compile_one(source: str, target: str, shown: str) -> None:
    """Write the unchecked-hash byte code (PEP 552) of one file, if it compiles."""
    try:
        py_compile.compile(
            source,
            cfile=target,
            dfile=shown,
            doraise=True,
            optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except (py_compile.PyCompileError, ValueError, RecursionError):
        return
    os.chmod(target, MODE)  # noqa: PTH101 - pathlib would cost more than the work
    os.utime(target, (MTIME_SECONDS, MTIME_SECONDS))


def main() -> int:
    """Compile everything named on standard input; 0 unless a write failed."""
    warnings.simplefilter("ignore")
    words = os.fsdecode(sys.stdin.buffer.read()).split("\0")[:-1]
    jobs = list(zip(words[::3], words[1::3], words[2::3]))  # noqa: B905 - Python 3.9 has no strict
    count = max(1, min(int(sys.argv[1]), len(jobs)))
    children: list[int] = []
    mine = 0
    for worker in range(1, count):
        child = os.fork()
        if child == 0:
            children, mine = [], worker
            break
        children.append(child)
    for source, target, shown in jobs[mine::count]:
        compile_one(source, target, shown)
    failures = [os.waitpid(child, 0)[1] for child in children]
    return int(any(failures))


if __name__ == "__main__":
    sys.exit(main())
