"""The texts of a container image: OCI image layout 1.0, and what `docker load` reads.

Field names and media types are those of the OCI image specification 1.0 (config.md,
manifest.md, image-index.md, image-layout.md, annotations.md). The same values give the
same bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from devenv import hashes
from devenv.errors import UsageError
from devenv.model.canonical_json import canonical_json
from devenv.model.image import ImageLayer, ImageName, ImageSettings
from devenv.patterns import late_pattern
from devenv.values import dataclass

_TYPE = "application/vnd.oci.image."
CONFIG_TYPE = f"{_TYPE}config.v1+json"
MANIFEST_TYPE = f"{_TYPE}manifest.v1+json"
INDEX_TYPE = f"{_TYPE}index.v1+json"
LAYER_TYPE = f"{_TYPE}layer.v1.tar+gzip"

_HUB = "docker.io/library/"
_MADE_BY = "devenv export oci"
# The grammar of names and tags of the OCI distribution specification, with a host.
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[A-Za-z0-9.-]+:[0-9]+|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|localhost)"
_NAME = late_pattern(
    rf"(?P<name>(?:{_HOST}/)?{_PART}(?:/{_PART})*)(?::(?P<tag>[A-Za-z0-9_][\w.-]*))?"
)
_HOST_FIRST = late_pattern(rf"{_HOST}/.*")
_UNFIT = late_pattern(r"[^a-z0-9]+")
_MAX_NAME_CHARACTERS = 255
_MAX_TAG_CHARACTERS = 128
_DEFAULT_TAG = "latest"
_NAMELESS = "environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTexts:
    """What an image has besides its layers: the content of each file, by name.

    `config_sha256` is what an image is known by (hex).
    """

    files: Mapping[str, bytes]
    config_sha256: str


def parse_image_name(text: str) -> ImageName:
    """Return what `NAME` or `NAME:TAG` means; without a tag it is `latest`.

    Raises:
        UsageError: no image can be called that.
    """
    found = _NAME.fullmatch(text)
    tag = (found["tag"] if found else None) or _DEFAULT_TAG
    is_long = len(text) > _MAX_NAME_CHARACTERS or len(tag) > _MAX_TAG_CHARACTERS
    if found is None or is_long or not tag.isascii():
        raise UsageError(
            f"no image can be called {text[:80]!r}",
            hint="write it like app:1.0, in small letters",
        )
    return ImageName(name=found["name"], tag=tag)


def image_name_of(text: str) -> ImageName:
    """Return the name of an image after a folder or package of any name."""
    fit = _UNFIT.sub("-", text.lower()).strip("-")[:_MAX_TAG_CHARACTERS].strip("-")
    return ImageName(name=fit or _NAMELESS, tag=_DEFAULT_TAG)


def blob_name(sha256: str) -> str:
    """Return where an image has the content of a hash."""
    return f"blobs/sha256/{sha256}"


def image_texts(
    settings: ImageSettings, layers: Sequence[ImageLayer], name: ImageName
) -> ImageTexts:
    """Return every file of an image but its layers, sorted by name."""
    config = _json(_config(settings, layers))
    config_sha256 = hashes.hex_sha256(config)
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": _descriptor(CONFIG_TYPE, config_sha256, len(config)),
            "layers": [_descriptor(LAYER_TYPE, it.sha256, it.size) for it in layers],
        }
    )
    manifest_sha256 = hashes.hex_sha256(manifest)
    index = {
        "schemaVersion": 2,
        "mediaType": INDEX_TYPE,
        "manifests": [
            {
                **_descriptor(MANIFEST_TYPE, manifest_sha256, len(manifest)),
                "platform": {"architecture": settings.architecture, "os": "linux"},
                "annotations": _annotations(name),
            }
        ],
    }
    files = {
        "oci-layout": _json({"imageLayoutVersion": "1.0.0"}),
        "index.json": _json(index),
        "manifest.json": _docker_manifest(config_sha256, layers, name),
        blob_name(config_sha256): config,
        blob_name(manifest_sha256): manifest,
    }
    return ImageTexts(files=dict(sorted(files.items())), config_sha256=config_sha256)


def _config(settings: ImageSettings, layers: Sequence[ImageLayer]) -> dict[str, object]:
    created = datetime.fromtimestamp(settings.created_seconds, UTC)
    moment = f"{created:%Y-%m-%dT%H:%M:%SZ}"
    runs: dict[str, object] = {
        "Env": [f"{name}={value}" for name, value in _path_first(settings.variables)],
        "WorkingDir": settings.folder,
    }
    if settings.entrypoint:
        runs["Entrypoint"] = list(settings.entrypoint)
    if settings.command:
        runs["Cmd"] = list(settings.command)
    return {
        "created": moment,
        "architecture": settings.architecture,
        "os": "linux",
        "config": runs,
        "rootfs": {
            "type": "layers",
            "diff_ids": [f"sha256:{layer.content_sha256}" for layer in layers],
        },
        "history": [
            {"created": moment, "created_by": _MADE_BY, "comment": layer.comment}
            for layer in layers
        ],
    }


def _path_first(variables: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(variables.items(), key=lambda item: (item[0] != "PATH", item))


def _descriptor(media_type: str, sha256: str, size: int) -> dict[str, object]:
    return {"mediaType": media_type, "digest": f"sha256:{sha256}", "size": size}


def _annotations(name: ImageName) -> dict[str, str]:
    """Return what an image is called, for those who read OCI images.

    containerd, Docker and podman take the first one, skopeo and umoci the second: so
    it is what BuildKit writes.
    """
    has_host = _HOST_FIRST.fullmatch(name.name) is not None
    if has_host:
        whole = str(name)
    elif "/" in name.name:
        whole = f"{_HUB.partition('/')[0]}/{name}"
    else:
        whole = f"{_HUB}{name}"
    return {
        "io.containerd.image.name": whole,
        "org.opencontainers.image.ref.name": name.tag,
    }


def _docker_manifest(
    config_sha256: str, layers: Sequence[ImageLayer], name: ImageName
) -> bytes:
    """Return `manifest.json`, which is all that an older `docker load` looks at."""
    told = {
        "Config": blob_name(config_sha256),
        "RepoTags": [str(name)],
        "Layers": [blob_name(layer.sha256) for layer in layers],
    }
    return f"[{canonical_json(told)}]".encode()


def _json(value: Mapping[str, object]) -> bytes:
    return canonical_json(value).encode()
