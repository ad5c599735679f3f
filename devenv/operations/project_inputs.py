"""The inputs that a project may name: built-in ones and its own, never the user's."""

from collections.abc import Mapping
from pathlib import Path

from devenv import hashes, plain_json
from devenv.errors import LockError
from devenv.model.apt import AptInput
from devenv.model.project import Project
from devenv.model.spec import Spec, SpecInput


def project_input(
    spec: Spec, name: str, *, keys: Mapping[str, bytes] | None = None
) -> AptInput:
    """Return an input of a project by its name.

    `keys` has the content of key files, by absolute path; without it they are read.

    Raises:
        UsageError: there is none.
        FormatError, SignatureError, FetchError: it is not defined properly.
    """
    from devenv.sources.apt.inputs import find_input, own_input  # noqa: PLC0415 - see below

    own = {}
    if (defined := spec.inputs.get(name)) is not None:
        own[name] = own_input(
            name, defined.table, folder=Path(defined.folder), keys=keys
        )
    return find_input(name, own)


def asked_inputs(spec: Spec) -> tuple[str, ...]:
    """Return the inputs that `name@V` is asked of, in order."""
    from devenv.sources.apt.inputs import built_in  # noqa: PLC0415 - see below

    return tuple(dict.fromkeys((spec.default_input, *spec.inputs, *built_in().asked)))


def definitions(project: Project, specs: Mapping[str, Spec]) -> dict[str, str]:
    """Return a digest of each input that a project defines itself, by name.

    It is over all that the spec says, and the bytes of the key: whoever changes
    either wants another input. A missing key counts as an empty one. `specs` are
    those of all systems, which must agree.

    Raises:
        LockError: two systems have different inputs of one name.
    """
    found: dict[str, str] = {}
    known: set[int] = set()
    for spec in specs.values():
        for name, defined in spec.inputs.items():
            if id(defined) in known:
                continue
            known.add(id(defined))
            digest = _definition(project, defined)
            if found.setdefault(name, digest) != digest:
                raise LockError(
                    f"the input {name} is not the same on every system",
                    where=str(defined.place),
                    hint="give each of them a name of its own",
                )
    return found


def _definition(project: Project, defined: SpecInput) -> str:
    # A lock that is fresh, of a spec without inputs, asks for no input at all.
    from devenv.formats.inputs import parse_third_party_input  # noqa: PLC0415

    found = parse_third_party_input(defined.name, defined.table)
    said = {name: value for name, value in defined.table.items() if name != "key"}
    key = found.key.encode()
    if not found.has_inline_key:
        path = str(Path(defined.folder) / found.key)
        key = project.contents.get(path, b"")
    said["key"] = hashes.sha256(key).hexdigest()
    text = plain_json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashes.sha256(text.encode()).hexdigest()
