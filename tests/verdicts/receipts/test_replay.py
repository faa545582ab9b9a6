"""`losscli replay`: figures proved or refuted, files found, code run only if it is what was named."""

import json
import math
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.calls import SAMPLES, losscli, process
from helpers.documents import prose
from hypothesis import given
from hypothesis import strategies as st

from losscli.cli.main import main
from losscli.common.errors import LosscliError
from losscli.verdicts.receipts.outcome import Difference, same_bits
from losscli.verdicts.receipts.replay import replay
from losscli.verdicts.receipts.rerun import Sought

PAIR = ("diabetes_linear.csv", "diabetes_labels.csv")
CALLS = [
    f"{PAIR[0]} {PAIR[1]} --loss mse --loss rmse --group sex",
    "diabetes.csv --loss mae --reduction sum --ignore-label 151 --map-labels 75=76",
    "diabetes_semicolon.csv --decimal , --loss huber:delta=3",
    "diabetes.csv.gz --loss log_cosh --prediction prediction --label label --weight label",
    "cancer_logistic.csv cancer_labels.csv --loss binary_cross_entropy --gate binary_cross_entropy<=0.2",
    "wine_bayes.csv wine_labels.csv --loss cross_entropy --loss perplexity --gate perplexity.max<=1",
    f"{PAIR[0]} {PAIR[1]} --loss own.py:odd:alpha=3 --loss mae --gate own.py:odd:alpha=3<=1e9",
    "huge.csv --loss mse",
    "bad.csv --loss mse --bad-rows drop",
]
OWN = """
from pathlib import Path
Path("ran").touch()

def odd(label, prediction, *, alpha=2.0):
    return alpha * abs(label - prediction)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path in SAMPLES.glob("*.csv*"):
        shutil.copy(path, tmp_path)
    Path("own.py").write_text(OWN)
    Path("huge.csv").write_text("prediction,label\n1e200,0\n1,-0.0\n")
    Path("bad.csv").write_text("prediction,label\n1,2\nx,3\n-0.0,0\n")
    return tmp_path


def write(call, receipt="r.json", status=0):
    assert main(["evaluate", *call.split(), "--quiet", "--receipt", receipt]) == status


def edit(change, receipt="r.json"):
    document = json.loads(Path(receipt).read_text())
    change(document)
    Path(receipt).write_text(json.dumps(document))


@pytest.mark.parametrize("call", CALLS)
def test_what_was_computed_is_proved(folder, call, capsys):
    write(call, status=int("perplexity.max" in call))
    assert main(["replay", "r.json"]) == 0
    assert "proved: all " in capsys.readouterr().out


def test_a_receipt_that_a_tool_wrote_anew_is_proved_too(folder):
    """jq writes 442.0 as 442."""
    write(CALLS[0])
    whole = json.loads(Path("r.json").read_text(), parse_float=lambda text: json_number(float(text)))
    Path("r.json").write_text(json.dumps(whole))
    assert replay("r.json").proved


def json_number(value):
    return int(value) if value.is_integer() else value


COUNTS = ["n", "dropped", "ignored", "clipped"]
FIGURES = [*COUNTS, "weight_sum", "cost", "standard_error", "sum", "mean", "std", "min", "max"]


@pytest.mark.parametrize("where", ["loss", "group"])
@pytest.mark.parametrize("figure", [*FIGURES, "0.95", "signature", "quantiles_exact"])
def test_every_figure_is_compared_to_the_last_bit(folder, figure, where):
    write(f"{PAIR[0]} {PAIR[1]} --loss mse --group sex")
    recorded = replay("r.json")
    assert recorded.proved

    def change(document):
        result = document["results"][0]
        part = result if where == "loss" else result["groups"][1]
        part = part["quantiles"] if figure == "0.95" else part
        value = part[figure]
        if isinstance(value, bool):
            part[figure] = not value
        elif isinstance(value, str):
            part[figure] = value.replace("mse", "mae")
        else:
            part[figure] = value + 1 if isinstance(value, int) else math.nextafter(value, math.inf)

    edit(change)
    found = replay("r.json")
    assert len(found.differences) == 1
    assert found.compared == recorded.compared
    (one,) = found.differences
    assert figure in one.figure
    assert (one.loss, one.group) == ("mse", None if where == "loss" else "sex_2")
    if isinstance(one.recorded, float):
        assert one.ulps == 1
    assert main(["replay", "r.json", "--quiet"]) == 1


def test_a_receipt_that_says_nothing_of_a_standard_error_is_not_held_to_it(folder):
    write(f"{PAIR[0]} {PAIR[1]} --loss mse")
    whole = replay("r.json").compared
    edit(lambda document: document["results"][0].pop("standard_error"))
    found = replay("r.json")
    assert found.proved
    assert found.compared == whole - 1
    # To say that there is none is to say something.
    edit(lambda document: document["results"][0].update(standard_error=None))
    assert not replay("r.json").proved


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["inputs"]["labels"].update(rows=441),
        lambda d: d.update(signature=d["signature"].replace("442", "443")),
        lambda d: d.update(signature=d["signature"].replace("align:id", "align:position")),
        lambda d: d["call"].update(reduction="sum"),
        lambda d: d["call"].update(align="position"),
        lambda d: d["call"].update({"ignore-label": ["151"]}),
        lambda d: d["gates"][0].update(value=1.0),
        lambda d: d["gates"][0].update(margin=1.0),
        lambda d: d["gates"][0].update(margin=None),
        lambda d: (d["gates"][0].update(verdict="fail"), d.update(verdict="fail")),
        lambda d: d["results"][0]["groups"].pop(),
        lambda d: d["results"][0].update(std=None),
        lambda d: d["call"].pop("group"),
    ],
)
def test_what_else_a_receipt_says_is_held_against_the_run(folder, change):
    write(f"{PAIR[0]} {PAIR[1]} --loss mse --group sex --gate mse<=3000")
    edit(change)
    assert not replay("r.json").proved


def test_a_gate_that_a_receipt_has_twice_is_compared_twice(folder):
    write(f"{PAIR[0]} {PAIR[1]} --loss mse --gate mse<=3000")
    once = replay("r.json").compared
    edit(lambda d: (d["gates"].append(d["gates"][0]), d["call"]["gate"].append(d["call"]["gate"][0])))
    twice = replay("r.json")
    assert twice.proved
    assert twice.compared == once + 3


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["gates"][0].update(threshold=9999.0, margin=9999.0 - d["gates"][0]["value"]),
        lambda d: d["gates"][0].update(baseline=1.0),
        lambda d: d["gates"][0].update(baseline=None, baseline_text="inf"),
        lambda d: d["gates"][0].pop("baseline"),
        lambda d: (d["gates"].pop(), d.pop("gates"), d.pop("verdict")),
        lambda d: d.update(gates=[], verdict=None),
        lambda d: d["call"].update(gate=[]),
        lambda d: d["call"].update(gate=["mse <= 9"]),
        lambda d: d.pop("versions"),
        lambda d: d["versions"].pop("numpy"),
        lambda d: d["versions"].update(losscli="9.9"),
        lambda d: d["call"].update(predictions="other.csv"),
        lambda d: d["call"].update(labels="other.csv"),
        lambda d: d["call"].pop("labels"),
        lambda d: d["inputs"].pop("labels"),
    ],
)
def test_a_receipt_that_contradicts_itself_proves_nothing(folder, change):
    assert main(["evaluate", *PAIR, "--loss", "mse", "--format", "json", "--output", "main.json"]) == 0
    write(f"{PAIR[0]} {PAIR[1]} --loss mse --baseline main.json --gate mse<=baseline+2%")
    assert replay("r.json").proved
    edit(change)
    assert main(["replay", "r.json"]) == 2


def test_rows_that_were_left_out_have_to_be_in_a_receipt(folder):
    Path("p.csv").write_text("id,prediction\na,1\nb,2\n")
    Path("l.csv").write_text("id,label\na,1\n")
    write("p.csv l.csv --loss mse --unmatched drop")
    assert replay("r.json").proved
    edit(lambda d: d.pop("unmatched"))
    with pytest.raises(LosscliError, match="there is no unmatched"):
        replay("r.json")


def test_an_older_receipt_does_not_say_for_which_gates_it_was_asked(folder):
    write(f"{PAIR[0]} {PAIR[1]} --loss mse --gate mse<=3000")
    edit(lambda d: d["call"].pop("gate"))
    assert replay("r.json").proved


@pytest.mark.parametrize("verdict", ["pass", "fail", "undecided"])
def test_a_baseline_leaves_open_what_a_quantile_of_it_can(folder, verdict):
    """A histogram knows a quantile to 1 %: how exact that of the baseline was is in no receipt."""
    assert main(["evaluate", *PAIR, "--loss", "mse", "--format", "json", "--output", "main.json"]) == 0
    for gate, possible in {
        "mse.p95<=baseline": {"pass", "undecided"},
        "mse.p95<=baseline+50%": {"pass"},
        "mse.max<=baseline": {"pass"},
        "mse<baseline": {"fail"},
    }.items():
        write(f"{PAIR[0]} {PAIR[1]} --loss mse --baseline main.json --exit-zero --gate {gate}")
        edit(lambda d: (d["gates"][0].update(verdict=verdict), d.update(verdict=verdict)))
        assert replay("r.json").proved == (verdict in possible), gate


def test_a_receipt_of_another_version_is_proved_by_its_figures(folder):
    write(CALLS[0])
    text = Path("r.json").read_text()
    Path("r.json").write_text(text.replace("|v:0.1.0", "|v:0.0.9").replace(': "0.1.0"', ': "0.0.9"'))
    assert replay("r.json").proved


def test_where_figures_differ_other_versions_and_machines_are_named(folder, capsys):
    write(CALLS[0])
    text = Path("r.json").read_text()
    Path("r.json").write_text(text.replace("|v:0.1.0", "|v:0.0.9").replace(': "0.1.0"', ': "0.0.9"'))
    change = {"numpy": "1.0", "vectors": "MMX"}
    edit(lambda d: (d["versions"].update(change), d["results"][0].update(cost=2978.41289699054)))
    assert main(["replay", "r.json"]) == 1
    said = capsys.readouterr().out
    assert "losscli: 0.0.9 then, 0.1.0 now" in said
    assert f"numpy: 1.0 then, {np.__version__} now" in said
    assert "the vector instructions: MMX then, " in said
    assert "exp and log may differ in the last bit" in said
    edit(lambda d: d["results"][0].update(cost=1.5))
    assert "do not come from the machine" in replay("r.json").reasons[-1]


@pytest.mark.parametrize("name", PAIR)
def test_a_changed_input_is_named_with_both_digests_and_nothing_is_run(folder, name, capsys, monkeypatch):
    write(f"{PAIR[0]} {PAIR[1]} --loss own.py:odd")
    Path("ran").unlink()
    before = json.loads(Path("r.json").read_text())["inputs"]
    Path(name).write_bytes(Path(name).read_bytes().replace(b"1", b"2", 1))
    monkeypatch.setattr("losscli.loss.custom._run", None)
    assert main(["replay", "r.json"]) == 1
    said = capsys.readouterr().out
    (material,) = replay("r.json").changed
    assert material.path == name
    assert all(digest in said for digest in (material.recorded.sha256, material.found.sha256, name))
    assert material.recorded.sha256 == before[material.role]["sha256"]
    assert "nothing was run" in said
    assert not Path("ran").exists()


def test_code_that_changed_is_named_and_not_run(folder, capsys):
    write(f"{PAIR[0]} {PAIR[1]} --loss own.py:odd")
    Path("ran").unlink()
    Path("own.py").write_text(OWN + "# another\n")
    assert main(["replay", "r.json"]) == 1
    assert "The code changed: own.py" in capsys.readouterr().out
    assert not Path("ran").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["code"].clear(),
        lambda d: d["code"][0].update(loss="other.py:odd"),
        lambda d: d["code"][0].update(path="wn.py"),
        lambda d: d.update(code=[{"loss": "own.py:odd", "package": "own", "version": "1"}]),
        lambda d: d["gates"][0].update(gate="evil.py:odd <= 1e9"),
        lambda d: (d["call"].update(loss=["evil.py:odd"]), d["results"][0].update(loss="evil.py:odd")),
    ],
)
def test_code_that_a_receipt_does_not_vouch_for_never_runs(folder, change, capsys):
    write(f"{PAIR[0]} {PAIR[1]} --loss own.py:odd --gate own.py:odd<=1e9")
    Path("evil.py").write_text(OWN.replace("ran", "evil"))
    Path("wn.py").write_text(OWN.replace("ran", "evil"))
    edit(change)
    assert main(["replay", "r.json"]) in (1, 2)
    assert not Path("evil").exists()
    assert "Traceback" not in capsys.readouterr().err


def test_code_that_is_replaced_in_the_last_moment_does_not_run(folder, monkeypatch):
    write(f"{PAIR[0]} {PAIR[1]} --loss own.py:odd")
    Path("ran").unlink()
    from losscli.verdicts.receipts import rerun as module

    def locate(role, path, *rest, **more):
        material = original(role, path, *rest, **more)
        if role == "code":
            Path("own.py").write_text(OWN + "# another\n")
        return material

    original = module.locate
    monkeypatch.setattr(module, "locate", locate)
    with pytest.raises(LosscliError, match="was not run"):
        replay("r.json")
    assert not Path("ran").exists()


def test_an_input_that_is_replaced_in_the_last_moment_proves_nothing(folder, monkeypatch):
    write(CALLS[0])
    from losscli.verdicts.receipts import replay as module

    def evaluate(*arguments, **more):
        Path(PAIR[0]).write_bytes(Path(PAIR[0]).read_bytes() + b"\n")
        return original(*arguments, **more)

    original = module.evaluate
    monkeypatch.setattr(module, "evaluate", evaluate)
    with pytest.raises(LosscliError, match="changed during the replay"):
        replay("r.json")


class TestFinding:
    def test_from_the_folder_of_the_receipt_under_the_recorded_path(self, folder, monkeypatch):
        Path("data").mkdir()
        shutil.move(PAIR[0], "data")
        write(f"data/{PAIR[0]} {PAIR[1]} --loss mse")
        Path("elsewhere").mkdir()
        monkeypatch.chdir("elsewhere")
        assert replay("../r.json").proved

    def test_beside_the_receipt_by_name(self, folder, monkeypatch):
        Path("data").mkdir()
        shutil.copy(PAIR[0], "data")
        write(f"data/{PAIR[0]} {PAIR[1]} --loss own.py:odd")
        shutil.rmtree("data")
        monkeypatch.chdir("/")
        assert replay(str(folder / "r.json")).proved

    def test_another_file_of_the_name_does_not_hide_the_right_one(self, folder, monkeypatch):
        write(CALLS[0])
        Path("elsewhere").mkdir()
        monkeypatch.chdir("elsewhere")
        # Of the same size, so that only its bytes tell it apart.
        Path(PAIR[0]).write_bytes(Path(f"../{PAIR[0]}").read_bytes().replace(b"1", b"2"))
        proof = replay("../r.json")
        assert proof.proved
        assert proof.files[0].found_at == f"../{PAIR[0]}"

    def test_other_code_of_the_name_does_not_hide_the_right_one(self, folder, monkeypatch):
        write(f"{PAIR[0]} {PAIR[1]} --loss own.py:odd")
        Path("elsewhere").mkdir()
        monkeypatch.chdir("elsewhere")
        Path("own.py").write_text("# of another size")
        proof = replay("../r.json")
        assert proof.proved
        assert proof.files[-1].found_at == "../own.py"
        # Neither does it where the right one has to be looked for.
        shutil.move("../own.py", folder / "elsewhere" / "deep.py")
        Path("below").mkdir()
        shutil.move("deep.py", "below/own.py")
        assert replay("../r.json", Sought(search=".")).files[-1].found_at == "below/own.py"

    def test_where_the_caller_says(self, folder, capsys):
        write(CALLS[0])
        shutil.move(PAIR[0], "p.csv")
        shutil.move(PAIR[1], "l.csv")
        assert main(["replay", "r.json"]) == 2
        said = capsys.readouterr().err
        assert f"{PAIR[0]}: the predictions" in said
        assert f"{PAIR[1]}: the labels" in said
        assert "--predictions FILE, or --search FOLDER" in said
        assert main(["replay", "r.json", "--predictions", "p.csv", "--labels", "l.csv"]) == 0
        assert main(["replay", "r.json", "--predictions", "p.csv", "--labels", "no.csv"]) == 2
        assert main(["replay", "r.json", "--predictions", "l.csv", "--labels", "p.csv"]) == 1

    def test_by_size_and_digest_below_a_folder(self, folder):
        write(f"{PAIR[0]} {PAIR[1]} --loss own.py:odd")
        deep = Path("a/b")
        deep.mkdir(parents=True)
        shutil.move(PAIR[0], deep / "march")
        shutil.move(PAIR[1], "a/old")
        shutil.move("own.py", deep / "own.py")
        (deep / "decoy").write_bytes(bytes((deep / "march").stat().st_size))
        os.mkfifo(deep / "fifo")
        (deep / "loop").symlink_to("..")
        assert replay("r.json", Sought(search=".")).proved
        with pytest.raises(LosscliError):
            replay("r.json", Sought(search=str(deep)))

    def test_code_of_another_name_is_not_it(self, folder):
        """Its signature would be another one."""
        write(f"{PAIR[0]} {PAIR[1]} --loss own.py:odd")
        shutil.move("own.py", "other.py")
        with pytest.raises(LosscliError, match="code of the receipt"):
            replay("r.json", Sought(search="."))

    def test_what_came_from_a_pipe_has_to_be_a_file_now(self, folder):
        done = losscli(
            *("evaluate", "-", PAIR[1], "--loss", "mse", "--receipt", "r.json"),
            cwd=folder,
            stdin=Path(PAIR[0]).read_text(),
        )
        assert done.returncode == 0
        with pytest.raises(LosscliError, match="they came from a pipe"):
            replay("r.json")
        assert replay("r.json", Sought({"predictions": PAIR[0]})).proved
        assert replay("r.json", Sought(search=".")).proved

    @pytest.mark.parametrize("path", ["/dev/zero", "/dev/stdin", "fifo", ".", "a\0b", "-", "", "x" * 5000])
    def test_no_device_pipe_or_folder_is_waited_for(self, folder, path):
        os.mkfifo("fifo")
        write(CALLS[0])
        edit(lambda d: d["inputs"]["predictions"].update(path=path))
        with pytest.raises(LosscliError):
            replay("r.json")
        if "\0" not in path:
            with pytest.raises(LosscliError):
                replay("r.json", Sought({"predictions": path}))

    def test_labels_of_a_receipt_without_a_file_of_them_are_refused(self, folder):
        write(CALLS[1])
        with pytest.raises(LosscliError, match="both in one file"):
            replay("r.json", Sought({"labels": PAIR[1]}))


def test_the_program_replays_in_a_process_of_its_own(folder):
    call = ["evaluate", *CALLS[6].split(), "--receipt", "r.json", "--quiet"]
    assert losscli(*call, cwd=folder).returncode == 0
    shown = process("replay", "r.json", cwd=folder)
    assert (shown.returncode, shown.stderr) == (0, "")
    told = losscli("replay", "r.json", "--format", "json", cwd=folder)
    assert json.loads(told.stdout)["verdict"] == "proved"
    both = losscli("replay", "nowhere", "--format", "json", "--quiet", cwd=folder)
    assert both.returncode == 2
    assert "--quiet" in both.stderr


def test_a_refuted_receipt_says_why_wherever_the_outcome_went(folder, capsys):
    write(CALLS[0])
    edit(lambda d: d["results"][0].update(cost=1.5))
    capsys.readouterr()
    assert main(["replay", "r.json", "--quiet"]) == 1
    said = capsys.readouterr()
    assert said.out == "refuted\n"
    assert "losscli: refuted: 1 of " in said.err
    assert "mse cost: 1.5 is now 2978.4128969905414" in said.err


def test_every_key_of_the_outcome_is_documented(folder, capsys):
    write(CALLS[0])
    edit(lambda d: d["results"][0].update(cost=1.5))
    capsys.readouterr()
    main(["replay", "r.json", "--format", "json"])
    found = json.loads(capsys.readouterr().out)
    text = prose(SAMPLES.parent / "docs" / "receipts.md")
    keys = {*found, *found["files"][0], *found["files"][0]["found"], *found["differences"][0]}
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []


def test_an_outcome_may_be_infinite(folder, capsys):
    write("huge.csv --loss mse")
    edit(lambda d: (d["results"][0].update(cost=1.5), d["results"][0].pop("cost_text")))
    assert main(["replay", "r.json", "--format", "json"]) == 1
    text = capsys.readouterr().out
    found = json.loads(text[text.index("{") :], parse_constant=pytest.fail)["differences"][0]
    assert (found["replayed"], found["replayed_text"], found["ulps"]) == (None, "inf", None)


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, st.integers(0, 50))
def test_ulps_count_the_numbers_between(value, steps):
    other = value
    for _ in range(steps):
        other = math.nextafter(other, math.inf)
    if math.isfinite(other):
        assert Difference("", None, "", value, other).ulps == steps


@given(finite, finite)
def test_figures_are_the_same_exactly_when_their_bits_are(one, other):
    assert same_bits(one, other) == (np.float64(one).tobytes() == np.float64(other).tobytes())
    assert not same_bits(0.0, -0.0)
    assert not same_bits(1.0, 1)


def test_nothing_is_left_behind(folder):
    write(CALLS[0])
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert replay("r.json").proved
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
