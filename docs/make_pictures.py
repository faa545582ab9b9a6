"""Draws the pictures of the documentation, in `pictures/`.

    python docs/make_pictures.py            # draw them anew
    python docs/make_pictures.py --check    # exit with 1 if they are stale

Each is what a command writes, run in `sample_data/`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from losscli.cli.main import main as losscli

HERE = Path(__file__).resolve().parent
PICTURES = HERE / "pictures"
CALLS = {
    "curves": "explain huber mse mae",
    "losses": "evaluate diabetes.csv --loss mse",
    "differences": "compare diabetes_linear.csv diabetes_forest.csv diabetes_labels.csv --loss mse "
    "--group sex",
    "epochs": "fit cancer_tree.csv cancer_labels.csv --loss bce --model temperature --optimizer sgd "
    "--optimizer adam",
}


def main(arguments: list[str]) -> int:
    """Draw all pictures, or compare them with what would be drawn."""
    os.chdir(HERE.parent / "sample_data")
    stale = []
    with tempfile.TemporaryDirectory() as folder:
        for name, call in CALLS.items():
            drawn, path = Path(folder, f"{name}.svg"), PICTURES / f"{name}.svg"
            if losscli([*call.split(), "--output", str(drawn)]) != 0:
                return 1
            text = drawn.read_text(encoding="utf-8")
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(path)
                if "--check" not in arguments:
                    path.write_text(text, encoding="utf-8")
    if stale and "--check" in arguments:
        print(
            *(f"{path.name} is stale: python docs/make_pictures.py" for path in stale),
            sep="\n",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
