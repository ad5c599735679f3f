"""A container image: what it is called, what runs in it, and its layers."""

from collections.abc import Mapping

from devenv.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageName:
    """What an image is called, `NAME:TAG`; NAME may begin with a registry's host."""

    name: str
    tag: str

    def __str__(self) -> str:
        return f"{self.name}:{self.tag}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSettings:
    """How a container of an image starts.

    `architecture` is spelled as Go does (`amd64`). `entrypoint` cannot be left out
    by who starts it, `command` can. `created_seconds` is a date since 1970.
    """

    architecture: str
    variables: Mapping[str, str]
    folder: str
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    created_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLayer:
    """A layer as it is written: compressed, and what it was made of.

    `sha256` and `size` are of the compressed file, `content_sha256` of the tar in it;
    both are lowercase hex. `comment` tells people what it holds.
    """

    sha256: str
    size: int
    content_sha256: str
    comment: str
