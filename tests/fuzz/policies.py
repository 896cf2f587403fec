"""Answers to misfits other than widening: which one a seed gives, and the upgrade that takes it."""

import dataclasses
import re

import pgrade

POLICIES = ("quarantine", "null", "repair")
ENCODINGS = (None, "latin1", "cp1252")
ROUNDS = 8
PLAIN = re.compile(r"\w+", re.ASCII)


@dataclasses.dataclass(frozen=True)
class Way:
    """How a case is answered."""

    stepwise: bool = False  # question by question, instead of all beforehand
    policy: str = None  # for misfits, where widening stops; None: it stops
    at_once: bool = False  # without widening first
    orphans: str = "not-valid"
    encoding: str = None


def way_of(seed):
    return Way(
        stepwise=seed % 3 == 0,
        policy=POLICIES[seed // 3 % 3],
        at_once=seed // 9 % 4 == 0,
        orphans=("not-valid", "quarantine")[seed // 36 % 2],
        encoding=ENCODINGS[seed // 72 % 3],
    )


def upgrade(path, url, way, timeout):
    """By the policy alone; what it cannot do is set aside, as the report names it."""
    options = ["--accept", "all", "--misfit", way.policy, "--orphans", way.orphans]
    options += ["--quarantine-file", csv_of(path)]
    options += ["--repair-encoding", way.encoding] if way.encoding else []
    for number in range(ROUNDS):
        outcome = pgrade.upgrade(path, url, *options, timeout=timeout)
        if outcome.status != pgrade.DECISION:
            break
        more = [word for answer in pgrade.rename(outcome.report, number) for word in answer]
        for rule in rules(outcome.report):
            more += [] if rule in options else ["--misfit", rule]
        if not more:
            break
        options += more
    return outcome


def csv_of(path):
    return f"{path}.quarantine.csv"


def rules(report):
    """As exact as can be: a name that a rule might read otherwise is answered for its table, or for all."""
    places = {(one["table"], one["column"]) for one in report["misfits"] if one["outcome"] == "stops"}
    for table, column in sorted(places, key=str):
        if not PLAIN.fullmatch(table):
            yield "quarantine"
        elif column is None or not PLAIN.fullmatch(column):
            yield f"{table}=quarantine"
        else:
            yield f"{table}.{column}=quarantine"
