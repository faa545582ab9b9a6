"""The list of losses and the page on each: complete, true to the declarations, fit for a terminal."""

import json
import re
import unicodedata

import pytest
from helpers.calls import losscli

from losscli.common.json import encode
from losscli.loss import registry
from losscli.loss.spec import bind, parse_spec
from losscli.outputs.drawing.console import Looks
from losscli.outputs.drawing.plain import to_ascii
from losscli.outputs.drawing.screen import drawn
from losscli.outputs.views.explanation import ExplanationView, page
from losscli.outputs.views.losses import describe

NAMES = list(registry.modules())


@pytest.fixture
def run():
    def call(*arguments, status=0):
        done = losscli(*arguments)
        assert done.returncode == status
        return done.stderr if status else done.stdout

    return call


def test_every_loss_is_listed_once_under_its_family(run):
    lines = run("losses").splitlines()
    headings = [line for line in lines if line and not line.startswith(" ")]
    listed = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert listed == NAMES
    assert headings == [*dict.fromkeys(loss.family for loss in registry.all_losses()), headings[-1]]
    assert headings[-1].startswith(f"{len(NAMES)} losses.")


def test_a_loss_is_listed_with_domains_defaults_and_aliases(run):
    text = run("losses", "binary_cross_entropy", "--full")
    assert "label: 0 or 1; prediction: a probability in [0, 1]" in text
    assert "from_logits=false, eps=2.220446049250313e-16, label_smoothing=0, pos_weight=1" in text
    assert "also called bce, log_loss" in text


def test_the_json_list_holds_every_loss_and_its_parameters(run):
    documents = json.loads(run("losses", "--format", "json"))
    assert [document["name"] for document in documents] == NAMES
    for document, loss in zip(documents, registry.all_losses(), strict=True):
        bound = bind(loss, {})
        assert document["family"] == loss.family
        assert document["label"] == bound.label_domain.description
        assert document["prediction"] == bound.prediction_domain.description
        assert document["layout"] == bound.layout.name.lower()
        defaults = {name: parameter["default"] for name, parameter in document["parameters"].items()}
        assert defaults == {name: parameter.default for name, parameter in loss.parameters.items()}
        assert document["formula"] == loss.formula


def test_a_word_chooses_by_name_alias_family_or_description(run):
    def chosen(*arguments):
        return [document["name"] for document in json.loads(run("losses", "--format", "json", *arguments))]

    assert "mse" in chosen("MSE")
    assert "binary_cross_entropy" in chosen("bce")
    assert chosen("MSELoss") == chosen("l2_loss") == chosen("reg:squarederror") == ["mse"]
    assert {"cross_entropy", "binary_cross_entropy"} <= set(chosen("CrossEntropy"))
    assert "mse" in chosen("torch")
    assert set(chosen("margin")) >= {loss.name for loss in registry.all_losses() if loss.family == "margin"}
    assert chosen("--family", "margin") == [
        loss.name for loss in registry.all_losses() if loss.family == "margin"
    ]
    assert chosen("perceptron", "--family", "margin") == ["perceptron"]


def test_what_matches_nothing_is_an_error_and_no_empty_list(run):
    assert "no loss has 'hingee' in its name" in run("losses", "hingee", status=2)
    assert "Did you mean hinge" in run("losses", "hingee", status=2)
    error = run("losses", "--family", "regresion", status=2)
    assert "Did you mean regression?" in error


def test_a_hostile_word_is_shown_and_not_obeyed(run):
    assert "\x1b" not in run("losses", "\x1b[2J", status=2)
    assert "\x1b" not in run("explain", "\x1b[2J", status=2)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_holds_all_that_the_declaration_says(name, run):
    loss = registry.find(name)
    text = drawn(page(bind(loss, {})), Looks(width=10_000))
    lines = text.splitlines()
    for part in (loss.summary, loss.use, loss.avoid, loss.kink, *loss.pitfalls):
        assert part in text
    for part in (*loss.formula.split(";  "), *loss.gradient_formula.split(";  "), loss.finish_formula):
        assert part in text
    for key, parameter in loss.parameters.items():
        assert any(line.startswith(f"  {key} ") and parameter.help in line for line in lines)
    for reference in loss.references:
        assert str(reference) in text
    for convention in loss.conventions:
        assert f"{convention.library}: {convention.difference}" in text
    assert text.count(": loss ") >= len(loss.examples)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [20, 47, 80, 100])
def test_the_page_keeps_to_its_width(name, width):
    for plain in (True, False) if width in (20, 80) else (True,):
        looks = Looks(width=width, ascii_only=plain)
        for line in drawn(page(bind(registry.find(name), {})), looks).splitlines():
            assert sum(not unicodedata.combining(character) for character in line) <= width


@pytest.mark.parametrize("name", NAMES)
def test_the_page_can_be_written_in_ascii(name):
    elements = [*page(bind(registry.find(name), {}))]
    plain = drawn(elements, Looks(width=80, ascii_only=True))
    assert plain.isascii()
    assert not re.search(r"\\[xuU]", plain), "there is a stand-in for every letter of a formula"


def test_the_page_says_the_parameters_that_were_given(run):
    page = run("explain", "bce:pos_weight=3")
    assert "(default 1, here 3)" in page
    assert "binary_cross_entropy:pos_weight=3, label 1" in page


def test_domains_follow_the_parameters(run):
    assert "a probability in [0, 1]" in run("explain", "bce")
    assert "  prediction  a finite number\n" in run("explain", "bce:from_logits=true")


def test_an_unknown_loss_is_told_the_nearest(run):
    error = run("explain", "mze", status=2)
    assert error.startswith("losscli: LOSS: there is no loss 'mze'")
    assert "mse" in error


def test_a_figure_that_is_no_loss_is_answered(run):
    for command in ("losses", "explain"):
        assert "'auc' is not a loss per sample: it ranks all samples at once" in run(command, "auc", status=2)
    assert "zero_one" in run("losses", "accuracy")


def test_a_family_and_the_beginning_of_names_tell_their_members(run):
    assert "Choose one: wgan_critic, wgan_generator." in run("explain", "wgan", status=2)
    members = [loss.name for loss in registry.all_losses() if loss.family == "gan"]
    assert f"Choose one: {', '.join(members)}." in run("explain", "gan", status=2)


def test_the_page_says_what_a_loss_is_called_elsewhere(run):
    page = run("explain", "MSELoss")
    assert "also called MSELoss, mean_squared_error" in page
    assert run("explain", "BCEWithLogitsLoss") == run("explain", "bce:from_logits=true")


def test_an_unknown_parameter_is_told_with_a_caret(run):
    error = run("explain", "hinge:margn=2", status=2).splitlines()
    assert "Did you mean margin?" in error[0]
    assert error[-2:] == ["losscli:   hinge:margn=2", "losscli:         ^"]


def test_colour_is_used_only_where_asked_for(run):
    assert "\x1b[1m" in run("explain", "mse", "--color", "always")
    assert "\x1b" not in run("explain", "mse")
    assert "\x1b[1m" in run("losses", "--color", "always")


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        ("r²,  r = ŷ − y", "r^2,  r = yhat - y"),
        ("1/(1 + e⁻ᶻ)", "1/(1 + e^-z)"),
        ("δ²(√(1+(r/δ)²)−1)", "delta^2(sqrt(1+(r/delta)^2)-1)"),
        ("Σ yₖ log pₖ · ½ ≤ ∞", "sum yk log pk * 1/2 <= inf"),
        ("√2", "sqrt 2"),
        ("Øresund", "Oresund"),
        ("漢", "\\u6f22"),
        ("é", "e"),
    ],
)
def test_formulas_have_an_ascii_form(formula, plain):
    assert to_ascii(formula) == plain


def test_the_json_of_a_loss_is_strict():
    for loss in registry.all_losses():
        assert json.loads(json.dumps(describe(loss), allow_nan=False))["name"] == loss.name


def test_specs_with_parameters_get_pages_too():
    assert drawn(page(parse_spec("hinge:margin=2", registry.find)), Looks(width=80))


def test_explain_for_programs():
    def pairs(found):
        assert len(dict(found)) == len(found)
        return dict(found)

    def strict(*arguments):
        done = losscli("explain", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout, object_pairs_hook=pairs, parse_constant=pytest.fail)

    found = strict("huber:delta=2", "--json")
    assert (found["spec"], found["name"], found["values"]) == ("huber:delta=2", "huber", {"delta": 2.0})
    assert found["parameters"]["delta"]["default"] == 1.0
    page = " ".join(losscli("explain", "huber:delta=2").stdout.split())
    for text in (found["use"], found["avoid"], *found["pitfalls"], *found["examples"], *found["references"]):
        assert " ".join(text.split()) in page
    # What a loss reads depends on its parameters.
    assert strict("bce", "-f", "json")["prediction"] != strict("bce:from_logits=true", "--json")["prediction"]
    assert strict("barron:alpha=inf", "--json")["values"]["alpha_text"] == "inf"


@pytest.mark.parametrize("name", NAMES)
def test_every_loss_is_a_document(name):
    view = ExplanationView(bind(registry.find(name), {}))
    document = json.loads(encode(view.document()))
    assert document["name"] == name
    declared = json.loads(encode(describe(registry.find(name))))
    assert {key: document[key] for key in declared} == declared
    assert [*view.lines()] == [view.document()]


def test_explain_of_a_loss_of_ones_own(tmp_path):
    text = 'def odd(label, prediction, *, a=1.0):\n    "\\x1b[31mRed \\u202e."\n    return label * 0 + a\n'
    (tmp_path / "own.py").write_text(text)
    done = losscli("explain", "own.py:odd:a=2", "--json", cwd=tmp_path)
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout
    assert json.loads(done.stdout)["spec"] == "own.py:odd:a=2"
