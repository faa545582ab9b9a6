"""Generator of the Wasserstein GAN: its samples should score high."""

from losscli.loss import Convention, Example, called
from losscli.loss.formulas import gan

LOSS = gan.GanLoss(
    name="wgan_generator",
    value=gan.minus_score,
    gradient=gan.minus_score_gradient,
    error=gan.short_of_1,
    counts=gan.generated,
    non_negative=False,
    zero_at_perfect=False,
    summary="minus the critic's score of a generated sample",
    formula="−s for generated samples,  s = score",
    gradient_formula="−1",
    use="the generator's side of a Wasserstein GAN; the other side is wgan_critic",
    avoid="to compare generators: the level of a critic's scores is arbitrary; only differences count",
    pitfalls=(
        "rows of real samples do not count: no figure includes them, and their gradient is 0",
        "it is unbounded below, and a falling figure need not mean better samples: the critic's level drifts",
        "the error is 1 − s, a margin towards real, although its label is 0",
    ),
    conventions=(
        Convention("the paper, TF-GAN wasserstein_generator_loss", "the same", "1"),
        Convention("hinge_gan_generator", "the same figure, with a different discriminator", "1"),
    ),
    elsewhere=called("tfgan.losses.wasserstein_generator_loss"),
    examples=(
        Example(label=0.0, prediction=2.5, loss=-2.5),
        Example(label=0.0, prediction=-1.0, loss=1.0),
    ),
    references=(gan.ARJOVSKY,),
)
