"""JSON from outside: everything doubtful is an error with its place, and nothing else is."""

import codecs
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscli.common.errors import LosscliError
from losscli.common.json import Document, read_json


def read_file(path, most_bytes=1 << 20):
    return read_json(path, "file x", most_bytes=most_bytes, remedy="Do it again.")


@pytest.fixture
def file(tmp_path):
    def write(data):
        path = tmp_path / "x.json"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


def test_plain_json_is_read_with_a_byte_order_mark_or_without(file):
    assert read_file(file('{"a": [1, 2.5, null]}')) == {"a": [1, 2.5, None]}
    assert read_file(file(b'\xef\xbb\xbf {"\xc3\xa9": true}\n')) == {"é": True}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b'{"a": 1', "not valid JSON: Expecting ',' delimiter at line 1, column 8"),
        (b'{"a": 1}\n{"a": 2}', "not valid JSON: Extra data at line 2, column 1"),
        (b"a,b\n1,2\n", "not valid JSON"),
        (b"{'a': 1}", "not valid JSON"),
        (b'{"a": NaN}', "not strict JSON: it contains NaN"),
        (b"[Infinity]", "Infinity"),
        (b"[-Infinity]", "-Infinity"),
        (b'{"a": 1, "b": 2, "a": 1}', "an object has the key 'a' twice"),
        (b'[{"x": {"\\u001b": 1, "\\u001b": 1}}]', "an object has the key '\\\\x1b' twice"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b"[" + b"9" * 6000 + b"]", "a number that is too long"),
        (b"\xff\xfe{\x00}", "the bytes are not UTF-16"),
        (b"\xff\xfe[\x00", "not valid JSON"),
        (b"\x1f\x8b\x08\x00rest", "the bytes are not UTF-8"),
        (b'{"a": "\x01"}', "not valid JSON: Invalid control character"),
    ],
)
def test_what_is_no_strict_json_is_told_as_such(file, data, words):
    with pytest.raises(LosscliError) as raised:
        read_file(file(data))
    message = str(raised.value)
    assert words in message
    assert message.startswith("file x: ")
    assert message.endswith("Do it again.") or "compressed" in message


def test_files_that_cannot_be_read_are_told_as_such(tmp_path, file):
    for path, words in (
        (tmp_path, "this is a folder"),
        (tmp_path / "none.json", "there is no such file"),
        (tmp_path / "x.json" / "below", "cannot be read: Not a directory"),
        ("nul\0.json", "cannot be read: embedded null byte"),
        ("", "there is no such file"),
    ):
        file("{}")
        with pytest.raises(LosscliError, match=words):
            read_file(path)


def test_a_file_that_is_too_long_is_not_read(file):
    path = file("[" + " " * 1000 + "]")
    assert read_file(path, 1002) == []
    with pytest.raises(LosscliError, match="it is longer than"):
        read_file(path, 1001)


@given(
    st.binary(max_size=40)
    | st.text(alphabet='{}[]",:0123456789.eE-ntfalsruI \\', max_size=40).map(str.encode)
)
def test_any_bytes_are_json_as_python_reads_it_or_an_error(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(data)
    try:
        found = read_file(path)
    except LosscliError:
        return
    assert repr(found) == repr(json.loads(data.decode("utf-8-sig")))


def whole(**data):
    return Document(data, "file x", "results[0].", "Do it again.")


@pytest.mark.parametrize(
    ("method", "value", "expected"),
    [
        ("text", "abc", "abc"), ("flag", False, False), ("count", 0, 0), ("count", 2**62, 2**62),
        ("number", 2, 2.0), ("number", -0.5, -0.5), ("number_or_none", 2, 2.0),
        ("number_or_none", None, None),
        ("texts", ["a", "b"], ("a", "b")), ("texts", [], ()), ("texts_by_name", {"a": "b"}, {"a": "b"}),
    ],
)  # fmt: skip
def test_values_of_the_right_kind(method, value, expected):
    found = getattr(whole(key=value), method)("key")
    assert (found, type(found)) == (expected, type(expected))


WRONG = [
    ("text", [1, None, True, [], {}]),
    ("flag", [0, 1, "true", None]),
    ("count", [-1, 1.0, True, "1", None, 2**63, 10**400]),
    ("number", [True, "1", None, [], math.inf, math.nan, 10**400]),
    ("number_or_none", [True, "1", [], math.inf, math.nan, 10**400]),
    ("texts", ["x", None, {}, [1], ["x", None]]),
    ("object", [[], "x", None, 1]),
    ("objects", [{}, "x", None, [1], [{}, []]]),
]


@pytest.mark.parametrize(
    ("method", "value"), [(method, value) for method, values in WRONG for value in values]
)
def test_values_of_another_kind_are_refused_with_their_place(method, value):
    with pytest.raises(LosscliError) as raised:
        list(getattr(whole(key=value), method)("key"))
    assert str(raised.value).startswith("file x: results[0].key is ")
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("method", [method for method, _ in WRONG])
def test_a_value_that_is_missing_is_told(method):
    with pytest.raises(LosscliError, match=r"^file x: there is no results\[0\]\.key"):
        list(getattr(whole(), method)("key"))


@pytest.mark.parametrize("text", ["inf", "-inf", "nan"])
def test_null_is_the_number_that_its_text_names(text):
    assert repr(whole(key=None, key_text=text).number("key")) == text
    assert repr(whole(key=None).number("key", whole(key=text))) == text


@pytest.mark.parametrize("text", ["infinity", "Inf", "1.0", "", None, 3])
def test_null_with_another_text_is_refused(text):
    with pytest.raises(LosscliError, match="key is null"):
        whole(key=None, key_text=text).number("key")


def test_a_text_is_one_of_a_few():
    assert whole(key="a").one_of("key", ("a", "b")) == "a"
    with pytest.raises(LosscliError, match=r"results\[0\]\.key is 'c'; needed: one of a, b"):
        whole(key="c").one_of("key", ("a", "b"))
    with pytest.raises(LosscliError, match="needed: a string"):
        whole(key=1).one_of("key", ("a", "b"))


def test_each_of_many_texts_is_told_by_its_name():
    with pytest.raises(LosscliError, match=r"results\[0\]\.key\.b is 1; needed: a string"):
        whole(key={"a": "x", "b": 1}).texts_by_name("key")


def test_what_stands_twice_is_refused():
    whole().refuse_twice("loss", ["a", "b"])
    with pytest.raises(LosscliError, match="file x: the loss 'a' is in it more than once"):
        whole().refuse_twice("loss", ["a", "b", "a"])


def test_objects_within_know_their_place():
    outer = whole(groups=[{}, {"n": "x"}], one={})
    _, second = outer.objects("groups")
    with pytest.raises(LosscliError, match=r"results\[0\]\.groups\[1\]\.n is 'x'"):
        second.count("n")
    with pytest.raises(LosscliError, match=r"there is no results\[0\]\.one\.n"):
        outer.object("one").count("n")
    assert list(outer.objects("none", optional=True)) == []
    assert outer.object("none", optional=True).data == {}


def test_what_is_shown_of_a_hostile_value_is_short_and_visible():
    with pytest.raises(LosscliError) as raised:
        whole(key="\x1b[31m" + "x" * 10_000).count("key")
    assert "\x1b" not in str(raised.value)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_json_in_utf_16_is_read_by_its_mark(file, encoding):
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    text = '{"a": "é→😀", "b": [1.5]}'
    path = file(mark + text.encode(encoding))
    assert read_json(path, "x.json", most_bytes=1000, remedy="") == json.loads(text)
