"""Four hundred changes of an allowed project: which need a nod, which do not."""

from collections import Counter
from dataclasses import replace

from devenv.model.trust import NewKind
from devenv.model.user_configuration import TrustPolicy
from tests.fixtures.project_world import ProjectWorld
from tests.fixtures.trust_mutations import NOD, SAME, TOLD, mutations
from tests.fixtures.trust_trial import TrustTrial, verdict

ENOUGH = 400

NAMED = {
    "a library ": {NewKind.LIBRARY},
    "a row more ": {NewKind.UNKNOWN_PACKAGE},
    "a value in ": {NewKind.VALUE},
    "alias: ": {NewKind.ALIAS},
    "inputs: ": {NewKind.INPUT, NewKind.KEY},
    "new ": {NewKind.VARIABLE},
    "PATH ": {NewKind.PATH_ENTRY, NewKind.ORDER},
    "row of ": {NewKind.UNKNOWN_PACKAGE, NewKind.DOWNGRADE},
    "text ": {NewKind.HOOK_TEXT},
}
"""What is named as new, for changes whose names begin like this."""


def test_every_change_needs_a_nod_or_none_as_its_author_says(
    project: ProjectWorld,
) -> None:
    with project.doors() as doors:
        trial = TrustTrial(project, doors)
        table = mutations(trial.base)
        wrong = []
        for mutation in table:
            decision = trial.decision(mutation)
            found = verdict(decision)
            kinds = {new.kind for new in decision.needed}
            named = [NAMED[start] for start in NAMED if mutation.name.startswith(start)]
            if found != mutation.expected or (named and not kinds <= named[0]):
                wrong.append((mutation.name, mutation.expected, decision))
    assert wrong == []
    assert len(table) >= ENOUGH
    counted = Counter(mutation.expected for mutation in table)
    assert min(counted[kind] for kind in (NOD, SAME, TOLD)) > 10


def test_an_exact_user_is_asked_about_every_byte(project: ProjectWorld) -> None:
    with project.doors() as doors:
        trial = TrustTrial(project, doors)
        exact = replace(doors.configuration, trust=TrustPolicy(is_exact=True))
        trial.doors = replace(trial.doors, configuration=exact)
        table = mutations(trial.base)[::7]
        assert {mutation.expected for mutation in table} == {NOD, SAME, TOLD}
        assert {verdict(trial.decision(mutation)) for mutation in table} == {NOD}


def test_values_that_the_user_freed_may_change(project: ProjectWorld) -> None:
    with project.doors() as doors:
        trial = TrustTrial(project, doors)
        free = TrustPolicy(free_values=frozenset({"DOT", "NEW_NAME"}))
        trial.doors = replace(
            trial.doors, configuration=replace(doors.configuration, trust=free)
        )
        table = {mutation.name: mutation for mutation in mutations(trial.base)}
        freed = trial.decision(table["a value in dotenv: another"])
        assert freed.told == ("DOT=two, which is free",)
        assert not freed.needs_nod
        # A name that nobody has agreed to is no value that may change.
        assert trial.decision(table["new NEW_NAME in dotenv"]).needs_nod
        assert trial.decision(table["a value in spec: another"]).needs_nod
