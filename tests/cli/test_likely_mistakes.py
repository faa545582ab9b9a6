"""Sixty likely mistakes: the message names the fault, and what it says to do mends the call when it is done.

What stands in a message after "Did you mean", an option or a command is pasted as it is; a placeholder in it
(COLUMN, FILE) is filled in. What no option can mend is mended by hand, as the message says.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import zipfile
from dataclasses import dataclass, field

import numpy as np
import pytest
from helpers.calls import SAMPLES, losscli, shell

D = "evaluate diabetes_linear.csv diabetes_labels.csv"
FILES: dict[str, str | bytes] = {
    "p.csv": "id,prediction\n1,2.5\n2,3.5\n3,1\n",
    "y.csv": "id,label\n1,2\n2,4\n3,1\n",
    "b.csv": "id,label\n1,0\n2,1\n",
    "percent.csv": "id,prediction\n1,12.5%\n2,99%\n",
    "hundred.csv": "id,prediction\n1,12.5\n2,99\n",
    "percent_labels.csv": "prediction,label\n0.1,0%\n0.9,100%\n",
    "logits.csv": "id,prediction\n1,-2.5\n2,3\n",
    "float_ids.csv": "id,prediction\n1.0,2.5\n2.0,3.5\n3.0,1\n",
    "padded_ids.csv": "id,prediction\n001,2.5\n002,3.5\n003,1\n",
    "missing_id.csv": "id,prediction\n1,2.5\n,3.5\n3,1\n",
    "repeated_id.csv": "id,prediction\n1,2.5\n1,3.5\n3,1\n",
    "lacking.csv": "id,prediction\n1,2.5\n3,1\n",
    "more.csv": "id,prediction\n1,2.5\n2,3.5\n3,1\n4,7\n",
    "two_rows.csv": "prediction\n2.5\n3.5\n",
    "no_ids.csv": "prediction\n2.5\n3.5\n1\n",
    "no_header.csv": "2.5,2\n3.5,4\n1,1\n",
    "empty.csv": "",
    "header_only.csv": "id,prediction\n",
    "folder/p.csv": "id,prediction\n1,2.5\n2,3.5\n3,1\n",
    "folder/q.csv": "id,score\n4,2.5\n",
    **{f"parts/{name}.csv": "prediction,label\n1,2.5\n2,3.5\n" for name in "abc"},
    "semicolon.csv": "prediction;label\n2.5;2\n3.5;4\n",
    "decimal.csv": "prediction;label\n2,5;2\n3,5;4\n",
    "thousands.csv": 'prediction,label\n"1,234.5",2\n"2,345.5",4\n',
    "nan.csv": "prediction,label\n2.5,2\nnan,4\n",
    "text.csv": "prediction,label\n2.5,2\nhigh,4\n",
    "dates.csv": "prediction,label\n2020-01-01,2\n2,3\n",
    "money.csv": "prediction,label\n$3,2\n$2,3\n",
    "classes.csv": "id,prob_cat,prob_dog\n1,0.9,0.1\n2,0.2,0.8\n",
    "classes_percent.csv": "id,prob_cat,prob_dog\n1,90,10\n2,20,80\n",
    "classes_sum.csv": "id,prob_cat,prob_dog\n1,0.9,0.2\n2,0.2,0.8\n",
    "class_logits.csv": "id,logit_cat,logit_dog\n1,3.2,-1\n2,-0.2,2\n",
    "pets.csv": "id,label\n1,cat\n2,dog\n",
    "capitals.csv": "id,label\n1,Cat\n2,Dog\n",
    "yes_no.csv": "prediction,label\n0.1,no\n0.9,yes\n",
    "signs.csv": "prediction,label\n0.1,-1\n0.9,1\n",
    "zero_one.csv": "prediction,label\n-1.5,0\n0.9,1\n",
    "negative.csv": "prediction,label,weight\n0.1,0,1\n0.9,1,-1\n",
    "weightless.csv": "prediction,label,weight\n0.1,0,0\n0.9,1,0\n",
    "ragged.csv": "prediction,label\n1,2\n3,4,5\n6,7\n",
    "letters.csv": "a,b\n1,1\n3,3\n",
    "twice.csv": "prediction,prediction,label\n1,2,2\n2,3,2\n",
    "open_quote.csv": 'prediction,label\n1,"2\n3,4\n',
    "latin.csv": "prediction,label,s\n1,2,é\n3,4,ü\n".encode("latin-1"),
    "utf16.csv": "prediction,label\n1,2\n3,4\n".encode("utf-16-le"),
    "columns.json": '{"prediction":[1,2],"label":[2,2]}',
    "frame.pkl": b"\x80\x04\x95" + bytes(40),
    "page.html": "<!DOCTYPE html>\n<html><body></body></html>\n",
    "report.pdf": b"%PDF-1.4\n" + bytes(50),
    "baseline.csv": "loss,cost\nmse,3\n",
    "custom.py": "",
}


@dataclass(frozen=True)
class Mistake:
    """A call, and how its message is followed.

    Attributes:
        call: the words behind `losscli`, as typed.
        fault: what the message says is wrong.
        wrong: words of the call that what is pasted takes the place of.
        take: what the message says just before the way out that is taken; nothing for the first of several.
        fill: what placeholders stand for.
        by_hand: files that are written anew, where the message says so in words.
        says: those words.
        after: words of the call to replace once a command of the message has run, or by hand.
        ends: the exit status of the mended call.
    """

    call: str
    fault: str
    wrong: str = ""
    take: str = ""
    fill: dict[str, str] = field(default_factory=dict)
    by_hand: dict[str, str | bytes] | None = None
    says: str = ""
    after: tuple[str, str] | None = None
    ends: int = 0


BCE = "--loss binary_cross_entropy"
MAKE = {"…": "diabetes_linear.csv diabetes_labels.csv --loss mse"}
GOOD = "prediction,label\n1,2\n3,4\n"
MISTAKES = [
    # What is typed: commands, options, values
    Mistake("evaluat diabetes.csv --loss mse", "there is no command 'evaluat'", "evaluat"),
    Mistake(f"{D} --los mse", "there is no option '--los'", "--los"),
    Mistake(f"{D} --Loss mse", "there is no option '--Loss'", "--Loss"),
    Mistake(f"{D} --loss mse --groups sex", "there is no option '--groups'", "--groups"),
    Mistake(f"{D} --metric mse", "there is no option '--metric'", "--metric"),
    Mistake(f"{D} --loss mse --threshold 5000", "there is no option '--threshold'", "--threshold"),
    Mistake(f"{D} --loss mse --target label", "there is no option '--target'", "--target"),
    Mistake(f"{D} --loss mse --bad_rows drop", "there is no option '--bad_rows'", "--bad_rows"),
    Mistake(f"{D} --loss huber --delta 2", "there is no option '--delta'", "--delta 2"),
    Mistake(f"{D} mse", "unexpected argument 'mse'", "mse"),
    Mistake(f"{D} --loss mse mae", "unexpected argument 'mae'", "mae"),
    Mistake("explain huber delta=2", "unexpected argument 'delta=2'", "huber delta=2"),
    Mistake(f"{D} --loss mse --format jsn", "'jsn' is not one of its values", "jsn"),
    Mistake(f"{D} --loss mse --bad-rows skip", "'skip' is not one of its values", "skip"),
    Mistake(f"{D} --loss mse --reduction avg", "'avg' is not one of its values", "avg"),
    Mistake(f"{D} --loss mse --top ten", "'ten'; needed: a whole number"),
    Mistake(f"{D} --loss mse --top -1", "-1; needed: a whole number"),
    Mistake(f"{D} --loss mse --encoding utf9", "'utf9'", "utf9"),
    Mistake(f"{D} --loss", "no value follows it", "--loss"),
    Mistake("fit diabetes.csv --loss mse --folds 0 --epochs 3 --optimizer adm", "'adm' is not one", "adm"),
    Mistake("check losscli.toml --only diabetes", "there is no check 'diabetes'"),
    # Losses
    Mistake(f"{D} --loss mze", "there is no loss 'mze'", "mze"),
    Mistake(f"{D} --loss mse,mae", "there is no loss 'mse,mae'"),
    Mistake(f"{D} --loss huber:detla=2", "there is no parameter 'detla'", "detla"),
    Mistake(f"{D} --loss huber:2", "there is no parameter '2'", "huber:2"),
    Mistake(f"{D} --loss quantile:q=90", "q=90; q is a number in [0, 1]", "quantile:q=90"),
    Mistake(f"{D} --loss huber:delta=-1", "delta is a number > 0", "huber:delta=-1"),
    # Files
    Mistake(
        "evaluate diabetes_liner.csv diabetes_labels.csv --loss mse", "no such file", "diabetes_liner.csv"
    ),
    Mistake(
        "evaluate diabetes_labels.csv diabetes_linear.csv --loss mse", "predictions first, labels second"
    ),
    Mistake(
        "evaluate p.csv --loss mse",
        "no column is the label",
        by_hand={},
        says="file of the labels",
        after=("p.csv", "p.csv y.csv"),
    ),
    Mistake(
        "evaluate y.csv --loss mse",
        "no column is the prediction",
        by_hand={},
        says="file of the predictions",
        after=("y.csv", "p.csv y.csv"),
    ),
    Mistake(
        "evaluate parts/a.csv parts/b.csv parts/c.csv --loss mse",
        "unexpected argument 'parts/c.csv'",
        after=("parts/a.csv parts/b.csv parts/c.csv", "'parts/*.csv'"),
    ),
    Mistake(
        "evaluate folder y.csv --loss mse",
        "folder/p.csv and folder/q.csv: only the first has prediction",
        "folder",
    ),
    Mistake(
        "evaluate empty.csv y.csv --loss mse",
        "the file is empty",
        by_hand={"empty.csv": FILES["p.csv"]},
        says="Create the file again",
    ),
    Mistake(
        "evaluate header_only.csv y.csv --loss mse",
        "no data rows",
        by_hand={"header_only.csv": FILES["p.csv"]},
        says="Create the file again",
    ),
    Mistake(
        "evaluate columns.json --loss mse",
        "one object that holds columns",
        after=("columns.json", "columns.jsonl"),
    ),
    Mistake(
        "evaluate book.xlsx --loss mse",
        "this is an Excel workbook",
        by_hand={"book.csv": GOOD},
        says="read_excel('book.xlsx').to_csv('book.csv', index=False)",
        after=("book.xlsx", "book.csv"),
    ),
    Mistake(
        "evaluate frame.pkl --loss mse",
        "this is a Python pickle",
        by_hand={"frame.csv": GOOD},
        says="save it as CSV",
        after=("frame.pkl", "frame.csv"),
    ),
    Mistake(
        "evaluate page.html --loss mse",
        "this is an HTML page",
        by_hand={"page.html": GOOD},
        says="Download the file itself",
    ),
    Mistake(
        "evaluate report.pdf --loss mse",
        "this is a PDF",
        by_hand={"report.csv": GOOD},
        says="Save it as CSV",
        after=("report.pdf", "report.csv"),
    ),
    Mistake(
        "evaluate https://user:word@example.com/a.csv --loss mse",
        "a user or a password",
        by_hand={"a.csv": GOOD},
        says="files of its own",
        after=("https://user:word@example.com/a.csv", "a.csv"),
    ),
    # Text
    Mistake("evaluate latin.csv --loss mse", "not UTF-8"),
    Mistake("evaluate utf16.csv --loss mse", "a NUL byte"),
    Mistake("evaluate decimal.csv --loss mse", "prediction is 2,5"),
    Mistake("evaluate semicolon.csv --loss mse --delimiter ,", "prediction;label"),
    Mistake(f"{D} --loss mse --delimiter tab", "1,151.0,sex_2"),
    Mistake(
        "evaluate thousands.csv --loss mse",
        "1,234.5",
        by_hand={"thousands.csv": GOOD},
        says="commas between thousands: remove them",
    ),
    Mistake(
        "evaluate ragged.csv --loss mse",
        "3 fields (3,4,5)",
        by_hand={"ragged.csv": 'prediction,label\n1,2\n"3,4",5\n'.replace('"3,4"', "3.4")},
        says="Quote the cells that contain a separator",
    ),
    Mistake(
        "evaluate open_quote.csv --loss mse",
        "a quote is opened and never closed",
        by_hand={"open_quote.csv": GOOD},
        says="quotes in pairs",
    ),
    Mistake("evaluate no_header.csv --loss mse", "2 columns could be the prediction: 0, 1"),
    # Columns
    Mistake(f"{D} --loss mse --prediction predction", "there is no column 'predction'", "predction"),
    Mistake(f"{D} --loss mse --label target", "there is no column 'target'"),
    Mistake(f"{D} --loss mse --group sexx", "there is no column 'sexx'", "sexx"),
    Mistake("evaluate letters.csv --loss mse", "2 columns could be the prediction: a, b"),
    Mistake(
        "evaluate twice.csv --loss mse",
        "prediction, prediction",
        by_hand={"twice.csv": "prediction,other,label\n1,2,2\n"},
        says="different names",
    ),
    Mistake(
        "evaluate classes.csv pets.csv --loss mse",
        "2 columns could be the prediction",
        by_hand={},
        says="--prediction prob_cat",
        after=("mse", "cross_entropy"),
    ),
    Mistake(
        "evaluate weightless.csv --loss mse --weight wieght", "there is no column 'wieght'", "wieght", ends=2
    ),
    # Ids
    Mistake("evaluate float_ids.csv y.csv --loss mse", "'1.0'", take="both files: "),
    Mistake("evaluate padded_ids.csv y.csv --loss mse", "'001'", take="both files: "),
    Mistake("evaluate missing_id.csv y.csv --loss mse", "the id is empty", take="both files: "),
    Mistake(
        "evaluate repeated_id.csv y.csv --loss mse", "1 id ('1') appears more than once", take="both files: "
    ),
    Mistake("evaluate lacking.csv y.csv --loss mse", "1 id ('2') only in y.csv"),
    Mistake("evaluate more.csv y.csv --loss mse", "1 id ('4') only in more.csv"),
    Mistake(
        "evaluate two_rows.csv y.csv --loss mse",
        "2 and 3 rows",
        by_hand={"two_rows.csv": FILES["p.csv"]},
        says="Add an id column to both files",
    ),
    # Values
    Mistake(
        f"evaluate percent.csv b.csv {BCE}",
        "12.5%",
        by_hand={"percent.csv": "id,prediction\n1,0.125\n2,0.99\n"},
        says="without the sign",
    ),
    Mistake(
        f"evaluate hundred.csv b.csv {BCE}",
        "12.5",
        by_hand={"hundred.csv": "id,prediction\n1,0.125\n2,0.99\n"},
        says="divide them by 100",
    ),
    Mistake(
        f"evaluate percent_labels.csv {BCE}",
        "0%",
        by_hand={"percent_labels.csv": "prediction,label\n0.1,0\n0.9,1\n"},
        says="without the sign",
    ),
    Mistake(f"evaluate logits.csv b.csv {BCE}", "needs a probability in [0, 1]"),
    Mistake(
        "evaluate class_logits.csv pets.csv --loss cross_entropy", "probabilities in [0, 1] that sum to 1"
    ),
    Mistake(
        "evaluate classes_sum.csv pets.csv --loss cross_entropy", "sum 1.1", take="divided by their sum: "
    ),
    Mistake(
        "evaluate classes_percent.csv pets.csv --loss cross_entropy", "sum 100", take="divided by their sum: "
    ),
    Mistake("evaluate classes.csv capitals.csv --loss cross_entropy", "label is Cat"),
    Mistake(f"evaluate yes_no.csv {BCE}", "label is no"),
    Mistake(f"evaluate signs.csv {BCE}", "label is -1"),
    Mistake("evaluate zero_one.csv --loss hinge", "label is 0"),
    Mistake(
        f"evaluate yes_no.csv {BCE} --map-labels yes:1,no:0",
        "yes:1",
        by_hand={},
        says="--map-labels yes=1",
        after=("yes:1,no:0", "yes=1,no=0"),
    ),
    Mistake("evaluate nan.csv --loss mse", "prediction is nan"),
    Mistake("evaluate text.csv --loss mse", "prediction is high"),
    Mistake(
        "evaluate dates.csv --loss mse",
        "2020-01-01",
        by_hand={"dates.csv": GOOD},
        says="a time: write a number",
    ),
    Mistake(
        "evaluate money.csv --loss mse", "$3", by_hand={"money.csv": GOOD}, says="remove the currency sign"
    ),
    Mistake("evaluate negative.csv --loss mse --weight weight", "weight is -1"),
    Mistake(
        "evaluate weightless.csv --loss mse --weight weight",
        "the weights sum to 0",
        by_hand={},
        says="Leave out --weight",
        after=("--weight weight", ""),
    ),
    # Gates
    Mistake(f"{D} --loss mse --gate 'mse < 5%'", "5% is not a threshold", fill={"FILE": "base.json"}),
    Mistake(f"{D} --loss mse --gate mse=3000", "there is no operator"),
    Mistake(f"{D} --loss mse --gate '<= 3000'", "there is no metric before the operator", "--gate '<= 3000'"),
    Mistake(f"{D} --loss mse --gate 3000", "there is no operator", "--gate 3000"),
    Mistake(f"{D} --loss mse --gate mse", "there is no operator", fill={"NUMBER": "3000"}),
    Mistake(f"{D} --loss mse --gate 'mse lower than 3000'", "there is no operator"),
    Mistake(f"{D} --loss mse --gate 'mse at most 3000'", "there is no operator"),
    Mistake(f"{D} --loss mse --gate '3000 >= mse'", "mse is not a threshold"),
    Mistake(f"{D} --loss mse --gate 'mse =< 3000'", "no operator begins with ="),
    Mistake(f"{D} --loss mse --gate 'mse <= 3,000'", "3,000 is not a threshold"),
    Mistake(f"{D} --loss mse --gate 'mse<=3000 and mse.p90<=9000'", "is not a threshold"),
    Mistake(f"{D} --loss mse --gate 'mse.median <= 60000'", "there is no figure median", "median"),
    Mistake(f"{D} --loss mse --gate 'mae <= 60'", "mae is not computed", take="Add "),
    Mistake(
        f"{D} --loss mse --gate 'mse[sex_1] <= 3000'",
        "the samples are not grouped",
        fill={"COLUMN": "sex"},
        ends=1,
    ),
    Mistake(
        f"{D} --loss mse --group sex --gate 'mse[sex_3] <= 3000'", "the groups are sex_1, sex_2", "sex_3"
    ),
    Mistake(f"{D} --loss mse --gate 'mse <= baseline'", "there is no baseline", fill={"FILE": "base.json"}),
    Mistake(
        f"{D} --loss mse --gate 'mse <= baseline' --baseline baseline.csv",
        "baseline baseline.csv",
        fill={**MAKE, "FILE": "baseline.csv"},
    ),
    Mistake(
        f"{D} --loss mse --gate 'mse <= baseline' --baseline nowhere.json",
        "there is no such file",
        fill={**MAKE, "FILE": "nowhere.json"},
    ),
    # Outputs
    Mistake(f"{D} --loss mse --output nowhere/report.txt", "nowhere/report.txt: cannot be written"),
    Mistake(
        f"{D} --loss mse --output folder",
        "folder: cannot be written",
        by_hand={},
        says="folder/report.json",
        after=("--output folder", "--output folder/report.json"),
    ),
    Mistake(
        f"{D} --loss mse --output diabetes_linear.csv", "is also read or written", fill={"FILE": "report.txt"}
    ),
    Mistake(
        f"{D} --loss mse --quiet --format json",
        "--format json is given too",
        by_hand={},
        says="one of the two",
        after=("--quiet", ""),
    ),
]

_MEANT = re.compile(r"Did you mean (.+?)(?: or .+)?\?")
_COMMAND = re.compile(r"(?:losscli|python|mkdir) .+")
_OPTION = re.compile(r"""--[a-z][a-z-]*(?: (?!--)(?:'[^']*'|"[^"]*"|[^\s;]*[^\s;.]))?""")
_REPEATABLE = ("--loss", "--gate")


@pytest.fixture
def folder(tmp_path):
    for file in SAMPLES.iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    np.save(tmp_path / "array.npy", np.array([[1.0, 2.0], [3.0, 4.0]]))
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as book:
        book.writestr("[Content_Types].xml", "")
    (tmp_path / "base.json").write_text(losscli(*shlex.split(D), "--loss", "mse", "--format", "json").stdout)
    return tmp_path


def remedy_of(stderr, mistake):
    """Return what a message says to do, with its placeholders filled in."""
    text = re.sub(r"\nlosscli:   [^\n]*", "", stderr).strip()
    if mistake.take:
        assert mistake.take in text
        text = text.split(mistake.take)[-1]
    for placeholder, value in mistake.fill.items():
        assert placeholder in text
        text = text.replace(placeholder, value)
    return text


def with_words(call, wrong, right):
    """Return a call with other words, or parts of words, in the place of wrong ones."""
    assert re.search(rf"{re.escape(wrong)}(?!\w)", call)
    return re.sub(rf"{re.escape(wrong)}(?!\w)", lambda _: right, call, count=1)


def with_options(call, pasted, *, added):
    """Return a call with options in the place of those of the same name."""
    words = shlex.split(call)
    for name in {option.split()[0] for option in pasted} - ({"--loss"} if added else set()):
        while name in words:
            at = words.index(name)
            del words[at : at + 2]
    return shlex.join(words + [word for option in pasted for word in shlex.split(option)])


def mended(mistake, stderr, cwd):
    """Return the call that follows from what a message says, having done what is to be done before."""
    text, call = remedy_of(stderr, mistake), mistake.call
    if mistake.by_hand is not None:
        assert mistake.says in text
        for name, content in mistake.by_hand.items():
            (cwd / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return with_words(call, *mistake.after) if mistake.after else call
    swap = re.search(r"Swap the two: (.+)", text)
    if swap:
        return f"evaluate {swap[1]} {call.partition(' --')[1]}{call.partition(' --')[2]}"
    meant = _MEANT.search(text)
    command = _COMMAND.search(text.split("Make it with: ")[-1].split("CSV: ")[-1].split("first: ")[-1])
    if meant and not meant[1].startswith("--"):
        return with_words(call, mistake.wrong, meant[1])
    if meant and mistake.wrong:
        return with_words(call, mistake.wrong, meant[1])
    if command and not meant and "`" not in text:
        line = (
            command[0].replace("python ", f"{sys.executable} ", 1)
            if command[0].startswith("python")
            else command[0]
        )
        done = shell(line, cwd=cwd)
        assert done.returncode == 0, done.stderr
        return with_words(call, *mistake.after) if mistake.after else call
    usual = re.search(r"The default is (\S+:\S+)", text)
    if usual:
        return with_words(call, mistake.wrong, usual[1])
    if mistake.wrong:
        call = with_words(call, mistake.wrong, "")
    # The way out is the last sentence; of several ways, the first that has an option.
    last = text if mistake.take else text[text.rfind(". ") + 1 :]
    first = next((found for part in re.split(r"; | or ", last) if (found := _OPTION.findall(part))), [])
    assert first, f"nothing to paste: {text}"
    return with_options(call, first, added=mistake.take == "Add ")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.call)
def test_the_message_names_the_fault_and_what_it_says_mends_it(mistake, folder):
    said = losscli(*shlex.split(mistake.call), cwd=folder)
    assert said.returncode in (2, 74)
    assert mistake.fault in said.stderr
    assert "bug" not in said.stderr
    call = mended(mistake, said.stderr, folder)
    assert call != mistake.call or mistake.by_hand is not None or "mkdir" in said.stderr or mistake.fill
    again = losscli(*shlex.split(call), cwd=folder)
    assert again.returncode == mistake.ends, f"{said.stderr}\n{call}\n{again.stderr}"


def test_there_are_sixty_of_them_and_no_two_alike():
    calls = [mistake.call for mistake in MISTAKES]
    assert len(set(calls)) == len(calls) >= 60
