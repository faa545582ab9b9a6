"""The compiled scanner, where it was built: rows of one shape to columns in one pass."""

from __future__ import annotations

from losscli.common import compiled

scan, why_not = compiled.load("losscli.inputs.formats.jsonl.scanner._scan")
"""The extension module, None where it is not in use; and why it is not, in the words of messages."""
