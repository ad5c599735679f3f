"""GCC builds against the tree: a two-line script in front of each driver.

The driver has its system root compiled in and no configuration file that may
change it. A `specs` file of its own would be read as a replacement of the
built-in ones, which breaks g++ (`_Unwind_Resume`), and `--sysroot` inside specs
comes too late for library paths. So the real drivers move to a folder at the
same depth (they find their parts relative to themselves), and a script calls
them with --sysroot, -B and an additive `-specs=`.
"""

import re

from devenv.build.composition import Composition
from devenv.build.draft import TreeDraft

DRIVERS = "usr/devenv-drivers"
SPECS = "usr/lib/devenv.specs"

_DRIVER_NAME = r"(?:{triplet}-)?(?:gcc|g\+\+|cpp|gfortran|gdc|gccgo|gm2|gnat\w*)-\d+"

_SCRIPT = """\
#!/bin/sh
driver={tree}/{drivers}/${{0##*/}}
[ -x "$driver" ] || driver={tree}/{drivers}/{name}
for argument; do
  case $argument in --sysroot*) exec "$driver" "$@" ;; esac
done
exec "$driver" --sysroot={tree} -B{tree}/usr/bin/ -specs={tree}/{specs} "$@"
"""

_SPECS_TEXT = """\
*link:
+ %{{!static:%{{!static-pie:%{{!nostdlib:%{{!shared:--dynamic-linker {loader}}} \
--disable-new-dtags -rpath {library_path}}}}}}}

"""


def wrap_gcc_drivers(draft: TreeDraft, composition: Composition) -> None:
    """Put a script in front of every GCC driver of the tree.

    The real driver is called by the name the script was called by, so that its
    messages begin as they do elsewhere (`gcc: error: ...`).
    """
    triplet = re.escape(composition.system.triplet)
    is_driver = re.compile(_DRIVER_NAME.format(triplet=triplet))
    names = [
        name
        for name in draft.children("usr/bin")
        if is_driver.fullmatch(name) and f"usr/bin/{name}" in draft.files
    ]
    if not names:
        return
    for name in names:
        draft.move(f"usr/bin/{name}", f"{DRIVERS}/{name}")
        text = _SCRIPT.format(tree=draft.final, drivers=DRIVERS, name=name, specs=SPECS)
        draft.write(f"usr/bin/{name}", text.encode(), executable=True)
    _link_aliases(draft, frozenset(names))
    draft.write(SPECS, _specs(draft, composition))


def _link_aliases(draft: TreeDraft, drivers: frozenset[str]) -> None:
    """Give each other name of a driver (gcc, cc ...) its twin beside the real one."""
    for alias in draft.children("usr/bin"):
        path = f"usr/bin/{alias}"
        real = draft.resolve(path) if path in draft.links else None
        if real is not None and real.rpartition("/")[2] in drivers:
            draft.add_link(f"{DRIVERS}/{alias}", real.rpartition("/")[2])


def _specs(draft: TreeDraft, composition: Composition) -> bytes:
    tree, triplet = draft.final, composition.system.triplet
    return _SPECS_TEXT.format(
        loader=f"{tree}/usr/lib/{triplet}/{composition.system.loader}",
        library_path=f"{tree}/usr/lib/{triplet}:{tree}/usr/lib",
    ).encode()
