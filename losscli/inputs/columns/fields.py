"""Columns that a loss knows by name: how else they are called, and which names say another quantity."""

from __future__ import annotations

from collections.abc import Sequence

from losscli.inputs.usual_names import PREDICTION_NAMES, plain

VARIANCE = ("variance", "var", "sigma2", "sigma^2", "sigma²", "sigmasquared", "sigmasq")
STD = (
    *("std", "stddev", "stdev", "stddeviation", "standarddeviation", "sigma", "sd", "se", "stderr"),
    "standarderror",
)
SPREADS = {"variance": VARIANCE, "std": STD}
MEANS = ("mean", "mu", "loc")
"""What a prediction is called beside its spread, too."""
_CORNERS = ("x1", "y1", "x2", "y2")
_OTHERS: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {
    _CORNERS: (
        ("xmin", "ymin", "xmax", "ymax"),
        ("left", "top", "right", "bottom"),
        ("x0", "y0", "x1", "y1"),
        ("xtl", "ytl", "xbr", "ybr"),
    ),
    ("lower", "upper"): (
        ("lowerbound", "upperbound"),
        ("low", "high"),
        ("lo", "hi"),
        ("lwr", "upr"),
        ("lowerci", "upperci"),
        ("cilower", "ciupper"),
        ("yhatlower", "yhatupper"),
    ),
    ("prediction", "variance"): (("prediction", "std"),),
    ("prediction", "std"): (("prediction", "variance"),),
}
"""How else the columns of a loss are called, all of them together, in the order in which it reads them."""
_CORNER_AND_SIZE = (("x", "y"), ("xmin", "ymin"), ("left", "top"), ("x1", "y1"))
_CENTRE_AND_SIZE = (("cx", "cy"), ("xc", "yc"), ("xcenter", "ycenter"), ("centerx", "centery"))
_SIZES = (("w", "h"), ("width", "height"))


def key(name: str) -> str:
    """Return a name as fields are compared: the word of a spread or mean, else without any marks."""
    name = plain(name)
    short = name.replace("_", "")
    spread = next((spread for spread, names in SPREADS.items() if short in names), None)
    return spread or ("prediction" if name in (*PREDICTION_NAMES, *MEANS) else short)


def spread_of(name: str) -> str | None:
    """Return `variance` or `std` where a word of a name says so, of a logarithm `log`; else None."""
    known = key(name)
    if known in SPREADS:
        return known
    words = plain(name).split("_")
    logs = any(word.startswith("log") and word[3:] in ("", *VARIANCE, *STD) for word in words)
    bare = {word.removeprefix("log") for word in words}
    said = {spread for spread, names in SPREADS.items() if bare & set(names)}
    return ("log" if logs else said.pop()) if len(said) == 1 else None


def writings(columns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the ways in which the columns of a loss are called, its own first."""
    return (columns, *_OTHERS.get(columns, ()))


def in_order(columns: tuple[str, ...], names: Sequence[str]) -> tuple[int, ...] | None:
    """Return the place of each column of a loss among names that all say which one they are, else None."""
    keys = [key(name) for name in names]
    for writing in writings(columns):
        if sorted(keys) == sorted(writing):
            return tuple(keys.index(name) for name in writing)
    return None


def misplaced(columns: tuple[str, ...], names: Sequence[str]) -> str | None:
    """Return a name that is known, and stands where another column is read; None if there is none."""
    keys = [key(name) for name in names]
    wrong = None
    for writing in writings(columns):
        known = [place for place, name in enumerate(keys) if name in writing]
        out = [place for place in known if writing[place] != keys[place]]
        if known and not out:
            return None
        wrong = wrong or next((names[place] for place in out), None)
    return wrong


def box_of_sizes(names: Sequence[str]) -> str | None:
    """Return how to get corners of columns that hold a corner or centre and sizes; None if none do."""
    found = {key(name): name for name in names}
    for size in _SIZES:
        for corner in _CORNER_AND_SIZE:
            if {*corner, *size} <= set(found):
                x, y, w, h = (found[name] for name in (*corner, *size))
                return f"x1 = {x}, y1 = {y}, x2 = {x} + {w}, y2 = {y} + {h}"
        for centre in _CENTRE_AND_SIZE:
            if {*centre, *size} <= set(found):
                x, y, w, h = (found[name] for name in (*centre, *size))
                return f"x1 = {x} - {w}/2, y1 = {y} - {h}/2, x2 = {x} + {w}/2, y2 = {y} + {h}/2"
    return None


def is_box(columns: tuple[str, ...]) -> bool:
    """Whether a loss reads corners."""
    return columns == _CORNERS
