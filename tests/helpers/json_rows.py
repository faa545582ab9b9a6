"""Bytes that are about rows of JSON: clean and polluted, of one shape or several."""

import json

from losscli.inputs.chunk import Chunk, Want, concatenate
from losscli.inputs.formats.jsonl.source import JsonSource
from losscli.inputs.streams.stream import ByteStream

NUMBERS = ["1", "0", "-0", "-0.0", "2.5", "-3e-2", "1E5", "1e400", "-1e-400", "4.9e-324", "0.1", "7.0"]
NUMBERS += ["9007199254740992", "9007199254740993", "123456789012345678", "1234567890123456789", "1" * 400]
NUMBERS += [
    "100000000000000000000",
    "0.30000000000000004",
    "1.7976931348623157e308",
    "1.7976931348623159e308",
]
TEXTS = ['"a"', '"7"', '"007"', '""', '" b "', '"é"', r'"\u00e9"', r'"\ud83d\ude00"', r'"q\"\\/\n"', '"-0"']
TEXTS += ['"1234567890123456789"', f'"{"x" * 70}"', f'"{"y" * 300}"', '"a,b]}"', r'"\u0000"']
WORDS = ["true", "false", "null"]
ODD = ["NaN", "Infinity", "-Infinity", "01", "1.", ".5", "+1", "tru", "'a'", "", r'"\ud800"', r'"\x"', '"\t"']
ODD += ['"open', "[", "{", "nul", "1 2", '{"a": 1, "a": 2}', "[1,]", "1e", "-", r'"\u12"', "None"]
NESTED = [
    "[]",
    "{}",
    "[1, 2]",
    '{"x": 1}',
    '[[1], {"y": [true]}]',
    '{"x": {"y": "z"}, "w": null}',
    "[" * 70 + "]" * 70,
]
SPACE = ["", "", "", " ", "  ", "\t", "\r"]
POLLUTION = ['"', ",", "\n", "\r\n", "{", "}", "[", "]", ":", "\\", "\ufeff", "\0", "é", " ", "\n\n", "//"]
SHAPES = [
    ("id", "prediction", "label"),
    ("label", "extra", "probs", "id"),
    ("pred", "doc", "label"),
]


def make(rnd):
    """Return bytes that are about rows of JSON."""
    keys = rnd.choice(SHAPES)
    pools = {key: rnd.choice([NUMBERS[:6], NUMBERS, TEXTS, WORDS[:2], NESTED]) for key in keys}
    width, names = rnd.randint(1, 3), ["cat", "dog", "é", 'q"'][: rnd.randint(1, 4)]
    rows = [_row(rnd, keys, pools, width, names) for _ in range(rnd.randint(1, 14))]
    if rnd.random() < 0.3:
        between = rnd.choice([",", ",\n", " ,\n  ", "\n,"])
        text = rnd.choice(["[", "[\n", " [ "]) + between.join(rows) + rnd.choice(["]", "\n]\n", " ] \n\n"])
    else:
        text = rnd.choice(["\n", "\r\n"]).join(rows) + "\n" * rnd.randint(0, 2)
    for _ in range(rnd.choice([0, 0, 0, 1, 2])):
        place, kind = rnd.randint(0, len(text)), rnd.random()
        text = text[:place] + (rnd.choice(POLLUTION) if kind < 0.7 else "") + text[place + (kind > 0.5) :]
    data = text.encode()
    return data.replace(b"\xc3", b"\xff", 1) if rnd.random() < 0.03 else data


def _row(rnd, keys, pools, width, names):
    def value(pool):
        odd = rnd.random()
        return rnd.choice(pool if odd > 0.08 else WORDS if odd > 0.04 else NUMBERS + TEXTS + NESTED + ODD)

    def space():
        return rnd.choice(SPACE)

    found = {}
    for key in keys:
        if key == "probs":
            size = width if rnd.random() > 0.05 else rnd.randint(0, 4)
            found[key] = f"[{space()}" + f",{space()}".join(value(NUMBERS[:6]) for _ in range(size)) + "]"
        elif key == "pred":
            inner = ", ".join(f"{json.dumps(name, ensure_ascii=False)}:{value(NUMBERS)}" for name in names)
            found[key] = f"{{{inner}{space()}}}"
        else:
            found[key] = value(pools[key])
    pairs = [f"{space()}{json.dumps(key)}{space()}:{space()}{text}{space()}" for key, text in found.items()]
    if rnd.random() < 0.05:
        rnd.shuffle(pairs)
    if rnd.random() < 0.05:
        pairs.pop()
    return f"{space()}{{{','.join(pairs)}}}{space()}"


def wants_of(header, rnd):
    """Return some columns of a header, as they may be wanted."""
    places = list(range(len(header.names)))
    several = tuple(rnd.sample(places, min(len(places), rnd.randint(1, 3))))
    wants = [Want(rnd.choice(["prediction", "label"]), several, switches=rnd.random() < 0.2)]
    if rnd.random() < 0.7:
        wants.append(Want("id", (rnd.choice(places),), text=True, integers=True))
    if rnd.random() < 0.4:
        wants.append(Want("group", (rnd.choice(places),), text=True, abridged=rnd.random() < 0.5))
    return wants


def read(path, wants, block_rows=1 << 17):
    """Return the columns of a file, its bad cells and lines, and the words of the error that ended it."""
    source, error = JsonSource(ByteStream(str(path))), ""
    chunks: list[Chunk] = []
    try:
        chunks.extend(source.chunks(wants(source.header), block_rows))
    except Exception as raised:  # whatever it is, both ways have to raise it
        error = f"{type(raised).__name__}: {raised}"
    finally:
        source.close()
    whole = concatenate(chunks) if chunks else None
    lines = [source.place(row).line for row in range(1, source.rows + 1)]
    return source.header.names, whole, lines, error
