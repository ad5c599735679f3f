"""Names that have a version in them."""

import pytest

from devenv.model.names import KnownName, NameTable
from devenv.plan.name_forms import glob_of, has_form, name_forms

TABLE = NameTable(
    names={
        "go": KnownName(
            plain=(("golang-go",),),
            versioned=(
                ("golang-go@{version}",),
                ("golang-go@{minor}", "golang-{minor}-go@{version}"),
                ("golang-{minor}-go@{version}",),
            ),
        )
    }
)


def test_the_forms_of_a_name_are_those_with_a_place_in_the_name() -> None:
    assert name_forms("go", TABLE) == ("golang-{minor}-go",)
    assert name_forms("ripgrep", TABLE) == ()


@pytest.mark.parametrize(
    ("name", "form", "expected"),
    [
        ("golang-1.24-go", "golang-{minor}-go", True),
        ("golang-go", "golang-{minor}-go", False),
        ("golang-x-go", "golang-{minor}-go", False),
        ("golang-1.24-go-dev", "golang-{minor}-go", False),
        ("openjdk-21-jdk", "openjdk-{major}-jdk", True),
        ("g++-12", "g++-{major}", True),
        ("lua5.4", "lua{version}", True),
    ],
)
def test_a_name_is_of_a_form(name: str, form: str, expected: bool) -> None:  # noqa: FBT001
    assert has_form(name, form) is expected


def test_a_form_as_a_pattern() -> None:
    assert glob_of("golang-{minor}-go") == "golang-*-go"
