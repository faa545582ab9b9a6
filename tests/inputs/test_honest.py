"""Files as the tools of the field write them are read, and the cost is what the tool itself says.

`honest/cases.json` has what `honest/make.py` made: a pair is read as it is, or with one option, which the
message of the refusal names.
"""

import json
from pathlib import Path

import pytest
from helpers.calls import losscli

pytestmark = pytest.mark.usefixtures("parser")

HONEST = Path(__file__).parent / "honest"
CASES = json.loads((HONEST / "cases.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_files_of_a_tool_cost_what_it_says(case):
    folder, option = HONEST / case["name"], case.get("option", [])
    if option:
        refused = losscli(*case["argv"], cwd=folder)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert all(word in refused.stderr for word in option)
    run = losscli(*case["argv"], *option, "--format", "json", cwd=folder)
    assert run.returncode == 0, run.stderr
    (result,) = json.loads(run.stdout)["results"]
    assert result["n"] == case["n"]
    assert result["cost"] == pytest.approx(case["cost"], rel=1e-12, abs=0.0)


def test_there_are_fifty_and_each_says_how_it_was_made():
    assert len({case["name"] for case in CASES}) == len(CASES) >= 50
    assert all(case.get("version") or case.get("after") for case in CASES)
    ran = [case for case in CASES if "version" in case]
    alone = [case for case in CASES if "option" not in case]
    assert len(ran) >= 30
    assert len(alone) >= 50
    assert {path.parent.name for path in HONEST.glob("*/*")} - {"__pycache__"} == {
        case["name"] for case in CASES
    }
