"""Names of losses: ours in any spelling, those of other libraries, and what is no loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import losscli
from losscli.common.errors import UsageError
from losscli.loss import Loss, registry
from losscli.loss.names import LIBRARIES, bare, key, library, meanings
from losscli.loss.no_losses import NO_LOSSES, no_loss
from losscli.loss.spec import bind, parse_spec

LOSSES = list(registry.all_losses())
ALIASES = [(loss, alias) for loss in LOSSES for alias in loss.elsewhere]
REFUSED = [
    (loss, convention, name)
    for loss in LOSSES
    for convention in loss.conventions
    for name in convention.names
]
OWN = {key(name): loss for loss in LOSSES for name in (loss.name, *loss.aliases)}
NOT_THE_SAME_EVERYWHERE = {
    *("Poisson", "poisson", "sigmoid_focal_loss", "focal_loss", "MeanAbsolutePercentageError"),
}
"""Names that libraries give to different numbers; all others mean one thing."""


def spec(text: str) -> str:
    return parse_spec(text, registry.find).spec


def of(loss: Loss, alias: object) -> str:
    return bind(loss, alias.parameters).spec  # type: ignore[attr-defined]


@given(data=st.data())
def test_case_hyphens_and_underscores_do_not_matter(data):
    loss = data.draw(st.sampled_from(LOSSES))
    name = data.draw(st.sampled_from((loss.name, *loss.aliases)))
    spelled = "".join(
        data.draw(st.sampled_from(("_", "-", "")))
        if one == "_"
        else data.draw(st.sampled_from((one, one.upper())))
        for one in name
    )
    assert spec(spelled) == loss.name


def test_no_two_names_of_ours_are_one_without_their_hyphens():
    names = [key(name) for loss in LOSSES for name in (loss.name, *loss.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("loss", "alias"), ALIASES, ids=[alias.called for _, alias in ALIASES])
def test_an_alias_is_its_loss_with_its_parameters(loss, alias):
    name = bare(alias.called)
    assert library(alias.called) in LIBRARIES
    assert set(alias.renamed.values()) <= set(loss.parameters)
    if not alias.called.startswith("literature"):
        assert spec(alias.called.replace(" ", ".")) == of(loss, alias)
    if key(name) in OWN:
        assert spec(name) == OWN[key(name)].name, "a name of ours is ours"
    elif name not in NOT_THE_SAME_EVERYWHERE:
        for spelled in (name, name.replace("_", "-"), name.replace("_", "")):
            assert spec(spelled) == of(loss, alias)


@pytest.mark.parametrize(("loss", "alias"), ALIASES, ids=[alias.called for _, alias in ALIASES])
def test_no_alias_is_the_name_of_another_loss(loss, alias):
    assert OWN.get(key(bare(alias.called)), loss) is loss
    assert no_loss(bare(alias.called)) is None


@pytest.mark.parametrize("name", sorted(NOT_THE_SAME_EVERYWHERE))
def test_a_name_that_means_two_things_is_refused_with_both(name):
    specs = {of(one.loss, one.same) for one in meanings(name, LOSSES) if one.same}
    with pytest.raises(UsageError) as caught:
        registry.find(name)
    assert all(one in str(caught.value) for one in specs)
    assert len(specs) > 1 or any(one.differs for one in meanings(name, LOSSES))


@pytest.mark.parametrize(("loss", "convention", "name"), REFUSED, ids=[name for *_, name in REFUSED])
def test_a_name_whose_number_is_not_ours_is_refused_with_what_to_use(loss, convention, name):
    assert convention.factor != "1"
    assert library(name) in LIBRARIES
    typed = bare(name) if name.startswith("literature") else name.replace(" ", ".")
    with pytest.raises(UsageError) as caught:
        registry.find(typed)
    assert convention.difference in str(caught.value)
    assert loss.name in caught.value.remedy
    if key(bare(name)) not in OWN:
        with pytest.raises(UsageError):
            registry.find(bare(name))


@pytest.mark.parametrize("name", [name for one in NO_LOSSES for name in one.names.split()])
def test_what_is_no_loss_is_answered_in_a_sentence(name):
    assert key(name) not in OWN
    with pytest.raises(UsageError) as caught:
        parse_spec(name.upper(), registry.find)
    answer = no_loss(name)
    assert answer is not None
    assert f"is not a loss per sample: {answer.why}" in caught.value.found
    assert caught.value.remedy == answer.instead


def test_no_figure_is_answered_twice():
    names = [key(name) for one in NO_LOSSES for name in one.names.split()]
    assert len(names) == len(set(names))


def test_what_to_use_instead_exists():
    known = {name for loss in LOSSES for name in (loss.name, *loss.parameters)}
    words = {word.strip(" .,;:()`") for one in NO_LOSSES for word in one.instead.split()}
    assert {word for word in words if "_" in word and word.isidentifier()} <= known | {"trec_eval"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("MSE", "mse"),
        ("Huber:delta=2", "huber:delta=2"),
        ("Cross-Entropy:from_logits=true", "cross_entropy:from_logits=true"),
        ("mean squared error", "mse"),
        ("F.mse_loss", "mse"),
        ("nn.MSELoss", "mse"),
        ("tf.keras.losses.Huber", "huber"),
        ("keras.losses.mean_squared_error", "mse"),
        ("xgboost.reg:squarederror", "mse"),
        ("reg:squarederror", "mse"),
        ("REG:SquaredError", "mse"),
        ("binary:logistic:pos_weight=2", "binary_cross_entropy:pos_weight=2"),
        ("BCEWithLogitsLoss:pos_weight=2", "binary_cross_entropy:from_logits=true,pos_weight=2"),
        ("BCEWithLogitsLoss:from_logits=false", "binary_cross_entropy"),
        ("mean_tweedie_deviance", "tweedie_deviance:power=0"),
        ("mean_tweedie_deviance:power=1.5", "tweedie_deviance"),
        ("mean_pinball_loss:alpha=0.9", "quantile:q=0.9"),
        ("lightgbm.huber:alpha=0.9", "huber:delta=0.9"),
    ],
)
def test_a_spec_by_another_name(typed, meant):
    assert spec(typed) == meant
    assert losscli.load_loss(typed).spec == meant


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("l2_loss", "l2_loss is 1/2 × mse (r²/2"),
        ("L2Loss", "Use mse, and multiply by 1/2."),
        ("keras.losses.mape", "Use mape, and multiply by 100."),
        ("KLDivLoss", "a mean over classes too"),
        ("torch.nn.KLDivLoss", "Use kl_divergence, and multiply by 1/K."),
        ("accuracy", "it is 1 − the cost of zero_one"),
        ("R2", "--loss mse --model constant"),
        ("wgan", "Choose one: wgan_critic, wgan_generator."),
        ("GAN", "is a family of losses. Choose one: gan_discriminator, "),
        ("regression", "`losscli losses regression` lists all 23"),
        ("ranked", "Did you mean ranked_probability?"),
        ("hinge-gan", "Choose one: hinge_gan_discriminator, hinge_gan_generator."),
        ("msee", "Did you mean mse"),
        ("MSELos", "Did you mean MSELoss"),
        ("mean_sqared_error", "MeanSquaredError"),
        ("torch.nn.MSELos", "Did you mean MSELoss"),
        ("torch.nn.Dropout", "`losscli losses` lists them."),
        ("mse,mae", "For several losses: --loss mse --loss mae"),
        ("mse mae", "For several losses: --loss mse --loss mae"),
        (
            "huber:delta=2,MSELoss",
            "For several losses: --loss huber:delta=2 --loss mse\n  huber:delta=2,MSELoss\n",
        ),
        ("bce:eps=1e-9,from_logits=true,mae", "--loss mae"),
        ("huber(delta=2)", "Did you mean huber:delta=2?"),
        ("torch.nn.HuberLoss(delta=2.0)", "Did you mean huber:delta=2?"),
        ("MSELoss()", "Did you mean mse?"),
        ("huber delta=2", "Did you mean huber:delta=2?"),
        ("huber{'delta': 2}", "Did you mean huber:delta=2?"),
        ('huber{"delta":2}', "Did you mean huber:delta=2?"),
        ("reg:squareerror", "Did you mean reg:squarederror"),
        ("huber:2", "Did you mean huber:delta=2?"),
        ("huber=2", "Did you mean huber:delta=2?"),
        ("huber:delta:2", "Did you mean huber:delta=2?"),
        ("quantile(0.9)", "Did you mean quantile:q=0.9?"),
        ("quantile:alpha=0.9", "quantile has the parameter q. Did you mean q?"),
        ("bce(from_logits=True)", "Did you mean binary_cross_entropy:from_logits=true?"),
    ],
)
def test_what_is_no_spec_is_told_what_to_write(typed, told):
    with pytest.raises(UsageError) as caught:
        parse_spec(typed, registry.find)
    assert told in str(caught.value)


def test_a_call_from_python_is_told_in_its_words():
    with pytest.raises(UsageError) as caught:
        losscli.evaluate([1.0], [1.0], loss="mse,mae")
    assert 'For several losses: loss=["mse", "mae"]' in str(caught.value)


def test_a_caret_points_into_what_was_typed():
    with pytest.raises(UsageError) as caught:
        parse_spec("SmoothL1Loss:beta=2,bet=3", registry.find)
    *_, text, mark = str(caught.value).split("\n")
    assert text[mark.index("^") :] == "bet=3"


def test_a_parameter_is_not_given_twice_under_two_names():
    with pytest.raises(UsageError, match="q is given twice"):
        parse_spec("mean_pinball_loss:alpha=0.9,q=0.9", registry.find)


def MSELoss(label, prediction):
    return abs(prediction - label) + 100.0


def test_a_function_keeps_its_name_where_that_is_an_alias():
    report = losscli.evaluate([1.0, 2.0], [1.0, 2.0], loss=MSELoss, gate=["MSELoss <= 200"])
    assert report.results[0].loss == "MSELoss"
    assert report.results[0].cost == 100.0
    both = losscli.evaluate([1.0, 2.0], [1.0, 2.0], loss=[MSELoss, "MSELoss"])
    assert [one.cost for one in both.results] == [100.0, 0.0]


def test_a_file_keeps_its_name_and_its_parameters(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def mean_pinball_loss(label, prediction, *, alpha=0.5):\n    return label * 0 + alpha\n")
    bound = parse_spec(f"{path}:mean_pinball_loss:alpha=7", registry.find)
    assert bound.spec == f"{path}:mean_pinball_loss:alpha=7"
    assert bound.parameters["alpha"] == 7.0
