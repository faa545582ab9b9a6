"""Do all commands say the same? A fast wrong answer is no answer."""

import json
import math
from typing import Any

Answer = dict[str, Any]
FIGURES = ("mean", "std", "min", "max")
QUANTILES = ("0.5", "0.9", "0.99")
CLOSE = 1e-9
SKETCHED = 0.005  # losscli's promise for quantiles beyond a million samples


def read(stdout: str) -> Answer:
    """What a peer or losscli printed, in one form. Raises ValueError or KeyError if it is neither's JSON."""
    document: Answer = json.loads(stdout)
    if "results" not in document:
        return document | {"worst": [str(name) for name in document.get("worst", ())]}
    result = document["results"][0]
    if document.get("document") == "compare":
        (found,) = result["comparisons"]
        return {"mean": found["difference"], "std": found["std"], "worst": []}
    answer = {name: result[name] for name in FIGURES}
    answer["quantiles"] = [result["quantiles"][q] for q in QUANTILES]
    # a prediction file's ids count its rows from 0; a pairing by position need not read them
    answer["worst"] = [str(row.get("id") or row["row"] - 1) for row in result["worst"]]
    answer["quantiles_exact"] = result.get("quantiles_exact", True)
    return answer


def differences(one: Answer, other: Answer) -> list[str]:
    """In what two answers differ, beyond 1e-9 relative; a figure that one of them lacks is skipped."""
    exact = one.get("quantiles_exact", True) and other.get("quantiles_exact", True)
    pairs = [(name, one[name], other[name], CLOSE) for name in FIGURES if name in one and name in other]
    if "quantiles" in one and "quantiles" in other:
        tolerance = CLOSE if exact else SKETCHED
        pairs += [
            (f"quantile {q}", a, b, tolerance)
            for q, a, b in zip(QUANTILES, one["quantiles"], other["quantiles"], strict=True)
        ]
    found = [
        f"{name}: {a!r} and {b!r}"
        for name, a, b, tolerance in pairs
        if not math.isclose(a, b, rel_tol=tolerance)
    ]
    if one.get("worst") and other.get("worst") and one["worst"] != other["worst"]:
        found.append(f"worst rows: {one['worst']} and {other['worst']}")
    return found
