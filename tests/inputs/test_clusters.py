"""`cluster`: a column that says which rows belong together; and weights that are counts."""

import pandas as pd
import pytest
from helpers.requests_of import request

from losscli.common.errors import LosscliError
from losscli.inputs.block import COUNTS, DROPPED
from losscli.inputs.reading import Reading

PREDICTIONS = "id,prediction,user\na,1,u\nb,2,v\nc,3,u\n"
LABELS = "id,label,w\nc,3,1\na,2,2\nb,2,3\n"


def read(tmp_path, predictions=PREDICTIONS, labels=LABELS, **options):
    paths = tmp_path / "p.csv", None if labels is None else tmp_path / "l.csv"
    for path, text in zip(paths, (predictions, labels), strict=True):
        if path is not None:
            path.write_text(text)
    with Reading(request(*paths, "mse", **options)) as reading:
        return [*reading.blocks(None)], reading.provenance()


def refusal(*args, **options):
    with pytest.raises(LosscliError) as raised:
        read(*args, **options)
    error = raised.value
    return error.where.rpartition("/")[2], error.found, error.needed, error.remedy


def clusters(blocks):
    return [name for block in blocks for name in block.cluster.tolist()]


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_the_column_is_of_either_file_and_goes_with_its_rows(tmp_path, rows):
    blocks, provenance = read(tmp_path, cluster="USER", block_rows=rows)
    assert clusters(blocks) == [b"u", b"v", b"u"]
    assert (provenance.cluster, provenance.columns["cluster"]) == ("USER", "user")
    blocks, provenance = read(tmp_path, cluster="w", block_rows=rows)
    assert clusters(blocks) == [b"2", b"3", b"1"]
    assert provenance.columns["cluster"] == "w"
    assert read(tmp_path)[0][0].cluster is None
    (whole,), _ = read(tmp_path, cluster="user")
    assert whole.take([2, 1]).cluster.tolist() == [b"u", b"v"]


def test_of_one_file_and_beside_other_roles(tmp_path):
    table = "prediction,label,site\n1,2,x\n3,4,y\n"
    blocks, provenance = read(tmp_path, table, None, cluster="site", group="site")
    assert clusters(blocks) == [b"x", b"y"]
    assert blocks[0].group.tolist() == [b"x", b"y"]
    assert provenance.columns["group"] == ("site",)
    assert clusters(read(tmp_path, table, None, cluster="label")[0]) == [b"2", b"4"]


def test_a_column_that_is_not_there_is_told(tmp_path):
    where, found, needed, remedy = refusal(tmp_path, cluster="usr")
    assert (where, found) == ("l.csv", "there is no column 'usr' (--cluster)")
    assert "(p.csv); " in needed.replace(str(tmp_path) + "/", "")
    assert remedy == "Did you mean user?"


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_of_both_files_it_has_to_agree(tmp_path, rows):
    labels = "id,label,user\nc,3,{}\na,2,u\nb,2,v\n"
    assert clusters(read(tmp_path, labels=labels.format("u"), cluster="user", block_rows=rows)[0]) == [
        *(b"u", b"v", b"u")
    ]
    assert refusal(tmp_path, labels=labels.format("x"), cluster="user", block_rows=rows)[1:] == (
        "both have a column of that name (--cluster), and user differs in row 3: 'u' and 'x'",
        "the same values in both, or the column in only one of them",
        "Rename the column in one of the files.",
    )


@pytest.mark.parametrize("rows", [1, 2, 100])
@pytest.mark.parametrize("cell", ["", "  "])
def test_an_empty_cell_is_refused_or_its_row_is_left_out(tmp_path, rows, cell):
    predictions = PREDICTIONS.replace("b,2,v", f"b,2,{cell}")
    assert refusal(tmp_path, predictions, cluster="user", block_rows=rows) == (
        "p.csv row 2 (line 3)",
        "the cluster is empty",
        "a cluster for every row",
        "To leave such rows out and count them: --bad-rows drop",
    )
    blocks, _ = read(tmp_path, predictions, cluster="user", block_rows=rows, bad_rows="drop")
    left_out = [
        one for block in blocks for one in (block.row * 0 if block.left_out is None else block.left_out)
    ]
    assert left_out == [COUNTS, DROPPED, COUNTS]


def test_of_a_row_that_is_left_out_anyway_nothing_is_asked(tmp_path):
    predictions = PREDICTIONS.replace("b,2,v", "b,2,")
    labels = LABELS.replace("b,2,3", "b,-1,3")
    blocks, _ = read(tmp_path, predictions, labels, cluster="user", ignore_label=("-1",))
    assert blocks[0].left_out.tolist() == [0, 2, 0]


def test_in_memory_and_in_parquet(tmp_path):
    frame = pd.DataFrame({"prediction": [1.0, 2.0], "label": [1.0, 3.0], "user": [7, 8]})
    frame.to_parquet(tmp_path / "all.parquet")
    for data in (frame, str(tmp_path / "all.parquet")):
        with Reading(request(data, None, "mse", cluster="user")) as reading:
            assert clusters(reading.blocks(None)) == [b"7", b"8"]
    frame = pd.DataFrame({"prediction": [1.0, 2.0], "label": [1.0, 3.0], "user": ["u", None]})
    with (
        Reading(request(frame, None, "mse", cluster="user")) as reading,
        pytest.raises(LosscliError, match="row 2: the cluster is empty"),
    ):
        [*reading.blocks(None)]


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_weights_that_are_counts_are_whole(tmp_path, rows):
    options = {"weight": "w", "weights_are": "counts", "block_rows": rows}
    blocks, provenance = read(tmp_path, **options)
    assert [one for block in blocks for one in block.weight] == [2.0, 3.0, 1.0]
    assert (provenance.weight, provenance.weights_are) == ("w", "counts")
    broken = LABELS.replace("b,2,3", "b,2,2.5")
    assert refusal(tmp_path, labels=broken, **options) == (
        "l.csv row 3 (line 4)",
        "weight is 2.5",
        "a whole number, as weights are counts",
        "If they say how much a row matters: --weights-are importance",
    )
    assert refusal(tmp_path, labels=LABELS.replace("b,2,3", "b,2,"), **options)[1:3] == (
        "weight is missing",
        "a finite weight ≥ 0",
    )
    blocks, _ = read(tmp_path, labels=broken, bad_rows="drop", **options)
    assert sum(0 if block.left_out is None else int(block.left_out.sum()) for block in blocks) == 1
    assert read(tmp_path, labels=broken, weight="w")[1].weights_are == "importance"
