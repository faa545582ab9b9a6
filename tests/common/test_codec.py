"""Fields of documents: what each writes it reads back, to the bit."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscli.common import codec
from losscli.common.errors import LosscliError
from losscli.common.json import Document, laid_out


def document(data):
    return Document(data, "file x", "", "")


texts = st.text(st.characters(codec="utf-8"), max_size=5)
FIELDS = {
    "text": (codec.TEXT, texts),
    "texts": (codec.TEXTS, st.lists(texts, max_size=3).map(tuple)),
    "texts by name": (codec.TEXTS_BY_NAME, st.dictionaries(texts, texts, max_size=3)),
    "count": (codec.COUNT, st.integers(0, 2**63 - 1)),
    "flag": (codec.FLAG, st.booleans()),
    "number": (codec.NUMBER, st.floats()),
    "number or none": (codec.NUMBER_OR_NONE, st.none() | st.floats()),
    "one of": (codec.one_of(("a", "b")), st.sampled_from("ab")),
    "renamed": (codec.renamed("other", codec.NUMBER), st.floats()),
    "optional number": (codec.optional(codec.NUMBER), st.none() | st.floats()),
    "optional text": (codec.optional(codec.TEXT, "x"), texts | st.just("x")),
    "nested": (
        codec.nested(complex, {"real": codec.NUMBER, "imag": codec.renamed("i", codec.NUMBER)}),
        st.complex_numbers(),
    ),
}


@pytest.mark.parametrize("name", FIELDS)
@given(data=st.data())
def test_what_a_field_writes_it_reads_back_to_the_bit(name, data):
    field, values = FIELDS[name]
    value = data.draw(values)
    object_ = json.loads(laid_out({"before": 1, **field.write("key", value)}), parse_constant=pytest.fail)
    found = field.read(document(object_), "key")
    assert (repr(found), type(found)) == (repr(value), type(value))


def test_what_is_optional_is_left_out_and_comes_back():
    fields = {"real": codec.optional(codec.NUMBER, 0.0), "imag": codec.NUMBER}
    assert codec.written(3j, fields) == {"imag": 3.0}
    assert codec.read(document(codec.written(3j, fields)), fields) == {"real": 0.0, "imag": 3.0}
    with pytest.raises(LosscliError, match=r"real is 'x'"):
        codec.read(document({"real": "x", "imag": 1}), fields)
