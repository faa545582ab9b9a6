"""A second reader of delimited text, one character after the other: slow, strict and obvious.

It shares no code with losscli. Text has one reading here or none: `RefusedError`.
"""

import math
import re

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class RefusedError(Exception):
    """The text has no reading."""


def decode(data):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    while data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    return data.decode("utf-8")


def line_feeds(text):
    """Return text with line feeds alone; a carriage return is an end of its own only if all are."""
    if "\n" not in text:
        return text.replace("\r", "\n")
    text = text.replace("\r\n", "\n").removesuffix("\r")
    if "\r" in text:
        raise RefusedError("a lone carriage return")
    return text


def rows(text, separator):
    """Return rows of (text, quoted) cells."""
    blanks = " \t".replace(separator, "")
    found, row, place = [], [], 0
    while place < len(text):
        start = place
        while place < len(text) and text[place] in blanks:
            place += 1
        if place < len(text) and text[place] == '"':
            cell, place = quoted(text, place + 1)
            after = place
            while place < len(text) and text[place] in blanks:
                place += 1
            if place < len(text) and text[place] not in separator + "\n":
                raise RefusedError("text behind a quote")
            row.append(text[start:after].split('"')[0] + cell + text[after:place])
        else:
            while place < len(text) and text[place] not in separator + "\n":
                place += 1
            if '"' in text[start:place]:
                raise RefusedError("a quote inside a field")
            row.append(text[start:place])
        if place == len(text) or text[place] == "\n":
            found.append(row)
            row = []
        elif place == len(text) - 1:
            found.append([*row, ""])
        place += 1
    return found


def quoted(text, place):
    cell = ""
    while place < len(text):
        if text[place] != '"':
            cell += text[place]
        elif text[place + 1 : place + 2] == '"':
            cell += '"'
            place += 1
        else:
            return cell, place + 1
        place += 1
    raise RefusedError("a quote never closed")


def read(data, separator, *, header):
    """Return the names and the rows of text cells."""
    try:
        text = decode(data)
    except UnicodeDecodeError:
        raise RefusedError("not text") from None
    if "\0" in text:
        raise RefusedError("NUL")
    text = line_feeds(text).rstrip("\n")
    if not text:
        raise RefusedError("empty")
    if header and text.startswith("#"):
        text = text[1:].lstrip(" \t")
    found = rows(text, separator)
    if any(len(row) != len(found[0]) for row in found):
        raise RefusedError("rows of different widths")
    names = [cell.strip(" \t\ufeff").removeprefix("#").strip(" \t\ufeff") for cell in found[0]]
    return (names, found[1:]) if header else ([str(place) for place in range(len(found[0]))], found)


def number(cell, decimal="."):
    """Return the float in a cell, or NaN."""
    cell = cell.strip(" \t")
    if decimal == ",":
        cell = "x" if "." in cell else cell.replace(",", ".")
    value = float(cell) if NUMBER.fullmatch(cell) else math.nan
    return value if math.isfinite(value) else math.nan
