"""What the rows of one run leave open, and those of several tell together."""

import numpy as np
import pytest
from helpers.calls import losscli
from hypothesis import given
from hypothesis import strategies as st

from losscli.common.errors import LosscliError
from losscli.inputs.across import (
    Across,
    Ranges,
    names_of,
    overlap,
    place_of,
    refuse_excess,
    refuse_first_rows,
)
from losscli.inputs.chunk import Chunk
from losscli.inputs.columns.doubts import Excess

WHOLE = st.lists(st.integers(-(10**17), 10**17) | st.integers(-12, 12), min_size=1, max_size=9)
TEXTS = st.lists(st.text("ab0-é", min_size=1, max_size=5), min_size=1, max_size=9)


@given(ids=WHOLE.map(np.array) | TEXTS.map(lambda ids: np.array([id_.encode() for id_ in ids])))
def test_the_range_of_ids_is_that_of_their_texts_whatever_the_chunks(ids):
    ranges = Ranges()
    chunks = [Chunk("a", np.arange(1), {"id": ids[place : place + 1]}) for place in range(len(ids))]
    list(ranges.watched("a", iter(chunks)))
    list(ranges.watched("b", iter([Chunk("b", np.arange(len(ids)), {"id": ids})])))
    texts = [id_.decode() if isinstance(id_, bytes) else str(id_) for id_ in ids.tolist()]
    assert ranges.found["a"] == ranges.found["b"] == (min(texts, key=place_of), max(texts, key=place_of))


def test_ranges_overlap_where_an_id_may_be_in_two():
    assert not overlap([("1", "9"), ("10", "20"), ("a1b", "zzz")])
    assert overlap([("1", "9"), ("9", "10")])
    assert overlap([("10", "20"), ("1", "9"), ("2", "3")])


def test_one_column_is_none_where_all_rows_say_so():
    sums, votes = Across(excess=Excess((1, 2), True, False)), Across(excess=Excess((2,), False, True))
    for part in (sums, votes):
        refuse_excess([part, part, Across()], "abc", "s")
    refuse_excess([sums, votes, Across(excess=Excess(()))], "abc", "s")
    with pytest.raises(LosscliError, match="sum to 1 in every row without c"):
        refuse_excess([sums, votes], "abc", "s")


def test_the_name_of_a_column_is_a_class_of_another_part():
    parts = [Across(cells=("cat",)), Across()]
    refuse_first_rows(parts, ["dog"], "s")
    with pytest.raises(LosscliError, match="'cat' is the name of a class too"):
        refuse_first_rows(parts, ["dog", "cat"], "s")


NAMES = {
    "are alike": ((("café", "both"),), (("cafe\u0301", "both"),), "look the same"),
    "one number, and a text": ((("6", "both"), ("6.0", "both")), (("x", "both"),), "are the same number"),
    "a code": ((("7", "both"),), (("007", "both"),), "suggests a code"),
    "another case": ((("a", "both"),), (("b", "label"), ("A", "prediction")), None),
    "only capitals": ((("a", "label"), ("x", "both")), (("A", "prediction"),), "the label is a"),
    "scores": ((("1", "both"), ("0.3", "prediction")), (), "0.3 is predicted"),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_what_one_run_would_make_of_them(name):
    *parts, wrong = NAMES[name]
    acrosses = [Across(names=names) for names in parts]
    if wrong is None:
        assert names_of(acrosses, "s", "").names == ("a", "b", "A")
        return
    with pytest.raises(LosscliError, match=wrong):
        names_of(acrosses, "s", "")


def test_a_header_that_is_a_class_elsewhere_is_refused_by_a_merge(tmp_path):
    rows = "cat,cat\ndog,dog\ncat,dog\n"
    (tmp_path / "a.csv").write_text("prediction,label\n" + rows)
    (tmp_path / "b.csv").write_text("prediction,label\nlabel,label\n" + rows)
    for letter, more in (("a", ()), ("b", ("--header",))):
        words = ("evaluate", f"{letter}.csv", "-l", "zero_one", "--state", f"{letter}.state", "-q", *more)
        done = losscli(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    done = losscli("merge", "a.state", "b.state", cwd=tmp_path)
    assert done.returncode == 2
    assert "'label' is the name of a class too" in done.stderr
