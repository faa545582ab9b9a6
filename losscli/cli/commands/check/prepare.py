"""Checks as calls of `evaluate`: their options read, and held against each other."""

from __future__ import annotations

import copy
import os
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, chdir, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from losscli.cli.command import Command
from losscli.cli.commands import evaluate as evaluation
from losscli.cli.commands.check.config import Check, Config
from losscli.cli.commands.check.keys import KEYS, Setting
from losscli.cli.options.environment import renamed
from losscli.cli.options.outputs import file_of, file_of_samples, is_among
from losscli.cli.options.repeat import quoted, words
from losscli.cli.options.reports import Reports
from losscli.common.errors import LosscliError, UsageError, raise_together, single
from losscli.common.files import confined, leads_outside
from losscli.common.text import shorten

if TYPE_CHECKING:
    from losscli.analyses.evaluate.run import Keep
    from losscli.analyses.evaluate.states.state import State
    from losscli.inputs.request import Request
    from losscli.verdicts.judged import Standard

OUTPUTS = ("output", "per-sample", "report", "receipt", "state")
"""Keys that name a file which a check writes."""

FOR_PIPELINES = frozenset({*OUTPUTS, "format", "exit-zero"})
"""What a person who repeats a check at home does without."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where checks run, and which code they may run.

    Attributes:
        folder: the folder of the config.
        config: the config as messages show it.
        found: whether it was found and not named.
        allowed: the losses that options name, which may be code all the same.
    """

    folder: str
    config: str
    found: bool
    allowed: frozenset[str] = frozenset()

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Work in the folder; a found config runs no code but what options name, and writes nowhere else."""
        from losscli.loss import registry

        with ExitStack() as stack:
            stack.enter_context(chdir(self.folder))
            if self.found:
                stack.enter_context(registry.no_code(self.allowed, *_was_found(self.config)))
                stack.enter_context(confined(self.folder))
            yield


def _was_found(config: str) -> tuple[str, str]:
    """Return why what a config asks for is refused, and how to allow it."""
    return f"and {config} was found rather than named", f"To allow it: losscli check {shlex.quote(config)}"


@dataclass(slots=True)
class Prepared:
    """A check whose options were read: what it asks for."""

    check: Check
    options: dict[str, Any]
    request: Request
    standard: Standard
    states: list[State] = field(default_factory=list)
    """Of a check that keeps its state it alone, once it was run."""

    @property
    def keep(self) -> Keep | None:
        """Who gets the state; None where it is not wanted."""
        return self.states.append if self.request.mergeable else None

    @property
    def reads_together(self) -> bool:
        """Whether it is read in one pass with others: by this process, and beside no other predictions."""
        return self.options["engine"] == "local" and self.standard.predictions is None

    @property
    def inputs(self) -> list[str]:
        """The files of its samples."""
        return [path for path in (self.request.predictions, self.request.labels) if path is not None]

    @property
    def reads(self) -> list[str]:
        """Every file that it reads: inputs, ids to exclude, what they are compared with, code of losses."""
        beside = [self.options[name] for name in ("baseline", "baseline_predictions", "exclude_ids")]
        code = [file_of(bound.loss.name) for bound in self.request.loss if ".py:" in bound.loss.name]
        return [*self.inputs, *(path for path in beside if path is not None), *code]


def moved(key: str, setting: Setting, folder: str) -> Setting:
    """Return a setting whose paths are relative to `folder` as one that says the same elsewhere."""
    if isinstance(KEYS[key].type, click.Path):
        # A folder of samples is told by its end.
        end = "/" if setting.value.endswith("/") else ""
        return replace(setting, value=str(Path(folder, setting.value)) + end)
    if key in ("loss", "gate"):
        return replace(setting, value=[_moved_code(text, folder) for text in setting.texts])
    return setting


def _moved_code(text: str, folder: str) -> str:
    """Return a spec or a gate whose loss is in a file with the path of that file moved, and no more.

    The name of a group is no path, whatever it looks like.
    """
    from losscli.verdicts.gates.grammar import metric_of

    if ".py:" not in metric_of(text):
        return text
    file = file_of(text)
    return str(Path(folder, file.lstrip())) + text[len(file) :]


def named_losses(settings: Mapping[str, Setting]) -> frozenset[str]:
    """Return the names of the losses that settings name."""
    from losscli.loss.spec import split_spec

    texts = settings["loss"].texts if "loss" in settings else ()
    return frozenset(split_spec(text)[0].strip() for text in texts)


def files_of(settings: Iterable[Setting]) -> set[str]:
    """Return the files that settings may name, without links."""
    texts = [text for setting in settings for text in setting.texts]
    return {os.path.realpath(file_of(text) if ".py:" in text else text) for text in texts}


def prepare(
    checks: Sequence[Check], config: Config, taken: Mapping[str, str], wrong: Iterable[LosscliError] = ()
) -> list[Prepared]:
    """Read the options of all checks, in the folder of the config.

    Args:
        checks: those to run.
        config: where they stand.
        taken: files, without links, that options of the call name as outputs, and these options.
        wrong: what is wrong with the config besides.

    Raises:
        UsageError, SeveralErrors: for everything that is wrong with any of them.
    """
    prepared: list[Prepared] = []
    errors = {str(error): error for error in wrong}
    for check in checks:
        try:
            if check.whole:
                prepared.append(prepared_one(check))
            else:
                # What could not be read is told already; it may be what seems to be missing.
                _options(check)
        except LosscliError as error:
            origins = {f"--{key}": check.origin(key) for key in check.settings}
            for part in single(error):
                told = renamed(part, origins, check.where)
                # What an option or a variable says wrongly is wrong for every check.
                errors.setdefault(str(told), told)
    for told in [*_outside(checks, config), *_crossed(prepared, config, taken)]:
        errors.setdefault(str(told), told)
    raise_together(errors.values())
    return prepared


def prepared_one(check: Check) -> Prepared:
    """Read the options of a check. Raises all that is wrong with it."""
    errors = [*_missing(check.settings)]
    try:
        options = _options(check)
    except LosscliError as error:
        errors += single(error)
    raise_together(errors)
    request, gates = evaluation.requested(options, Reports(options["reports"]).outputs())
    standard = evaluation.standard_of(options, gates)
    standard.refuse(request)
    return Prepared(check, options, request, standard)


def drawn(prepared: Iterable[Prepared]) -> list[Prepared]:
    """Return the checks, which now keep what a page for a browser shows."""
    return [replace(one, request=replace(one.request, page=True)) for one in prepared]


def _missing(settings: Mapping[str, Setting]) -> Iterator[LosscliError]:
    """Yield an error for what a call may leave out or say, and a check may not."""
    if "predictions" not in settings:
        yield UsageError("", "it has no predictions", "a file", 'Name it: predictions = "FILE"')
    if "loss" not in settings or not settings["loss"].value:
        remedy = 'Name one, such as: loss = "mse". `losscli losses` lists them.'
        yield UsageError("", "it has no loss", "at least one", remedy)
    for key in ("predictions", "labels", *OUTPUTS):
        texts = settings[key].texts if key in settings else ()
        if any(text == "-" or (key == "report" and text.endswith("=-")) for text in texts):
            yield UsageError(f"--{key}", "a check cannot use standard input or output", "a file")
    if "format" in settings and "output" not in settings:
        yield UsageError("--format", "there is no output that it applies to", "the key output too")


def _options(check: Check) -> dict[str, Any]:
    """Return the options of `evaluate` that a check asks for: what it sets is a default to click."""
    parameters = {key: copy.copy(parameter) for key, parameter in KEYS.items()}
    for parameter in parameters.values():
        # The environment has had its say already.
        parameter.envvar = None
    values = {parameters[key].name: setting.value for key, setting in check.settings.items()}
    # A check that does not say what it reads is told so already.
    values.setdefault("predictions", "")
    command = Command("evaluate", params=[*parameters.values()])
    with click.Context(command, default_map=values) as context:
        command.parse_args(context, [])
        return dict(context.params)


def outputs_of(check: Check) -> Iterator[tuple[str, str]]:
    """Yield the keys that name a file which the check writes, and the file."""
    for key in OUTPUTS:
        for text in check.settings[key].texts if key in check.settings else ():
            path = text.partition("=")[2] if key == "report" else text
            if key == "per-sample":
                path = file_of_samples(path) or ""
            if path:
                yield key, path


def _outside(checks: Sequence[Check], config: Config) -> Iterator[LosscliError]:
    """Yield an error for each output of a config that was found which is not below its folder."""
    reason, remedy = _was_found(config.shown)
    for check in checks if config.found else ():
        for key, path in outputs_of(check):
            if leads_outside(path, str(config.file.parent)):
                found = f"{path} leads out of its folder or through a link, {reason}"
                yield UsageError(check.origin(key), found, "a file below that folder", remedy)


def _crossed(
    prepared: Sequence[Prepared], config: Config, taken: Mapping[str, str]
) -> Iterator[LosscliError]:
    """Yield an error for each output that is something else too: a config, an input, another output."""
    written: dict[str, str] = {}
    reads = [frozenset(map(os.path.realpath, one.reads)) for one in prepared]
    readers = Counter(path for own in reads for path in own)
    inputs = {path: one.check.name for one, own in zip(prepared, reads, strict=True) for path in own}
    for path, option in taken.items():
        if path == str(config.file) or path in inputs:
            what = f"check '{shorten(inputs[path])}' reads it" if path in inputs else "it is the config file"
            yield UsageError(option, f"{path}: {what}", "another file")
    for one, own in zip(prepared, reads, strict=True):
        for key, path in outputs_of(one.check):
            real, where = os.path.realpath(path), one.check.origin(key)
            if Path(real).exists() and not Path(real).is_file():
                continue
            among = any(is_among(real, other) for other in inputs)
            if readers[real] > (real in own) or real == str(config.file) or among:
                what = "the config file" if real == str(config.file) else "read by another check"
                yield UsageError(where, f"{path} is {what}", "another file")
            elif real in taken:
                yield UsageError(where, f"{taken[real]} also writes {path}", "a different file")
            elif written.setdefault(real, one.check.name) != one.check.name:
                found = f"check '{shorten(written[real])}' also writes {path}"
                yield UsageError(where, found, "a different file")


def groups(prepared: Sequence[Prepared]) -> list[tuple[int, ...]]:
    """Return which checks belong together, by position: those that share a file, at whatever remove."""
    before = [*range(len(prepared))]
    """For each check one of its group that comes before it; itself for the first."""

    def first_of(number: int) -> int:
        while before[number] != number:
            before[number] = number = before[before[number]]
        return number

    readers: dict[str, int] = {}
    for number, one in enumerate(prepared):
        for path in one.inputs:
            first, other = first_of(number), first_of(readers.setdefault(os.path.realpath(path), number))
            before[max(first, other)] = min(first, other)
    members: dict[int, list[int]] = {}
    for number in range(len(prepared)):
        members.setdefault(first_of(number), []).append(number)
    return [*map(tuple, members.values())]


def command_of(check: Check) -> str:
    """Return the command line that repeats a check at home, in the folder of its config."""
    named = [str(check.settings[key].value) for key in ("predictions", "labels") if key in check.settings]
    # What begins with a dash is a file only behind two.
    files = ["--", *named] if any(name.startswith("-") for name in named) else named
    options = [
        part
        for key, setting in check.settings.items()
        if key not in FOR_PIPELINES and isinstance(KEYS[key], click.Option)
        for word in words(KEYS[key], setting.value)
        for part in word.split("=", 1)
    ]
    line = [*options, *files] if files[:1] == ["--"] else [*files, *options]
    return " ".join(["losscli evaluate", *map(quoted, line)])
