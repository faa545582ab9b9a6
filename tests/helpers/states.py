"""Shards, their states, and what merging them has to give."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from losscli.analyses.evaluate.document import document
from losscli.analyses.evaluate.run import evaluate
from losscli.analyses.evaluate.states.merged import merged, report_of
from losscli.analyses.evaluate.states.text import write_state


def evaluated(request, path):
    """Return the report of a request, and write its state."""
    kept: list[Any] = []
    report = evaluate(replace(request, fingerprints=True, mergeable=True), keep=kept.append)
    write_state(path, kept[0])
    return report


def comparable(report, starts=None):
    """Return the document of a report as text, rows counted through all shards, without its inputs.

    `starts` says how many rows come before those of each shard.
    """
    found: Any = document(report)
    for role in ("predictions", "labels"):
        del found[role]["path"]
        found[role].pop("shards", None)
    for result in found["results"]:
        for part in (result, *result.get("groups", ())):
            for sample in part["worst"]:
                shard = sample.pop("shard", None)
                if shard is not None:
                    sample["row"] += starts[shard]
    return json.dumps(found, indent=1)


def write_merged(paths, into, chance: random.Random):
    """Merge states by a random tree, in random order, through files; return the path of the last."""
    left = list(paths)
    chance.shuffle(left)
    into = tempfile.mkdtemp(dir=into)
    count = 0
    while len(left) > 1:
        some = [left.pop(chance.randrange(len(left))) for _ in range(min(len(left), chance.randint(2, 3)))]
        path = Path(into) / f"merged-{count}.state"
        count += 1
        write_state(path, merged(some))
        left.append(path)
    return left[0]


def merged_report(paths):
    """Return the report of states."""
    return report_of(merged(paths))
