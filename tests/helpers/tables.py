"""Bytes that are about a table: clean and polluted, in many dialects."""

from losscli.inputs.header import TextFormat

CELLS = [
    *("1", "2.5", "-3e-2", '"4"', '"5,5"', " 6", "7 ", '"a,b"', '"x\ny"', '"q""q"', '""', "", "abc", "NA"),
    *("nan", "True", "False", "1,5", "0", '"1"', ' "8" ', "é", "007", "1e400", '"', "'9'", '"1\n"', '",5"'),
    *('"5,"', "\ufeff1", "\x0b1", "1\x0c", "1_0", "0x1", "٣"),
]
PLAIN = ["1", "2.5", '"4"', '"a;b"', "0.25", "", "3", '"x\ny"']
POLLUTION = [
    *('"', ",", "\n", "\r", "\r\n", "\0", ";", "\t", " ", "\ufeff", "é", "\x1c", "\x1d", "\x0b", "\x1a"),
    *("\\", "#", '""', '"\n"', "1"),
]


def make(rnd):
    """Return bytes that are about a table, and what a caller would know about them."""
    separator = rnd.choice([",", ",", ";", "\t", "|", " "])
    decimal = "." if separator == "," else rnd.choice([".", ","])
    width = rnd.randint(1, 4)
    pool = rnd.choice([CELLS, PLAIN])
    end = rnd.choice(["\n", "\n", "\r\n", "\r"])
    table = [[f"c{place}" for place in range(width)]]
    table += [[rnd.choice(pool) for _ in range(width)] for _ in range(rnd.randint(0, 12))]
    text = end.join(map(separator.join, table)) + end * rnd.randint(0, 3)
    for _ in range(rnd.choice([0, 0, 1, 1, 2])):
        place, kind = rnd.randint(0, len(text)), rnd.random()
        text = text[:place] + (rnd.choice(POLLUTION) if kind < 0.7 else "") + text[place + (kind > 0.5) :]
    encoding = rnd.choice(["utf-8"] * 6 + ["latin-1", "utf-8-sig", "utf-16"])
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        data = text.encode()
    columns = tuple(sorted({rnd.randrange(width), width - 1}))
    text_column = rnd.choice([None, 0, width - 1])
    known = rnd.choice([None, separator])
    return (
        data,
        separator,
        TextFormat(known, decimal, None, rnd.choice([None, True, False])),
        columns,
        text_column,
    )
