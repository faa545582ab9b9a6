"""Folders and globs as inputs: the figures of one file, and every way in which shards can be wrong."""

import json
import os
import random
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import losscli
from losscli.common.errors import LosscliError
from losscli.inputs.shards.find import is_shard, shards_of
from tests.helpers.calls import losscli as call
from tests.helpers.examples import examples

N = 60
WHOLE = pd.DataFrame(
    {
        "id": range(100, 100 + N),
        "prediction": [((7 * k) % 23) / 9 for k in range(N)],
        "g": [f"group {k % 3}" for k in range(N)],
    }
)
LABELS = pd.DataFrame(
    {
        "label": [((5 * k) % 19) / 8 for k in range(N)],
        "id": range(100, 100 + N),
        "w": [1 + k % 4 for k in range(N)],
    }
)


def write(folder, frame, bounds, names=None):
    """Write the rows between bounds to a file each; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    edges = [0, *bounds, len(frame)]
    for number, (start, stop) in enumerate(pairwise(edges)):
        name = names[number] if names else f"part-{number:03}.csv"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        frame.iloc[start:stop].to_csv(folder / name, index=False)
    return str(folder)


def figures(*inputs, **asked):
    """Return all that a report says of the samples, whatever files they came from."""
    document = losscli.evaluate(*inputs, loss=["mse", "rmse", "mae"], **asked).to_dict()
    for result in document["results"]:
        for part in (result, *result.get("groups", ())):
            for sample in part["worst"]:
                sample.pop("shard", None)
                sample.pop("row")
    return {"results": document["results"], "signature": document["signature"]}


@pytest.fixture
def whole(tmp_path):
    WHOLE.to_csv(tmp_path / "p.csv", index=False)
    LABELS.to_csv(tmp_path / "l.csv", index=False)
    return str(tmp_path / "p.csv"), str(tmp_path / "l.csv")


def run(*arguments):
    done = call(*arguments)
    return done.returncode, done.stdout, done.stderr


cuts = st.lists(st.integers(0, N), max_size=5).map(sorted)


@settings(deadline=None, max_examples=examples(40), suppress_health_check=list(HealthCheck))
@given(cuts=cuts, weighted=st.booleans(), align=st.sampled_from(["id", "position"]), block=st.integers(1, 80))
def test_shards_of_the_same_names_give_the_figures_of_one_file(
    tmp_path_factory, cuts, weighted, align, block
):
    place = tmp_path_factory.mktemp("shards")
    WHOLE.to_csv(place / "p.csv", index=False)
    LABELS.to_csv(place / "l.csv", index=False)
    asked = {"align": align, "group": "g", "weight": "w" if weighted else None, "block_rows": block}
    one = figures(str(place / "p.csv"), str(place / "l.csv"), **asked)
    folders = write(place / "p", WHOLE, cuts), write(place / "l", LABELS, cuts)
    assert figures(*folders, **asked) == one
    assert figures(f"{folders[0]}/*.csv", folders[1], **asked) == one


@settings(deadline=None, max_examples=examples(25), suppress_health_check=list(HealthCheck))
@given(cuts=cuts, others=cuts, seed=st.integers(0, 99))
def test_by_id_other_files_are_two_long_inputs(tmp_path_factory, cuts, others, seed):
    place = tmp_path_factory.mktemp("shards")
    mixed = LABELS.sample(frac=1, random_state=seed)
    WHOLE.to_csv(place / "p.csv", index=False)
    mixed.to_csv(place / "l.csv", index=False)
    one = figures(str(place / "p.csv"), str(place / "l.csv"))
    names = [f"other-{number}.csv" for number in range(len(others) + 1)]
    folders = write(place / "p", WHOLE, cuts), write(place / "l", mixed, others, names)
    assert figures(*folders) == one
    assert figures(str(place / "p.csv"), folders[1]) == one
    assert figures(folders[0], str(place / "l.csv")) == one


def test_ids_within_a_shard_may_be_in_any_order(tmp_path, whole):
    mixed = pd.concat([LABELS.iloc[:20].sample(frac=1, random_state=1), LABELS.iloc[20:].iloc[::-1]])
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", mixed, [20])
    assert figures(*folders) == figures(*whole)


def test_rows_are_numbered_within_their_shard(tmp_path):
    folders = write(tmp_path / "p", WHOLE, [20, 40]), write(tmp_path / "l", LABELS, [20, 40])
    report = losscli.evaluate(*folders, loss="mse", top=None)
    assert sorted((one.shard, one.row) for one in report.results[0].worst) == [
        (f"part-{number:03}.csv", row) for number in range(3) for row in range(1, 21)
    ]
    first = report.to_dict()["results"][0]["worst"][0]
    assert [*first][:2] == ["row", "shard"]
    sample = losscli.per_sample(*folders, loss="mse")
    assert [*sample.columns][:2] == ["shard", "row"]
    assert sample["shard"].tolist() == [f"part-{k // 20:03}.csv" for k in range(N)]
    assert sample["row"].tolist() == [1 + k % 20 for k in range(N)]


def test_what_is_wrong_names_shard_and_row(tmp_path):
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", LABELS, [20])
    broken = WHOLE.copy().astype({"prediction": object})
    broken.loc[22, "prediction"] = "x"
    write(tmp_path / "p", broken, [20])
    with pytest.raises(LosscliError, match=r"p/part-001\.csv row 3 \(line 4\): prediction is x"):
        losscli.evaluate(*folders, loss="mse")
    write(tmp_path / "p", WHOLE, [20])
    negative = LABELS.assign(label=LABELS["label"].where(LABELS.index != 30, -1.0))
    write(tmp_path / "l", negative, [20])
    with pytest.raises(LosscliError, match=r"l/part-001\.csv row 11 \(line 12\): label is -1;"):
        losscli.evaluate(*folders, loss="mean_squared_log_error")


def test_an_id_in_the_wrong_shard_is_told(tmp_path):
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", LABELS, [21])
    with pytest.raises(LosscliError, match=r"part-000\.csv.*'120'.* only in .*; '120' is in|'120'") as raised:
        losscli.evaluate(*folders, loss="mse")
    assert "rename the files" in str(raised.value) or "only in" in str(raised.value)
    folders = write(tmp_path / "p", WHOLE, [21]), write(tmp_path / "l", LABELS, [20])
    with pytest.raises(LosscliError, match=r"'120' is in .*part-001\.csv; .*rename the files of one side"):
        losscli.evaluate(*folders, loss="mse")


def test_an_id_in_two_shards_is_refused(tmp_path):
    twice = WHOLE.assign(id=[*range(30), *range(30)])
    folders = write(tmp_path / "p", twice, [30]), write(tmp_path / "l", LABELS.assign(id=twice["id"]), [30])
    with pytest.raises(LosscliError, match=r"30 ids .* more than once"):
        losscli.evaluate(*folders, loss="mse")


def test_by_position_files_have_to_be_the_same(tmp_path, whole):
    bare = WHOLE[["prediction"]], LABELS[["label"]]
    folders = write(tmp_path / "p", bare[0], [20]), write(tmp_path / "l", bare[1], [20, 40])
    with pytest.raises(LosscliError, match=r"2 files and 3 files.*only one side has part-002\.csv"):
        losscli.evaluate(*folders, loss="mse")
    with pytest.raises(LosscliError, match="2 files and one file"):
        losscli.evaluate(folders[0], whole[1], loss="mse", align="position")
    same = write(tmp_path / "q", bare[1], [21])
    with pytest.raises(LosscliError, match=r"p/part-000\.csv and .*q/part-000\.csv: 20 and 21 rows"):
        losscli.evaluate(folders[0], same, loss="mse")


def test_columns_go_by_name_in_every_shard(tmp_path, whole):
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", LABELS, [20])
    WHOLE.iloc[20:].iloc[:, ::-1].to_csv(tmp_path / "p" / "part-001.csv", index=False)
    assert figures(*folders) == figures(*whole)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda f: f.rename(columns={"prediction": "score"}),
            "only the first has prediction; only the second has score",
        ),
        (lambda f: f.drop(columns="g"), "only the first has g"),
        (lambda f: f.assign(more=1), "only the second has more"),
    ],
)
def test_another_set_of_columns_is_refused(tmp_path, spoil, message):
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", LABELS, [20])
    spoil(WHOLE.iloc[20:]).to_csv(tmp_path / "p" / "part-001.csv", index=False)
    with pytest.raises(LosscliError, match=message) as raised:
        losscli.evaluate(*folders, loss="mse")
    assert "part-000.csv and " in str(raised.value)


def test_what_begins_with_a_mark_is_left_out(tmp_path, whole):
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", LABELS, [20])
    for name in ("_SUCCESS", "_metadata", ".part-000.csv.crc", "_temporary/0/part-000.csv"):
        (tmp_path / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / name).write_text("no data")
    assert figures(*folders) == figures(*whole)
    assert figures(f"{folders[0]}/*", folders[1]) == figures(*whole)


@pytest.mark.parametrize("name", ["x.csv.tmp", "x.PART", "part-9.csv.inprogress"])
def test_what_is_still_written_is_refused(tmp_path, name):
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", LABELS, [20])
    (tmp_path / "p" / name).write_text("")
    with pytest.raises(LosscliError, match="seems to be still written"):
        losscli.evaluate(*folders, loss="mse")


def test_an_empty_folder_and_a_glob_of_nothing(tmp_path, whole):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "_SUCCESS").touch()
    for path, message in (
        (tmp_path / "p", "no file that does not begin with _"),
        (tmp_path / "n*.csv", "no file"),
    ):
        with pytest.raises(LosscliError, match=message):
            losscli.evaluate(str(path), whole[1], loss="mse")


def test_the_order_is_that_of_bytes(tmp_path):
    names = ["part-10.csv", "part-2.csv", "part-1.csv", "Z.csv", "a.csv", "é.csv", "sub/part-1.csv"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a\n1\n")
    found = [one.name for one in shards_of(str(tmp_path))]
    assert found == sorted(names, key=os.fsencode)
    assert [one.name for one in shards_of(f"{tmp_path}/*.csv")] == [one for one in found if "/" not in one]


def test_a_file_whose_name_has_a_star_is_that_file(tmp_path, whole):
    WHOLE.to_csv(tmp_path / "p[1]*.csv", index=False)
    WHOLE.assign(prediction=0).to_csv(tmp_path / "p1.csv", index=False)
    assert figures(str(tmp_path / "p[1]*.csv"), whole[1]) == figures(*whole)


def test_keys_of_folders_are_columns_if_that_is_said(tmp_path, whole):
    names = ["fold=007/a.csv", "fold=8/a.csv", "fold=a%20b/a.csv"]
    folder = write(tmp_path / "p", WHOLE, [20, 40], names)
    with pytest.raises(LosscliError, match=r"folders such as fold=007.*--hive|hive"):
        losscli.evaluate(folder, whole[1], loss="mse")
    report = losscli.evaluate(folder, whole[1], loss="mse", group="fold", format=losscli_format(hive=True))
    assert [(one.group, one.n) for one in report.results[0].groups] == [("007", 20), ("8", 20), ("a b", 20)]
    assert report.results[0].cost == losscli.evaluate(*whole, loss="mse").cost
    # An argument goes before what a text format says.
    asked = {"loss": "mse", "group": "fold", "format": losscli_format(hive=False)}
    assert losscli.evaluate(folder, whole[1], hive=True, **asked).to_dict() == report.to_dict()
    with pytest.raises(LosscliError, match="folders such as fold=007"):
        losscli.evaluate(whole[0], folder, loss="mse", hive=True, label_hive=False)
    assert losscli.evaluate(folder, LABELS, loss="mse", hive=True, label_hive=False).results[0].n == N
    with pytest.raises(LosscliError, match="hive: a str; needed: True or False"):
        losscli.evaluate(folder, whole[1], loss="mse", hive="yes")


def losscli_format(**said):
    from losscli.inputs.header import TextFormat

    return TextFormat(**said)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["fold=1/a.csv", "fold=__HIVE_DEFAULT_PARTITION__/a.csv"], "partition of nulls"),
        (["fold=1/a.csv", "part=2/a.csv"], "only the first has fold; only the second has part"),
        (["g=1/a.csv", "g=2/a.csv"], "g is a column, and a key of its folders too"),
        (["fold=1/a.csv", "fold=2/b=3/a.csv"], "only the second has b"),
    ],
)
def test_keys_of_folders_that_cannot_be_columns(tmp_path, whole, names, message):
    folder = write(tmp_path / "p", WHOLE, [20], names)
    with pytest.raises(LosscliError, match=message):
        losscli.evaluate(folder, whole[1], loss="mse", format=losscli_format(hive=True))


def test_keys_of_folders_are_asked_for_where_there_are_some(tmp_path, whole):
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", LABELS, [20])
    for inputs in (folders, whole):
        status, _, said = run("evaluate", *inputs, "-l", "mse", "--hive")
        assert (status, "has no folders called key=value" in said) == (2, True), said
        assert run("evaluate", *inputs, "-l", "mse", "--no-hive")[0] == 0


def test_an_input_is_never_written_over(tmp_path):
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", LABELS, [20])
    before = (tmp_path / "p" / "part-001.csv").read_bytes()
    for name in ("part-001.csv", "new.csv"):
        for option in ("--output", "--per-sample", "--report=csv"):
            path = str(tmp_path / "p" / name)
            where = [f"{option}={path}"] if "=" in option else [option, path]
            for inputs in (folders, (f"{folders[0]}/*.csv", folders[1])):
                if name == "new.csv" and "*" in inputs[0]:
                    continue
                status, _, error = run("evaluate", *inputs, "--loss", "mse", *where)
                assert (status, "is also read or written by this command" in error) == (2, True), error
    assert (tmp_path / "p" / "part-001.csv").read_bytes() == before
    assert is_shard(str(tmp_path / "p" / "x"), str(tmp_path / "p"))
    assert not is_shard(str(tmp_path / "p" / "_x"), str(tmp_path / "p"))


def test_a_shard_that_changes_between_two_readings_is_refused(tmp_path, monkeypatch):
    from losscli.inputs.header import UNKNOWN
    from losscli.inputs.opening import open_source

    folder = write(tmp_path / "p", WHOLE, [20, 40])
    source = open_source(folder, "predictions", UNKNOWN)
    assert sum(len(chunk) for chunk in source.chunks((), 10)) == N
    WHOLE.iloc[20:41].to_csv(tmp_path / "p" / "part-001.csv", index=False)
    again = source.again()
    with pytest.raises(LosscliError, match=r"part-001\.csv: the file changed"):
        list(again.chunks((), 10))


def test_other_commands_take_shards(tmp_path, whole):
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", LABELS, [20])
    for command in (("gradient",), ("fit",), ("recommend",)):
        loss = () if command == ("recommend",) else ("--loss", "mse")
        outputs = []
        for inputs in (folders, whole):
            status, output, error = run(*command, *inputs, *loss, "--json")
            assert status == 0, error
            document = json.loads(output)
            outputs.append(without_places(document))
        assert outputs[0] == outputs[1]
    status, _, error = run("fit", *folders, "--loss", "mse", "--save-predictions", str(tmp_path / "x.csv"))
    assert status == 2
    assert "is 2 files" in error


def without_places(found):
    if isinstance(found, dict):
        return {
            key: without_places(value)
            for key, value in found.items()
            if key not in ("shard", "row", "path", "shards", "seconds", "reason")
        }
    return [without_places(one) for one in found] if isinstance(found, list) else found


def test_receipts_name_what_was_read(tmp_path):
    folders = write(tmp_path / "p", WHOLE, [20]), write(tmp_path / "l", LABELS, [20])
    receipt = str(tmp_path / "r.json")
    assert run("evaluate", *folders, "--loss", "mse", "--receipt", receipt)[0] == 0
    assert run("replay", receipt)[0] == 0
    path = tmp_path / "p" / "part-001.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    assert run("replay", receipt)[0] == 1


def test_checks_share_shards(tmp_path):
    write(tmp_path / "p", WHOLE, [20])
    write(tmp_path / "l", LABELS, [20])
    (tmp_path / "losscli.toml").write_text(
        "[[check]]\nname = 'one'\npredictions = 'p'\nlabels = 'l'\nloss = ['mse']\ngate = ['mse < 100']\n"
        "[[check]]\nname = 'two'\npredictions = 'p'\nlabels = 'l'\nloss = ['mae']\ngate = ['mae < 100']\n"
    )
    status, output, error = run("check", str(tmp_path / "losscli.toml"))
    assert status == 0, output + error


def test_random_splits_by_hash(tmp_path, whole):
    """As Spark writes them: ids by their hash, sorted in no file."""
    rng = random.Random(5)
    number = [rng.randrange(4) for _ in range(N)]
    for frame, folder in ((WHOLE, "p"), (LABELS, "l")):
        (tmp_path / folder).mkdir()
        for part in range(4):
            chosen = frame[[one == part for one in number]].sample(frac=1, random_state=part)
            chosen.to_csv(tmp_path / folder / f"part-{part}.csv", index=False)
    assert figures(str(tmp_path / "p"), str(tmp_path / "l"))["signature"] == figures(*whole)["signature"]
    assert (
        losscli.evaluate(str(tmp_path / "p"), str(tmp_path / "l"), loss="mse").cost
        == losscli.evaluate(*whole, loss="mse").cost
    )


@pytest.mark.parametrize(
    ("link", "there"), [("p.csv", "gone.csv"), ("shards/p.csv", "../gone.csv"), ("to_link.csv", None)]
)
def test_a_link_to_nothing_says_where_it_leads(tmp_path, link, there):
    (tmp_path / "shards").mkdir()
    (tmp_path / "p.csv").symlink_to("gone.csv")
    (tmp_path / "shards" / "p.csv").symlink_to("../gone.csv")
    (tmp_path / "to_link.csv").symlink_to("p.csv")
    there = there or tmp_path / "gone.csv"
    for path in (link, "shards") if "/" in link else (link,):
        with pytest.raises(LosscliError) as raised:
            losscli.evaluate(str(tmp_path / path), loss="mse")
        assert str(raised.value) == (
            f"{tmp_path / link}: this is a link to {there}, which is not there; needed: a file. "
            "Make the link again, or name the file."
        )


def test_names_that_are_no_utf8_are_in_the_order_of_their_bytes(tmp_path):
    names = [b"A.csv", b"\xc3\xa9.csv", b"\xe9.csv", b"]z.csv", b"\xff.csv", b"~.csv"]
    folder = tmp_path / "p"
    folder.mkdir()
    states = []
    for name in names:
        path = folder / os.fsdecode(name)
        path.write_text(f"prediction,label,g\n1,2,{name.hex()}\n")
        states.append(str(tmp_path / f"{name.hex()}.state"))
        losscli.evaluate(str(path), loss="mse", state=states[-1], top=4)
    whole = str(tmp_path / "whole.state")
    one = losscli.evaluate(str(folder), loss="mse", state=whole, top=4).results[0]
    first = [name.decode("utf-8", "surrogateescape") for name in sorted(names)[:4]]
    assert [sample.shard for sample in one.worst] == first
    shown = [name.replace("\udce9", r"\udce9") for name in first]
    by_state = losscli.merge([whole]).results[0].worst
    assert [sample.shard for sample in by_state] == shown
    merged = losscli.merge(random.Random(1).sample(states, len(states)), state=whole).results[0].worst
    assert [sample.shard for sample in merged] == [f"{folder}/{name}" for name in shown]
    assert losscli.merge([whole]).results[0].worst == merged
    crew = losscli.evaluate(str(folder), loss="mse", engine="processes", top=4).to_dict()["results"]
    assert crew == losscli.evaluate(str(folder), loss="mse", top=4).to_dict()["results"]
