"""`--group a --group b`: every combination of values that occurs is a group, with a name of its own."""

import json
from itertools import pairwise

import numpy as np
import pytest
from helpers.calls import losscli as run
from helpers.examples import examples
from helpers.gate_samples import find
from hypothesis import given, settings
from hypothesis import strategies as st

import losscli
from losscli.analyses.signature import parts
from losscli.common.errors import LosscliError
from losscli.inputs.groups import combined, members
from losscli.verdicts.gates.grammar import Constant, Gate, parse_gate

VALUES = ["x", "y, 1", 'z="q"', "", "a=x", 'x, b="', '"', "=", ",", "é", "[1;2]", "back\\slash", "x,b=y"]
values = st.sampled_from(VALUES) | st.text(alphabet='xy=," []\\é', max_size=6).map(str.strip)
columns = st.lists(values.filter(bool), min_size=2, max_size=4, unique=True)


def encoded(texts):
    cells = [text.encode() for text in texts]
    return np.array(cells, dtype=f"S{max(8, -(-max(map(len, cells)) // 8) * 8)}")


@settings(deadline=None, max_examples=examples(300))
@given(st.data())
def test_no_two_combinations_share_a_name_and_a_name_reads_back(data):
    names = data.draw(columns)
    rows = data.draw(st.lists(st.tuples(*[values] * len(names)), min_size=1, max_size=12))
    found = combined(names, [encoded(cells) for cells in zip(*rows, strict=True)])
    said = [name.decode() for name in found.tolist()]
    assert len(set(said)) == len(set(rows))
    for row, name in zip(rows, said, strict=True):
        assert members(names, name) == tuple(zip(names, row, strict=True))


@settings(deadline=None, max_examples=examples(200))
@given(columns, st.lists(values, min_size=4, max_size=4))
def test_a_gate_names_any_combination(names, row):
    (name,) = combined(names, [encoded([cell]) for cell in row[: len(names)]]).tolist()
    gate = Gate("mse", "n", name.decode(), "<=", Constant(1.0))
    assert parse_gate(str(gate), find) == gate


def test_no_product_of_many_columns_overflows():
    rows = 1 << 10
    cells = [encoded([str(place) for place in range(rows)]) for _ in range(12)]
    found = combined([f"c{place}" for place in range(12)], cells)
    assert len(set(found.tolist())) == rows


TABLE = """site,year,prediction,label,w
A,2023,1,2,1
"A, B",2023,4,4,1
A,2024,5,8,2
A,2023,2,2,3
,2024,1,0,1
"""
GROUPS = ['site="A, B", year=2023', "site=, year=2024", "site=A, year=2023", "site=A, year=2024"]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(TABLE)
    return path


def test_figures_are_those_of_a_column_that_says_both(table, tmp_path):
    report = losscli.evaluate(table, loss=["mse", "rmse"], group=["site", "year"], weight="w")
    one = tmp_path / "one.csv"
    both = ["both", "A 23", "AB 23", "A 24", "A 23", "24"]
    one.write_text("".join(f"{name},{line}\n" for name, line in zip(both, TABLE.splitlines(), strict=True)))
    other = losscli.evaluate(one, loss=["mse", "rmse"], group="both", weight="w")
    for ours, theirs in zip(report.results, other.results, strict=True):
        assert [group.group for group in ours.groups] == GROUPS
        order = [theirs.groups[place] for place in (3, 0, 1, 2)]
        for name in ("n", "cost", "sum", "std", "weight_sum", "worst", "quantiles"):
            assert [getattr(group, name) for group in ours.groups] == [
                getattr(group, name) for group in order
            ]
    assert report.columns["group"] == ("site", "year")


@pytest.mark.parametrize("block_rows", [1, 2, 3])
def test_blocks_change_nothing(table, block_rows):
    options = {"loss": "mse", "group": ["site", "year"]}
    assert repr(losscli.evaluate(table, block_rows=block_rows, **options)) == repr(
        losscli.evaluate(table, **options)
    )


def test_one_column_in_a_list_is_that_column(table):
    assert repr(losscli.evaluate(table, loss="mse", group=["site"])) == repr(
        losscli.evaluate(table, loss="mse", group="site")
    )
    assert losscli.evaluate(table, loss="mse", group=[]).results[0].groups == ()


def test_signatures_read_back_and_are_the_same_in_any_order(table):
    found = [
        {
            members(order, group.group): group.signature
            for group in losscli.evaluate(table, loss="mse", group=order).results[0].groups
        }
        for order in (["site", "year"], ["YEAR", "site"])
    ]
    for pairs, text in found[0].items():
        assert parts(text).group == tuple(sorted(pairs))
        assert str(parts(text)) == text
        assert found[1][tuple(reversed(pairs))] == text
    assert len(set(found[0].values())) == len(GROUPS)


def test_columns_may_stand_in_either_file_and_in_both(tmp_path):
    left, right = tmp_path / "p.csv", tmp_path / "l.csv"
    left.write_text("id,prediction,Site,both\n1,1,A,u\n2,2,B,u\n3,3,A,v\n")
    right.write_text("id,label,year,both\n3,3,2024,v\n1,0,2023,u\n2,0,2023,u\n")
    report = losscli.evaluate(left, right, loss="mae", group=["year", "site", "both"])
    assert [(group.group, group.cost) for group in report.results[0].groups] == [
        ("year=2023, Site=A, both=u", 1.0),
        ("year=2023, Site=B, both=u", 2.0),
        ("year=2024, Site=A, both=v", 0.0),
    ]
    right.write_text("id,label,year,both\n3,3,2024,u\n1,0,2023,u\n2,0,2023,u\n")
    with pytest.raises(LosscliError, match=r"\(group\), and both differs in row 3"):
        losscli.evaluate(left, right, loss="mae", group=["year", "both"])


@pytest.mark.parametrize("again", ["site", "SITE"])
@pytest.mark.parametrize("command", ["evaluate", "gradient", "fit"])
def test_a_column_that_is_named_twice_is_refused(table, again, command):
    done = run(command, table, "--loss", "mse", "--group", "site", "--group", again)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--group names a column twice; needed: each column once" in done.stderr
    with pytest.raises(LosscliError, match="names a column twice"):
        losscli.evaluate(table, loss="mse", group=["site", "year", again])


@pytest.mark.parametrize("wrong", [3, ["site", 3], [None, "site"], True, {"site"}])
def test_what_names_no_column_is_refused_in_python(table, wrong):
    with pytest.raises(LosscliError, match=r"group: a .*the name of a column"):
        losscli.evaluate(table, loss="mse", group=wrong)


def test_a_column_that_is_not_there_is_told(table):
    done = run("evaluate", table, "--loss", "mse", "--group", "site", "--group", "yaer")
    assert done.returncode == 2
    assert "there is no column 'yaer' (--group)" in done.stderr
    assert "Did you mean year?" in done.stderr


def test_names_that_look_the_same_are_refused_whichever_column_has_them(tmp_path):
    path = tmp_path / "t.csv"
    rows = ["x,caf\u00e9", "x,cafe\u0301"]
    for swap in (False, True):
        lines = [",".join(row.split(",")[:: -1 if swap else 1]) for row in rows]
        path.write_text("prediction,label,a,b\n" + "".join(f"1,2,{line}\n" for line in lines))
        with pytest.raises(LosscliError, match="two groups that look the same"):
            losscli.evaluate(path, loss="mse", group=["a", "b"])
    path.write_text("prediction,label,a,b\n1,2,\u00a0x,y\n1,2,x,y\n")
    with pytest.raises(LosscliError, match="two groups that look the same"):
        losscli.evaluate(path, loss="mse", group=["a", "b"])


@pytest.mark.parametrize("kind", ["g", "h"])
def test_text_in_memory_that_is_no_unicode_is_not_one_group(kind):
    cells = {"g": ["\ud800", "\ud801", "\ufffd"], "h": [b"\xff", b"\xfe", "\ufffd"]}[kind]
    data = {"prediction": [1.0, 2.0, 3.0], "label": [0.0] * 3, "g": np.array(cells, dtype=object)}
    for group in ("g", ["g", "label"]):
        found = losscli.evaluate(data, loss="mae", group=group, label="label").results[0].groups
        assert sorted(one.cost for one in found) == [1.0, 2.0, 3.0]
        assert len({one.signature for one in found}) == 3


def test_every_format_names_the_combination(table, tmp_path):
    options = ["--loss", "mse", "--group", "site", "--group", "year"]
    document = json.loads(run("evaluate", table, *options, "--format", "json").stdout)
    assert [group["group"] for group in document["results"][0]["groups"]] == GROUPS
    lines = run("evaluate", table, *options, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line).get("group") for line in lines] == [None, *GROUPS]
    page = run("evaluate", table, *options).stdout
    assert all(name in page for name in GROUPS)
    run("evaluate", table, *options, "--report", f"openmetrics={tmp_path / 'metrics'}")
    metrics = (tmp_path / "metrics").read_text()
    for name in GROUPS:
        label = name.replace('"', '\\"')
        assert f'losscli_cost{{loss="mse",group="{label}"}}' in metrics
    samples = run("evaluate", table, *options, "--per-sample", "-", "--quiet", "--output", "/dev/null").stdout
    alone = run("evaluate", table, "--loss", "mse", "--per-sample", "-", "--quiet", "--output", "/dev/null")
    assert samples == alone.stdout != ""


@pytest.mark.parametrize(
    ("gate", "status"),
    [
        ("mse[site=A, year=2023] <= 0.5", 0),
        ("mse[site=A, year=2023] < 0.5", 1),
        ('mse.n[site="A, B", year=2023] >= 1', 0),
        ('mse.n["site=\\"A, B\\", year=2023"] >= 1', 0),
        ("mse.max[site=, year=2024] > 1", 1),
        ("mse[site=A, year=2025] <= 1", 2),
        ("mse[year=2023, site=A] <= 1", 2),
        ("mse[A] <= 1", 2),
    ],
)
def test_gates_are_on_combinations(table, tmp_path, gate, status):
    junit = tmp_path / "junit.xml"
    options = ["--loss", "mse", "--group", "site", "--group", "year", "--gate", gate]
    done = run("evaluate", table, *options, "--report", f"junit={junit}")
    assert done.returncode == status, done.stderr
    if status == 2:
        assert "there is no such group; the groups are [site=" in done.stderr
    else:
        assert "site=" in junit.read_text()
    config = tmp_path / "losscli.toml"
    quoted = json.dumps(gate)
    config.write_text(
        f'[[check]]\nname = "c"\npredictions = "t.csv"\nloss = "mse"\n'
        f'group = ["site", "year"]\ngate = {quoted}\n'
    )
    assert run("check", config).returncode == status


def test_baselines_compare_combinations(table, tmp_path):
    options = ["--loss", "mse", "--group", "site", "--group", "year", "--top", "0"]
    main = tmp_path / "main.json"
    assert run("evaluate", table, *options, "--format", "json", "--output", main).returncode == 0
    gates = [f"mse[{name}] <= baseline" for name in GROUPS]
    given = [word for gate in gates for word in ("--gate", gate)]
    done = run("evaluate", table, *options, "--baseline", main, *given, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["gates"]) == len(GROUPS)
    alone = run("evaluate", table, "--loss", "mse", "--group", "site", "--baseline", main, *given[:2])
    assert alone.returncode == 2


def test_a_config_may_have_one_or_several_and_variables_a_line_each(table, tmp_path):
    config = tmp_path / "losscli.toml"

    def groups(text):
        return [group["group"] for group in json.loads(text)["results"][0]["groups"]]

    for written, expected in (('"site"', ["", "A", "A, B"]), ('["site", "year"]', GROUPS)):
        config.write_text(
            f'[[check]]\nname = "c"\npredictions = "t.csv"\nloss = "mse"\ngroup = {written}\n'
            'output = "out.json"\nformat = "json"\n'
        )
        assert run("check", config).returncode == 0
        assert groups((tmp_path / "out.json").read_text()) == expected
    for words, variables in ((["--group", "year", "--group", "w"], {}), ([], {"LOSSCLI_GROUP": "year\nw"})):
        assert run("check", config, *words, **variables).returncode == 0
        assert "year=2023, w=1" in groups((tmp_path / "out.json").read_text())
    done = run("evaluate", table, "--loss", "mse", "--format", "json", LOSSCLI_GROUP="year\nsite")
    assert "year=2023, site=A" in groups(done.stdout)


@pytest.mark.parametrize("columns", [["site"], ["site", "year"]])
def test_receipts_say_all_columns_and_replay(table, tmp_path, columns):
    receipt = tmp_path / "r.json"
    words = [word for column in columns for word in ("--group", column)]
    gate = ["--gate", "mse[site=A, year=2023] <= 1"] if len(columns) > 1 else []
    assert run("evaluate", table, "--loss", "mse", *words, *gate, "--receipt", receipt).returncode == 0
    document = json.loads(receipt.read_text())
    assert document["call"]["group"] == (columns if len(columns) > 1 else "site")
    assert run("replay", receipt).returncode == 0
    document["results"][0]["groups"][0]["cost"] += 1.0
    receipt.write_text(json.dumps(document))
    done = run("replay", receipt)
    assert done.returncode == 1
    assert document["results"][0]["groups"][0]["group"] in done.stdout
    document["call"]["group"] = [3]
    receipt.write_text(json.dumps(document))
    assert "call.group is a list" in run("replay", receipt).stderr


def test_gradients_have_combinations(table):
    report = losscli.gradient(table, loss="mse", group=["site", "year"])
    assert [group.group for group in report.results[0].groups] == GROUPS
    alone = losscli.gradient(table, loss="mse", group="year").results[0].groups
    assert [group.group for group in alone] == ["2023", "2024"]


def test_a_fold_holds_whole_combinations(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{a},{b},{n},{n + 1}" for n, (a, b) in enumerate(pairwise("xyxyyxxyxy" * 3))]
    path.write_text("a,b,prediction,label\n" + "\n".join(rows) + "\n")
    count = len({row[:3] for row in rows})
    for group, folds in ((["a", "b"], count), ("a", 2)):
        report = losscli.fit(path, loss="mse", group=group, folds=9, epochs=1)
        assert (report.folds, report.columns["group"]) == (folds, tuple(group))
        assert any("too few groups for 9 folds" in note for note in report.notes)


def test_a_cell_that_is_too_long_names_the_option(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"prediction,label,a,b\n1,2,x,{'y' * 2_000_000}\n")
    done = run("evaluate", path, "--loss", "mse", "--group", "a", "--group", "b")
    assert done.returncode == 2
    assert "the group is" in done.stderr
    assert done.stderr.endswith("Name another column: --group COLUMN\n")
    assert "group 2" not in done.stderr
