"""Several models beside one input of labels: what is refused, in which words, and what is read how often."""

import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.requests_of import request, told

from losscli.common.errors import LosscliError, UsageError
from losscli.inputs.opening import open_source
from losscli.inputs.reading import Reading
from losscli.inputs.side_by_side import SideBySide

NAMES = "ABCD"
A = "id,prediction\na,1\nb,2\nc,3\n"
B = "id,prediction\nb,2.5\na,1.5\nc,3.5\n"
LABELS = "id,label\na,1\nb,2\nc,4\n"


def files(folder, *texts):
    paths = []
    for name, text in zip((*NAMES[: len(texts) - 1].lower(), "l"), texts, strict=True):
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text)
    return paths


def asked(paths, *specs, **options):
    return [request(path, paths[-1], *(specs or ("mse",)), **options) for path in paths[:-1]]


def read(requests, **options):
    with SideBySide(requests, NAMES[: len(requests)], **options) as side:
        return [*side.blocks(None)], side, side.provenance()


def refusal(requests, folder):
    """Return the parts of the error, the same for every size of blocks, without the folder."""
    found = set()
    for rows in (1, 2, 100):
        with pytest.raises(LosscliError) as raised:
            read([replace(one, block_rows=rows) for one in requests])
        found.add(tuple(str(part).replace(f"{folder}/", "") for part in told(raised.value)[1:]))
    (parts,) = found
    return parts


def predictions(blocks):
    return [
        [one for each in blocks for one in each[place].prediction.tolist()] for place in range(len(blocks[0]))
    ]


def test_each_input_is_opened_once_and_no_thread_is_left(tmp_path):
    opened, before = [], threading.active_count()

    def opener(data, role, text_format, *, hashed=False):
        opened.append(data.rpartition("/")[2])
        return open_source(data, role, text_format, hashed=hashed)

    blocks, side, _ = read(asked(files(tmp_path, A, B, LABELS)), opener=opener)
    assert sorted(opened) == ["a.csv", "b.csv", "l.csv"]
    assert predictions(blocks) == [[1, 2, 3], [1.5, 2.5, 3.5]]
    assert side.readings[1].roles.columns == {"prediction": ("prediction",), "label": ("label",), "id": "id"}
    assert threading.active_count() == before


def test_progress_is_of_all_inputs(tmp_path):
    seen = []
    paths = files(tmp_path, A, B, LABELS)
    with SideBySide(asked(paths, block_rows=2), "AB") as side:
        list(side.blocks(lambda *told: seen.append(told)))
    size = sum(path.stat().st_size for path in paths)
    assert [one[1:] for one in seen] == [(size, 2), (size, 3)]
    assert seen[-1][0] == size


def test_ids_that_one_model_lacks_name_both_files(tmp_path):
    paths = files(tmp_path, A, B.replace("b,", "x,"), LABELS)
    assert refusal(asked(paths), tmp_path) == (
        "a.csv and b.csv",
        "1 id ('b') only in a.csv; 1 id ('x') only in b.csv",
        "the same ids in both",
        "To keep the 2 that both have, and leave out and count the rest: --unmatched drop",
    )
    blocks, side, _ = read(asked(paths, unmatched="drop"))
    assert predictions(blocks) == [[1, 3], [1.5, 3.5]]
    assert side.unmatched == {"A": 1, "B": 1, "labels": 1}
    none = files(tmp_path, A, "id,prediction\nx,1\ny,2\nz,3\n", LABELS)
    assert refusal(asked(none), tmp_path)[1::2] == (
        (
            "the files have no id in common: 3 ids ('a', 'b', 'c') only in a.csv; "
            "3 ids ('x', 'y', 'z') only in b.csv"
        ),
        (
            "Choose other id columns: --id COLUMN. Only if row N is the same sample in both files: "
            "--align position"
        ),
    )


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("second", [A, B])
def test_an_id_that_comes_again_is_told_with_the_way_to_clusters(tmp_path, place, second):
    texts = [A, second, LABELS]
    texts[place] += "a,7\n"
    where, found, needed, remedy = refusal(asked(files(tmp_path, *texts)), tmp_path)
    assert f"{'abl'[place]}.csv" in where
    assert (found, needed) == ("1 id ('a') appears more than once", "a unique id for every row")
    assert remedy == (
        "Choose another id column: --id COLUMN. Only if row N is the same sample in both files: "
        "--align position. If then rows of one id belong together: --cluster id"
    )


def test_without_an_id_in_one_all_go_by_position_and_ids_have_to_agree(tmp_path):
    bare = "prediction\n5\n6\n7\n"
    blocks, _, known = read(asked(files(tmp_path, A, bare, LABELS)))
    assert predictions(blocks) == [[1, 2, 3], [5, 6, 7]]
    assert {(one.alignment, one.why_paired.rpartition("/")[2]) for one in known} == {
        ("position", "b.csv has no id")
    }
    assert known[0].agreeing == ("id",)
    assert blocks[0][1].id.tolist() == [b"a", b"b", b"c"]
    other = files(tmp_path, A, bare, "id,label\nb,2\na,1\nc,4\n")
    assert refusal(asked(other), tmp_path) == (
        "a.csv and l.csv",
        "rows are paired by position, but id differs in row 1: 'a' and 'b'",
        "the same rows in the same order, or an id in every file",
        "If the order is right anyway: --align position",
    )
    blocks, _, known = read(asked(other, align="position"))
    assert predictions(blocks) == [[1, 2, 3], [5, 6, 7]]
    assert known[1].why_paired == "as asked for"


def test_labels_without_an_id_leave_those_of_the_models_to_agree(tmp_path):
    bare = "label\n1\n2\n4\n"
    _, _, known = read(asked(files(tmp_path, A, A, bare)))
    assert [one.why_paired for one in known] == ["the labels have no id"] * 2
    assert refusal(asked(files(tmp_path, A, B, bare)), tmp_path)[:2] == (
        "a.csv and b.csv",
        "rows are paired by position, but id differs in row 1: 'a' and 'b'",
    )
    _, _, known = read(asked(files(tmp_path, "prediction\n1\n", "prediction\n1\n", "label\n1\n")))
    assert [one.why_paired for one in known] == ["none has an id"] * 2


def test_other_numbers_of_rows(tmp_path):
    paths = files(tmp_path, "prediction\n1\n2\n", "prediction\n1\n", "label\n1\n2\n")
    assert refusal(asked(paths), tmp_path) == (
        "a.csv and b.csv",
        "2 and 1 rows",
        "as many rows in every file",
        "Add an id column to every file, or find the missing rows.",
    )
    paths = files(tmp_path, "prediction\n1\n2\n", "prediction\n", "label\n1\n2\n")
    assert refusal(asked(paths), tmp_path)[:2] == ("b.csv", "no data rows")
    with pytest.raises(UsageError, match="by position"):
        read(asked(paths, unmatched="drop"))


def test_columns_beside_the_samples_are_those_of_the_first_or_the_labels(tmp_path):
    first = "id,prediction,w,g,h\na,1,1,x,p\nb,2,2,y,p\nc,3,3,x,q\n"
    options = {"weight": "w", "group": ("g", "h"), "cluster": "g"}
    blocks, _, known = read(asked(files(tmp_path, first, B, LABELS), **options))
    for block in blocks[0]:
        assert block.weight.tolist() == [1, 2, 3]
        assert block.cluster.tolist() == [b"x", b"y", b"x"]
        assert block.group.tolist() == [b"g=x, h=p", b"g=y, h=p", b"g=x, h=q"]
    assert {one.columns["weight"] for one in known} == {"w"}
    assert {one.cluster for one in known} == {"g"}
    # The second group of the first is the first that the other has.
    second = "id,prediction,w,h\nb,2.5,2.0,p\na,1.5,01,p\nc,3.5,3,{}\n"
    read(asked(files(tmp_path, first, second.format("q"), LABELS), **options))
    assert refusal(asked(files(tmp_path, first, second.format("r"), LABELS), **options), tmp_path) == (
        "a.csv and b.csv",
        "both have a column of that name (--group), and h differs in row 3: 'q' and 'r'",
        "the same values in both, or the column in only one of them",
        "Rename the column in one of the files.",
    )
    assert refusal(asked(files(tmp_path, B, first, LABELS), weight="w"), tmp_path)[1] == (
        "there is no column 'w' (--weight)"
    )
    labels = "id,label,w\na,1,1\nb,2,2\nc,4,{}\n"
    blocks, _, _ = read(asked(files(tmp_path, B, first, labels.format(3)), weight="w"))
    assert [block.weight.tolist() for block in blocks[0]] == [[2, 1, 3]] * 2
    found = refusal(asked(files(tmp_path, B, first, labels.format(4)), weight="w"), tmp_path)
    assert found[:2] == (
        "b.csv and l.csv",
        "both have a column of that name (--weight), and w differs in row 3: '3' and '4'",
    )


def test_columns_of_one_file_are_models_and_it_is_read_once(tmp_path):
    text = "id,new,old\nc,3,30\na,1,10\nb,2,20\n"
    paths = files(tmp_path, text, LABELS)
    opened = []

    def opener(data, role, text_format, *, hashed=False):
        opened.append(data)
        return open_source(data, role, text_format, hashed=hashed)

    columns = ("new", "old")
    pair = [request(paths[0], paths[1], "mse", prediction=(name,)) for name in columns]
    blocks, _, known = read(pair, opener=opener)
    assert len(opened) == 2
    assert predictions(blocks) == [[3, 1, 2], [30, 10, 20]]
    assert [one.columns["prediction"] for one in known] == [("new",), ("old",)]
    paths[0].write_text(text.replace("20", "x"))
    assert refusal(pair, tmp_path)[:2] == ("a.csv row 3 (line 4), old", "prediction is x")
    blocks, _, _ = read([replace(one, bad_rows="drop") for one in pair])
    assert [block.left_out.tolist() for block in blocks[0]] == [[0, 0, 1]] * 2


def test_columns_of_the_one_input_that_has_the_labels_too(tmp_path):
    (path,) = files(tmp_path, "label,new,old,w\n1,2,3,1\n4,5,6,2\n")
    pair = [request(path, None, "mse", prediction=(name,), weight="w") for name in ("new", "old")]
    blocks, _, _ = read(pair)
    assert predictions(blocks) == [[2, 5], [3, 6]]
    assert [block.weight.tolist() for block in blocks[0]] == [[1, 2]] * 2
    other = tmp_path / "b.csv"
    other.write_text(path.read_text())
    with pytest.raises(UsageError, match="there is no label file, and 2 inputs have predictions"):
        read([pair[0], replace(pair[1], predictions=str(other))])
    frame = pd.read_csv(path)
    pair = [request(frame, None, "mse", prediction=(name,)) for name in ("new", "old")]
    assert predictions(read(pair)[0]) == [[2, 5], [3, 6]]


def test_a_pipe_is_read_once_for_all_its_columns_and_is_not_two_models(tmp_path):
    import os

    paths = files(tmp_path, A, LABELS)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = "id,new,old\na,1,10\nb,2,20\nc,3,30\n"

    def feed():
        pipe.write_text(text)

    thread = threading.Thread(target=feed, daemon=True)
    thread.start()
    pair = [request(pipe, paths[1], "mse", prediction=(name,)) for name in ("new", "old")]
    assert predictions(read(pair)[0]) == [[1, 2, 3], [10, 20, 30]]
    thread.join(5)
    with pytest.raises(UsageError) as raised:
        read([pair[0], pair[0]])
    assert told(raised.value)[1:] == (
        "PREDICTIONS",
        "both are the same pipe, which can be read only once",
        "two inputs",
        "Write it to a file; or name a column of each model: --prediction COLUMN",
    )


def test_what_is_wrong_further_down_is_told_after_it(tmp_path):
    bad = A.replace("a,1", "a,x").replace("c,", ",")
    assert refusal(asked(files(tmp_path, A, bad, LABELS)), tmp_path)[1] == "prediction is x"
    assert refusal(asked(files(tmp_path, bad, A, LABELS)), tmp_path)[1] == "prediction is x"
    weighed = "id,prediction,w\na,{},1\nb,2,1\nc,3,{}\n"
    paths = files(tmp_path, weighed.format(1, 1), weighed.format("x", 2), LABELS)
    assert refusal(asked(paths, weight="w"), tmp_path)[1] == "prediction is x"
    paths[1].write_text(weighed.format(1, 2))
    assert refusal(asked(paths, weight="w"), tmp_path)[1].endswith("w differs in row 3: '1' and '2'")


def test_what_was_left_out_for_the_labels_comes_once(tmp_path):
    texts = "id,prediction\nx,9\na,1\nb,2\n", "id,prediction\na,1\nb,2\nx,9\n", "id,label\na,1\nb,2\n"
    for rows in (1, 2, 100):
        blocks, side, _ = read(asked(files(tmp_path, *texts), unmatched="drop", block_rows=rows))
        assert predictions(blocks) == [[1, 2], [1, 2]]
        assert side.unmatched == {"A": 1, "B": 1, "labels": 0}


PROBABILITIES = "id,prob_cat,prob_dog,prob_eel\na,0.5,0.3,0.2\nb,0.1,0.7,0.2\nc,0.3,0.3,0.4\n"
OTHERS = "id,prob_eel,prob_cat,prob_dog\nb,0.25,0.15,0.6\nc,0.31,0.39,0.3\na,0.2,0.6,0.2\n"
ANIMALS = "id,label\na,cat\nb,dog\nc,eel\n"


def test_classes_are_matched_by_name_and_each_model_reads_its_own_order(tmp_path):
    paths = files(tmp_path, PROBABILITIES, OTHERS, ANIMALS)
    for spec in ("cross_entropy", "zero_one", "multiclass_brier"):
        requests = asked(paths, spec)
        blocks, _, known = read(requests)
        assert [one.classes for one in known] == [("cat", "dog", "eel"), ("eel", "cat", "dog")]
        ((ours, theirs),) = blocks
        for block in (ours, theirs):
            assert [block.classes[one] for one in block.label] == ["cat", "dog", "eel"]
        with Reading(requests[1]) as reading:
            (block,) = reading.blocks(None)
        order = np.argsort(block.row)[np.argsort(np.argsort(theirs.row))]
        assert (block.prediction[order] == theirs.prediction).all()


def test_other_classes_and_other_orders_are_refused_where_they_matter(tmp_path):
    paths = files(tmp_path, PROBABILITIES, OTHERS.replace("eel", "fox"), ANIMALS)
    assert refusal(asked(paths, "cross_entropy"), tmp_path) == (
        "a.csv and b.csv",
        "class columns for cat, dog, eel; class columns for fox, cat, dog",
        "the same classes for every model",
        "Write a column for every class.",
    )
    paths = files(tmp_path, PROBABILITIES, OTHERS, ANIMALS)
    assert refusal(asked(paths, "ranked_probability"), tmp_path) == (
        "a.csv and b.csv",
        "the classes are in the order cat, dog, eel; in the order eel, cat, dog",
        "one order of the classes, for ranked_probability",
        "Write the columns in the same order.",
    )
    numbered = [
        text.replace("cat", "1").replace("dog", "2").replace("eel", "3")
        for text in (PROBABILITIES, OTHERS, ANIMALS)
    ]
    blocks, _, known = read(asked(files(tmp_path, *numbered), "ranked_probability"))
    assert [one.classes for one in known] == [("1", "2", "3")] * 2
    assert [block.label.tolist() for block in blocks[0]] == [[0, 1, 2]] * 2


def test_class_names_in_a_column_beside_columns_of_classes(tmp_path):
    names = "id,prediction\nb,dog\na,eel\nc,fox\n"
    blocks, _, known = read(asked(files(tmp_path, names, PROBABILITIES, ANIMALS), "zero_one"))
    ((ours, theirs),) = blocks
    assert [ours.classes[one] for one in ours.prediction] == ["dog", "eel", "fox"]
    assert [ours.classes[one] for one in ours.label] == ["dog", "cat", "eel"]
    assert [theirs.classes[one] for one in theirs.label] == ["dog", "cat", "eel"]
    assert "fox is predicted, but never a label" in known[0].notes
    assert known[1].notes == ()


def test_the_first_bad_row_in_the_order_of_the_first_is_told(tmp_path):
    paths = files(tmp_path, A, B.replace("b,2.5", "b,x").replace("c,3.5", "c,y"), LABELS)
    assert refusal(asked(paths), tmp_path)[:2] == (
        "b.csv row 1 (line 2)",
        "prediction is x (the first of 2 bad predictions in 2 rows)",
    )
    paths[0].write_text(A.replace("b,2", "b,z"))
    assert refusal(asked(paths), tmp_path)[:2] == ("a.csv row 2 (line 3)", "prediction is z")
    paths[0].write_text(A.replace("c,3", "c,z"))
    assert refusal(asked(paths), tmp_path)[0] == "b.csv row 1 (line 2)"
    blocks, _, _ = read(asked(paths, bad_rows="drop"))
    assert [block.left_out.tolist() for block in blocks[0]] == [[0, 1, 1]] * 2


def test_a_class_that_is_never_a_label_is_refused_of_each_model(tmp_path):
    names = "id,prediction\na,cat\nb,dog\nc,eel\n"
    wrong = "id,prediction\na,Cat\nb,Dog\nc,Eel\n"
    found = refusal(asked(files(tmp_path, names, wrong, ANIMALS), "zero_one"), tmp_path)
    assert found[0] == "b.csv and l.csv"


@pytest.mark.parametrize("ids", [True, False])
def test_folders_of_files_go_side_by_side(tmp_path, ids):
    shards = {"p": ([1, 2], [3]), "q": ([10, 20], [30]), "l": ([1, 2], [4])}
    names = iter([["a", "b"], ["c"]] * 3)
    for folder, parts in shards.items():
        (tmp_path / folder).mkdir()
        for place, cells in enumerate(parts):
            columns = {"id": next(names)} if ids else {}
            columns["label" if folder == "l" else "prediction"] = cells
            pd.DataFrame(columns).to_csv(tmp_path / folder / f"{place}.csv", index=False)
    requests = [request(tmp_path / name, tmp_path / "l", "mse") for name in ("p", "q")]
    for rows in (1, 100):
        blocks, _, known = read([replace(one, block_rows=rows) for one in requests])
        assert predictions(blocks) == [[1, 2, 3], [10, 20, 30]]
        assert [len(one.predictions.shards) for one in known] == [2, 2]
    last = (tmp_path / "q" / "1.csv").read_text()
    (tmp_path / "q" / "1.csv").write_text(last.replace("30", "x"))
    assert refusal(requests, tmp_path)[:2] == ("q/1.csv row 1 (line 2)", "prediction is x")
    (tmp_path / "q" / "1.csv").write_text("id,prediction\nc,1\nd,2\n" if ids else "prediction\n1\n2\n")
    where, found, *_ = refusal(requests, tmp_path)
    assert (where, found) == (
        ("p and q", "1 id ('d') only in q") if ids else ("p/1.csv and q/1.csv", "1 and 2 rows")
    )


def test_frames_and_arrays(tmp_path):
    labels = pd.DataFrame({"id": [1, 2, 3], "label": [1.0, 2.0, 4.0]})
    models = [
        pd.DataFrame({"id": [3, 2, 1], "prediction": [3.0, 2.0, 1.0]}),
        pd.DataFrame({"id": [2, 3, 1], "prediction": [20.0, 30.0, 10.0]}),
    ]
    blocks, _, _ = read([request(one, labels, "mse") for one in models])
    assert predictions(blocks) == [[3, 2, 1], [30, 20, 10]]
    models[1].loc[1, "prediction"] = np.nan
    with pytest.raises(LosscliError, match=r"^predictions of B row 2: prediction is nan"):
        read([request(one, labels, "mse") for one in models])
    arrays = [np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([0.0, 0.0])]
    blocks, _, known = read([request(one, arrays[2], "mse") for one in arrays[:2]])
    assert predictions(blocks) == [[1, 2], [3, 4]]
    assert known[0].why_paired == "none has an id"


def test_requests_for_different_labels_are_a_mistake_of_the_caller(tmp_path):
    paths = files(tmp_path, A, B, LABELS)
    with pytest.raises(ValueError, match="different labels"):
        read([request(paths[0], paths[2], "mse"), request(paths[1], paths[1], "mse", label=("prediction",))])
    both = tmp_path / "both.csv"
    both.write_text("prediction,label\n1,2\n")
    with pytest.raises(ValueError, match="different labels"):
        read([request(both, None, "mse"), request(both, paths[2], "mse")])
