"""Losses of the user's own: found in files and packages, guarded, and told in the user's lines."""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from helpers import calls

import losscli
from losscli.common.array import side_by_side
from losscli.common.errors import LosscliError, UsageError
from losscli.loss import Loss, registry
from losscli.loss.spec import parse_spec
from losscli.loss.user_code import CodeError, UserCode

ASYMMETRIC = '''
import numpy as np


def asymmetric(label, prediction, *, alpha=2.0):
    """Counts what is too low `alpha` times.

    For demand.

    alpha: how much more it costs
    """
    error = prediction - label
    return np.where(error < 0, alpha, 1.0) * error**2


def asymmetric_gradient(label, prediction, *, alpha=2.0):
    error = prediction - label
    return 2 * np.where(error < 0, alpha, 1.0) * error
'''
DATA = "label,prediction\n1,2\n3,1\n4,4\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "LOSSCLI_TRACEBACK", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "data.csv").write_text(DATA, "utf-8")
    (tmp_path / "mine.py").write_text(ASYMMETRIC, "utf-8")
    return tmp_path


def load(folder, code, spec="mine.py:loss"):
    (folder / "mine.py").write_text(code, "utf-8")
    return parse_spec(spec, registry.find)


def values(bound, label=(1.0, 3.0, 4.0), prediction=(2.0, 1.0, 4.0)):
    return bound.value(np.array(label), np.array(prediction))


def run(*arguments):
    done = calls.losscli(*arguments, cwd=Path.cwd())
    return done.returncode, done.stdout, done.stderr


class TestFunctions:
    def test_its_keyword_arguments_are_its_parameters(self, folder):
        bound = parse_spec("mine.py:asymmetric:alpha=3", registry.find)
        assert bound.spec == "mine.py:asymmetric:alpha=3"
        assert bound.loss.parameters["alpha"].default == 2.0
        assert bound.loss.parameters["alpha"].help == "how much more it costs"
        assert values(bound).tolist() == [1.0, 12.0, 0.0]
        assert parse_spec("mine.py:asymmetric:alpha=2", registry.find).spec == "mine.py:asymmetric"

    def test_a_function_of_its_name_with_gradient_behind_is_its_gradient(self, folder):
        bound = parse_spec("mine.py:asymmetric:alpha=3", registry.find)
        assert bound.gradient(np.array([1.0, 3.0]), np.array([2.0, 1.0])).tolist() == [2.0, -12.0]
        assert load(folder, "def loss(y, p): return y").loss.gradient is None

    def test_its_docstring_describes_it(self, folder):
        loss = registry.find("mine.py:asymmetric")
        assert loss.summary == "Counts what is too low `alpha` times"
        assert loss.use == "For demand"
        assert (loss.non_negative, loss.zero_at_perfect, loss.convex) == (None, None, None)

    @pytest.mark.parametrize(
        ("signature", "parameters"),
        [
            ("y, p", {}),
            ("y, p, c=1", {"c": 1.0}),
            ("y, p, *, c=-2.5, on=False, top=None", {"c": -2.5, "on": False, "top": None}),
            ("y, p, /, c=np.float32(0.5), on=np.bool_(True)", {"c": 0.5, "on": True}),
            ("y, p, mode='mean', shape=(1, 2), bad=float('nan')", {}),
            ("y, p, c=1.0, /", {}),
            ("*both, c=1", {"c": 1.0}),
            ("y, p, **others", {}),
            ("y, p, top=np.inf", {"top": np.inf}),
        ],
    )
    def test_arguments_that_a_spec_can_write_become_parameters(self, folder, signature, parameters):
        bound = load(folder, f"import numpy as np\ndef loss({signature}): return np.zeros(3)")
        assert dict(bound.parameters) == parameters
        assert [type(value) for value in bound.parameters.values()] == [
            type(value) for value in parameters.values()
        ]
        assert values(bound).tolist() == [0.0, 0.0, 0.0]

    def test_only_what_is_infinite_by_default_or_unset_may_be_infinite(self, folder):
        spec = "mine.py:loss:top=-inf,c=2"
        bound = load(folder, "def loss(y, p, top=float('inf'), c=1): return y * 0 + c", spec)
        assert dict(bound.parameters) == {"top": -np.inf, "c": 2.0}
        with pytest.raises(UsageError, match="c is a finite number"):
            parse_spec("mine.py:loss:c=inf", registry.find)

    @pytest.mark.parametrize("signature", ["", "y", "y, p, c", "y, p, *, c", "*, y, p"])
    def test_other_signatures_are_refused(self, folder, signature):
        with pytest.raises(UsageError, match=r"loss cannot be called with \(label, prediction\) alone"):
            load(folder, f"def loss({signature}): return y")

    @pytest.mark.parametrize("code", ["loss = 5", "class loss: pass", "import math as loss"])
    def test_what_is_neither_a_function_nor_a_declaration_is_refused(self, folder, code):
        with pytest.raises(UsageError, match=r"mine.py:loss is a .*needed: a function of \(label, predic"):
            load(folder, code)

    def test_anything_that_can_be_called_will_do(self, folder):
        code = "import functools, numpy\ndef f(c, y, p): return c * (y + p)\n"
        assert values(load(folder, code + "loss = functools.partial(f, 2.0)")).tolist() == [6.0, 8.0, 16.0]
        assert values(load(folder, "import numpy\nloss = numpy.subtract")).tolist() == [-1.0, 2.0, 0.0]

    def test_several_columns_reach_it_together(self, folder):
        bound = load(folder, "def loss(y, p):\n    assert y.shape == (3, 2)\n    return (p - y).sum(axis=1)")
        label, prediction = np.zeros((3, 2)), np.arange(6.0).reshape(3, 2)
        columns = ["0", "1"]
        report = losscli.evaluate(prediction, label, loss=[bound, "mse"], prediction=columns, label=columns)
        assert [result.cost for result in report.results] == [5.0, 55 / 6]
        assert report.results[0].worst[0].error == np.hypot(4.0, 5.0)
        assert report.results[0].worst[0].loss == 9.0

    def test_of_one_column_it_gets_plain_arrays_and_errors_keep_their_sign(self, folder):
        bound = load(folder, "def loss(y, p):\n    assert y.ndim == p.ndim == 1\n    return y * 0 + 1")
        report = losscli.evaluate("data.csv", loss=[bound, "mae"])
        assert sorted(sample.error for sample in report.results[0].worst) == [-2.0, 0.0, 1.0]


class TestFiles:
    def test_a_name_that_is_missing_is_told_with_those_there_are(self, folder):
        for spec in ("mine.py:other", "mine.py:", "mine.py"):
            with pytest.raises(UsageError) as caught:
                registry.find(spec)
            assert str(caught.value).endswith("needed: mine.py:NAME. It has: asymmetric.")

    def test_a_file_that_cannot_be_read_is_told(self, folder):
        (folder / "folder.py").mkdir()
        for spec, reason in (("no.py:f", "no such file"), ("folder.py:f", "is a directory")):
            with pytest.raises(UsageError, match=rf"{spec[:-2]} cannot be read: {reason}"):
                registry.find(spec)
        with pytest.raises(UsageError, match="cannot be read"):
            registry.find("\0.py:f")

    def test_a_file_runs_once_while_it_stays_as_it_is(self, folder):
        code = (
            "with open('runs', 'a') as runs: runs.write('.')\n"
            "def loss(y, p): return {}\ndef other(y, p): return y"
        )
        first = load(folder, code.format("y"))
        assert parse_spec("mine.py:loss", registry.find) == first
        registry.find("mine.py:other")
        registry.find(f"{folder}/mine.py:loss")
        assert (folder / "runs").read_text() == ".."  # the path is part of what messages show
        assert values(load(folder, code.format("p"))).tolist() == [2.0, 1.0, 4.0]

    def test_what_lies_beside_it_replaces_nothing(self, folder, monkeypatch):
        monkeypatch.delitem(sys.modules, "colorsys", raising=False)
        (folder / "colorsys.py").write_text("raise RuntimeError", "utf-8")
        code = "import colorsys\ndef loss(y, p): return y * 0 + colorsys.rgb_to_hsv(1, 0, 0)[1]"
        assert values(load(folder, code)).tolist() == [1.0, 1.0, 1.0]

    def test_what_lies_beside_it_can_be_imported_and_leaves_nothing_behind(self, folder):
        (folder / "helper.py").write_text("def double(x): return 2 * x", "utf-8")
        (folder / "late.py").write_text("half = 0.5", "utf-8")
        (folder / "numpy.py").write_text("raise RuntimeError", "utf-8")
        path, flag = list(sys.path), sys.dont_write_bytecode
        bound = load(
            folder,
            "import helper, numpy\ndef loss(y, p):\n    import late\n    return helper.double(p) * late.half",
        )
        assert values(bound).tolist() == [2.0, 1.0, 4.0]
        assert not list(folder.rglob("__pycache__"))
        assert (sys.path, sys.dont_write_bytecode) == (path, flag)

    def test_two_files_may_each_have_a_helper_of_the_same_name(self, folder):
        for name, factor in (("one", 1.0), ("two", 2.0)):
            package = folder / name / "tools"
            package.mkdir(parents=True)
            (package / "__init__.py").write_text("", "utf-8")
            (package / "helper.py").write_text(f"FACTOR = {factor}", "utf-8")
            code = (
                "import tools.helper\ndef loss(y, p):\n"
                "    from tools import helper as again\n    assert again is tools.helper\n"
                "    return y * 0 + again.FACTOR"
            )
            (folder / name / "mine.py").write_text(code, "utf-8")
        bound = [parse_spec(f"{name}/mine.py:loss", registry.find) for name in ("one", "two")]
        assert [values(one)[0] for one in (*bound, *bound)] == [1.0, 2.0, 1.0, 2.0]
        assert "tools" not in sys.modules

    def test_a_file_is_never_found_by_itself(self, folder):
        (folder / "mse.py").write_text("raise RuntimeError", "utf-8")
        (folder / "losscli_losses.py").write_text("raise RuntimeError", "utf-8")
        assert registry.find("mse").family == "regression"
        with pytest.raises(UsageError, match="there is no loss 'losscli_losses'"):
            registry.find("losscli_losses")

    def test_dataclasses_and_postponed_annotations_work(self, folder):
        code = (
            "from __future__ import annotations\nfrom dataclasses import dataclass\n"
            "@dataclass\nclass Scaled:\n    by: float\n"
            "    def __call__(self, y, p): return self.by * (p - y)\nloss = Scaled(2.0)"
        )
        assert values(load(folder, code)).tolist() == [2.0, -4.0, 0.0]


BAD_RESULTS = {
    "None": "returned nothing",
    "1.0": "returned a float for 3 rows",
    "np.float64(1)": "returned a float64 for 3 rows",
    "np.zeros((3, 1))": r"returned shape \(3, 1\) for 3 rows",
    "np.zeros(4)": r"returned shape \(4,\) for 3 rows",
    "[[1], [1, 2], 3]": "returned a list, which NumPy cannot turn into an array",
    "np.array(['1', '2', '3'])": "returned an array of <U1",
    "y + 1j": "returned an array of complex128",
    "np.ma.masked_less(y, 2)": "returned a masked array",
    "np.array([{}, 1, 2], dtype=object)": "returned objects that are not numbers",
    "np.array(['2020', '2021', '2022'], 'M8[D]')": "returned an array of datetime64",
    "(one for one in y)": "returned a generator",
}


class TestGuard:
    @pytest.mark.parametrize("result", BAD_RESULTS)
    def test_what_is_not_one_number_per_row_is_refused(self, folder, result):
        with pytest.raises(CodeError, match=BAD_RESULTS[result]) as caught:
            values(load(folder, f"import numpy as np\ndef loss(y, p): return {result}"))
        assert caught.value.breaks == "shape"
        assert caught.value.where == "mine.py"

    @pytest.mark.parametrize(
        "result",
        [
            "p > 1",
            "p.astype('f4')",
            "p.astype(int)",
            "list(p)",
            "np.array(list(p), dtype=object)",
            "1 * p[:]",
        ],
    )
    def test_what_turns_into_float64_is_taken(self, folder, result):
        found = values(load(folder, f"import numpy as np\ndef loss(y, p): return {result}"))
        assert found.dtype == np.float64
        assert found.tolist() == ([1.0, 0.0, 1.0] if ">" in result else [2.0, 1.0, 4.0])

    def test_what_it_returns_is_copied(self, folder):
        bound = load(folder, "def loss(y, p): return p")
        prediction = np.array([1.0, 2.0])
        bound.value(prediction, prediction)[:] = 9.0
        assert prediction.tolist() == [1.0, 2.0]

    def test_a_gradient_has_the_shape_of_the_prediction(self, folder):
        bound = load(folder, "def loss(y, p): return y\ndef loss_gradient(y, p): return y")
        assert bound.gradient(np.zeros(2), np.zeros(2)).shape == (2,)
        with pytest.raises(CodeError, match=r"loss_gradient returned shape \(2,\) .* shape \(2, 3\)"):
            bound.gradient(np.zeros(2), np.zeros((2, 3)))

    def test_without_a_row_it_is_not_asked(self, folder):
        bound = load(folder, "def loss(y, p): return y - p.max()")
        assert values(bound, (), ()).shape == (0,)

    @pytest.mark.parametrize("change", ["p -= y", "y[0] = 5", "p.sort()", "p[p < 0] = 0"])
    def test_arguments_cannot_be_changed(self, folder, change):
        with pytest.raises(CodeError, match=r"mine\.py line 2: loss changes its arguments") as caught:
            values(load(folder, f"def loss(y, p):\n    {change}\n    return p"))
        assert caught.value.breaks == "pure"
        assert "prediction.copy()" in caught.value.remedy
        assert change in caught.value.remedy

    @pytest.mark.parametrize(
        ("statement", "told"),
        [
            ("1 / 0", "line 3: loss raised ZeroDivisionError: division by zero"),
            ("raise ValueError('two\\n  lines')", "line 3: loss raised ValueError: two lines"),
            ("import sys; sys.exit(0)", "line 3: loss raised SystemExit: 0"),
            ("raise KeyError", "line 3: loss raised KeyError"),
            ("assert not p.any(), 'x' * 999", "line 3: loss raised AssertionError: xxxx"),
            ("np.zeros(2) + np.zeros(3)", "line 3: loss raised NameError"),
        ],
    )
    def test_what_it_raises_is_told_with_its_line(self, folder, statement, told):
        with pytest.raises(CodeError) as caught:
            values(load(folder, f"# a loss\ndef loss(y, p):\n    {statement}\n    return p"))
        assert told in str(caught.value)
        assert caught.value.remedy == f"\n  {statement}"
        assert len(str(caught.value)) < 500

    def test_an_error_further_down_is_told_with_the_line_of_the_file_that_was_named(self, folder):
        (folder / "helper.py").write_text("def fail(x):\n\n\n    raise OSError('deep')", "utf-8")
        bound = load(folder, "import helper\ndef inner(y): helper.fail(y)\ndef loss(y, p):\n    inner(y)")
        with pytest.raises(CodeError, match=r"mine\.py line 2: loss raised OSError: deep"):
            values(bound)

    @pytest.mark.parametrize(
        ("code", "told"),
        [
            ("def loss(y, p)\n    return y", "mine.py line 1: expected ':'"),
            ("\0", "mine.py: source code string cannot contain null bytes"),
            ("import no_such_module", "mine.py line 1: mine.py raised ModuleNotFoundError: No module"),
            ("x = 1\nraise SystemExit", "mine.py line 2: mine.py raised SystemExit"),
            ("import bad", "bad.py line 2: invalid syntax"),
        ],
    )
    def test_a_file_that_fails_is_told_with_its_line(self, folder, code, told):
        (folder / "bad.py").write_text("\n1 +", "utf-8")
        with pytest.raises(CodeError) as caught:
            load(folder, code)
        assert told in str(caught.value).replace(f"{folder}/", "")

    def test_the_error_it_comes_from_is_kept(self, folder):
        with pytest.raises(CodeError) as caught:
            values(load(folder, "def loss(y, p): return 1 / 0"))
        assert isinstance(caught.value.__cause__, ZeroDivisionError)

    def test_an_interrupt_stays_an_interrupt(self, folder):
        with pytest.raises(KeyboardInterrupt):
            values(load(folder, "def loss(y, p): raise KeyboardInterrupt"))


DECLARATION = """
from losscli.loss.domain import {domains}, Domain
from losscli.loss import Constraint, Loss, Layout, Parameter
import numpy as np

class Even(Domain):
    def _describe(self): return "an even number"
    def _outside(self, values): {outside}
    def _sample(self, random, rows, classes): return 2.0 * random.integers(-5, 5, rows)

def value(label, prediction):
    return np.abs(prediction - label)

loss = Loss(name="own", family="theirs", value=value, label=Even(), prediction=REAL,
            layout=Layout.SCALAR, summary="s", formula="f", use="u", avoid="a", {more})
"""


def declaration(outside="return values % 2 != 0", more=""):
    return DECLARATION.format(domains="REAL", outside=outside, more=more)


class TestDeclarations:
    def test_it_is_taken_as_it_is_under_the_name_that_found_it(self, folder):
        bound = load(folder, declaration())
        assert (bound.spec, bound.loss.family) == ("mine.py:loss", "theirs")
        assert values(bound).tolist() == [1.0, 2.0, 0.0]
        assert bound.label_domain.description == "an even number"
        assert bound.label_domain.outside(np.array([1.0, 2.0])).tolist() == [True, False]

    @pytest.mark.parametrize("field", ["hessian", "gradeint"])
    def test_a_field_that_there_is_not_is_told_with_its_line(self, folder, field):
        with pytest.raises(CodeError, match=rf"mine\.py line 14: .* unexpected keyword argument '{field}'"):
            load(folder, declaration(more=f"{field}=value"))

    def test_its_domain_is_asked(self, folder):
        load(folder, declaration())
        status, _, said = run("evaluate", "data.csv", "--loss", "mine.py:loss")
        assert (status, said.strip()[:69]) == (
            2,
            "losscli: data.csv row 1 (line 2): label is 1; mine.py:loss needs an e",
        )

    @pytest.mark.parametrize(
        ("planted", "told"),
        [
            ({"outside": "return values[0, 0]"}, "own label: Even raised IndexError"),
            ({"more": "counts=lambda y, p: y"}, "own counts returned an array of float64"),
            ({"more": "clipped=lambda y, p: 1 / 0"}, "own clipped raised ZeroDivisionError"),
            ({"more": "error=lambda y, p: y[:1]"}, r"own error returned shape \(1,\) for 3 rows"),
            ({"more": "finish=lambda mean: mean.no"}, "own finish raised AttributeError"),
            ({"more": "constraint=Constraint('c', lambda y, p: 1 / 0)"}, "own constraint raised Zero"),
        ],
    )  # fmt: skip
    def test_whatever_it_brings_along_is_guarded(self, folder, planted, told):
        (folder / "data.csv").write_text("label,prediction\n2,2\n4,1\n0,4\n", "utf-8")
        load(folder, declaration(**planted))
        status, out, said = run("evaluate", "data.csv", "--loss", "mine.py:loss")
        assert (status, out) == (2, "")
        assert __import__("re").search(told, said), said

    def test_domains_made_of_parameters_are_guarded_too(self, folder):
        code = declaration().replace("label=Even()", "label=lambda parameters: 1 / 0")
        with pytest.raises(CodeError, match="own label domain raised ZeroDivisionError"):
            _ = load(folder, code).label_domain
        code = declaration("1 / 0").replace("label=Even()", "label=lambda parameters: Even()")
        with pytest.raises(CodeError, match="own label: Even raised ZeroDivisionError"):
            load(folder, code).label_domain.outside(np.ones(1))

    def test_a_built_in_declaration_can_be_used_again(self, folder):
        bound = load(
            folder, "from losscli.catalogue.regression.huber import LOSS as loss", "mine.py:loss:delta=1"
        )
        assert values(bound).tolist() == [0.5, 1.5, 0.0]


class TestProgram:
    def test_it_stands_beside_built_in_losses_and_in_gates(self, folder):
        call = ("evaluate", "data.csv", "--loss", "mine.py:asymmetric:alpha=3", "--loss", "mse", "--quiet")
        gate = "mine.py:asymmetric:alpha=3.max[a] <= 12"
        assert run(*call)[:2] == (0, "4.333333333333333\n1.6666666666666667\n")
        (folder / "data.csv").write_text("label,prediction,g\n1,2,a\n3,1,a\n", "utf-8")
        assert run(*call, "--group", "g", "--gate", gate)[0] == 0
        assert run(*call, "--group", "g", "--gate", gate.replace("12", "11"))[0] == 1

    def test_it_is_explained(self, folder):
        status, page, _ = run("explain", "mine.py:asymmetric:alpha=5")
        assert status == 0
        assert page.startswith("mine.py:asymmetric: Counts what is too low `alpha` times\ncustom loss\n")
        assert "how much more it costs; a finite number (default 2, here 5)" in page
        assert "no claims; `losscli verify` tests what holds" in page
        assert "gradient" in page

    def test_what_it_prints_does_not_get_between_the_results(self, folder):
        (folder / "mine.py").write_text(
            "import sys\nprint('loading')\ndef loss(y, p):\n    print('hi')\n    sys.stdout.write('ho')\n"
            "    return abs(p - y)",
            "utf-8",
        )
        status, out, said = run("evaluate", "data.csv", "--loss", "mine.py:loss", "--quiet")
        assert (status, out) == (0, "1.0\n")
        assert "loading\nhi\nho" in said

    def test_it_cannot_end_the_program_well(self, folder):
        (folder / "mine.py").write_text("def loss(y, p):\n    raise SystemExit(0)", "utf-8")
        status, out, said = run("evaluate", "data.csv", "--loss", "mine.py:loss")
        assert (status, out) == (2, "")
        assert said == (
            "losscli: mine.py line 2: loss raised SystemExit: 0.\nlosscli:   raise SystemExit(0)\n"
        )

    def test_our_frames_are_shown_only_on_demand(self, folder):
        (folder / "mine.py").write_text("def loss(y, p):\n    return 1 / 0", "utf-8")
        call = ("evaluate", "data.csv", "--loss", "mine.py:loss")
        said = run(*call)[2]
        assert "Traceback" not in said
        assert "user_code.py" not in said
        said = run(*call, "--traceback")[2]
        assert 'File "mine.py", line 2, in loss' in said
        assert "user_code.py" in said

    def test_nan_is_refused_with_the_row(self, folder):
        (folder / "mine.py").write_text("import numpy as np\ndef loss(y, p): return np.log(p - 1.5)", "utf-8")
        status, _, said = run("evaluate", "data.csv", "--loss", "mine.py:loss")
        assert status == 2
        assert "data.csv row 2 (line 3): mine.py:loss is NaN for label 3 and prediction 1" in said

    def test_hostile_text_in_what_it_raises_is_shown_escaped(self, folder):
        (folder / "mine.py").write_text(
            "def loss(y, p):\n    raise ValueError('\\x1b]0;t\\x07 \\n::error::x [bold]')", "utf-8"
        )
        said = run("evaluate", "data.csv", "--loss", "mine.py:loss")[2]
        assert "\x1b" not in said
        assert all(line.startswith("losscli: ") for line in said.splitlines())

    def test_errors_of_losses_are_told_together(self, folder):
        losses = [part for name in ("mine.py:no", "no.py:x", "mes") for part in ("--loss", name)]
        status, _, said = run("evaluate", "data.csv", *losses)
        assert status == 2
        assert [word in said for word in ("mine.py has no no", "no.py cannot be read", "'mes'")] == [True] * 3

    def test_block_sizes_change_nothing(self, folder):
        random = np.random.default_rng(0)
        label, prediction = random.normal(size=(2, 500))
        costs = {
            losscli.evaluate(prediction, label, loss="mine.py:asymmetric", block_rows=rows).results[0].cost
            for rows in (1, 7, 99, 500)
        }
        assert len(costs) == 1


METADATA = "Metadata-Version: 2.1\nName: shop-losses\nVersion: 1.0\n"
POINTS = """[losscli.losses]
shortage = shop_losses.demand:asymmetric
declared = shop_losses.demand:DECLARED
number = shop_losses.demand:NUMBER
failing = shop_losses.failing:loss
mse = shop_losses.failing:loss
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder into which pip installed a package that adds losses, and nothing else."""
    if importlib.util.find_spec("pip") is None:
        pytest.skip("pip is not installed")
    folder = tmp_path_factory.mktemp("package")
    wheel = folder / "shop_losses-1.0-py3-none-any.whl"
    files = {
        "shop_losses/__init__.py": "",
        "shop_losses/demand.py": ASYMMETRIC
        + "from losscli.catalogue.regression.mae import LOSS as DECLARED\nNUMBER = 5\n",
        "shop_losses/failing.py": "raise RuntimeError('broken package')",
        "shop_losses-1.0.dist-info/METADATA": METADATA,
        "shop_losses-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "shop_losses-1.0.dist-info/entry_points.txt": POINTS,
    }
    record = "".join(f"{name},,\n" for name in (*files, "shop_losses-1.0.dist-info/RECORD"))
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in (files | {"shop_losses-1.0.dist-info/RECORD": record}).items():
            archive.writestr(name, text)
    place = folder / "site"
    pip = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "install"]
    options = ["--no-index", "--no-deps", "--quiet", "--target", str(place), str(wheel)]
    done = calls.run([*pip, *options], cwd=folder)
    assert done.returncode == 0, done.stderr
    return place


class TestPackages:
    def call(self, installed, folder, *arguments):
        done = calls.process(*arguments, cwd=folder, PYTHONPATH=installed)
        return done.returncode, done.stdout, done.stderr

    def test_functions_and_declarations_of_an_installed_package_are_losses(self, installed, folder):
        losses = ("--loss", "shortage:alpha=3", "--loss", "declared")
        found = self.call(installed, folder, "evaluate", "data.csv", *losses, "--quiet")
        assert found == (0, "4.333333333333333\n1.0\n", "")

    def test_they_are_verified_with_their_gradient(self, installed, folder):
        status, page, _ = self.call(installed, folder, "verify", "shortage:alpha=3")
        assert status == 0
        assert page.startswith("shortage:alpha=3\n")
        assert "gradient         pass" in page

    def test_what_is_no_loss_or_fails_is_told_with_the_package(self, installed, folder):
        status, _, said = self.call(installed, folder, "evaluate", "data.csv", "--loss", "number")
        assert status == 2
        assert "'number' of the package shop-losses is not a loss: number is a int" in said
        status, _, said = self.call(installed, folder, "evaluate", "data.csv", "--loss", "failing")
        assert status == 2
        assert "the package shop-losses raised RuntimeError: broken package" in said
        assert "Traceback" not in said

    def test_its_code_does_not_run_unless_asked_for_and_replaces_nothing(self, installed, folder):
        assert self.call(installed, folder, "evaluate", "data.csv", "--loss", "mse", "--quiet") == (
            0, "1.6666666666666667\n", "",
        )  # fmt: skip
        status, _, said = self.call(installed, folder, "evaluate", "data.csv", "--loss", "failin")
        assert status == 2
        assert "Did you mean failing" in said


def test_loading_a_loss_is_part_of_the_api(folder):
    bound = losscli.load_loss("mine.py:asymmetric:alpha=4")
    assert isinstance(bound.loss, Loss)
    assert losscli.evaluate("data.csv", loss=bound).results[0].cost == 17 / 3
    with pytest.raises(LosscliError, match="there is no parameter 'beta'"):
        losscli.load_loss("mine.py:asymmetric:beta=4")


def test_code_of_a_user_gets_rows_in_one_piece_however_they_were_read():
    # The last bits of a user's own sum over a row would depend on how its numbers lie in memory.
    rows = np.random.default_rng(0).normal(size=(50, 9))
    guarded = UserCode("mine.py").rows(lambda label, prediction: prediction.sum(axis=1), "mine")
    for layout in (rows, np.asfortranarray(rows), side_by_side(list(rows.T))):
        assert guarded(rows, layout).tobytes() == rows.sum(axis=1).tobytes()
