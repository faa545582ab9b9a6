"""Options in messages: written as a shell reads them, and told to callers from Python as its arguments.

A message names options as the command line has them, `--bad-rows drop`. What the Python API raises says
`bad_rows="drop"` instead (`error_in_python`). A value that comes from the data is written by `given`, so
that a shell, and `in_python`, read back what was meant. Other text of the data stays as it is, whatever it
holds: what was found or needed, and notes, name options in known places (`_NAMING`), and so do the
remedies that show data otherwise (`_DATA`).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

from losscli.common.errors import LosscliError, UsageError
from losscli.common.text import visible

COLUMNS = ("prediction", "label", "id", "label-id", "weight", "group", "cluster", "show")
TEXT = ("delimiter", "decimal", "encoding", "header", "comment")
"""What may be said about text with separators."""
FILES = (*TEXT, "input-format", "hive")
"""What may be said about any file: the fields of a `TextFormat`."""
_SWITCHES = ("header", "hive")
_TRANSFORMS = ("exp", "expm1", "log", "log1p", "log10", "pow10", "square", "sqrt", "negate")
CHOICES = {
    "align": ("auto", "id", "position"),
    "unmatched": ("error", "drop"),
    "bad-rows": ("error", "drop"),
    "reduction": ("mean", "sum"),
    "transform-label": _TRANSFORMS,
    "transform-prediction": (*_TRANSFORMS, "unsoftmax", "unsigmoid"),
    "weights-are": ("importance", "counts"),
    "pairs": ("baseline", "all"),
    "adjust": ("holm", "bh", "none"),
    "check": ("bootstrap", "signflip"),
    "engine": ("local", "processes", "dask"),
    "of": ("loss", "cost"),
    "decay": ("halving", "cosine", "none"),
    "model": ("constant", "bias", "scale", "affine", "temperature"),
    "optimizer": ("sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam"),
}
"""What follows an option where it is its value; another word is the next one of the sentence."""
WORDS = (
    *("loss", "ignore-label", "baseline", "gate", "save-predictions", "map-labels", "classes"),
    *("rename-class", "rescale-prediction"),
    *("skip-rows", "exclude-ids"),
    *("state", "scheduler"),
    *("baseline-model", "baseline-predictions", "margin", "anytime", "guarantee"),
    *("input-format", "label-input-format", "as"),
    *("train", "observed", "doctor", "slices"),
)
NUMBERS = (
    "shift-labels",
    *("workers", "level", "confidence", "lag", "planned-rows"),
    "scale-prediction",
    *("top", "block-rows", "learning-rate", "momentum", "epochs", "batch-size", "tolerance", "patience"),
    *("seed", "folds", "power"),
)
PLACEHOLDERS = ("COLUMN", "FILE", "FOLDER")
PROSE = ("and", "or", "for", "is", "names", "name", "may", "writes", "says", "allows")
"""Words behind an option that are never its value; a column of such a name is written in quotes."""

_VALUE = r"(?:'[^']*'|\"[^\"]*\"|[^\s'\"])+"
_OPTION = re.compile(rf"(?<![\w'\"=/-])--(no-)?([a-z]+(?:-[a-z]+)*)(?: (?!--)({_VALUE}))?")
_EACH = re.compile(r"--(prediction|label) COLUMN(?: --\1 COLUMN| for each|(?= and --label COLUMN for each))")
_SEVERAL = re.compile(r"--loss \S+(?: --loss \S+)+")
_COMMAND_LINE = re.compile(
    r"losscli (?:evaluate|doctor|reconcile|compare|plan|gradient|fit|recommend|check|replay|verify) .*"
)
_DATA = re.compile(
    r"Did you mean .*\?|Compare .*|Compute them: .*|It has .*|The first line of .* may be a (?:header|row):"
    r"|(['\"]).*\1 (?:look the same but are not|differ only in case|are the same number but different ids):"
    r"|(?:Swap the two|Create the folder first|Save it as CSV|This is an address): .*"
    r"|Name a file in it, such as .*"
    r"|If (.+?) is the key of the rows:(?= --id (?:'?\2|.*'\"'))"
)
"""What remedies show of the data, and do not write as the value of an option."""
_NAMING = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        r"there is no column .+ \((?P<option>--[a-z-]+)\)",
        r"(?P<option>--[a-z-]+)(?: .+)? is(?: not)? given(?: too)?",
        r"(?P<option>--prediction and --label) name the same column",
        r"(?P<option>--[a-z-]+) names a column twice",
        r"\d+ columns for the \w+ \((?P<option>--\w+)\)",
        r"the columns .+ are read as [\w, ]+ \((?P<option>--\w+)\), but the name of .+ says that it is .+",
        r"both have a column of that name \((?P<option>--\w+)\), and .+",
        r"its cost is a \w+ \((?P<option>--reduction \w+)\), here it is a \w+",
        r"no label is .+ \((?P<option>--ignore-label|--map-labels)\)",
        r"no predicted class is .+ \((?P<option>--rename-class)\)",
        r"a number that is finite after (?P<option>--.+)",
        r"(?:label|prediction) is [-\d.e, ()…sum]+ after (?P<option>--(?:re)?(?:transform|scale)-.+)",
        r"it has \d+ rows, and no row \d+ to leave out \((?P<option>--skip-rows)\)",
        r"rows were counted in one file of each \((?P<option>--[a-z-]+)\)",
        r"no row is left of \d+ \((?P<option>--.+)\)",
        r"row N of the predictions is paired with .+ \((?P<option>--shift-labels .+)\)",
        r"left out: \d+ rows?(?: .+)? \((?P<option>--(?:skip-rows .+|exclude-ids(?: .+)?))\)",
        r"(?P<option>--optimizer momentum or nesterov)",
        r"a file, because (?P<option>--of cost) reads the inputs twice, .+",
        r"predictions look like probabilities, .+: (?P<option>--map-labels -1=0,1=1)",
        r"for margin losses such as hinge, map the labels: (?P<option>--map-labels 0=-1,1=1)",
        r"\w[^;]* diverged in epoch \d+; .+ (?P<option>--learning-rate) may help",
        r"\w[^;]* did not converge in [^;]+; (?P<option>--epochs) allows more",
    )
)
_DIFFERS = re.compile(r"(?<=[:;] )--[a-z-]+(?= is .+ there, .+ here)", re.DOTALL)
"""Where a note on a baseline names the option that was another one."""
_BARE = re.compile(r"[\w=,.:/+-]*[\w=+]")
_PAIR = re.compile(r'\s*("(?:[^"]|"")*"|[^"=]*[^"=\s])\s*=\s*("(?:[^"]|"")*"|[^"=]+?)\s*', re.DOTALL)


def given(option: str, value: str) -> str:
    """Return the option with a value from outside, as a shell reads it and a terminal shows it."""
    value = visible(value)
    plain = _BARE.fullmatch(value) and value not in (*PROSE, *PLACEHOLDERS) and not value.startswith("--")
    quoted = value if plain else shlex.quote(value)
    return f"--{option} {quoted}" if plain or quoted != value else f"--{option} '{value}'"


def quoted_label(label: str) -> str:
    """Return a label as `--map-labels` reads it back: in double quotes where it would be taken apart."""
    return '"' + label.replace('"', '""') + '"' if set('=,"') & set(label) else label


def label_pairs(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each part of a value of `--map-labels`, and its two labels; empty ones where it has not two."""
    for part in _parts(text):
        found = _PAIR.fullmatch(part)
        old, new = map(_unquoted, found.groups()) if found else ("", "")
        yield part, old, new


def _parts(text: str) -> Iterator[str]:
    """Yield the parts between commas that stand in no double quotes."""
    part: list[str] = []
    for piece in text.split(","):
        part.append(piece)
        if sum(one.count('"') for one in part) % 2 == 0:
            yield ",".join(part)
            part = []
    if part:
        yield ",".join(part)


def class_names(text: str) -> Iterator[str]:
    """Yield the names in a value of `--classes`: between commas, or in double quotes with commas in them."""
    return map(_unquoted, _parts(text))


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1].replace('""', '"').strip() if text[:1] == '"' else text


def error_in_python(error: LosscliError) -> tuple[str, str, str, str]:
    """Return the parts of an error with options as arguments."""
    where = error.where
    if isinstance(error, UsageError) and where.startswith("--"):  # of another it is a file, called anyhow
        where = in_python(where)
    return where, told_in_python(error.found), told_in_python(error.needed), in_python(error.remedy)


def told_in_python(text: str) -> str:
    """Return what was found or needed with the option that it names as an argument; data stay as they are."""
    for form in _NAMING:
        found = form.fullmatch(text)
        if found:
            start, end = found.span("option")
            return text[:start] + in_python(text[start:end]) + text[end:]
    return text


def note_in_python(text: str) -> str:
    """Return a note of a report with the options that it names as arguments; data stay as they are."""
    if text.startswith("baseline"):
        return _DIFFERS.sub(lambda found: in_python(found[0]), text)
    return told_in_python(text)


def in_python(text: str) -> str:
    """Return a remedy, or what names options and no data, with arguments: `bad_rows="drop"`, `id="…"`.

    What the API has not stays as it is, and so do command lines, and pictures on further lines.
    """
    line, end, rest = text.partition("\n")
    command = _COMMAND_LINE.search(line)
    line, kept = (line[: command.start()], line[command.start() :]) if command else (line, "")
    told, start = "", 0
    for data in _DATA.finditer(line):
        told += _arguments(line[start : data.start()]) + data[0]
        start = data.end()
    return told + _arguments(line[start:]) + kept + end + rest


def _arguments(text: str) -> str:
    text = _SEVERAL.sub(lambda found: f"loss={json.dumps(found[0].split()[1::2])}", text)
    return _OPTION.sub(_argument, _EACH.sub(r'\1=["…", "…"]', text))


def _argument(found: re.Match[str]) -> str:
    """Return an option as an argument, with its value, or with the next word of the sentence."""
    option, word, on = found[2], found[3] or "", found[1] is None
    if option.startswith("label-no-"):
        option, on = option.replace("no-", "", 1), False
    if option not in KNOWN:
        return found[0]
    stripped = word.rstrip(".,;:)") or word[:1]
    value, behind = None, f" {word}" if word else ""
    if word and _is_value(option, stripped):
        quoted = stripped[0] in "'\""
        value = "".join(shlex.split(stripped)) if quoted else "…" if stripped in PLACEHOLDERS else stripped
        behind = word[len(stripped) :]
    asks = not word and found.string[: found.start()].endswith(": ") and option not in NUMBERS
    value = "…" if asks and value is None else value
    return _with_value(option, value, on=on) + behind


def _with_value(option: str, value: str | None, *, on: bool) -> str:
    """Return an option as an argument; `on` is what a switch says."""
    name, field = "as_" if option == "as" else option.replace("-", "_"), option.removeprefix("label-")
    if field == "hive":
        return f"{name}={on}"
    if field in FILES and field != "input-format":
        text = json.dumps("…" if value is None else value, ensure_ascii=False)
        said = str(on) if field in _SWITCHES else text
        return f"{'label_' if field != option else ''}format=TextFormat({field.replace('-', '_')}={said})"
    if value is None:
        return name
    if option == "classes" and value != "…":
        return f"{name}={json.dumps([*class_names(value)], ensure_ascii=False)}"
    if option == "rescale-prediction" and value != "…":
        return f"{name}=({', '.join(value.split(','))})"
    if option in ("map-labels", "rename-class") and value != "…":
        pairs = (f"{_literal(old)}: {_literal(new)}" for _, old, new in label_pairs(value))
        return f"{name}={{{', '.join(pairs)}}}"
    return f"{name}={value if option in NUMBERS else json.dumps(value, ensure_ascii=False)}"


def _is_value(option: str, word: str) -> bool:
    """Whether a word behind an option is its value, and not the next one of the sentence."""
    if option in CHOICES:
        return word in CHOICES[option]
    if option in NUMBERS:
        return re.fullmatch(r"[+-]?[\d.]+(e-?\d+)?", word) is not None
    return option.removeprefix("label-") not in _SWITCHES and word not in PROSE


def _literal(label: str) -> str:
    return label if re.fullmatch(r"-?(0|[1-9]\d*)", label) else json.dumps(label, ensure_ascii=False)


KNOWN = frozenset((*COLUMNS, *FILES, *(f"label-{name}" for name in FILES), *CHOICES, *WORDS, *NUMBERS))
"""The options that are arguments in Python, where those on text are fields of a `TextFormat`."""
