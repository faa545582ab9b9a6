"""A table polluted in one way at a time, as in the Pollock benchmark: read right, or refused; never wrong."""

import csv as writer
import io

import pytest

from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Want
from losscli.inputs.formats.csv.source import CsvSource

pytestmark = pytest.mark.usefixtures("reader")

ROWS = 20
NAMES = ["day", "time", "amount", "product", "price", "kind", "text", "link", "note"]
TABLE = [
    [
        f"{1 + place:02}/03/2018",
        f"{place:02}:15",
        str(place * 7 % 5 + place),
        f"MG-{8000 + place}",
        f"{20 + place * 0.75}",
        "Men's boxer" if place % 3 else "Men's boxer, 5\" inseam",
        "Rugged, light, and quick; needed: enough | to keep" if place % 2 else 'They said "light"\nand quick',
        f"https://example.com/product/{place}.html",
        "",
    ]
    for place in range(ROWS)
]
WANTED = ("amount", "price")
RIGHT = {name: [float(row[NAMES.index(name)]) for row in TABLE] for name in WANTED}


def write(rows, *, delimiter=",", end="\n", quote='"', quoting=writer.QUOTE_MINIMAL):
    text = io.StringIO()
    writer.writer(text, delimiter=delimiter, lineterminator=end, quotechar=quote, quoting=quoting).writerows(
        rows
    )
    return text.getvalue()


BASE = write([NAMES, *TABLE])
LINES = write([NAMES, *TABLE], end="\x1e").split("\x1e")[:-1]
SPACED = [[cell.replace("\n", " ") for cell in row] for row in TABLE]


def join(lines, end="\n"):
    return end.join(lines) + end


def clear():
    """Yield texts with one reading, which is that of the table."""
    yield "as it is", BASE
    for delimiter in ";\t|":
        yield f"delimiter {delimiter!r}", write([NAMES, *TABLE], delimiter=delimiter)
    yield "all quoted", write([NAMES, *TABLE], quoting=writer.QUOTE_ALL)
    yield "blanks as delimiter", write([NAMES, *TABLE], delimiter=" ", quoting=writer.QUOTE_ALL)
    yield "comma and blank", join(line.replace(",", ", ") for line in LINES)
    yield "blanks around", join(line.replace(",", " , ") for line in LINES)
    yield "CR LF", write([NAMES, *TABLE], end="\r\n")
    yield "CR", write([NAMES, *SPACED], end="\r")
    yield "no last line end", BASE[:-1]
    yield "CR LF, the last one cut", write([NAMES, *TABLE], end="\r\n")[:-1]
    yield "CR LF, no last one", write([NAMES, *TABLE], end="\r\n")[:-2]
    for count in (1, 2, 7):
        yield f"{count} blank lines at the end", BASE + "\n" * count
        yield f"{count} blank lines at the end, CR LF", write([NAMES, *TABLE], end="\r\n") + "\r\n" * count
    yield "byte order mark", "\ufeff" + BASE
    yield "two byte order marks", "\ufeff\ufeff" + BASE
    yield "a marked header", "# " + BASE
    yield "more columns", write([[*NAMES, *map(str, range(500))], *([*row, *["x"] * 500] for row in TABLE)])
    yield "an unnamed index", write([["", *NAMES], *([str(place), *row] for place, row in enumerate(TABLE))])
    yield "a trailing delimiter everywhere", join(line + "," for line in LINES)
    for column in (0, 1, 3, 8):
        renamed = [*NAMES[:column], "HEAD/%R" * 20000, *NAMES[column + 1 :]]
        yield f"a long name for column {column}", write([renamed, *TABLE])
        yield (
            f"an empty name for column {column}",
            write([[*NAMES[:column], "", *NAMES[column + 1 :]], *TABLE]),
        )
    yield "two columns of one name", write([["day", "day", *NAMES[2:]], *TABLE])


def polluted():
    """Yield texts that have no clear reading, or only one that their columns do not go with."""
    for delimiter in ("::", "\t\t\t|", "\\t", ":", "^", "~", "\x01", "||;"):
        yield f"delimiter {delimiter!r}", write([NAMES, *TABLE], delimiter="\x1f").replace("\x1f", delimiter)
    for quote in "'`$":
        yield f"quote {quote}", write([NAMES, *TABLE], quote=quote)
    for escape in ("\\", "\0", "'"):
        yield f"escape {escape!r}", BASE.replace('""', escape + '"')
    for header_rows in (2, 3):
        yield f"{header_rows} headers", join([LINES[0]] * header_rows + LINES[1:])
    for many in (1, 3):
        preamble = ["Made by hand"] * many
        yield f"{many} lines before", join(preamble + LINES)
        yield f"{many} lines before, and a blank", join([*preamble, "", *LINES])
        yield f"{many} lines before, as wide", join([f"{line}{',' * 8}" for line in preamble] + LINES)
        yield f"{many} lines behind", join(LINES + preamble)
        yield f"{many} lines behind, and a blank", join([*LINES, "", *preamble])
        yield f"{many} lines behind, as wide", join(LINES + [f"{line}{',' * 8}" for line in preamble])
    yield "two tables", join([*LINES, *LINES])
    yield "two tables, a blank between", join([*LINES, "", *LINES])
    yield "a narrower second table", join([*LINES, *(line.rpartition(",")[0] for line in LINES)])
    yield "a wider second table", join([*LINES, *(line + ",1" for line in LINES)])
    yield "no header", join(LINES[1:])
    yield "empty", ""
    yield "blank lines", "\n\n\n"
    yield "a row in CR alone", join(LINES[:5]) + LINES[5] + "\r" + join(LINES[6:])
    for place in range(len(LINES)):
        yield from pollute_line(place)


def pollute_line(place):
    """Yield the table with one line spoiled; line 0 is the header."""
    line, before, behind = LINES[place], LINES[:place], LINES[place + 1 :]
    cells = [NAMES, *TABLE][place]
    for column in range(len(NAMES)):
        more = write([[*cells[:column], "", *cells[column:]]], end="")
        yield f"line {place}: a cell more at {column}", join([*before, more, *behind])
        less = write([cells[:column] + cells[column + 1 :]], end="")
        yield f"line {place}: no cell {column}", join([*before, less, *behind])
        for text in ('"' + cells[column], cells[column] + '"', cells[column][:2] + '"' + cells[column][2:]):
            raw = [write([[cell]], end="") if cell else "" for cell in cells]
            raw[column] = text
            yield f"line {place}: a quote in {column} {text[:9]!r}", join([*before, ",".join(raw), *behind])
    for delimiter in ("; ", ";", " ", "\t"):
        yield (
            f"line {place}: delimiter {delimiter!r}",
            join([*before, write([cells], delimiter="\x1f", end="").replace("\x1f", delimiter), *behind]),
        )
    yield f"line {place}: blank before", join([*before, "", line, *behind])
    yield f"line {place}: NUL", join([*before, line[:3] + "\0" + line[3:], *behind])
    yield (
        f"line {place}: a byte of another encoding",
        join([*before, line[:3] + "\udce9" + line[3:], *behind]),
    )
    yield f"line {place}: quotes as apostrophes", join([*before, write([cells], quote="'", end=""), *behind])
    if '""' in line:
        yield f"line {place}: a backslash", join([*before, line.replace('""', '\\"'), *behind])


def columns_of(path):
    """Return the wanted columns as losscli reads them; raises LosscliError also for bad cells."""
    source = CsvSource(str(path))
    try:
        missing = [name for name in WANTED if source.names.count(name) != 1]
        if missing:
            raise LosscliError(str(path), f"no column {missing}")
        wants = [Want(name, (source.names.index(name),)) for name in WANTED]
        chunks = list(source.chunks(wants, 262_144))
    finally:
        source.close()
    for chunk in chunks:
        if chunk.bad:
            raise LosscliError(str(path), f"bad cells {chunk.bad}")
    return {name: [value for chunk in chunks for value in chunk.columns[name].tolist()] for name in WANTED}


@pytest.mark.parametrize(("kind", "text"), list(clear()), ids=[kind for kind, _ in clear()])
def test_a_file_with_one_clear_reading_is_read(tmp_path, kind, text):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    assert columns_of(path) == RIGHT


def test_no_pollution_gives_a_wrong_column(tmp_path):
    path, refused, read = tmp_path / "table.csv", 0, []
    for kind, text in polluted():
        path.write_bytes(text.encode(errors="surrogateescape"))
        try:
            found = columns_of(path)
        except LosscliError:
            refused += 1
            continue
        assert found == RIGHT, kind
        read.append(kind)
    assert refused > 900
    # Only what spoils no cell and no width may pass.
    # A header with a name less passes where the last column is empty in every row: rows may end so.
    spoiling_nothing = ("quotes as apostrophes", "blank before", "line 0: no cell")
    assert all(any(part in kind for part in spoiling_nothing) for kind in read), read


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-16", None),
        ("utf-16-le", "utf-16-le"),
        ("utf-32", None),
        ("latin-1", "latin-1"),
        ("cp1252", "cp1252"),
    ],
)
def test_other_encodings_are_read_by_their_mark_or_by_name(tmp_path, encoding, name):
    from losscli.inputs.header import TextFormat

    path = tmp_path / "table.csv"
    path.write_bytes(BASE.replace("day", "jour_é").encode(encoding))
    source = CsvSource(str(path), TextFormat(encoding=name))
    (chunk,) = source.chunks([Want("price", (4,))], 262_144)
    assert source.names[0] == "jour_é"
    assert chunk.columns["price"].tolist() == RIGHT["price"]
    source.close()


def test_text_of_another_encoding_is_refused_in_the_header_as_in_any_row(tmp_path):
    path = tmp_path / "table.csv"
    for line in (0, 1, ROWS):
        lines = [text.encode() for text in LINES]
        lines[line] = b"\xe9\xe9\xe9\xe9" + lines[line]
        path.write_bytes(b"\n".join(lines))
        with pytest.raises(
            LosscliError, match=r"(first line|row \d+( \(line \d+\))?): the bytes are not UTF-8.*latin-1"
        ):
            columns_of(path)
