"""Honest pairs of predictions and labels, kept in a folder so that doctor can be run on them many times.

`index.json` has a line for each pair, and a file `.npz` for each data set has the arrays. `load` gives a
pair, `given` the arguments of `losscli.doctor`, as a user would have given them: which of several ways is a
matter of the pair's name.
"""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from doctor import models
from doctor.datasets import PACKAGES, Frame, frames, seed
from losscli.common.array import Array

FORMS = (*("position",) * 12, *("id",) * 4, *("table",) * 2, "rows", "train")
"""How pairs are given, each as often as it is here: two files by position, by id, with the training file; one
file that has other columns too, and that with the training file, without ids."""
SHOWN_COLUMNS = 8
RESERVED = {"id", "sample_id", "row_id", "index", "label", "labels", "target", "y", "truth", "true", "actual"}
CLASS_PREFIXES = ("prob", "p_", "class", "pred", "score", "logit", "weight", "output", "estimate")


@dataclass(frozen=True)
class Meta:
    """What is known of a pair; `classes` are the names of the columns of predictions, in order."""

    name: str
    dataset: str
    package: str
    half: str
    target: str
    model: str
    kind: str
    n: int
    classes: tuple[str, ...]
    quality: float
    grade: str
    file: str
    place: str

    def draw(self, what: str, sides: int) -> int:
        """A number below `sides` that depends on the name alone."""
        return seed(f"{what} of {self.name}") % sides


class Pair(NamedTuple):
    """Predictions `(rows,)` or `(rows, classes)`, labels `(rows,)`, and `numbers`, `classes` or `binary`."""

    predictions: Array
    labels: Array
    kind: str
    meta: Meta


class Call(NamedTuple):
    """The arguments of `losscli.doctor`, and in which form they are."""

    predictions: Any
    labels: Any
    loss: str | None
    options: Mapping[str, Any]
    form: str


def make(folder: Path, packages: tuple[str, ...] = PACKAGES, workers: int = 2, quick: int = 1) -> list[Meta]:
    """Fit the models of every data set, or of one in `quick`, and keep what they predict."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = (frame for frame in frames(packages) if seed(f"sample {frame.name}") % quick == 0)
    found: list[Meta] = []
    with ProcessPoolExecutor(workers) as pool:
        for number, made in enumerate(pool.map(fitted, chosen, [folder] * 10**6)):
            found += made
            if number % 100 == 0:
                write(folder, found)
    write(folder, found)
    return found


def write(folder: Path, found: list[Meta]) -> None:
    (folder / "index.json").write_text(json.dumps([asdict(one) for one in found], indent=0), encoding="utf-8")


def fitted(frame: Frame, folder: Path) -> list[Meta]:
    """The pairs of a data set."""
    arrays, found = dict[str, Array](), list[Meta]()
    file = f"{frame.half}-{seed(frame.name):08x}.npz"
    for number, task in enumerate(models.tasks(frame)):
        labels = task.rows[task.target].to_numpy()[task.test]
        arrays[f"{number} labels"] = labels if task.kind == "numbers" else labels.astype(str)
        names = () if task.kind == "numbers" else tuple(sorted(set(task.rows[task.target])))
        for which, rows in (("test", task.test), ("train", task.train)):
            arrays |= {f"{number} {which} {name}": one for name, one in columns(task, rows).items()}
        for model, values in models.predicted(task):
            place = f"{number} predictions {model}"
            arrays[place] = values
            quality = models.quality(task.kind, labels, values)
            grade = models.grade(task.kind, quality)
            if not np.isfinite(quality):
                quality = -1.0
            name = f"{frame.name}/{task.target}/{model}"
            one = Meta(
                f"{name}/{task.kind}", frame.name, frame.package, frame.half, task.target, model, task.kind,
                len(labels), names, round(quality, 4), grade, file, place,
            )  # fmt: skip
            found.append(one)
            if len(names) == 2:
                found.append(replace(one, name=f"{name}/binary", kind="binary"))
    if found:
        np.savez(folder / file, **arrays)  # type: ignore[arg-type]
    return found


def columns(task: models.Task, rows: Array) -> dict[str, Array]:
    """Some columns beside the one that is predicted, as a file of predictions may have them, and that one."""
    names = [str(name) for name in task.rows.columns if name != task.target][:SHOWN_COLUMNS]
    made = {}
    for name in (*names, task.target):
        column = task.rows[name].iloc[rows]
        made[name] = (
            column.to_numpy() if column.dtype == "float64" else column.fillna("").to_numpy().astype(str)
        )
    return made


class Pairs:
    """The pairs in a folder."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        read = json.loads((self.folder / "index.json").read_text(encoding="utf-8"))
        self.metas = [Meta(**{**one, "classes": tuple(one["classes"])}) for one in read]
        self.named = {one.name: one for one in self.metas}
        self._arrays = lru_cache(4)(self._opened)

    def _opened(self, file: str) -> dict[str, Array]:
        with np.load(self.folder / file) as found:
            return dict(found)

    def of(self, half: str, quick: int = 1) -> list[Meta]:
        """The pairs of a half, or those of one data set in `quick`."""
        return [one for one in self.metas if one.half == half and seed(f"sample {one.dataset}") % quick == 0]

    def load(self, name: str) -> Pair:
        meta = self.named[name]
        arrays = self._arrays(meta.file)
        labels, predictions = arrays[f"{meta.place[0]} labels"], arrays[meta.place]
        if meta.kind == "binary":
            labels, predictions = (labels == meta.classes[1]).astype("int64"), predictions[:, 1]
        return Pair(predictions, labels, meta.kind, meta)

    def beside(self, meta: Meta, which: str = "test") -> dict[str, Array]:
        """The other columns of the rows that are predicted (`test`), or of the fit (`train`)."""
        begin = f"{meta.place[0]} {which} "
        arrays = self._arrays(meta.file)
        return {name.removeprefix(begin): one for name, one in arrays.items() if name.startswith(begin)}

    def call(self, pair: Pair) -> Call:
        """What a user gives: most often two files that are paired by position."""
        return given(pair, FORMS[pair.meta.draw("form", len(FORMS))], self)


def given(pair: Pair, form: str, pairs: "Pairs | None" = None) -> Call:
    """A pair in one of the forms that files have; all but `position` and `id` need the rest of `pairs`."""
    meta, n = pair.meta, len(pair.labels)
    left, right = predicted_columns(pair), {"label": texts(pair.labels)}
    options, loss = dict[str, Any](), loss_of(meta)
    if form in ("train", "rows"):
        assert pairs is not None
        options["train"] = training_file(pair, pairs, ids=form == "train")
    if form in ("table", "rows"):
        assert pairs is not None
        beside = renamed(pairs.beside(meta), meta)
        return Call(pd.DataFrame({**beside, **right, **left}), None, loss, options, form)
    order = np.arange(n)
    if form in ("id", "train"):
        ids = texts(numbered(meta, 1000, "row", n))
        left, right = {"id": ids, **left}, {"id": ids, **right}
        if meta.draw("order", 2):
            order = np.random.RandomState(meta.draw("seed", 2**31)).permutation(n)
    labels = pd.DataFrame(right).iloc[order].reset_index(drop=True)
    return Call(pd.DataFrame(left), labels, loss, options, form)


def training_file(pair: Pair, pairs: "Pairs", *, ids: bool) -> pd.DataFrame:
    """The rows that the model was fitted to, without or with ids, which are others than those of the pair."""
    known = pairs.beside(pair.meta, "train")
    labels = known[pair.meta.target]
    if pair.kind == "binary":
        labels = (labels == pair.meta.classes[1]).astype("int64")
    columns = {**renamed(known, pair.meta), "label": texts(labels)}
    numbers = {"id": texts(numbered(pair.meta, 10**6, "fit", len(labels)))} if ids else {}
    return pd.DataFrame({**numbers, **columns})


def numbered(meta: Meta, first: int, word: str, n: int) -> Array:
    """Ids that are numbers, or begin with a word."""
    return first + np.arange(n) if meta.draw("ids", 2) else np.array([f"{word}{i:05d}" for i in range(n)])


def predicted_columns(pair: Pair) -> dict[str, Any]:
    if pair.kind == "classes":
        return {f"prob_{name}": pair.predictions[:, k] for k, name in enumerate(pair.meta.classes)}
    return {"prediction": pair.predictions}


def texts(values: Array) -> Any:
    return values.astype(object) if values.dtype.kind == "U" else values


def renamed(columns: Mapping[str, Array], meta: Meta) -> dict[str, Any]:
    """Columns beside a prediction under names that mean nothing to losscli; without the label."""
    return {
        f"x_{name}" if name.lower() in RESERVED or name.lower().startswith(CLASS_PREFIXES) else name: texts(
            one
        )
        for name, one in columns.items()
        if name != meta.target
    }


def loss_of(meta: Meta) -> str | None:
    """Half the calls name a loss."""
    if meta.draw("whether", 2):
        return None
    named = {
        "classes": ("cross_entropy", "multiclass_brier"),
        "binary": ("binary_cross_entropy", "brier"),
        "numbers": ("mse", "mae"),
    }
    return named[meta.kind][meta.draw("loss", 2)]


def some(metas: list[Meta]) -> Iterator[list[Meta]]:
    """The pairs of one data set after the other."""
    by_file = dict[str, list[Meta]]()
    for one in metas:
        by_file.setdefault(one.file, []).append(one)
    yield from by_file.values()
