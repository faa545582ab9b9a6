"""Complete IoU loss: IoU loss, how far apart the centres are, and how the shapes differ."""

import numpy as np

from losscli.loss import Array, Convention, Example, Reference, called
from losscli.loss.formulas import boxwise

SQUARE = 4.0 / np.pi**2


def value(label: Array, prediction: Array) -> Array:
    pair = boxwise.compare(label, prediction)
    difference = pair.difference
    missing = difference / (pair.intersection + difference)
    v = SQUARE * np.square(angle(label) - angle(prediction))
    return missing + pair.distance()[0] + weight(v, missing) * v


def angle(boxes: Array) -> Array:
    """Return arctan(width / height)."""
    width, height, _ = lengths(boxes)
    return np.arctan2(width, height)


def lengths(boxes: Array) -> tuple[Array, Array, Array]:
    """Return widths and heights times a factor, and that factor: ½ where they might overflow, else 1."""
    factor = np.where(np.abs(boxes).max(axis=1) > 1e300, 0.5, 1.0)
    x1, y1, x2, y2 = (boxes * factor[:, None]).T
    return x2 - x1, y2 - y1, factor


def weight(v: Array, missing: Array) -> Array:
    """Return α, which is 0 where the shapes are the same, for the same boxes too."""
    return np.where(v > 0.0, v / (missing + v), 0.0)


def gradient(label: Array, prediction: Array) -> Array:
    pair = boxwise.compare(label, prediction)
    missing, by_size, by_overlap = boxwise.overlap_loss(pair)
    _, by_centre, by_span = pair.distance()
    turn = angle(prediction) - angle(label)
    alpha = weight(SQUARE * np.square(turn), missing)
    # αv = v²/(m + v), m = 1 − IoU, has the slopes α(2 − α) by v and −α² by m.
    rest = 1.0 - np.square(alpha)
    found = pair.by_corner(size=rest * by_size, overlap=rest * by_overlap, span=by_span, centre=by_centre)
    width, height, factor = lengths(prediction)
    diagonal = np.hypot(width, height)
    slope = alpha * (2.0 - alpha) * 2.0 * SQUARE * turn / diagonal * factor
    wider, higher = slope * (height / diagonal), slope * (width / diagonal)
    found += np.stack([-wider, higher, wider, -higher], axis=1)
    return found


LOSS = boxwise.BoxLoss(
    name="ciou",
    value=value,
    gradient=gradient,
    bounds=(0.0, 3.0),
    summary="1 − IoU, plus the distance of the centres, plus a term for different shapes",
    formula="1 − IoU + ρ²/c² + αv,  v = (4/π²)(arctan(w/h) − arctan(ŵ/ĥ))²,  α = v/(1 − IoU + v), 0 where "
    "v = 0",
    gradient_formula="that of diou, of which the IoU part counts 1 − α², plus α(2 − α) ∂v",
    kink=boxwise.KINK,
    use="training on boxes whose shape matters as well as their position, as in YOLO detectors",
    avoid="as a measure of quality: iou says what part of the area is right, and is what others report",
    pitfalls=(
        "in the gradient α varies with the prediction, as in the formula; training code holds it constant",
        "only the ratio of the sides is compared: twice the size has the right shape",
        "it can exceed 2: v goes to 1, and α with it to ½ for boxes apart",
        boxwise.CORNERS,
    ),
    conventions=(
        Convention(
            "torchvision.ops.complete_box_iou_loss",
            "the same value, except for 1e-7 in three denominators; its gradient holds α constant",
            "1",
        ),
        Convention("the authors' code", "holds α constant, and drops 1/(w² + h²) from the slope of v"),
    ),
    elsewhere=called("torchvision.ops.complete_box_iou_loss", "literature ciou_loss"),
    examples=(
        Example(
            label=(0.0, 0.0, 2.0, 2.0),
            prediction=(1.0, 1.0, 3.0, 3.0),
            loss=0.9682539682539683,
            note="the same shape: as diou",
        ),
        Example(label=(0.0, 0.0, 2.0, 2.0), prediction=(0.0, 0.0, 2.0, 2.0), loss=0.0),
        Example(
            label=(0.0, 0.0, 1.0, 1.0),
            prediction=(0.0, 0.0, 1.0, 1.7320508075688772),
            loss=0.4578564300744752,
            note="v = (4/π²)(π/4 − π/6)² = 1/36",
        ),
    ),
    references=(
        boxwise.ZHENG,
        Reference(
            "Zheng et al., Enhancing Geometric Factors in Model Learning and Inference for Object Detection "
            "and Instance Segmentation, 2022",
            doi="10.1109/TCYB.2021.3095305",
        ),
    ),
)
