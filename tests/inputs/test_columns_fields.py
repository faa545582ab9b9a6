"""Columns that losses know by name: spreads, corners and bounds in the words of the field, and outputs."""

import itertools

import pytest

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.columns.fields import STD, VARIANCE


@pytest.fixture
def file(tmp_path):
    def write(text, name="data.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def cost(*inputs, loss, **options):
    return evaluate(*inputs, loss=loss, **options).results[0].cost


@pytest.mark.parametrize("name", [*STD, "std_dev", "Std.Dev", "Sigma", "standard deviation", "pred_std"])
@pytest.mark.parametrize("loss", ["gaussian_nll", "gaussian_crps"])
def test_a_standard_deviation_is_read_as_one_by_every_loss(file, name, loss):
    own = file("prediction,std,variance,label\n1,2,4,2\n0,0.5,0.25,0.25\n", "own.csv")
    path = file(f"prediction,{name},label\n1,2,2\n0,0.5,0.25\n")
    assert cost(path, loss=loss) == cost(own, loss=loss)
    mean = file(f"mean,{name},label\n1,2,2\n0,0.5,0.25\n", "mean.csv")
    for order in (["mean", name], [name, "mean"]):
        assert cost(mean, loss=loss, prediction=order) == cost(own, loss=loss)
    notes = evaluate(path, loss=loss).notes
    said = f"the column {name} is read as a std because of its name (spread=std)"
    assert notes == ((said,) if loss == "gaussian_nll" else ())


@pytest.mark.parametrize("name", [*VARIANCE, "VAR", "pred_variance"])
@pytest.mark.parametrize("loss", ["gaussian_nll", "gaussian_crps"])
def test_a_variance_is_read_as_one_by_every_loss(file, name, loss):
    own = file("prediction,std,variance,label\n1,2,4,2\n0,0.5,0.25,0.25\n", "own.csv")
    path = file(f"prediction,{name},label\n1,4,2\n0,0.25,0.25\n")
    assert cost(path, loss=loss) == cost(own, loss=loss)
    both = file(f"prediction,sd,{name},label\n1,2,4,2\n0,0.5,0.25,0.25\n", "both.csv")
    assert cost(both, loss=loss) == cost(own, loss=loss)


@pytest.mark.parametrize(("name", "loss"), [("std", "gaussian_nll"), ("var", "gaussian_crps")])
@pytest.mark.parametrize("spread", ["-2", "0"])
def test_a_spread_that_is_none_stays_refused(file, name, loss, spread):
    path = file(f"prediction,{name},label\n1,{spread},2\n")
    with pytest.raises(LosscliError, match=r"row 1 \(line 2\): prediction is"):
        cost(path, loss=loss)
    assert evaluate(path, loss="mae").results[0].cost == 1.0


def test_a_spread_whose_name_says_nothing_is_the_loss_s_own(file):
    path = file("m,s,label\n1,4,2\n")
    own = file("prediction,variance,label\n1,4,2\n", "own.csv")
    assert cost(path, loss="gaussian_nll", prediction=["m", "s"]) == cost(own, loss="gaussian_nll")
    swapped = file("m,variance,label\n1,4,2\n", "swapped.csv")
    with pytest.raises(LosscliError, match="variance says that it is another of them"):
        cost(swapped, loss="gaussian_nll", prediction=["variance", "m"])


CORNERS = [
    ("x1", "y1", "x2", "y2"),
    ("XMin", "YMin", "XMax", "YMax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("left", "top", "right", "bottom"),
    ("x0", "y0", "x1", "y1"),
]
BOX = dict(zip("0123", ("0", "0", "2", "1"), strict=True))


@pytest.mark.parametrize("names", CORNERS)
def test_corners_are_found_by_their_names_in_any_order(file, names):
    for order in itertools.permutations(range(4)):
        header = ",".join(names[place] for place in order)
        left = file(f"{header}\n" + ",".join("0021"[place] for place in order) + "\n", "p.csv")
        right = file(f"{','.join(names)}\n0,0,1,1\n", "l.csv")
        assert cost(left, right, loss="iou") == 0.5
        chosen = [names[place] for place in order]
        assert cost(left, right, loss="iou", prediction=chosen, label=chosen[::-1]) == 0.5
    single = ",".join([*(f"pred_{name}" for name in names), *(f"label_{name}" for name in names)])
    assert cost(file(f"{single}\n0,0,2,1,0,0,1,1\n"), loss="giou") == 0.5


@pytest.mark.parametrize("names", CORNERS[:4])
def test_corners_in_another_order_than_some_of_their_names_say_are_refused(file, names):
    unknown = [names[0], names[2], "a", "b"]
    left, right = file(f"{','.join(unknown)}\n0,2,0,1\n", "p.csv"), file("x1,y1,x2,y2\n0,0,1,1\n", "l.csv")
    with pytest.raises(LosscliError, match=f"{names[2]} says that it is another of them"):
        cost(left, right, loss="iou", prediction=unknown)
    unnamed = file("a,b,c,d\n0,0,2,1\n", "u.csv")
    assert cost(unnamed, right, loss="iou", prediction=list("abcd")) == 0.5


@pytest.mark.parametrize(
    ("names", "remedy"),
    [
        ("x,y,w,h", r"x1 = x, y1 = y, x2 = x \+ w, y2 = y \+ h"),
        ("left,top,width,height", r"x2 = left \+ width"),
        ("cx,cy,w,h", r"x1 = cx - w/2, y1 = cy - h/2, x2 = cx \+ w/2"),
        ("x_center,y_center,width,height", r"x1 = x_center - width/2"),
    ],
)
@pytest.mark.parametrize("chosen", [False, True])
def test_boxes_of_sizes_are_refused_with_the_conversion(file, names, remedy, chosen):
    left, right = file(f"{names}\n0,0,2,1\n", "p.csv"), file("x1,y1,x2,y2\n0,0,1,1\n", "l.csv")
    with pytest.raises(LosscliError, match=remedy):
        cost(left, right, loss="iou", **({"prediction": names.split(",")} if chosen else {}))


@pytest.mark.parametrize(
    ("low", "high"),
    [("lower", "upper"), ("lower_bound", "upper_bound"), ("lwr", "upr"), ("yhat_lower", "yhat_upper")],
)
def test_bounds_go_by_their_names(file, low, high):
    path = file(f"{high},{low},label\n4,1,2\n")
    assert cost(path, loss="interval_score") == 3.0
    assert cost(path, loss="interval_score", prediction=[high, low]) == 3.0
    with pytest.raises(LosscliError, match="lower ≤ upper"):
        cost(file(f"{high},{low},label\n1,4,2\n"), loss="interval_score")


@pytest.mark.parametrize(
    ("predictions", "labels"),
    [
        (("latitude", "longitude"), ("lon", "lat")),
        (("a_1", "a_2"), ("b_1", "b_2")),
        (("x", "y"), ("x", "z")),
    ],
)
def test_outputs_that_nobody_named_pair_by_name_or_not_at_all(file, predictions, labels):
    header = ",".join(
        [*(f"prediction_{name}" for name in predictions), *(f"label_{name}" for name in labels)]
    )
    path = file(f"{header}\n10,20,20,10\n")
    with pytest.raises(
        LosscliError, match=r"needed: the same names on both sides, .*prediction=\[\"…\", \"…\"\] and label="
    ):
        cost(path, loss="mse")
    if not set(predictions) & set(labels):
        chosen = {
            "prediction": [f"prediction_{name}" for name in predictions],
            "label": [f"label_{name}" for name in labels],
        }
        assert cost(path, loss="mse", **chosen) in (100.0, 0.0)
        with pytest.raises(LosscliError, match="the same names"):
            cost(path, loss="mse", prediction=chosen["prediction"])
    alike = file("prediction_Lat,prediction_lon-x,label_lon_x,label_lat\n10,20,20,10\n")
    assert cost(alike, loss="mse") == 0.0
