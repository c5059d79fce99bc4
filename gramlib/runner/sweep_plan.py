"""Which stages of a sweep are done once for many members, and in which order everything can run.

Two members share a stage when everything its result depends on is the same for both: its parameters, input files and
the stages before it. The plan is a tree: a run of shared stages stands above the runs that take those stages from it,
a member is a leaf. It follows from the sweep file alone, so that every pod of an Indexed Job finds the same one.

    member  data  train  predict       plan of three policies, and one with another training window
    A       d1    t1     p1            shared-data   (data)
    B       d1    t1     p2              +-- shared-train (train)  -> A (predict), B (predict), C (predict)
    C       d1    t1     p3              +-- D (train, predict)
    D       d1    t2     p4
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gramlib.runner.pipeline import STAGES, Stage, stage_named
from gramlib.runner.plan import stage_params
from gramlib.runner.resolve import ResolvedRun
from gramlib.runner.sweep_members import Member
from gramlib.store.hashing import sha256_record

SHARED_MARK = "shared-"


@dataclass(frozen=True)
class Task:
    """One run of the sweep: `stages` are those it is responsible for, those before them come from the run `above`."""

    name: str
    run: ResolvedRun
    stages: tuple[Stage, ...]
    above: str
    member: Member | None = None


def plan_tasks(members: Sequence[Member], until: str, stages: tuple[Stage, ...] = STAGES) -> list[Task]:
    """Every run of the sweep, those above before those below; members keep their order."""
    wanted = stages[: stages.index(next(stage for stage in stages if stage.name == until)) + 1]
    digests = [_digests(member.run, wanted) for member in members]
    groups = Counter(digest for chain in digests for digest in chain)
    shared: dict[str, Task] = {}
    leaves: list[Task] = []
    for member, chain in zip(members, digests, strict=True):
        above, first = "", 0
        for depth in range(len(wanted) - 1):
            here, below = groups[chain[depth]], groups[chain[depth + 1]]
            if here > 1 and below < here:
                name = f"{SHARED_MARK}{wanted[depth].name}-{chain[depth][:8]}"
                if name not in shared:
                    shared[name] = Task(name, _renamed(member.run, name), wanted[first : depth + 1], above)
                above, first = name, depth + 1
        leaves.append(Task(member.member_id, member.run, wanted[first:], above, member))
    return [*shared.values(), *leaves]


def above(tasks: Sequence[Task], task: Task) -> list[Task]:
    """The tasks that `task` takes stages from, the first to run first."""
    named = {one.name: one for one in tasks}
    found: list[Task] = []
    while task.above:
        task = named[task.above]
        found.insert(0, task)
    return found


def _digests(run: ResolvedRun, stages: tuple[Stage, ...]) -> list[str]:
    """One digest a stage, of all that can tell its result in one member from that in another."""
    made: dict[str, str] = {}
    for stage in stages:
        made[stage.name] = sha256_record(
            {
                "params": stage_params(run, stage.name),
                "inputs": run.input_digests if stage.name == "data" else [],
                "upstream": [made[name] for name in stage_named(stage.name).upstream if name in made],
            }
        )
    return list(made.values())


def _renamed(run: ResolvedRun, name: str) -> ResolvedRun:
    return replace(run, run_id=name, record={**run.record, "run_id": name}, pictures=True)
