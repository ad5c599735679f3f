"""The files that tell what a project needs, and who reads each.

A reader is a pure function of the file's text. It runs nothing, follows
nothing, and what it does not understand it says.
"""

from collections.abc import Callable

from devenv.formats.project_files.build_files import read_dockerfile, read_shell_nix
from devenv.formats.project_files.compiled_files import (
    read_apt_list,
    read_cargo,
    read_cmake_lists,
    read_composer,
    read_go_mod,
    read_rust_toolchain,
)
from devenv.formats.project_files.conda_files import read_conda_environment
from devenv.formats.project_files.jvm_and_ruby_files import (
    read_gemfile,
    read_gradle,
    read_pom,
    read_ruby_version,
)
from devenv.formats.project_files.node_files import read_node_version, read_package_json
from devenv.formats.project_files.python_files import (
    read_pyproject,
    read_python_version,
    read_requirements,
)
from devenv.formats.project_files.tool_files import (
    read_brewfile,
    read_devbox,
    read_mise,
    read_tool_versions,
)
from devenv.model.proposal import Findings

Reader = Callable[[str], Findings]

READERS: dict[str, Reader] = {
    # Who names one version means it: these come before those that name a range.
    ".tool-versions": read_tool_versions,
    "mise.toml": read_mise,
    ".mise.toml": read_mise,
    ".python-version": read_python_version,
    ".nvmrc": read_node_version,
    ".node-version": read_node_version,
    ".ruby-version": read_ruby_version,
    "rust-toolchain": read_rust_toolchain,
    "rust-toolchain.toml": read_rust_toolchain,
    "pyproject.toml": read_pyproject,
    "requirements.txt": read_requirements,
    "package.json": read_package_json,
    "go.mod": read_go_mod,
    "Cargo.toml": read_cargo,
    "Gemfile": read_gemfile,
    "pom.xml": read_pom,
    "build.gradle": read_gradle,
    "build.gradle.kts": read_gradle,
    "CMakeLists.txt": read_cmake_lists,
    "composer.json": read_composer,
    "devbox.json": read_devbox,
    "environment.yml": read_conda_environment,
    "environment.yaml": read_conda_environment,
    "Brewfile": read_brewfile,
    "apt.txt": read_apt_list,
    "Aptfile": read_apt_list,
    "shell.nix": read_shell_nix,
    "Dockerfile": read_dockerfile,
    "Containerfile": read_dockerfile,
}
"""The reader of each file, in the order of a proposal."""


def reader_of(name: str) -> Reader | None:
    """Return who reads a file of this name: `web.Dockerfile` is one, too."""
    if name in READERS:
        return READERS[name]
    if name.endswith((".Dockerfile", ".dockerfile")) or name.startswith("Dockerfile."):
        return read_dockerfile
    if name.endswith("requirements.txt"):
        return read_requirements
    return None
