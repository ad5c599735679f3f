"""How long the listing of garbage takes inside of a process that has started.

    python -m benchmarks.gc.inside ROUNDS

Prints samples as JSON. What is listed goes nowhere.
"""

import json
import os
import resource
import sys
import time
from dataclasses import asdict

from benchmarks.timing import MEBIBYTE_IN_KIB, Sample
from devenv.cli.quick_gc import gc


def main() -> None:
    data = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    samples = [asdict(_measured()) for _ in range(int(sys.argv[1]))]
    os.write(data, json.dumps(samples).encode("ascii"))


def _measured() -> Sample:
    start, work = time.perf_counter(), time.process_time()
    status = gc(["--dry-run", "--now", "--quiet"])
    if status != 0:
        sys.exit("the listing was not plain")
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Sample(
        seconds=time.perf_counter() - start,
        cpu_seconds=time.process_time() - work,
        largest_process_mib=peak_kib / MEBIBYTE_IN_KIB,
    )


if __name__ == "__main__":
    main()
