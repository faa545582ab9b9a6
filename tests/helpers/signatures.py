"""Signatures of every shape, with text that looks like their structure, or that steers who reads it."""

from dataclasses import replace

from hypothesis import strategies as st

from losscli.analyses.signature import Identity, Signature
from losscli.common.options import CHOICES
from losscli.inputs.edits import Edits

STRUCTURE = "%|+=,:@/#"
LETTERS = [*STRUCTURE, *"ab1.-_ é漢\0\n\x1b\u202e\udc80", "%7C", "|n:3", "|v:0", "|seed:1", "+b", "=c"]
texts = st.lists(st.sampled_from(LETTERS), max_size=6).map("".join)
names = texts.filter(bool)
identities = st.builds(
    Identity,
    name=st.tuples(names) | st.tuples(names, names),
    parameters=st.lists(st.tuples(names, texts), max_size=2).map(tuple),
    origin=st.just(()) | st.tuples(names) | st.tuples(names, texts),
)
SETTINGS = ("fit", "seed", "batch", "epochs", "decay", "folds")
fits = st.tuples(*[texts] * len(SETTINGS)).map(lambda values: tuple(zip(SETTINGS, values, strict=True)))
finite = st.floats(allow_nan=False, allow_infinity=False)


def edits(texts):
    """Draw what is changed of rows; `texts` are those that names of classes are made of."""
    return st.builds(
        Edits,
        rename_class=st.dictionaries(texts, texts, max_size=3).map(lambda pairs: tuple(pairs.items())),
        rescale_prediction=st.none()
        | st.tuples(finite, st.floats(min_value=0.0, exclude_min=True, allow_infinity=False)),
        transform_prediction=st.none() | st.sampled_from(CHOICES["transform-prediction"]),
        scale_prediction=st.none() | finite.filter(bool),
        transform_label=st.none() | st.sampled_from(CHOICES["transform-label"]),
    )


rows = st.integers(1, 99)
row_edits = st.fixed_dictionaries(
    {
        "shift_labels": st.none() | st.integers(-99, 99).filter(bool),
        "skip_rows": st.lists(st.tuples(rows, rows).map(sorted).map(tuple), max_size=3).map(tuple),
        "exclude_ids": st.none() | st.text("0123456789abcdef", min_size=64, max_size=64),
    }
)


@st.composite
def signatures(draw, *, of_evaluate=False):
    """Draw a signature of any analysis, or one that `evaluate` could write."""
    losses = tuple(draw(st.lists(identities, min_size=1, max_size=3)))
    alignment = draw(st.sampled_from(["id", "position"]))
    weight = draw(st.none() | texts)
    return Signature(
        losses=losses,
        n=tuple(draw(st.lists(st.integers(0, 12), min_size=len(losses), max_size=len(losses)))),
        reduction=draw(st.sampled_from(["mean", "sum"])),
        alignment=alignment,
        unmatched=draw(st.sampled_from(["error", "drop"])) if alignment == "id" else "error",
        bad=draw(st.sampled_from(["error", "drop"])),
        version=draw(texts),
        group=tuple(draw(st.lists(st.tuples(texts, texts), max_size=3))),
        weight=weight,
        weights_are="importance" if weight is None else draw(st.sampled_from(["importance", "counts"])),
        cluster=draw(st.none() | texts),
        level=draw(st.none() | st.floats(0.0, 1.0, exclude_min=True, exclude_max=True)),
        ignored=tuple(draw(st.lists(texts, max_size=2))),
        mapped=tuple(draw(st.lists(st.tuples(texts, texts), max_size=2))),
        edited=replace(draw(edits(names)), **draw(row_edits)).parts(),
        gradient=None if of_evaluate else draw(st.sampled_from([None, "loss", "cost"])),
        fit=() if of_evaluate else draw(st.just(()) | fits),
    )
