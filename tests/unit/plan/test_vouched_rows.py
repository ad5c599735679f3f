"""Which packages may be fetched before the user has agreed to a change."""

import pytest

from devenv.model.trust import Effects, InputEffect, PackageEffect
from devenv.plan.trust_decision import vouched_rows

OWN = InputEffect(definition="d", keys=("K",), address="https://own.example.org")
KEPT = PackageEffect(
    input="own", name="kept", version="1", architecture="all", sha256="a"
)
NEW = PackageEffect(
    input="own", name="new", version="1", architecture="all", sha256="b"
)
APPROVED = Effects(inputs={"own": OWN}, packages=(KEPT,))


@pytest.mark.parametrize(
    ("inputs", "known", "vouched"),
    [
        pytest.param({"own": OWN}, {NEW}, {KEPT, NEW}, id="all of an approved archive"),
        pytest.param({"own": OWN}, set(), {KEPT}, id="one that no index lists"),
        pytest.param(
            {"own": InputEffect(definition="d", keys=("L",), address=OWN.address)},
            {NEW},
            set(),
            id="another key",
        ),
        pytest.param(
            {"own": InputEffect(definition="e", keys=("K",), address=OWN.address)},
            {NEW},
            set(),
            id="defined in another way",
        ),
        pytest.param(
            {"own": InputEffect(definition="d", keys=("K",), address="https://x")},
            {NEW},
            set(),
            id="another address",
        ),
        pytest.param({}, {NEW}, set(), id="no such input"),
    ],
)
def test_only_rows_of_archives_as_they_were_approved_are_vouched_for(
    inputs: dict[str, InputEffect],
    known: set[PackageEffect],
    vouched: set[PackageEffect],
) -> None:
    new = Effects(inputs=inputs, packages=(KEPT, NEW))
    assert vouched_rows(APPROVED, new, frozenset(known)) == vouched


def test_an_input_that_nobody_approved_vouches_for_nothing() -> None:
    new = Effects(inputs={"own": OWN}, packages=(NEW,))
    assert vouched_rows(Effects(), new, frozenset({NEW})) == frozenset()
