"""What a replay found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from losscli.analyses.evaluate.document import SCHEMA
from losscli.common.addresses import shown
from losscli.common.json import Object, number_object
from losscli.common.text import encodable, exact_number, readable_number
from losscli.common.version import __version__
from losscli.outputs.drawing.elements import Column, Data, Element, Kind, Section, Words
from losscli.outputs.view import View, named
from losscli.outputs.views.results import signed
from losscli.verdicts.receipts.outcome import Difference, Figure, FoundFile, Replayed, sentence, verdict

MOST_DIFFERENCES = 20


class ReplayView(View):
    """What a replay found."""

    of = Replayed
    report: Replayed
    columns = named("receipt", "verdict", "compared", "signature", "losscli")

    def page(self) -> Iterator[Element]:
        """Yield the files, the costs or what differs, and the verdict."""
        proof = self.report
        yield Words(("receipt ", Data(proof.receipt)), "note", 0)
        yield _files(proof)
        for material in proof.changed:
            yield from _changed(material)
        if not proof.changed:
            yield _costs(proof)
        if proof.differences:
            yield _differences(proof)
            yield from (Words(Data(reason), "note") for reason in proof.reasons)
        word = verdict(proof)
        yield Words(f"{word}: {sentence(proof)}", "pass" if proof.proved else "fail", apart=True)
        yield signed(__version__, proof.signature)

    def document(self) -> Object:
        """Return the whole."""
        proof = self.report
        return {
            "schema": SCHEMA,
            "document": "replay",
            "losscli": __version__,
            "receipt": encodable(proof.receipt),
            "signature": proof.signature,
            "files": [_file(one) for one in proof.files],
            "compared": proof.compared,
            "differences": [_difference(one) for one in proof.differences],
            "reasons": [encodable(reason) for reason in proof.reasons],
            "verdict": verdict(proof),
        }

    def lines(self) -> Iterator[Object]:
        """Yield the document, on one line."""
        yield self.document()

    def quiet(self) -> Iterator[str]:
        """Yield the verdict."""
        yield verdict(self.report)


def complaints(proof: Replayed) -> Iterator[str]:
    """Yield why it failed, in a few lines for a log."""
    yield f"refuted: {sentence(proof)}"
    for material in proof.changed:
        yield f"changed: {shown(material.found_at)}: SHA-256 {material.found.sha256}"
    for one in proof.differences[:3]:
        yield f"differs: {one.loss} {one.figure}: {one.recorded!r} is now {one.replayed!r}"


def _file(one: FoundFile) -> Object:
    return {
        "role": one.role,
        "path": encodable(one.path),
        "found_at": encodable(shown(one.found_at)),
        "recorded": {"bytes": one.recorded.size, "sha256": one.recorded.sha256},
        "found": {"bytes": one.found.size, "sha256": one.found.sha256},
        "changed": one.changed,
    }


def _difference(one: Difference) -> Object:
    return {
        "loss": encodable(one.loss) or None,
        "group": None if one.group is None else encodable(one.group),
        "figure": encodable(one.figure),
        **_figure("recorded", one.recorded),
        **_figure("replayed", one.replayed),
        "ulps": one.ulps,
        "relative": one.relative,
    }


def _files(proof: Replayed) -> Section:
    found = proof.files
    columns = (
        Column("", Kind.WORD, [one.role for one in found]),
        Column("file", Kind.DATA, [shown(one.found_at) for one in found]),
        Column("bytes", Kind.NUMBER, [str(one.found.size) for one in found]),
        Column("is", Kind.WORD, ["changed" if one.changed else "the same" for one in found]),
    )
    return Section("Files", columns)


def _changed(material: FoundFile) -> Iterator[Element]:
    recorded, found = material.recorded, material.found
    yield Words((f"The {material.role} changed: ", Data(shown(material.found_at))), apart=True)
    if material.role == "code":
        yield Words(f"recorded  SHA-256 {recorded.sha256}")
        yield Words(f"found     SHA-256 {found.sha256}")
    else:
        yield Words(f"recorded  {recorded.size} bytes, SHA-256 {recorded.sha256}")
        yield Words(f"found     {found.size} bytes, SHA-256 {found.sha256}")


def _costs(proof: Replayed) -> Section:
    columns = (
        Column("loss", Kind.DATA, [loss for loss, _ in proof.costs]),
        Column("cost", Kind.NUMBER, [exact_number(cost) for _, cost in proof.costs]),
    )
    return Section("Cost, as recorded", columns, strong=(1,))


def _differences(proof: Replayed) -> Section:
    shown = proof.differences[:MOST_DIFFERENCES]
    title = "Figures that differ"
    if len(shown) < len(proof.differences):
        title = f"The first {len(shown)} of {len(proof.differences)} figures that differ"
    columns = [Column("loss", Kind.DATA, [one.loss for one in shown])]
    if any(one.group is not None for one in shown):
        columns.append(Column("group", Kind.DATA, [one.group or "" for one in shown]))
    columns += [
        Column("figure", Kind.DATA, [one.figure for one in shown]),
        Column("recorded", Kind.DATA, [_text(one.recorded) for one in shown]),
        Column("replayed", Kind.DATA, [_text(one.replayed) for one in shown]),
        Column("ulps", Kind.NUMBER, ["-" if one.ulps is None else str(one.ulps) for one in shown]),
        Column(
            "relative",
            Kind.NUMBER,
            ["-" if one.relative is None else readable_number(one.relative, 3) for one in shown],
        ),
    ]
    return Section(title, tuple(columns))


def _text(figure: Figure) -> str:
    if figure is None:
        return "undefined"
    return exact_number(figure) if isinstance(figure, float) else str(figure)


def _figure(key: str, figure: Figure) -> Object:
    if isinstance(figure, float):
        return number_object(key, figure)
    return {key: encodable(figure) if isinstance(figure, str) else figure}
