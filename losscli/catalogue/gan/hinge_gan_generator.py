"""Generator of the hinge GAN: its samples should score high."""

from losscli.loss import Convention, Example, called
from losscli.loss.formulas import gan

LOSS = gan.GanLoss(
    name="hinge_gan_generator",
    value=gan.minus_score,
    gradient=gan.minus_score_gradient,
    error=gan.short_of_1,
    counts=gan.generated,
    non_negative=False,
    zero_at_perfect=False,
    summary="minus the discriminator's score of a generated sample",
    formula="−s for generated samples,  s = score",
    gradient_formula="−1",
    use="the generator's side of a hinge GAN; the other side is hinge_gan_discriminator",
    avoid="to compare generators trained against different discriminators",
    pitfalls=(
        "rows of real samples do not count: no figure includes them, and their gradient is 0",
        "it has no hinge: only the discriminator's loss has one",
        "the error is 1 − s, how far the sample is from passing for real, although its label is 0",
    ),
    conventions=(
        Convention("the papers, TF-GAN wasserstein_hinge_generator_loss", "the same", "1"),
        Convention("wgan_generator", "the same figure, with a different discriminator", "1"),
    ),
    elsewhere=called("tfgan.losses.wasserstein_hinge_generator_loss"),
    examples=(
        Example(label=0.0, prediction=2.5, loss=-2.5),
        Example(label=0.0, prediction=-1.0, loss=1.0),
    ),
    references=(gan.LIM_AND_YE, gan.MIYATO),
)
