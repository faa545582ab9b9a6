"""No wrong number: what is read is what was meant, or it is refused.

A sample of the search, which `python -m tests.inputs.search` runs as a whole; and what it has found.
"""

import json

import pytest
from helpers.calls import losscli

from tests.inputs.search.layouts import case
from tests.inputs.search.run import in_one_thread, judge, tally

SAMPLE = range(400)


def test_a_sample_has_no_wrong_number(tmp_path):
    with in_one_thread():
        found = tally(SAMPLE, tmp_path)
    assert [(verdict.seed, verdict.outcome, verdict.found) for verdict in found.wrong] == []
    assert found.all["right"] > 0.5 * len(SAMPLE)
    assert found.all["refused"] > 0.2 * len(SAMPLE)
    # To refuse everything would be no wrong number either: layouts that are plain have to be answered.
    assert found.plain["right"] > 0.1 * len(SAMPLE)
    assert found.plain["refused"] == 0


def test_the_search_reads_as_the_program_does(tmp_path):
    """Without the threads that read ahead, it comes to the same."""
    seeds = range(1000, 1040)
    plain = [judge(seed, tmp_path) for seed in seeds]
    with in_one_thread():
        alone = [judge(seed, tmp_path) for seed in seeds]
    assert [(one.outcome, str(one.found)) for one in plain] == [
        (one.outcome, str(one.found)) for one in alone
    ]


def test_a_case_is_its_seed():
    assert case(5) == case(5) != case(6)


def evaluated(folder, predictions, labels, loss, *more):
    (folder / "p.csv").write_text(predictions, "utf-8")
    (folder / "y.csv").write_text(labels, "utf-8")
    return losscli("evaluate", "p.csv", "y.csv", "--loss", loss, "--format", "json", *more, cwd=folder)


def cost_of(run):
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)["results"][0]["cost"]


@pytest.mark.parametrize("index", ["", "index", "Index"])
def test_an_index_of_pandas_is_no_key_beside_one_that_disagrees(index, tmp_path):
    files = f"{index},customer,prediction\n0,a,1\n1,b,2\n", f"{index},customer,label\n0,b,2\n1,a,1\n"
    refused = evaluated(tmp_path, *files, "mse")
    assert refused.returncode == 2
    assert "customer differs in row 1: 'a' and 'b'" in refused.stderr
    assert "--id customer" in refused.stderr
    assert f"--id {index or repr(index)}" in refused.stderr
    assert "position" not in refused.stderr
    assert cost_of(evaluated(tmp_path, *files, "mse", "--id", "customer")) == 0.0
    assert cost_of(evaluated(tmp_path, *files, "mse", "--id", index)) == 1.0


def test_an_index_beside_a_key_that_agrees_pairs_and_says_so(tmp_path):
    run = evaluated(
        tmp_path, ",customer,prediction\n0,a,1\n1,b,2\n", ",customer,label\n1,b,2\n0,a,1\n", "mse"
    )
    assert cost_of(run) == 0.0
    assert "by index; customer agrees in every row" in run.stdout + run.stderr


def test_an_id_that_is_named_so_pairs_whatever_stands_beside_it(tmp_path):
    files = "id,fold,prediction\n0,1,1\n1,1,2\n", "id,fold,label\n1,2,2\n0,2,1\n"
    assert cost_of(evaluated(tmp_path, *files, "mse")) == 0.0


def test_a_key_is_one_in_another_spelling(tmp_path):
    files = "file_name,prediction\na,1\nb,2\n", "FILE-NAME,label\nb,2\na,1\n"
    refused = evaluated(tmp_path, *files, "mse")
    assert refused.returncode == 2
    assert "file_name differs in row 1" in refused.stderr


def test_the_outcome_of_a_test_is_no_class(tmp_path):
    files = "p_a,p_b,p_value\n0.6,0.4,0.9\n0.2,0.8,0.9\n", "label\na\nb\n"
    assert cost_of(evaluated(tmp_path, *files, "zero_one")) == 0.0


@pytest.mark.parametrize("beside", ["score_band", "score_max", "score_total"])
def test_what_only_begins_as_a_class_does_is_none(beside, tmp_path):
    rows = "0.5,0.3,0.2,1\n0.1,0.9,0,0.9\n"
    files = f"score_a,score_b,score_c,{beside}\n{rows}", "label\na\nb\n"
    for size in ("1", "2"):
        refused = evaluated(tmp_path, *files, "zero_one", "--block-rows", size)
        assert refused.returncode == 2
        assert f"without {beside}" in refused.stderr
    named = [word for name in "abc" for word in ("--prediction", f"score_{name}")]
    assert cost_of(evaluated(tmp_path, *files, "zero_one", *named)) == 0.0


@pytest.mark.parametrize("rows", ["2,1,0.5\n-1,3,2\n", "3,1,0\n0,4,0\n", "3,1,0\n0,1,0\n"])
def test_scores_that_are_no_shares_are_read_as_they_are(rows, tmp_path):
    files = f"score_a,score_b,score_c\n{rows}", "label\na\nb\n"
    assert cost_of(evaluated(tmp_path, *files, "zero_one")) == 0.0


def test_a_code_and_the_number_in_it_are_not_one_class(tmp_path):
    refused = evaluated(tmp_path, "prediction\n07\n7\n", "label\n7\n07\n", "zero_one")
    assert refused.returncode == 2
    assert "--map-labels" in refused.stderr
    assert cost_of(evaluated(tmp_path, "prediction\n1.0\n2.0\n", "label\n1\n2\n", "zero_one")) == 0.0


def test_a_column_that_both_files_have_is_offered_as_their_id(tmp_path):
    files = "PassengerId,Survived\n1,0\n2,1\n", "PassengerId,Survived\n2,1\n1,0\n"
    refused = evaluated(tmp_path, *files, "zero_one")
    assert refused.returncode == 2
    assert "--id PassengerId" in refused.stderr
    assert cost_of(evaluated(tmp_path, *files, "zero_one", "--id", "PassengerId")) == 0.0


@pytest.mark.parametrize(
    ("header", "loss"),
    [
        (".pred,.resid,y", "mse"),
        (".pred_class,.pred_1,.pred_2,y", "cross_entropy"),
        (".pred_class,y", "zero_one"),
    ],
)
def test_names_of_tidymodels_begin_with_a_point(header, loss, tmp_path):
    rows = {"mse": "1,9,1", "cross_entropy": "1,1,0,1", "zero_one": "1,1"}[loss]
    (tmp_path / "t.csv").write_text(f"{header}\n{rows}\n{rows}\n")
    assert cost_of(losscli("evaluate", "t.csv", "--loss", loss, "--format", "json", cwd=tmp_path)) == 0.0


def test_row_counts_tell_a_numbered_header_before_it_is_judged_as_a_row(tmp_path):
    files = "0,1,2\n0.2,0.3,0.5\n0.1,0.1,0.8\n", "target\n2\n2\n"
    refused = evaluated(tmp_path, *files, "cross_entropy")
    assert refused.returncode == 2
    assert "3 and 2 rows" in refused.stderr
    assert "--header" in refused.stderr


def test_labels_that_both_files_have_show_whether_their_rows_are_the_same(tmp_path):
    files = "label,prediction\n1,1\n2,2\n", "label\n2\n1\n"
    refused = evaluated(tmp_path, *files, "mse")
    assert refused.returncode == 2
    assert "label differs in row 1: '1' and '2'" in refused.stderr
    assert "--id" not in refused.stderr
    assert cost_of(evaluated(tmp_path, *files, "mse", "--align", "position")) == 1.0
    assert cost_of(evaluated(tmp_path, files[0], "label\n1.0\n2.0\n", "mse")) == 0.0


def test_a_column_too_many_shows_in_a_late_row(tmp_path):
    rows = "0.5,0.3,0.2,0\n" * 300
    files = f"score_a,score_b,score_c,score_max\n{rows}0.1,0.8,0.1,0.9\n", "label\n" + "a\n" * 300 + "b\n"
    refused = evaluated(tmp_path, *files, "zero_one")
    assert refused.returncode == 2
    assert "without score_max" in refused.stderr
