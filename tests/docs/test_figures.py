"""How recorded outputs are compared."""

from __future__ import annotations

import pytest
from helpers.figures import WITHOUT_LOGARITHMS, comparable, is_exact, rounded

from losscli.loss import registry


@pytest.mark.parametrize(
    ("command", "exact"),
    [
        ("evaluate a b --loss mse", True),
        ("evaluate a b --loss mse --loss=hinge:margin=2", True),
        ("evaluate a b --loss mse --loss cross_entropy", False),
        ("evaluate a b --loss 'bce:eps=0.1'", False),
        ("explain cross_entropy", True),
    ],
)
def test_only_losses_without_logarithms_are_compared_to_the_last_digit(command: str, exact: bool) -> None:
    assert is_exact(command) is exact
    assert (comparable("0.1000000000000000055", command) == "0.1000000000000000055") is exact


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ce  0.10014124644847552\n", "ce  0.1001412464484755\n", True),
        (
            "  ────────────────────\n  0.10014124644847552",
            "  ───────────────────\n  0.1001412464484755",
            True,
        ),
        ('{"cost": 0.10014124644847552}', '{"cost": 0.10014124644747552}', False),
        ("1.4559020655830435e-11", "1.4559020655830433e-11", True),
        ("1.4559020655830435e-11", "1.4559020655830435e-12", False),
        ("-2.0687894166350365", "2.0687894166350365", False),
        ("0.100141", "0.100142", False),
        ("p50 1", "p51 1", False),
    ],
)
def test_a_difference_in_the_last_digits_does_not_count(one: str, other: str, same: bool) -> None:
    assert (rounded(one) == rounded(other)) is same


def test_short_numbers_are_left_as_they_are() -> None:
    text = "losscli 0.1.0, n 442, 2.220446e-16, -0.5, 3046.9, id 1.2.3.4567890123456789"
    assert rounded(text) == text


def test_losses_without_logarithms_exist() -> None:
    known = {name for loss in registry.all_losses() for name in (loss.name, *loss.aliases)}
    assert known >= WITHOUT_LOGARITHMS
