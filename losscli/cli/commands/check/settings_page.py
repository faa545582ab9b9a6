"""What `--print-config` shows: each setting of each check, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from losscli.analyses.evaluate.document import SCHEMA, Json, Object
from losscli.cli.commands.check.config import Check
from losscli.cli.options.settings import Key, Setting, Shown
from losscli.common.text import encodable
from losscli.common.version import __version__
from losscli.outputs.drawing.elements import Column, Data, Element, Kind, Section, Words
from losscli.outputs.view import View, named


def with_defaults(check: Check, keys: Sequence[Key]) -> Iterator[Setting]:
    """Yield the settings of a check in the order of the keys, defaults included."""
    for key in keys:
        setting = check.settings.get(key.name)
        if setting is not None:
            yield setting
        elif key.default is not None:
            text = str(key.default).lower() if isinstance(key.default, bool) else str(key.default)
            yield Setting(key, (text,), "default", "default")


class SettingsView(View):
    """The settings of the checks of a config."""

    report: Sequence[Check]
    columns = named("check", "key", "value", "from", "where")

    def __init__(self, config: str, checks: Sequence[Check], keys: Sequence[Key]) -> None:
        super().__init__(checks)
        self.config, self.keys = config, keys

    def page(self) -> Iterator[Element]:
        """Yield a table for each check: key, value, and where to change it."""
        yield Words(("config ", Data(self.config)), "note", 0)
        for check in self.report:
            settings = [*with_defaults(check, self.keys)]
            rows = [(setting, value) for setting in settings for value in setting.values or ("(none)",)]
            columns = (
                Column("key", Kind.WORD, [setting.key.name for setting, _ in rows]),
                Column("value", Kind.DATA, [value for _, value in rows]),
                Column("from", Kind.DATA, [setting.origin for setting, _ in rows]),
            )
            yield Section("Check", columns, subject=check.name)

    def document(self) -> Object:
        """Return the settings of each check, by key."""
        found: list[Json] = [
            {
                "check": encodable(check.name),
                "settings": {setting.key.name: _told(setting) for setting in with_defaults(check, self.keys)},
            }
            for check in self.report
        ]
        config = encodable(self.config)
        return {"schema": SCHEMA, "losscli": __version__, "config": config, "checks": found}

    def lines(self) -> Iterator[Object]:
        """Yield a line per setting."""
        for check in self.report:
            for setting in with_defaults(check, self.keys):
                yield {"check": encodable(check.name), "key": setting.key.name, **_told(setting)}


def _told(setting: Setting) -> Object:
    return {"value": _encodable(setting.shown), "from": setting.source, "where": encodable(setting.origin)}


def _encodable(value: Shown) -> Json:
    if isinstance(value, list):
        return [_encodable(part) for part in value]
    return encodable(value) if isinstance(value, str) else value
