"""Columns of classes: which they are, and what their classes are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from losscli.common.errors import LosscliError, UsageError
from losscli.common.options import given, quoted_label
from losscli.common.text import exact_value, listed, nearest, shorten
from losscli.inputs.columns.search import Search, suffixes
from losscli.inputs.edits import Pairs
from losscli.inputs.usual_names import (
    DECIDED_NAMES,
    DECISION_NAMES,
    GIVE_WAY,
    NO_CLASSES,
    PREDICTION_NAMES,
    PROBABILITY_NAMES,
    plain,
    undotted,
)

CLASS_PREFIXES = (
    *("probability:class=", "probability_", "prob_", "proba_", "p_"),
    *("logit_", "score_", "prediction_score_", "prediction_", "pred_"),
    # As a list or an object of a row of JSON is called, or a list of Arrow.
    *("probabilities_", "probs_", "probas_", "logits_", "scores_"),
)
LABEL_CLASS_PREFIXES = ("label_",)
_ENDINGS = ("_probability", "_prob", "_proba", "_logit")
_WRAPPED = re.compile(
    r"""(p|pr|prob|proba|probability|logit|score|prediction|pred|predict_proba)[ _.:=-]*
    (?:[(\[{<]\s*(?:(?:class|y|label)\s*=\s*)?(["']?)(.+?)\2(?:\s*\|[^)]*)?\s*[)\]}>]|(["'])(.+)\4)""",
    re.IGNORECASE | re.VERBOSE,
)
_LETTER = re.compile(r"([A-Za-z])(\d+)")
_NUMBERED = re.compile(r"(.*[A-Za-z])(\d+)", re.DOTALL)


def class_columns(search: Search, *, names: bool, alone: bool) -> tuple[list[int], bool]:
    """Find the columns of the classes, or, where `names` will do, the one of predicted class names.

    Args:
        search: the input.
        names: whether a column of predicted class names will do.
        alone: whether the columns without a role are the predictions, whatever they are called.

    Returns:
        The columns, taken; and whether the labels have to bear out that they are classes.
    """
    places = written_columns(search)
    _refuse_bare_beside(search, places)
    if not places and names:
        places = search.usual("prediction")
        if all(plain(search.names([place])[0]) in GIVE_WAY for place in places):
            places = search.called(DECIDED_NAMES) or places
        if len(places) > 1:
            raise search.refuse("prediction", places, "one")
    if not places and not search.table.header.present:
        places = search.left()
        search.found["prediction"] = "only one left" if len(places) == 1 else "all that are left"
    doubtful = not places
    places = places or written_columns(search, strength=1)
    if not places and names and len(search.left()) == 1:
        places, doubtful = search.left(), False
        search.found["prediction"] = "only one left"
    if not places and alone:
        # A decision beside its probabilities is no class.
        decisions = set(search.called((*PREDICTION_NAMES, *DECISION_NAMES)))
        places = [place for place in search.left() if place not in decisions]
        places = places if len(places) > 1 else []
        search.found["prediction"] = "called as the labels are"
    if places:
        search.taken.update(places)
        return places, doubtful
    needed = "a column of class names, or a column" if names else "a column"
    error = search.refuse("prediction", [], f"{needed} per class, such as prob_<class>")
    alone_there = search.names(search.usual("prediction"))
    if not names and len(alone_there) == 1:
        error.remedy = (
            f"If {shorten(alone_there[0])} holds the names of predicted classes: --loss zero_one. "
            f"If it is the probability of label 1: --loss binary_cross_entropy. {error.remedy}"
        )
    raise error


def _refuse_bare_beside(search: Search, written: list[int]) -> None:
    """Refuse columns called as classes are, beside others that say that they are these classes."""
    for classes in without_ways(search.names(written)) if written else ():
        bare = [place for place in search.left() if search.names([place])[0] in set(classes)]
        if len(bare) == len(classes):
            _only(search, "prediction", {"prob_*": written, listed(search.names(bare)): bare})


def class_said(name: str) -> str | None:
    """Return the class that a column alone says that it is the probability, score or logit of."""
    return next((of for strength, _, of in _ways(name) if strength == 0), None)


def written_columns(search: Search, strength: int = 0) -> list[int]:
    """Return the columns that say in one of the usual ways that they are classes."""
    groups: dict[str, list[int]] = {}
    for place in search.left() if search.table.header.present else []:
        for at, way, _ in _ways(search.names([place])[0]):
            if at == strength:
                groups.setdefault(way, []).append(place)
    several = {way: places for way, places in groups.items() if len(places) > 1}
    return _only(search, "prediction", several) if several else []


def says_probability(name: str) -> bool:
    """Whether a column is called as probabilities, scores or logits are."""
    return plain(name) in PROBABILITY_NAMES or any(strength == 0 for strength, *_ in _ways(name))


def _ways(name: str) -> Iterator[tuple[int, str, str]]:
    """Yield how a column name may say which class it is of.

    Yields:
        0 for ways that nothing else uses, 1 for those that features may have too; the way, as messages
        name it; and the class.
    """
    name, short = undotted(name), plain(name)
    if short in DECISION_NAMES or short in NO_CLASSES:
        return
    wrapped = _WRAPPED.fullmatch(name)
    if wrapped:
        yield 0, f"{wrapped[1]}(*)", wrapped[3] or wrapped[5]
        return
    prefix = next((prefix for prefix in CLASS_PREFIXES if short.startswith(prefix) and short != prefix), "")
    if prefix:
        yield 0, f"{prefix}*", name[len(prefix) :]
    ending = next((ending for ending in _ENDINGS if short.endswith(ending) and short != ending), "")
    if ending:
        yield 0, f"*{ending}", name[: -len(ending)]
    elif short.endswith("_score") and not prefix:
        yield 1, "*_score", name[: -len("_score")]
    letter = _LETTER.fullmatch(name)
    if letter:
        yield int(letter[1].lower() != "p"), f"{letter[1]}*", letter[2]


def prefixed_columns(search: Search, role: str, prefixes: Sequence[str]) -> list[int]:
    """Return the columns of the one prefix that two or more columns share, taken."""
    groups: dict[str, list[int]] = {}
    for place in search.left() if search.table.header.present else []:
        name = plain(search.names([place])[0])
        prefix = next((prefix for prefix in prefixes if name.startswith(prefix) and name != prefix), None)
        if prefix is not None:
            groups.setdefault(f"{prefix}*", []).append(place)
    several = {prefix: places for prefix, places in groups.items() if len(places) > 1}
    places = _only(search, role, several) if several else []
    search.taken.update(places)
    return places


def _only(search: Search, role: str, several: dict[str, list[int]]) -> list[int]:
    """Return the columns of the only way. Raises LosscliError if there are several."""
    if len(several) > 1:
        found = " and ".join(f"{way} ({len(places)} columns)" for way, places in several.items())
        raise LosscliError(
            search.table.name,
            f"columns of several kinds could be the {role}: {found}",
            "one kind",
            f"Name the columns: --{role} COLUMN for each.",
        )
    return next(iter(several.values()))


def class_names_of(search: Search, places: list[int], *, explicit: bool) -> tuple[tuple[str, ...], ...]:
    """Return the readings of the class names of columns, the first one preferred."""
    if not search.table.header.present:
        return (tuple(str(place) for place in range(len(places))),)
    names = search.names(places)
    if not explicit:
        return (*without_ways(names), names)[:1]
    # The last reading is the one that messages name: the rule, where the names do not decide.
    readings = [names, *without_ways(names), *_numbers_at_end(names), suffixes(names)]
    return tuple(dict.fromkeys(reading for reading in readings if "" not in reading))


def verified_classes(names: Sequence[str], where: str) -> tuple[str, ...]:
    """Return the names of classes that a caller lists. Raises UsageError for empty and repeated ones."""
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if "" in names:
        raise UsageError(where, "a name is empty", "a name for every class")
    if twice:
        raise UsageError(where, f"{listed(twice)} {'is' if len(twice) == 1 else 'are'} named twice", "once")
    return tuple(names)


def classes_said(search: Search, places: list[int], said: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the classes of columns are called as a caller lists them, in the order of `places`.

    Raises:
        LosscliError: where there are more or fewer columns, or columns with other names.
    """
    names = search.names(places)
    if len(names) != len(said):
        found = f"{len(names)} class columns and {len(said)} names of classes"
        raise LosscliError(search.table.name, found, f"as many names: {listed(names, 12)}")
    if not search.table.header.present:
        return said
    indices = _indices(names)
    if indices is not None:
        return tuple(said[index] for index in indices)
    if said not in class_names_of(search, places, explicit=True):
        raise LosscliError(
            search.table.name,
            f"the class columns have names of their own: {listed(names, 12)}",
            "the same names, or columns without names",
            "Leave out --classes",
        )
    return said


def unnamed(search: Search, places: list[int]) -> bool:
    """Whether columns have no names of their own: they are numbered, or the cells of a list."""
    return not search.table.header.present or _indices(search.names(places)) is not None


def _indices(names: tuple[str, ...]) -> list[int] | None:
    """Return the places of the cells of a list, all of them: `probs.0`, `probs.1`, …; else None."""
    parted = [name.rpartition(".") for name in names]
    places = [place for _, _, place in parted]
    if len({name for name, _, _ in parted}) != 1 or {*places} != {*map(str, range(len(places)))}:
        return None
    return [*map(int, places)] if parted[0][0] else None


def order_by_value(readings: tuple[tuple[str, ...], ...]) -> list[int]:
    """Return the order by value, by the first reading in which all classes are numbers; else none."""
    for names in readings:
        values = [exact_value(name) for name in names]
        numbers = [value for value in values if value is not None]
        if len(numbers) == len(values):
            return sorted(range(len(numbers)), key=numbers.__getitem__)
    return []


def renamed_classes(
    readings: tuple[tuple[str, ...], ...], renames: Pairs, where: str
) -> tuple[tuple[str, ...], ...]:
    """Return the readings in which every class that is renamed has a column, all renamed at once.

    Raises:
        UsageError: where there is none, or two columns would be of one class in all of them.
    """
    if not (renames and readings):
        return readings
    errors: list[UsageError] = []
    found: list[tuple[str, ...]] = []
    for names in readings:
        try:
            found.append(_renamed(names, dict(renames), where))
        except UsageError as error:
            errors.append(error)
    if not found:
        raise errors[-1]
    return tuple(dict.fromkeys(found))


def _renamed(names: tuple[str, ...], renames: dict[str, str], where: str) -> tuple[str, ...]:
    values = [exact_value(name) for name in names]
    by_value = {value: place for place, value in enumerate(values)}
    if None in by_value or len(by_value) < len(names):
        by_value = {}
    new, taken = list(names), set[int]()
    for old, name in renames.items():
        value = exact_value(old)
        place = names.index(old) if old in names else None if value is None else by_value.get(value)
        if place in taken:
            raise UsageError("--rename-class", f"{shorten(names[place])} is renamed twice", "once")
        if place is None:
            found = f"{shorten(old)} is no class of {where}"
            near = nearest(old, names)
            raise UsageError("--rename-class", found, f"one of {listed(names, 12)}", near)
        taken.add(place)
        new[place] = name
    twice = sorted(name for name, times in Counter(new).items() if times > 1)
    if twice:
        found = f"two columns of {where} would be of the class {shorten(twice[0])}"
        remedy = f"If they are exchanged: {_exchanged(twice[0], renames)}"
        raise UsageError("--rename-class", found, "one column per class", remedy)
    return tuple(new)


def _exchanged(name: str, renames: dict[str, str]) -> str:
    old = next(old for old, new in renames.items() if new == name)
    pairs = ((old, name), (name, old))
    return given("rename-class", ",".join("=".join(map(quoted_label, pair)) for pair in pairs))


def without_ways(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the classes in each of the ways of saying so that all names share."""
    for prefix in LABEL_CLASS_PREFIXES:
        if all(plain(name).startswith(prefix) for name in names):
            yield tuple(undotted(name)[len(prefix) :] for name in names)
    ways = [{(strength, way): of for strength, way, of in _ways(name)} for name in names]
    for strength, way in sorted(set(ways[0]).intersection(*ways[1:])):
        yield tuple(one[strength, way] for one in ways)


def _numbers_at_end(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the digits behind a beginning that all names share and that ends in a letter."""
    matches = [_NUMBERED.fullmatch(name) for name in names]
    if len({match[1] if match else None for match in matches}) == 1 and matches[0]:
        yield tuple(match[2] for match in matches if match)
