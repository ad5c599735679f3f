"""The texts of an image, as the OCI specification has them."""

import hashlib
import json
from typing import Any

import pytest

from devenv.errors import UsageError
from devenv.formats.oci_image import image_name_of, image_texts, parse_image_name
from devenv.model.image import ImageLayer, ImageName, ImageSettings

LAYERS = [
    ImageLayer(sha256="a" * 64, size=5, content_sha256="b" * 64, comment="one"),
    ImageLayer(sha256="c" * 64, size=6, content_sha256="d" * 64, comment="two"),
]
SETTINGS = ImageSettings(
    architecture="arm64",
    variables={"B": "2", "A": "1=1", "PATH": "/bin"},
    folder="/app",
    entrypoint=("python3", "a b"),
    created_seconds=1_700_000_000,
)
NAME = ImageName(name="app", tag="1.0")


def read(name: ImageName = NAME) -> tuple[dict[str, Any], str]:
    texts = image_texts(SETTINGS, LAYERS, name)
    for path, content in texts.files.items():
        if path.startswith("blobs/"):
            assert path == f"blobs/sha256/{hashlib.sha256(content).hexdigest()}"
    return {p: json.loads(text) for p, text in texts.files.items()}, texts.config_sha256


def test_the_configuration_says_how_it_starts() -> None:
    files, sha256 = read()
    config = files[f"blobs/sha256/{sha256}"]
    assert (config["architecture"], config["os"]) == ("arm64", "linux")
    assert config["created"] == "2023-11-14T22:13:20Z"
    assert config["config"] == {
        "Env": ["PATH=/bin", "A=1=1", "B=2"],
        "Entrypoint": ["python3", "a b"],
        "WorkingDir": "/app",
    }
    diff_ids = ["sha256:" + "b" * 64, "sha256:" + "d" * 64]
    assert config["rootfs"] == {"type": "layers", "diff_ids": diff_ids}
    assert [each["comment"] for each in config["history"]] == ["one", "two"]


def test_index_manifest_and_configuration_lead_to_each_other() -> None:
    files, sha256 = read()
    (described,) = files["index.json"]["manifests"]
    assert described["platform"] == {"architecture": "arm64", "os": "linux"}
    manifest = files[f"blobs/{described['digest'].replace(':', '/')}"]
    assert manifest["mediaType"] == described["mediaType"]
    assert manifest["config"]["digest"] == f"sha256:{sha256}"
    assert [(each["digest"], each["size"]) for each in manifest["layers"]] == [
        ("sha256:" + "a" * 64, 5),
        ("sha256:" + "c" * 64, 6),
    ]
    assert files["oci-layout"] == {"imageLayoutVersion": "1.0.0"}
    assert files["manifest.json"] == [
        {
            "Config": f"blobs/sha256/{sha256}",
            "Layers": ["blobs/sha256/" + "a" * 64, "blobs/sha256/" + "c" * 64],
            "RepoTags": ["app:1.0"],
        }
    ]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("app", "docker.io/library/app:latest"),
        ("app:1.0", "docker.io/library/app:1.0"),
        ("team/app:1.0", "docker.io/team/app:1.0"),
        ("localhost/app:X_y", "localhost/app:X_y"),
        ("registry.example.org/team/app", "registry.example.org/team/app:latest"),
        ("registry:5000/app:2", "registry:5000/app:2"),
    ],
)
def test_a_name_is_told_as_registries_spell_it(text: str, whole: str) -> None:
    files, _ = read(parse_image_name(text))
    (described,) = files["index.json"]["manifests"]
    assert described["annotations"] == {
        "io.containerd.image.name": whole,
        "org.opencontainers.image.ref.name": whole.rpartition(":")[2],
    }


@pytest.mark.parametrize(
    "text",
    ["", "App", "app:", ":1", "a b", "a//b", "app:-x", "app:é", "../x", "-app"],
)
def test_what_no_image_can_be_called_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no image can be called"):
        parse_image_name(text)


@pytest.mark.parametrize("text", ["a" * 300, "app:" + "t" * 129], ids=["name", "tag"])
def test_what_is_too_long_for_registries_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no image can be called"):
        parse_image_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My Project", "my-project"),
        ("bookworm:g++@12", "bookworm-g-12"),
        ("___", "environment"),
        ("é", "environment"),
        ("x" * 500, "x" * 128),
    ],
)
def test_any_folder_gives_a_name_that_is_one(text: str, name: str) -> None:
    found = image_name_of(text)
    assert found == ImageName(name=name, tag="latest")
    assert parse_image_name(str(found)) == found
