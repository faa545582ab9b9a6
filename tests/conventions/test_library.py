"""Files of libraries: read as they are declared, and refused with the place where they are not."""

import pytest

from losscli.common.errors import LosscliError
from losscli.conventions.library import find, libraries, names, read
from losscli.conventions.theirs import as_library, parse_as
from losscli.loss import registry
from losscli.loss.spec import bind, parse_spec

HEAD = """
library = "made"
title = "Made up"
version = "1.0"
repository = "https://example.org/made"
"""
MSE = """
[[loss.mse]]
call = "made.mse()"
source = "run"
"""


@pytest.mark.parametrize("name", names())
def test_a_library_is_called_as_its_file_and_every_entry_says_what_it_is(name):
    library = find(name)
    assert library.name == name
    assert library.repository.startswith("https://")
    for entry in library.entries:
        assert entry.call
        assert entry.source
        loss = registry.find(entry.loss)
        bound = as_library(bind(loss, {}), parse_as(f"{name}.{entry.variant}".removesuffix(".")))
        assert bound.convention.startswith(name)
    assert library.entries


def test_names_and_aliases_are_those_of_one_library_each():
    said = [name.lower() for library in libraries() for name in {library.name, *library.aliases}]
    assert len(said) == len({*said})


def test_what_is_said_of_the_library_holds_for_each_loss_that_does_not_say_otherwise():
    text = (
        'precision = "float32"\n'
        + HEAD
        + MSE
        + '[[loss.mae]]\ncall = "a"\nsource = "run"\nprecision = "float64"\n'
    )
    mse, mae = read(text, "made.toml").entries
    assert (mse.overrides.precision, mae.overrides.precision) == ("float32", "float64")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("library = ", "not valid TOML"),
        (HEAD.replace('title = "Made up"', ""), "title is missing"),
        ("colour = 1\n" + HEAD, "there is no override 'colour'"),
        (HEAD + MSE.replace("loss.mse", "loss.mse_of_mine"), "mse_of_mine"),
        (HEAD + MSE.replace("loss.mse", "loss.log_loss"), "the loss is called binary_cross_entropy"),
        (HEAD + MSE + "colour = 1", "there is no key 'colour'"),
        (HEAD + MSE + "facter = 2", "Did you mean factor?"),
        (HEAD + MSE + 'clip = "three:1"', "clip=three:1"),
        (HEAD + MSE + "parameters = { delta = 1 }", "there is no parameter 'delta'"),
        (HEAD + MSE + 'since = "new"', "since is 'new'"),
        (HEAD + MSE.replace('call = "made.mse()"', ""), "call is missing"),
        (HEAD + MSE.replace('source = "run"', ""), "source is missing"),
        (HEAD + MSE + MSE.replace("made.mse", "made.mse2"), "both made.mse() and made.mse2() may be meant"),
        (HEAD + MSE + 'recorded = [{ data = "a", version = "1" }]', "a recorded number has no value"),
        (HEAD + MSE + 'recorded = [{ data = "a", value = 1, version = "1", odd = 2 }]', "has no 'odd'"),
        (HEAD + MSE + "clip = [1]", "clip is [1]"),
        (HEAD + "[loss.mse]\ncall = 1", "needed: a list of tables"),
    ],
)
def test_what_is_not_as_declared_is_refused_with_its_place(text, said):
    with pytest.raises(LosscliError) as raised:
        read(text, "made.toml")
    assert str(raised.value).startswith("made.toml")
    assert said in str(raised.value)


def test_versions_choose_among_entries():
    older = MSE + 'until = "2.0"\nfactor = 2\n'
    library = read(HEAD + older + MSE + 'since = "2.0"\n', "made.toml")
    assert [library.of("mse", version)[0].overrides.factor for version in ("1", "1.9.7", "2.0", "3")] == [
        *(2.0, 2.0),
        *(None, None),
    ]
    assert library.of("mse")[0].since == "2.0"


def test_a_parameter_of_the_library_gives_way_to_a_typed_one_even_to_its_default():
    for spec, logits in (("bce", True), ("bce:from_logits=false", False), ("bce:from_logits=true", True)):
        bound = as_library(parse_spec(spec, registry.find), parse_as("optax"))
        assert bound.parameters["from_logits"] is logits
        assert bound.spec == parse_spec(spec, registry.find).spec


def test_a_typed_eps_and_a_typed_smoothing_win():
    bound = as_library(parse_spec("bce:eps=1e-3", registry.find), parse_as("keras"))
    assert bound.how.clip == ("two", 1e-3)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("kears", "Did you mean keras?"),
        ("keras@new", "needed: LIBRARY"),
        ("keras+clip", "OVERRIDE=VALUE"),
        ("keras+clip=2", "clip=2"),
        ("keras+color=red", "there is no override 'color'"),
        ("losscli@1", "losscli alone"),
        ("", "needed: LIBRARY"),
        ("keras keras", "needed: LIBRARY"),
    ],
)
def test_what_as_says_wrongly_is_told(said, told):
    with pytest.raises(LosscliError) as raised:
        parse_as(said)
    assert told in str(raised.value)


def test_a_loss_that_a_library_has_not_is_refused_with_those_that_it_has():
    with pytest.raises(LosscliError) as raised:
        as_library(parse_spec("wgan_critic", registry.find), parse_as("sklearn"))
    assert "no convention of sklearn is known for wgan_critic; needed: " in str(raised.value)
    assert "mse" in str(raised.value)
    with pytest.raises(LosscliError, match=r"keras has no mse called other"):
        as_library(parse_spec("mse", registry.find), parse_as("keras.other"))
