"""`recommend` and `losses` on a screen: short, and everything behind `--full`."""

import pytest
from helpers.calls import losscli
from rich.cells import cell_len

PROBLEMS = {
    "numbers": ("diabetes_linear.csv", "diabetes_labels.csv"),
    "one file": ("diabetes.csv",),
    "probabilities": ("cancer_logistic.csv", "cancer_labels.csv"),
    "scores": ("cancer_scores.csv", "cancer_signs.csv"),
    "classes": ("wine_bayes.csv", "wine_labels.csv"),
    "logits": ("wine_logits.csv", "wine_labels.csv"),
}


def page(*arguments, width=80, **more):
    return losscli(*arguments, COLUMNS=width, **more).stdout.splitlines()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_advice_takes_thirty_lines_at_most(problem, encoding):
    lines = page("recommend", *PROBLEMS[problem], PYTHONIOENCODING=encoding)
    assert 10 < len(lines) <= 30
    assert all(cell_len(line) <= 80 for line in lines)


def test_the_verdict_comes_first_then_the_losses_then_the_evidence():
    lines = page("recommend", *PROBLEMS["numbers"])
    text = "\n".join(lines)
    marks = ("predictions  ", "Use mse: the errors look normal", "rank  loss", "  kurtosis")
    places = [text.index(mark) for mark in (*marks, "More: --full", "Signature")]
    assert places == sorted(places)
    ranks = [line.split()[0] for line in lines if line.split()[:1] and line.split()[0].isdigit()]
    assert ranks == ["1", "2", "3", "4", "5"]
    evidence = lines[lines.index("What the data are") + 1 : lines.index("", lines.index("What the data are"))]
    assert len([line for line in evidence if line[2] != " "]) == 5


def test_full_has_the_reasons_and_what_is_ruled_out():
    full = "\n".join(page("recommend", *PROBLEMS["numbers"], "--full"))
    short = "\n".join(page("recommend", *PROBLEMS["numbers"]))
    for part in ("source: Stigler", "Ruled out:", "What the data cannot tell:", "avoid: "):
        assert part in full
        assert part not in short
    assert "\n".join(page("recommend", *PROBLEMS["numbers"], "-v")) == full


def test_markdown_and_quiet_have_all_they_had():
    whole = losscli("recommend", *PROBLEMS["numbers"], "--format", "markdown").stdout
    assert "Ruled out:" in whole
    assert losscli("recommend", *PROBLEMS["numbers"], "--quiet").stdout == "mse\n"


def test_what_was_left_out_is_said(tmp_path):
    rows = "".join(f"{place},{place + place % 7 / 10}\n" for place in range(40))
    (tmp_path / "p.csv").write_text(f"prediction,label\n{rows},3\n")
    lines = page("recommend", "p.csv", "--bad-rows", "drop", cwd=tmp_path)
    assert "1 left out" in " ".join(lines[:3])


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_a_loss_takes_a_line(width):
    lines = page("losses", "--family", "regression", width=width)
    full = page("losses", "--family", "regression", "--full", width=width)
    assert all(cell_len(line) <= width for line in lines)
    names = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert "huber" in names
    if width >= 60:
        assert len(names) == len(lines) - lines[::-1].index("") - 2
    assert len(full) > 2 * len(lines) - 8
    assert not any("label:" in line for line in lines)
    assert any("label: a finite number" in " ".join(line.split()) for line in full) or width < 60


def test_words_of_ours_are_cut_at_a_blank():
    (line,) = (line for line in page("losses") if line.split()[:1] == ["quantile"])
    assert line.endswith("…")
    assert line.endswith("where the prediction is too…")
    (ascii_,) = (
        line for line in page("losses", PYTHONIOENCODING="ascii") if line.split()[:1] == ["quantile"]
    )
    assert ascii_.endswith("...")
    assert ascii_.isascii()


def test_off_a_terminal_nothing_is_cut():
    assert "…" not in losscli("losses").stdout
    assert "alpha=1, scale=1" in losscli("losses", "--full").stdout
    assert "alpha" in losscli("losses", "--format", "markdown").stdout
