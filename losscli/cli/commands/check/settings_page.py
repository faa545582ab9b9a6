"""What `--print-config` shows: each setting of each check, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.analyses.evaluate.document import SCHEMA, Json, Object, encode
from losscli.cli.commands.check.config import Check
from losscli.cli.commands.check.keys import KEYS, REFUSED, Setting, default_of
from losscli.common.text import encodable
from losscli.common.version import __version__
from losscli.outputs.drawing.as_text import page_text
from losscli.outputs.drawing.elements import Column, Element, Kind, Section, Words


def with_defaults(check: Check) -> Iterator[tuple[str, Setting]]:
    """Yield the settings of a check in the order of the keys, defaults included."""
    for key, parameter in KEYS.items():
        default = default_of(parameter)
        if key in check.settings:
            yield key, check.settings[key]
        elif key not in REFUSED and default is not None:
            yield key, Setting(default, "default", "default")


def page(config: str, checks: Sequence[Check]) -> Iterator[Element]:
    """Yield a table for each check: key, value, and where to change it."""
    yield Words("config ", "note", 0, config)
    for check in checks:
        rows = [
            (key, text, setting.origin)
            for key, setting in with_defaults(check)
            for text in setting.texts or ("(none)",)
        ]
        columns = (
            Column("key", Kind.WORD, [key for key, _, _ in rows]),
            Column("value", Kind.DATA, [text for _, text, _ in rows]),
            Column("from", Kind.DATA, [origin for _, _, origin in rows]),
        )
        yield Section("Check", columns, subject=check.name)


def document(config: str, checks: Sequence[Check]) -> Object:
    """Return the same for programs."""
    found: list[Json] = []
    for check in checks:
        settings: Object = {
            key: {
                "value": _encodable(setting.shown(KEYS[key])),
                "from": setting.source,
                "where": encodable(setting.origin),
            }
            for key, setting in with_defaults(check)
        }
        found.append({"check": encodable(check.name), "settings": settings})
    return {"schema": SCHEMA, "losscli": __version__, "config": encodable(config), "checks": found}


def _laid_out(whole: Object) -> str:
    """Return the document, each setting on a line of its own."""
    checks = whole["checks"]
    assert isinstance(checks, list)
    lines = [f" {encode(key)}: {encode(value)}," for key, value in whole.items() if key != "checks"]
    parts = []
    for check in checks:
        assert isinstance(check, dict)
        settings = check["settings"]
        assert isinstance(settings, dict)
        inner = ",\n".join(f"   {encode(key)}: {encode(value)}" for key, value in settings.items())
        name = encode(check["check"])
        parts.append(f'  {{"check": {name}, "settings": {{\n{inner}\n  }}}}')
    return "\n".join(["{", *lines, ' "checks": [', ",\n".join(parts), " ]", "}"]) + "\n"


def _encodable(value: Json) -> Json:
    if isinstance(value, list):
        return [_encodable(part) for part in value]
    return encodable(value) if isinstance(value, str) else value


def as_text(config: str, checks: Sequence[Check], format_: str) -> str:
    """Return the same as text: `table`, `markdown` or `json`."""
    if format_ == "json":
        return _laid_out(document(config, checks))
    return page_text(page(config, checks), format_)
