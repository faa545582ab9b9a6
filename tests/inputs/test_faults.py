"""Small inputs that were read wrongly once, each with the outcome that is right, or one that is as good.

A folder of `faults` holds the files and `case.json`: `argv`, run in that folder; `expect` and `or`, each a
`cost` (with `rtol` or `exact`, and `n`), or an `exit` and patterns that stderr must have; `stdin`, a file.
"""

import json
import re
from pathlib import Path

import pytest

from tests.helpers.calls import losscli

pytestmark = pytest.mark.usefixtures("parser")

FOLDERS = sorted(path.parent for path in (Path(__file__).parent / "faults").glob("*/case.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_input_that_was_read_wrongly(folder, tmp_path):
    case = json.loads((folder / "case.json").read_text("utf-8"))
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    stdin = (folder / case["stdin"]).read_bytes() if "stdin" in case else None
    run = losscli(*case["argv"], "--format", "json", cwd=tmp_path, stdin=stdin)
    outcomes = [case["expect"], *([case["or"]] if "or" in case else [])]
    assert any(_holds(outcome, run) for outcome in outcomes), (run.returncode, run.stdout, run.stderr)


def _holds(outcome, run):
    if run.returncode != outcome.get("exit", 0):
        return False
    if not all(re.search(pattern, run.stderr) for pattern in outcome.get("stderr", ())):
        return False
    if "cost" not in outcome:
        return True
    result = json.loads(run.stdout)["results"][0]
    exact = outcome.get("exact", False)
    near = result["cost"] == outcome["cost"] or (
        not exact and result["cost"] == pytest.approx(outcome["cost"], rel=outcome.get("rtol", 0.0), abs=0.0)
    )
    return near and result["n"] == outcome.get("n", result["n"])
