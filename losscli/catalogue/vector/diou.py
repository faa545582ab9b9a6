"""Distance IoU loss: IoU loss, and how far apart the centres are."""

from losscli.loss import Array, Convention, Example, called
from losscli.loss.formulas import boxwise


def value(label: Array, prediction: Array) -> Array:
    pair = boxwise.compare(label, prediction)
    difference = pair.difference
    return difference / (pair.intersection + difference) + pair.distance()[0]


def gradient(label: Array, prediction: Array) -> Array:
    pair = boxwise.compare(label, prediction)
    _, by_size, by_overlap = boxwise.overlap_loss(pair)
    _, by_centre, by_span = pair.distance()
    return pair.by_corner(size=by_size, overlap=by_overlap, span=by_span, centre=by_centre)


LOSS = boxwise.BoxLoss(
    name="diou",
    value=value,
    gradient=gradient,
    bounds=(0.0, 2.0),
    summary="1 − IoU, plus the squared distance of the centres over that of the farthest corners: 0 to 2",
    formula="1 − |A ∩ B| / |A ∪ B| + ρ²/c²,  ρ the distance of the centres, c the diagonal of the smallest "
    "box around A and B",
    gradient_formula="that of iou, plus (∂ρ² − (ρ²/c²) ∂c²)/c²",
    kink=boxwise.KINK,
    use="training on boxes: it pulls them together in a straight line, even where one is inside the other",
    avoid="where the shape matters as well as the position: boxes with the same centre cost what iou costs "
    "(see ciou)",
    pitfalls=("it approaches 2, not 1, for small boxes far apart", boxwise.CORNERS),
    conventions=(
        Convention(
            "torchvision.ops.distance_box_iou_loss", "adds 1e-7 to the union and to the squared diagonal", "1"
        ),
        Convention(
            "torchvision.ops.distance_box_iou",
            "the similarity, −1 to 1: the loss is 1 minus this",
            "",
            ("torchvision.ops.distance_box_iou",),
        ),
    ),
    elsewhere=called("torchvision.ops.distance_box_iou_loss", "literature diou_loss"),
    examples=(
        Example(
            label=(0.0, 0.0, 2.0, 2.0),
            prediction=(1.0, 1.0, 3.0, 3.0),
            loss=0.9682539682539683,
            note="6/7 + 2/18",
        ),
        Example(label=(0.0, 0.0, 2.0, 2.0), prediction=(0.0, 0.0, 1.0, 2.0), loss=0.53125, note="1/2 + ¼/8"),
        Example(label=(0.0, 0.0, 2.0, 2.0), prediction=(0.0, 0.0, 2.0, 2.0), loss=0.0),
        Example(
            label=(0.0, 0.0, 1.0, 1.0), prediction=(3.0, 2.0, 4.0, 4.0), loss=1.4765625, note="1 + 15.25/32"
        ),
    ),
    references=(boxwise.ZHENG,),
)
