"""Losses as Python asks for them: no two of a call share a name, and equal functions are one loss."""

import subprocess
import sys

import numpy as np
import pytest
from helpers.examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

import losscli
from losscli.loss.asked import bind_one, named_apart, of_function

TABLE = {"prediction": [1.0, 2.0], "label": [1.0, 4.0]}


def called(name):
    def function(label, prediction):
        return np.abs(label - prediction) * 100

    function.__name__ = name
    return function


FUNCTIONS = {name: called(name) for name in ("mse", "mae", "l1", "huber", "mse_2", "lambda")}
ONE = st.one_of(
    st.sampled_from(["mse", " mse", "huber:delta=2", "mse ", " l1", "huber", "l1"]),
    st.sampled_from(["mse", "huber:delta=3", "mae"]).map(losscli.load_loss),
    st.sampled_from([*FUNCTIONS.values()]),
)


@settings(deadline=None, max_examples=examples(200))
@given(st.lists(ONE, max_size=6))
def test_no_two_losses_share_a_name(losses):
    bound = [bind_one(one) for one in named_apart(losses)]
    digests = {}
    for given_loss, found in zip(losses, bound, strict=True):
        mine = id(given_loss) if callable(given_loss) else "built in"
        assert digests.setdefault(found.loss.name, mine) == mine


@pytest.mark.parametrize(
    "first",
    [losscli.load_loss("mse"), "mse", " mse", "l1", "huber:delta=2", losscli.load_loss("huber")],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_gate_is_judged_on_the_loss_of_its_name(first, turned):
    name = losscli.evaluate(TABLE, loss=first).results[0].loss.partition(":")[0]
    losses = [FUNCTIONS[name], first][:: -1 if turned else 1]
    gates = [f"{first if isinstance(first, str) else first.spec} <= 10", f"{name}_2 > 10"]
    report = losscli.evaluate(TABLE, loss=losses, gate=gates)
    assert sorted(result.loss.partition(":")[0] for result in report.results) == [name, f"{name}_2"]
    assert [gate.verdict for gate in report.gates] == ["pass", "pass"]


def digest(function):
    return of_function(function).loss.origin.version


def made(code, **module):
    """Return the function or object `f` of a module."""
    space = {"np": np, **module}
    exec(compile(code, "some.py", "exec"), space)
    return space["f"]


BODY = "f = lambda label, prediction: "
OBJECT = "class H:\n  {}\n  def __call__(self, label, prediction): return self.by * (label - prediction)\n"
METHOD = (
    "class H:\n  def __init__(self, by): self.by = by\n  def loss(self, label, prediction): return self.by\n"
)
SLOTS = (
    "class H:\n  __slots__ = '__by'\n  def __init__(self, by): self.__by = by\n"
    "  def __call__(self, label, prediction): return self.__by\n"
)
INIT = OBJECT.format("def __init__(self, by): self.by = by")
APART = {
    "operators": (BODY + "label - prediction", BODY + "label + prediction"),
    "constants": (BODY + "label * 2", BODY + "label * 3"),
    "types of constants": (BODY + "label * 1", BODY + "label * 1.0"),
    "signs of zero": (BODY + "label * 0.0", BODY + "label * -0.0"),
    "names": (BODY + "np.abs(label)", BODY + "np.exp(label)"),
    "code inside": (BODY + "(lambda x: x + 1)(label)", BODY + "(lambda x: x + 2)(label)"),
    "sets": (BODY + "label * (2 in {1, 2})", BODY + "label * (2 in {1, 3})"),
    "long integers": (BODY + f"label * 0x{'1' * 9000}", BODY + f"label * 0x{'1' * 8999}2"),
    "objects": (INIT + "f = H(1.)", INIT + "f = H(2.)"),
    "methods": (METHOD + "f = H(1.).loss", METHOD + "f = H(2.).loss"),
    "slots": (SLOTS + "f = H(1.)", SLOTS + "f = H(2.)"),
    "constants of classes": (OBJECT.format("by = 1") + "f = H()", OBJECT.format("by = 2") + "f = H()"),
    "constants of modules": ("K = 1\n" + BODY + "K * label", "K = 2\n" + BODY + "K * label"),
    "constants named inside": (
        "K = 1\n" + BODY + "(lambda: K)() * label",
        "K = 2\n" + BODY + "(lambda: K)() * label",
    ),
}


@pytest.mark.parametrize("case", APART)
def test_functions_that_differ_are_other_losses(case):
    one, other = APART[case]
    assert digest(made(one)) == digest(made("\n\n" + one))
    assert digest(made(one)) != digest(made(other))


def test_what_a_function_does_not_name_is_not_its_own():
    code = BODY + "label - prediction"
    assert digest(made(code, K=1)) == digest(made(code, K=2))


def test_a_digest_is_that_of_other_processes_lines_files_and_references():
    script = (
        "import sys\nfrom losscli.loss.asked import of_function\nspace = {'K': 2}\n"
        "exec(compile(sys.argv[2] + sys.argv[1], sys.argv[3], 'exec'), space)\nheld = []\n"
        "if sys.argv[2]:\n  code = space['f'].__code__\n"
        "  held = [code, code.co_consts, *code.co_consts, *code.co_names, *code.co_varnames] * 3\n"
        "print(of_function(space['f']).loss.origin.version)"
    )
    code = (
        "def f(label, prediction, *, delta=1.5, way='a|b'):\n"
        "  inner = lambda x: x in {'one', 'two', 'three', 4.5, None}\n"
        "  return K * (label - prediction) ** 2 if inner(way) else (label, 'text', (1, 2.0, ...), 3j)\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script, code, before, file],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for before, file, seed in (("", "a.py", "1"), ("\n\n", "b.py", "2"), ("\n", "<cell 3>", "77"))
    }
    assert len(found) == 1
    assert len(found.pop().strip()) == 64


@pytest.mark.parametrize("function", [np.hypot, max, np.vectorize(lambda label, prediction: label)])
def test_what_has_no_code_of_its_own_has_a_digest(function):
    from losscli.loss.asked import _held

    assert list(map(str, _held(function)))
