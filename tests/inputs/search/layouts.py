"""How the columns of a problem become one or two files: keys, columns beside, orders, and the text itself."""

from __future__ import annotations

import csv
import gzip
import io
import math
from dataclasses import dataclass, field
from random import Random

from tests.inputs.search.problems import OWN, STRONG, WEAK, Column, Problem, problem, varied

BESIDE = (
    *("label_source", "prediction_date", "target_date", "id_type", "score_band", "y_axis", "weight_kg"),
    *("std_error_code", "age", "site", "fold", "split", "model", "height", "true_north", "predicted_by"),
    *("x_label", "my_id", "p_value", "feature_1", "feature_2", "index_2", "probable", "grade"),
)
ODD = ("a,b", "x;y|z", 'say "so"', "two\nlines", "")
BAD = (
    *("", "NA", "nan", "1,5", "oops", "1.5.2", "--1", "inf", "1_000", "0x1A", "1 000", "\u22121.5", "\uff11"),
    *("1.5f", "-", "50%", "$3", "1e", "e5", ".", "None", "1..2", "0b1", "1d3", "1.5e+-3", "+", "1e400"),
)
KEYS = ("customer_id", "PassengerId", "sample", "key", "file_name", "user", "row")
IDS = ("id", "sample_id", "row_id", "index", "SampleId", "ID", "Id")


@dataclass
class Case:
    """Files and a call, and which answers are right: none where it has to be refused."""

    loss: str
    options: dict[str, object]
    files: list[bytes]
    names: list[str]
    right: list[float]
    plain: bool
    said: list[str] = field(default_factory=list)


@dataclass
class Sheet:
    """The columns of one file."""

    columns: list[Column]
    order: list[int]
    header: bool = True


def case(seed: int) -> Case:
    """Return the case of a seed."""
    random = Random(seed)
    asked, calm = problem(random), random.random() < 0.5
    rows = len(asked.losses)
    single = random.random() < 0.3
    left = Sheet(asked.predictions + asked.beside, list(range(rows)))
    right = left if single else Sheet(list(asked.labels), list(range(rows)))
    if single:
        left.columns = left.columns + asked.labels
    bare = not single and _without_headers(random, asked, left, right)
    weights = [1.0] * rows if bare else _weights(random, asked, left, right)
    if not bare:
        _beside(random, asked, left, right, calm=calm)
    if bare:
        pass
    elif single:
        random.shuffle(left.columns)
        _keys_of_one(random, asked, left)
    else:
        for sheet in (left, right):
            random.shuffle(sheet.columns)
        _keys(random, asked, left, right, calm=calm)
    if not (calm or bare) and random.random() < 0.1:
        _group(random, asked, left, right)
    if not calm:
        _damage(random, asked, left, right)
    files, names = [], []
    for at, sheet in enumerate([left] if single else [left, right]):
        text, suffix = _text(random, asked, sheet, calm=calm)
        files.append(text)
        names.append(("predictions", "labels")[at] + suffix)
    if asked.dropped is not None:
        del weights[asked.dropped], asked.losses[asked.dropped]
    cost = math.fsum(w * x for w, x in zip(weights, asked.losses, strict=True)) / math.fsum(weights)
    right_costs = [] if asked.refused else [cost]
    return Case(asked.loss, asked.options, files, names, right_costs, asked.plain, asked.said)


def _without_headers(random: Random, asked: Problem, left: Sheet, right: Sheet) -> bool:
    """Take away the headers of the two files, or of one, where nothing but their order would tell then."""
    if random.random() > 0.2 or asked.beside or asked.options or len(asked.labels) > 1:
        return False
    if len(asked.predictions) > 1:
        if "0/1/2" not in asked.said:
            return False
        left.columns.sort(key=lambda column: [c for c in column[0] if c.isdigit()][-1])
    left.header, right.header = random.choice(((False, False), (False, False), (True, False), (False, True)))
    if left.header and len(asked.predictions) > 1 and random.random() < 0.5:
        left.columns = [(str(place), cells) for place, (_, cells) in enumerate(left.columns)]
    asked.plain = False
    asked.said.append("without headers")
    return True


def _weights(random: Random, asked: Problem, left: Sheet, right: Sheet) -> list[float]:
    """Add weights that the caller asks for, or that stand there unasked."""
    rows = len(asked.losses)
    weights = [float(random.randint(1, 5)) for _ in range(rows)]
    if random.random() > 0.15:
        return [1.0] * rows
    column = ("weight", [repr(weight) for weight in weights])
    where = random.choice([left, right])
    where.columns = [*where.columns, column]
    if random.random() < 0.7:
        asked.options["weight"] = "weight"
        asked.said.append("weighted")
        return weights
    asked.plain = False
    return [1.0] * rows


def _beside(random: Random, asked: Problem, left: Sheet, right: Sheet, *, calm: bool) -> None:
    """Add columns that are not meant, some with names that others have taken for roles."""
    rows = len(asked.losses)
    for _ in range(random.choice((0, 0, 1, 2, 3))):
        sheet = random.choice([left, right])
        name = random.choice(BESIDE)
        if any(name.lower() == other.lower() for other, _ in left.columns + right.columns):
            continue
        kind = random.random()
        if kind < 0.5:
            cells = [repr(round(random.uniform(0, 1), 3)) for _ in range(rows)]
        elif kind < 0.7:
            cells = [str(random.randint(0, 1)) for _ in range(rows)]
        else:
            texts = random.choice((("a", "b", "north", "2024-01-01"), ODD))
            cells = [random.choice(texts) for _ in range(rows)]
            asked.plain &= texts is not ODD
        sheet.columns = [*sheet.columns, (name, cells)]
        asked.said.append(f"beside {name}")
        if name in ("p_value", "probable", "true_north") or len(asked.predictions) > 1 or asked.options:
            asked.plain = False
    if not calm and random.random() < 0.1:
        # A second name for a role: what is meant is not said.
        role = random.choice(("prediction", "label"))
        sheet = left if role == "prediction" else right
        name = random.choice((*STRONG[role], *WEAK[role]))
        taken = {other.lower() for other, _ in left.columns + right.columns}
        meant = asked.predictions if role == "prediction" else asked.labels
        weak_is_meant = meant[0][0].lower() in WEAK[role] or len(meant) > 1
        own_is_meant = meant[0][0].lower().replace("-", "_").replace(" ", "_").replace(".", "_") not in (
            *STRONG[role],
            *WEAK[role],
        )
        if name not in taken and not weak_is_meant and not own_is_meant:
            cells = [repr(round(random.uniform(0, 1), 3)) for _ in range(rows)]
            sheet.columns = [*sheet.columns, (name, cells)]
            asked.plain = False
            asked.said.append(f"second {role}: {name}")


def _group(random: Random, asked: Problem, left: Sheet, right: Sheet) -> None:
    """Ask for groups of a column that is there; of a meant one only where its name says what it is."""
    sheet = random.choice((left, right))
    both = [name.lower() for name, _ in left.columns + right.columns]
    name = random.choice([name for name, _ in sheet.columns])
    own = {name for name, _ in asked.predictions} | {n for n, _ in asked.labels if n in OWN["label"]}
    if name and name not in own and (left is right or both.count(name.lower()) == 1):
        asked.options["group"] = name
        asked.said.append("grouped")
        asked.plain = False


def _distinct(random: Random, rows: int) -> list[str]:
    """Return keys of rows in one of the ways that keys are written."""
    kind = random.random()
    if kind < 0.3:
        return [str(n) for n in random.sample(range(1, 60), rows)]
    if kind < 0.5:
        return [f"{n:03}" for n in random.sample(range(1, 60), rows)]
    if kind < 0.7:
        return [f"s-{n}" for n in random.sample(range(100), rows)]
    if kind < 0.8:
        return [str(2**53 + n) for n in random.sample(range(60), rows)]
    return [f"{chr(97 + n)} {n}" for n in random.sample(range(26), rows)]


def _keys_of_one(random: Random, asked: Problem, sheet: Sheet) -> None:
    keys = _distinct(random, len(asked.losses))
    kind = random.random()
    if kind < 0.3:
        sheet.columns = [(random.choice(IDS), keys), *sheet.columns]
    elif kind < 0.4:
        sheet.columns = [("", keys), *sheet.columns]
    elif kind < 0.5:
        sheet.columns = [(random.choice(KEYS), keys), *sheet.columns]
        asked.plain = False


def _keys(random: Random, asked: Problem, left: Sheet, right: Sheet, *, calm: bool) -> None:
    """Give both files a key, one, or none; their rows in the same order or not."""
    rows = len(asked.losses)
    keys, kind = _distinct(random, rows), random.random() * (0.45 if calm and random.random() < 0.7 else 1)
    shuffled = random.sample(range(rows), rows)
    if kind < 0.35:
        pair = (
            (random.choice(IDS), random.choice(IDS)) if random.random() < 0.3 else (random.choice(IDS),) * 2
        )
        left.columns, right.columns = [(pair[0], keys), *left.columns], [(pair[1], keys), *right.columns]
        right.order = shuffled if random.random() < 0.7 else right.order
        asked.said.append("ids")
    elif kind < 0.45:
        left.columns, right.columns = [("", keys), *left.columns], [("", keys), *right.columns]
        right.order = shuffled
        asked.said.append("indexes")
    elif kind < 0.6:
        name = random.choice(KEYS)
        left.columns, right.columns = [(name, keys), *left.columns], [(name, keys), *right.columns]
        asked.plain = False
        asked.said.append("keys")
        if random.random() < 0.6:
            right.order = shuffled
        if random.random() < 0.4:
            asked.options["id"] = name
    elif kind < 0.68:
        # Every file has its own default index, and a key that tells another order.
        name = random.choice(KEYS)
        left.columns, right.columns = [(name, keys), *left.columns], [(name, keys), *right.columns]
        right.order = shuffled
        asked.plain = False
        asked.said.append("default indexes")
        at = {row: str(place) for place, row in enumerate(shuffled)}
        index = random.choice(("", "index")), random.choice(("", "index"))
        left.columns = [(index[0], [str(row) for row in range(rows)]), *left.columns]
        right.columns = [(index[1], [at[row] for row in range(rows)]), *right.columns]
    elif kind < 0.76:
        sheet = random.choice((left, right))
        sheet.columns = [(random.choice((*IDS, *KEYS, "")), keys), *sheet.columns]
        asked.plain &= sheet.columns[0][0] not in KEYS
    elif kind < 0.8 and not (asked.options or asked.beside or "07/7" in asked.said):
        # The predictions have the labels too, and neither file a key.
        left.columns = random.sample([*left.columns, *asked.labels], len(left.columns) + len(asked.labels))
        right.order = random.choice((shuffled, right.order))
        asked.plain = False
        asked.said.append("labels in both")
    elif kind < 0.88:
        _break_keys(random, asked, left, right, keys)


def _break_keys(random: Random, asked: Problem, left: Sheet, right: Sheet, keys: list[str]) -> None:
    """Give both files an id, and let them differ: there is no right answer, whatever the order."""
    name, other = random.choice(IDS), list(keys)
    place, how = random.randrange(len(keys)), random.random()
    if how < 0.3:
        other[place] = "zz9"
    elif how < 0.6:
        other[place] = other[place - 1]
    elif how < 0.8:
        other = [f"0{key}" for key in keys]
    else:
        other = [f"{key}.0" for key in keys]
    if random.random() < 0.5:
        keys, other = other, keys
    left.columns, right.columns = [(name, keys), *left.columns], [(name, other), *right.columns]
    asked.refused, asked.plain = True, False
    asked.said.append("ids that differ")


def _damage(random: Random, asked: Problem, left: Sheet, right: Sheet) -> None:
    """Take rows away, or cells, so that there is no right answer."""
    two_are_meant = {"decision beside classes", "spread"} & set(asked.said)
    if random.random() > 0.06 or two_are_meant:
        return
    sheet = random.choice((left, right))
    meant = {name for name, _ in asked.labels + asked.predictions}
    asked.plain = False
    if left is not right and random.random() < 0.5:
        sheet.order = sheet.order[:-1]
        asked.said.append("a row is missing")
        asked.refused = True
        return
    places = [place for place, (name, _) in enumerate(sheet.columns) if name in meant]
    if not places:
        # A name that was written otherwise: there is nothing to damage here.
        return
    place = random.choice(places)
    name, cells = sheet.columns[place]
    cells = list(cells)
    row = random.randrange(len(cells))
    cells[row] = random.choice(BAD)
    sheet.columns = [*sheet.columns]
    sheet.columns[place] = (name, cells)
    asked.said.append("a bad cell")
    if len(cells) > 1 and random.random() < 0.4:
        asked.options["bad_rows"] = "drop"
        asked.dropped = row
        return
    asked.refused = True


def _text(random: Random, asked: Problem, sheet: Sheet, *, calm: bool) -> tuple[bytes, str]:
    """Return the bytes of a file and the suffix of its name."""
    separator = random.choice((",", ",", ",", "\t", ";", "|", " "))
    rows = [[cells[row] for _, cells in sheet.columns] for row in sheet.order]
    names = [
        varied(random, name) if not calm and random.random() < 0.02 else name for name, _ in sheet.columns
    ]
    if names != [name for name, _ in sheet.columns]:
        asked.plain = False
    plain_text = all(" " not in cell for row in [names, *rows] for cell in row)
    if separator == " " and not plain_text:
        separator = ","
    if separator == " " and (len(names) == 1 or "" in names):
        separator = ","
    if separator == " " and not any(map(_is_number, rows[0])):
        asked.plain = False
    lines = [names, *rows] if sheet.header else rows
    if not calm and sheet.header and len(names) > 1 and random.random() < 0.06:
        lines = _header_or_rows_that_lie(random, asked, names, rows)
    if not calm and sheet.header and random.random() < 0.05 and len(rows) > 1:
        lines.insert(random.randint(2, len(lines) - 1), names)
        asked.refused, asked.plain = True, False
        asked.said.append("a repeated header")
    # Where bad cells are to be dropped, such cells are some of them.
    commas = not calm and sheet.header and separator == ";" and "bad_rows" not in asked.options
    if commas and random.random() < 0.4:
        rows = [[cell.replace(".", ",") if _is_number(cell) else cell for cell in row] for row in lines[1:]]
        lines = [lines[0], *rows]
        asked.said.append("decimal commas")
        asked.plain = False
    trailing = random.random() < 0.05 and separator != " "
    out = io.StringIO()
    quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC))
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator="\n")
    for row in lines:
        writer.writerow([*row, ""] if trailing else row)
    text = out.getvalue() if calm else _around(random, asked, out.getvalue(), separator)
    return _encoded(random, asked, text)


def _header_or_rows_that_lie(
    random: Random, asked: Problem, names: list[str], rows: list[list[str]]
) -> list[list[str]]:
    """Return lines of which no reading is right."""
    asked.refused, asked.plain = True, False
    meant = {name for name, _ in asked.labels + asked.predictions}
    how = random.random()
    # A row that is none is left out where bad rows are, as was asked for.
    if how < 0.3 or asked.options.get("bad_rows") == "drop":
        asked.said.append("a header without the name of the row names")
        return [names[1:], *rows]
    # Of a label that both files have, of two spreads, of shares and a decision, the other may be read.
    two_are_meant = {"labels in both", "spread", "decision beside classes"} & set(asked.said)
    if how < 0.6 and meant & set(names) and not two_are_meant:
        # The same name twice, with other cells.
        place = random.choice([place for place, name in enumerate(names) if name in meant])
        asked.said.append("a name twice")
        return [[*names, names[place]], *([*row, row[place - 1]] for row in rows)]
    place = random.randrange(len(rows))
    asked.said.append("a row that is none")
    odd = [["# a remark"], ["total", *[""] * (len(names) - 1)], rows[place][:-1], [*rows[place], "9"]]
    return [names, *rows[:place], random.choice(odd), *rows[place:]]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "." in cell


def _around(random: Random, asked: Problem, text: str, separator: str) -> str:
    """Put around the rows what programs put there: comments, blanks, blank lines."""
    how = random.random()
    if how < 0.04:
        text = "# made by a program, on a day\n" * random.randint(1, 2) + text
        asked.plain = False
    elif how < 0.07 and not text.startswith('"') and "without headers" not in asked.said:
        # As NumPy marks a header; a row of numbers so marked is none, whoever reads it.
        text = "# " + text
        asked.plain = False
    elif how < 0.10:
        text += "\n"
    elif how < 0.12:
        lines = text.split("\n")
        lines.insert(random.randint(1, len(lines) - 1), "")
        text = "\n".join(lines)
        asked.plain = False
    elif how < 0.16 and separator == ",":
        text = text.replace(",", random.choice((", ", " , ")))
        asked.plain = False
    elif how < 0.2 and separator == " ":
        text = text.replace(" ", "  ")
    elif how < 0.22:
        text = text.removesuffix("\n")
    return text


def _encoded(random: Random, asked: Problem, text: str) -> tuple[bytes, str]:
    how = random.random()
    if how < 0.08:
        text = text.replace("\n", "\r\n")
    suffix = random.choice((".csv", ".csv", ".txt", ".dat"))
    if how < 0.75:
        return text.encode(), suffix
    if how < 0.85:
        return text.encode("utf-8-sig"), suffix
    if how < 0.93:
        return text.encode("utf-16"), suffix
    if how < 0.97:
        return gzip.compress(text.encode(), mtime=0), random.choice((suffix, suffix + ".gz"))
    asked.plain &= text.isascii()
    return text.encode("latin-1", "replace"), suffix
