"""Generalized IoU loss: IoU loss, and the share of the box around both that neither covers."""

from losscli.loss import Array, Convention, Example, Reference, called
from losscli.loss.formulas import boxwise


def value(label: Array, prediction: Array) -> Array:
    pair = boxwise.compare(label, prediction)
    difference = pair.difference
    return difference / (pair.intersection + difference) + pair.void / pair.enclosing


def gradient(label: Array, prediction: Array) -> Array:
    pair = boxwise.compare(label, prediction)
    _, by_size, by_overlap = boxwise.overlap_loss(pair)
    enclosing = pair.enclosing
    covered = (pair.intersection + pair.difference) / enclosing
    return pair.by_corner(
        size=by_size - pair.size[::-1] / enclosing,
        overlap=by_overlap + pair.overlap[::-1] / enclosing,
        span=pair.span[::-1] / enclosing * covered,
    )


LOSS = boxwise.BoxLoss(
    name="giou",
    value=value,
    gradient=gradient,
    bounds=(0.0, 2.0),
    summary="1 − IoU, plus the share of the smallest box around both that neither covers: 0 to 2",
    formula="1 − |A ∩ B| / |A ∪ B| + (|C| − |A ∪ B|)/|C|,  C the smallest box around A and B",
    gradient_formula="that of iou, plus U ∂C/C² − (∂A − ∂I)/C,  C, U, I, A the areas",
    kink=boxwise.KINK,
    use="training on boxes: unlike iou it reflects how far apart boxes are, and pulls them together",
    avoid="where one box is inside the other: it then equals iou, wherever the inner box is",
    pitfalls=(
        "it approaches 2, not 1, for small boxes far apart",
        boxwise.CORNERS,
        "distant boxes first grow towards the label before they overlap it: slow, see diou",
    ),
    conventions=(
        Convention(
            "torchvision.ops.generalized_box_iou_loss",
            "adds 1e-7 to the areas of the union and of the enclosing box",
            "1",
        ),
        Convention(
            "torchvision.ops.generalized_box_iou",
            "the similarity, −1 to 1: the loss is 1 minus this",
            "",
            ("torchvision.ops.generalized_box_iou",),
        ),
    ),
    elsewhere=called("torchvision.ops.generalized_box_iou_loss", "literature giou_loss"),
    examples=(
        Example(
            label=(0.0, 0.0, 2.0, 2.0),
            prediction=(1.0, 1.0, 3.0, 3.0),
            loss=1.0793650793650793,
            note="6/7 + 2/9",
        ),
        Example(label=(0.0, 0.0, 2.0, 2.0), prediction=(0.0, 0.0, 1.0, 2.0), loss=0.5, note="as iou"),
        Example(label=(0.0, 0.0, 2.0, 2.0), prediction=(0.0, 0.0, 2.0, 2.0), loss=0.0),
        Example(
            label=(0.0, 0.0, 1.0, 1.0),
            prediction=(3.0, 0.0, 4.0, 1.0),
            loss=1.5,
            note="half of the enclosing box",
        ),
    ),
    references=(
        Reference(
            "Rezatofighi et al., Generalized Intersection over Union, 2019", doi="10.1109/CVPR.2019.00075"
        ),
    ),
)
