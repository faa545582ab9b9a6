"""What `--print-config` shows: each setting of each check, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.analyses.evaluate.document import SCHEMA
from losscli.cli.commands.check.config import Check
from losscli.cli.commands.check.keys import KEYS, REFUSED, Setting, default_of
from losscli.common.json import Json, Object
from losscli.common.text import encodable
from losscli.common.version import __version__
from losscli.outputs.drawing.elements import Column, Data, Element, Kind, Section, Words
from losscli.outputs.view import View, named


def with_defaults(check: Check) -> Iterator[tuple[str, Setting]]:
    """Yield the settings of a check in the order of the keys, defaults included."""
    for key, parameter in KEYS.items():
        default = default_of(parameter)
        if key in check.settings:
            yield key, check.settings[key]
        elif key not in REFUSED and default is not None:
            yield key, Setting(default, "default", "default")


class SettingsView(View):
    """The settings of the checks of a config."""

    columns = named("check", "key", "value", "from", "where")
    report: Sequence[Check]

    def __init__(self, config: str, checks: Sequence[Check]) -> None:
        super().__init__(checks)
        self.config = config

    def page(self) -> Iterator[Element]:
        """Yield a table for each check: key, value, and where to change it."""
        yield Words(("config ", Data(self.config)), "note", 0)
        for check in self.report:
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

    def document(self) -> Object:
        """Return the settings of each check, by key."""
        found: list[Json] = [
            {
                "check": encodable(check.name),
                "settings": {key: _told(key, setting) for key, setting in with_defaults(check)},
            }
            for check in self.report
        ]
        config = encodable(self.config)
        return {"schema": SCHEMA, "losscli": __version__, "config": config, "checks": found}

    def lines(self) -> Iterator[Object]:
        """Yield a line per setting."""
        for check in self.report:
            for key, setting in with_defaults(check):
                yield {"check": encodable(check.name), "key": key, **_told(key, setting)}


def _told(key: str, setting: Setting) -> Object:
    value = _encodable(setting.shown(KEYS[key]))
    return {"value": value, "from": setting.source, "where": encodable(setting.origin)}


def _encodable(value: Json) -> Json:
    if isinstance(value, list):
        return [_encodable(part) for part in value]
    return encodable(value) if isinstance(value, str) else value
