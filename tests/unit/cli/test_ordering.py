"""The order of a story."""

import random

from deploy.cli.ordering import in_order
from shared.contracts.identity import digest


def step(at, name, cause, said=(), prev="", agg="c1"):
    return {"at": at, "hash": name, "prev": prev, "cause": cause, "said": list(said), "agg": agg}


def the_story():
    registered = digest("arrival", "intake", "ComplaintRegistered", "c1", 0)
    opened = digest(registered, "escalation", "CaseOpened", "c1", 0)
    sent = digest("letter:sent:1", "followup", "NoticeSent", "c1", 0)
    return [
        ("intake", step(5, "i1", "arrival", ["ComplaintRegistered"])),
        ("escalation", step(5, "e1", registered, ["CaseOpened"])),
        ("followup", step(5, "f1", opened, ["NoticeRequested"])),
        ("followup", step(5, "f2", "letter:sent:1", ["NoticeSent"], prev="f1")),
        ("escalation", step(5, "e2", sent, [], prev="e1")),
        ("escalation", step(9, "e3", "c1:due:9:1", ["CaseClosed"], prev="e2")),
    ]


def answers(steps):
    return [
        {"service": s, "history": [entry for service, entry in steps if service == s]}
        for s in ("followup", "escalation", "intake")
    ]


def test_at_one_instant_causes_come_before_effects_however_the_stores_list_them():
    told = [entry["hash"] for _, entry in the_story()]
    for seed in range(20):
        shuffled = the_story()
        random.Random(seed).shuffle(shuffled)
        assert [entry["hash"] for _, entry in in_order(answers(shuffled))] == told


def test_a_step_whose_cause_is_unknown_stands_at_its_instant():
    steps = [*the_story(), ("triage", step(7, "t1", "somebody else"))]
    assert [e["hash"] for _, e in in_order([*answers(steps), {"service": "triage", "history": [steps[-1][1]]}])][-2:] == [
        "t1",
        "e3",
    ]
