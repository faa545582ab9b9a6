"""IoU loss: the share of the area covered by two boxes that is not common to both."""

from losscli.loss import Array, Convention, Example, Reference, called
from losscli.loss.formulas import boxwise


def value(label: Array, prediction: Array) -> Array:
    pair = boxwise.compare(label, prediction)
    difference = pair.difference
    return difference / (pair.intersection + difference)


def gradient(label: Array, prediction: Array) -> Array:
    pair = boxwise.compare(label, prediction)
    _, by_size, by_overlap = boxwise.overlap_loss(pair)
    return pair.by_corner(size=by_size, overlap=by_overlap)


LOSS = boxwise.BoxLoss(
    name="iou",
    value=value,
    gradient=gradient,
    bounds=(0.0, 1.0),
    summary="1 minus intersection over union of two boxes: 0 for the same box, 1 for disjoint boxes",
    formula="1 − |A ∩ B| / |A ∪ B|,  A and B the predicted and the true box",
    gradient_formula="(I/U · ∂A − (1 + I/U) · ∂I)/U,  I, U the areas of intersection and union, A of the "
    "prediction",
    kink=f"{boxwise.KINK}, with a gradient of 0",
    use="how well boxes fit, in a figure that does not depend on their size",
    avoid="for training on boxes that do not overlap: they all cost 1, however far apart, and the gradient "
    "is 0 (see giou, diou)",
    pitfalls=(
        boxwise.CORNERS,
        "lengths are x2 − x1: whole-pixel conventions, such as that of PASCAL VOC, add 1",
        "boxes are compared row by row: match predictions to labels first",
    ),
    conventions=(
        Convention(
            "torchvision.ops.box_iou",
            "the similarity, of all pairs: the loss is 1 minus thiss diagonal",
            "",
            ("torchvision.ops.box_iou",),
        ),
        Convention("UnitBox's IoU loss", "−log IoU, a different loss of the same measure"),
        Convention("PASCAL VOC's code", "adds 1 to each length"),
    ),
    elsewhere=called("literature iou_loss"),
    examples=(
        Example(
            label=(0.0, 0.0, 2.0, 2.0),
            prediction=(1.0, 1.0, 3.0, 3.0),
            loss=0.8571428571428571,
            note="1 − 1/7",
        ),
        Example(label=(0.0, 0.0, 2.0, 2.0), prediction=(0.0, 0.0, 1.0, 2.0), loss=0.5),
        Example(label=(0.0, 0.0, 2.0, 2.0), prediction=(0.0, 0.0, 2.0, 2.0), loss=0.0),
        Example(label=(0.0, 0.0, 1.0, 1.0), prediction=(5.0, 5.0, 6.0, 6.0), loss=1.0),
    ),
    references=(
        Reference(
            "Jaccard, The Distribution of the Flora in the Alpine Zone, 1912",
            doi="10.1111/j.1469-8137.1912.tb05611.x",
        ),
        Reference(
            "Yu et al., UnitBox: An Advanced Object Detection Network, 2016", doi="10.1145/2964284.2967274"
        ),
    ),
)
