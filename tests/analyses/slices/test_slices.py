"""Slices as a whole: what is looked at, and what is told of it, on every way to them."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.calls import losscli

import losscli as api
from losscli.analyses.evaluate import sliced
from losscli.common.errors import UsageError
from losscli.inputs import partitions

ROWS = 2_000
LOSS = ("--loss", "mae")


def table(rows: int = ROWS, seed: int = 2) -> dict[str, list[Any]]:
    """Return samples whose predictions are worse in the north, and for those above 60 in the south."""
    random = np.random.default_rng(seed)
    region = random.choice(["north", "south", "east", "west", ""], rows, p=[0.1, 0.3, 0.3, 0.25, 0.05])
    age = random.integers(18, 80, rows)
    label = random.normal(50.0, 10.0, rows)
    worse = np.where(region == "north", 1.6, 1.0) * np.where((age > 60) & (region == "south"), 1.8, 1.0)
    prediction = label + random.uniform(-2.0, 2.0, rows) * worse
    return {
        "id": [f"a{row}" if row % 3 else str(row) for row in range(rows)],
        "label": [round(float(one), 6) for one in label],
        "prediction": [round(float(one), 6) for one in prediction],
        "region": region.tolist(),
        "age": age.tolist(),
        "noise": random.normal(size=rows).round(3).tolist(),
    }


def write(path: Path, columns: dict[str, list[Any]], order: Any = None) -> str:
    """Write columns, perhaps in another order of the rows, and return the path."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    rows = [*zip(*columns.values(), strict=True)]
    writer.writerows(rows if order is None else [rows[place] for place in order])
    path.write_text(text.getvalue(), encoding="utf-8")
    return str(path)


def slices_in(*call: str) -> list[dict[str, Any]]:
    done = losscli("evaluate", *call, *LOSS, "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["results"][0]["slices"]
    return found


def test_weak_slices_are_named_with_what_the_second_half_says(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", table())
    found = slices_in(path, "--slices", "auto")
    weak = [one["slice"] for one in found if one["weak"]]
    assert {"region": "north"} in weak
    assert any(one.keys() == {"region", "age"} and one["region"] == "south" for one in weak)
    assert all(one.keys() & {"region", "age"} for one in weak)
    (north,) = [one for one in found if one["slice"] == {"region": "north"}]
    columns = table()
    mask = [region == "north" for region in columns["region"]]
    assert north["n"] == sum(mask)
    assert 0 < north["n_second"] < north["n"]
    assert north["ci"][0] < north["cost"] < north["ci"][1]
    assert north["effect"] == pytest.approx(north["cost"] - north["rest"])
    assert north["p_adjusted"] <= 0.05
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


def test_nothing_changes_where_nobody_asks_and_no_figure_where_somebody_does(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", table())
    plain = json.loads(losscli("evaluate", path, *LOSS, "--json").stdout)
    asked = json.loads(losscli("evaluate", path, *LOSS, "--json", "--slices", "auto").stdout)
    assert "slices" not in plain["results"][0]
    assert asked["results"][0].pop("slices")
    assert plain == asked
    assert "lices" not in losscli("evaluate", path, *LOSS).stdout


@pytest.mark.parametrize("rows", [1, 97, 10**6])
def test_block_sizes_change_nothing(rows: int, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", table(700))
    whole = slices_in(path, "--slices", "auto", "--id", "id")
    assert slices_in(path, "--slices", "auto", "--id", "id", "--block-rows", str(rows)) == whole
    assert whole


def test_order_of_rows_with_ids_changes_nothing(tmp_path: Path) -> None:
    columns = table()
    one = write(tmp_path / "a.csv", columns)
    other = write(tmp_path / "b.csv", columns, np.random.default_rng(1).permutation(ROWS))
    found = slices_in(one, "--slices", "auto", "--id", "id")
    assert found
    assert slices_in(other, "--slices", "auto", "--id", "id", "--block-rows", "300") == found


def test_two_files_say_what_one_says(tmp_path: Path) -> None:
    columns = table()
    whole = write(tmp_path / "a.csv", columns)
    left = write(tmp_path / "p.csv", {name: columns[name] for name in ("id", "prediction", "age")})
    others = {name: columns[name] for name in ("id", "label", "region", "noise")}
    right = write(tmp_path / "l.csv", others, np.random.default_rng(1).permutation(ROWS))
    # Which columns come first says how slices of two are written.
    found = slices_in(whole, "--slices", "age,region,noise", "--id", "id")
    assert found
    assert slices_in(left, right, "--slices", "auto") == found
    assert slices_in(left, right, "--slices", "age", "--slices", "region,noise") == found


def test_auto_leaves_out_what_has_a_role_and_what_is_made_of_the_label(tmp_path: Path) -> None:
    columns = table()
    columns["residual"] = [
        one - other for one, other in zip(columns["prediction"], columns["label"], strict=True)
    ]
    columns["weight"] = [1.0] * ROWS
    path = write(tmp_path / "a.csv", columns)
    call = (path, "--weight", "weight", "--group", "region", "--slices", "auto")
    assert {name for one in slices_in(*call) for name in one["slice"]} <= {"age", "noise"}
    # Who names a column gets it, whatever its role.
    assert {"region": "north"} in [one["slice"] for one in slices_in(*call[:-1], "region")]


def test_where_no_column_is_left_a_note_says_so(tmp_path: Path) -> None:
    columns = {name: table()[name] for name in ("label", "prediction")}
    done = losscli("evaluate", write(tmp_path / "a.csv", columns), *LOSS, "--slices", "auto")
    assert done.returncode == 0
    assert "every column plays a role" in done.stderr
    assert "No slices were looked for: every column plays a role." in done.stdout


def test_few_samples_have_no_slices(tmp_path: Path) -> None:
    done = losscli("evaluate", write(tmp_path / "a.csv", table(99)), *LOSS, "--slices", "auto")
    assert "fewer than 100 samples" in done.stderr


def test_columns_beyond_the_most_are_left_out_of_auto_and_refused_by_name(tmp_path: Path) -> None:
    columns = table(200)
    columns |= {f"c{place}": columns["age"] for place in range(20)}
    path = write(tmp_path / "a.csv", columns)
    done = losscli("evaluate", path, *LOSS, "--slices", "auto")
    assert "the first 20 columns; 3 more" in done.stderr
    done = losscli("evaluate", path, *LOSS, "--slices", ",".join([f"c{one}" for one in range(20)] + ["age"]))
    assert done.returncode == 2
    assert "at most 20" in done.stderr


def test_missing_cells_are_a_value(tmp_path: Path) -> None:
    columns = table()
    hard = np.random.default_rng(4).random(ROWS) < 0.15
    columns["age"] = ["" if one else age for one, age in zip(hard, columns["age"], strict=True)]
    columns["prediction"] = [
        label + (3.0 if one else 1.0) * (-1) ** row
        for row, (one, label) in enumerate(zip(hard, columns["label"], strict=True))
    ]
    found = slices_in(write(tmp_path / "a.csv", columns), "--slices", "auto")
    assert {"age": "(empty)"} in [one["slice"] for one in found if one["weak"]]


HOSTILE = {
    "<script>alert(1)</script>": "</td><img src=x onerror=alert(1)>",
    "\x1b[31mred": "\x1b]0;t\x07|`a`",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_and_values_do_nothing(name: str, tmp_path: Path) -> None:
    columns = table()
    value = HOSTILE[name]
    columns[name] = [value if region == "north" else "ok" for region in columns["region"]]
    path = write(tmp_path / "a.csv", columns)
    page = tmp_path / "page.html"
    call = ("evaluate", path, *LOSS, "--slices", "auto")
    screen = losscli(*call, "--full", "--report", f"html={page}")
    assert screen.returncode == 0, screen.stderr
    assert "\x1b" not in screen.stdout + losscli(*call, "--format", "markdown").stdout
    tags: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not any(key.startswith("on") for key, _ in attrs)

    Parser().feed(page.read_text(encoding="utf-8"))
    assert not {"script", "img"} & {*tags}
    assert {name: value} in [one["slice"] for one in slices_in(*call[1:2], "--slices", "auto")]


def test_name_with_a_comma_stands_in_quotes(tmp_path: Path) -> None:
    columns = table()
    columns["a, b"] = columns.pop("region")
    path = write(tmp_path / "a.csv", columns)
    assert {"a, b": "north"} in [one["slice"] for one in slices_in(path, "--slices", '"a, b",age')]


@pytest.mark.parametrize("name", ["html", "json", "jsonl", "csv", "markdown", "table"])
def test_every_format_is_written(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", table())
    done = losscli("evaluate", path, *LOSS, "--slices", "auto", "--format", name)
    assert done.returncode == 0
    assert ("region" in done.stdout) == (name != "csv")


def test_page_has_a_chart_and_its_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", table())
    text = losscli("evaluate", path, *LOSS, "--slices", "auto", "--format", "html").stdout
    assert "cost of all" in text
    assert "region=north" in text
    assert "region = north" in text


def test_engines_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "LEAST_BYTES", 1 << 12)
    path = write(tmp_path / "a.csv", table())
    one, other = (
        api.evaluate(path, loss="mae", slices="auto", level=0.9, page=True, engine=engine, workers=workers)
        for engine, workers in (("local", None), ("processes", 2))
    )
    assert one.results[0].slices
    assert other.results[0].slices == one.results[0].slices
    assert other.to_html() == one.to_html()


@pytest.mark.parametrize(
    "more",
    [
        ("--reduction", "sum"),
        ("--cluster", "region", "--level", "0.95"),
        ("--baseline-predictions", "b.csv"),
    ],
)
def test_what_slices_do_not_go_with_is_refused(more: tuple[str, ...], tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", table(100))
    done = losscli("evaluate", path, *LOSS, "--slices", "auto", *more)
    assert done.returncode == 2
    assert "--slices" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("names", ["auto,age", "age,", "agee"])
def test_wrong_columns_are_refused(names: str, tmp_path: Path) -> None:
    done = losscli("evaluate", write(tmp_path / "a.csv", table(100)), *LOSS, "--slices", names)
    assert done.returncode == 2
    assert "--slices" in done.stderr


def test_of_more_samples_than_are_kept_some_are_drawn(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(sliced, "MOST_ROWS", 1_500)
    columns = table()
    one = write(tmp_path / "a.csv", columns)
    other = write(tmp_path / "b.csv", columns, np.random.default_rng(1).permutation(ROWS))
    reports = [
        api.evaluate(path, loss="mae", slices="auto", id="id", block_rows=rows)
        for path, rows in ((one, 10**6), (one, 7), (other, 500))
    ]
    assert any("of 2000 samples, drawn by their ids" in note for note in reports[0].notes)
    assert reports[0].results[0].slices
    assert all(one.results[0].slices == reports[0].results[0].slices for one in reports)


def test_python_has_them() -> None:
    columns = table()
    report = api.evaluate(columns, loss=["mae", "mse"], slices=["region", "age"])
    for result in report.results:
        assert result.slices
        assert any(one.weak and one.slice == {"region": "north"} for one in result.slices)
    assert report["mae"].slices != report["mse"].slices
    assert api.evaluate(columns, loss="mae").results[0].slices is None
    with pytest.raises(UsageError, match="slices"):
        api.evaluate(columns, loss="mae", slices=[3])  # type: ignore[list-item]


def test_cost_of_a_finished_loss_is_that_of_the_slice() -> None:
    columns = table()
    rmse, mse = api.evaluate(columns, loss=["rmse", "mse"], slices="region").results
    assert rmse.slices
    assert mse.slices
    for one, other in zip(rmse.slices, mse.slices, strict=True):
        assert one.slice == other.slice
        assert one.cost == pytest.approx(other.cost**0.5)
        assert one.effect == pytest.approx(other.cost**0.5 - other.rest**0.5)


def test_infinite_losses_are_in_no_slice_and_told() -> None:
    columns = table()
    plain = api.evaluate({name: cells[3:] for name, cells in columns.items()}, loss="mse", slices="region")
    columns["prediction"][:3] = [1e200] * 3
    report = api.evaluate(columns, loss="mse", slices="region", id="id")
    assert any("3 infinite losses are in no slice" in note for note in report.notes)
    assert report.results[0].slices
    assert all(np.isfinite(one.cost) for one in report.results[0].slices)
    assert plain.results[0].slices is not None


@pytest.mark.parametrize("size", [0.0, 1e-300, 1e150])
def test_losses_of_any_size_have_the_same_slices(size: float) -> None:
    columns = table()
    one, other = (
        api.evaluate(
            {"label": [0.0] * ROWS, "prediction": (error * scale).tolist(), "region": columns["region"]},
            loss="mae",
            slices="auto",
        ).results[0]
        for error in [np.subtract(columns["prediction"], columns["label"])]
        for scale in (1.0, size)
    )
    assert one.slices
    assert other.slices == () if size == 0.0 else len(other.slices or ()) == len(one.slices)


def test_samples_of_one_id_have_no_second_half() -> None:
    columns = table()
    columns["id"] = ["same"] * ROWS
    assert api.evaluate(columns, loss="mae", slices="auto", id="id").results[0].slices == ()


def test_rows_that_do_not_count_are_in_no_slice() -> None:
    columns = table()
    columns["label"] = [*columns["label"]]
    columns["label"][:200] = [float("nan")] * 200
    report = api.evaluate(columns, loss="mae", slices="region", bad_rows="drop")
    rest = {name: cells[200:] for name, cells in columns.items()}
    assert report.results[0].slices
    found = api.evaluate(rest, loss="mae", slices="region", id="id").results[0].slices
    whole = api.evaluate(columns, loss="mae", slices="region", id="id", bad_rows="drop").results[0].slices
    assert found == whole


def test_check_has_the_key(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", table())
    config = tmp_path / "losscli.toml"
    config.write_text(
        '[[check]]\nname = "one"\npredictions = "a.csv"\nloss = "mae"\nslices = "auto"\n'
        '[[check]]\nname = "two"\npredictions = "a.csv"\nloss = "mae"\nslices = ["region", "age"]\n'
        '[[check]]\nname = "three"\npredictions = "a.csv"\nloss = "mae"\n',
        encoding="utf-8",
    )
    done = losscli("check", str(config), "--json")
    assert done.returncode == 0, done.stderr
    one, two, three = (check["results"][0] for check in json.loads(done.stdout)["checks"])
    assert one["slices"] == slices_in(str(tmp_path / "a.csv"), "--slices", "auto")
    assert two["slices"]
    assert "slices" not in three


def test_report_with_slices_is_a_baseline_and_makes_a_state(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", table())
    asked = ("evaluate", path, *LOSS, "--slices", "auto")
    done = losscli(*asked, "--json", "--output", str(tmp_path / "b.json"), "--state", str(tmp_path / "s"))
    assert done.returncode == 0, done.stderr
    gated = losscli(*asked, "--gate", "mae <= baseline", "--baseline", str(tmp_path / "b.json"))
    assert gated.returncode == 0, gated.stderr
    merged = losscli("merge", str(tmp_path / "s"), "--json")
    assert "slices" not in json.loads(merged.stdout)["results"][0]
    receipt = losscli(*asked, "--receipt", str(tmp_path / "r.json"))
    assert receipt.returncode == 0, receipt.stderr
    assert losscli("replay", str(tmp_path / "r.json")).returncode == 0


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("[0.12890171234567891, 0.32480714781234567)", "[0.128902, 0.324807)"),
        ("[-3.000000000000001, 7]", "[-3, 7]"),
        # Ends that are told apart by later digits alone keep them, and what is no range is as it is.
        ("[0.12345678, 0.12345679)", "[0.12345678, 0.12345679)"),
        ("[1e-09, 2e-09)", "[1e-09, 2e-09)"),
        ("0.12890171234567891", "0.12890171234567891"),
        ("[a, 0.5)", "[a, 0.5)"),
    ],
)
def test_ranges_are_shown_with_the_digits_that_matter(value: str, shown: str) -> None:
    from losscli.analyses.slices.found import Slice
    from losscli.outputs.views.slices import described

    one = Slice({"x": value}, 9, 4, 1.0, None, 0.5, 0.5, 0.01, 0.1, True)
    assert described(one) == f"x = {shown}"
