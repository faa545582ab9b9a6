"""Errors of reading that several kinds of files and addresses have in common."""

from __future__ import annotations

from losscli.common.addresses import is_web, scheme_of, user_of
from losscli.common.errors import LosscliError


class NoRowsError(LosscliError):
    """A file that is empty, of a format in which nothing but rows says what the columns are.

    Attributes:
        format: the format.
    """

    format = ""


def without_rows(name: str, format_: str, found: str, remedy: str) -> NoRowsError:
    """Return what is raised for a file of which there is nothing to read."""
    error = NoRowsError(name, found, "at least one row", remedy)
    error.format = format_
    return error


def changed(name: str, found: str = "the file changed while it was being read") -> LosscliError:
    """Return what is raised for a file that is not what it was when it was opened."""
    return LosscliError(name, found, "a file that does not change", "Run again when it is complete.")


def silent(name: str, seconds: float) -> LosscliError:
    """Return what is raised where nobody answers."""
    return LosscliError(name, f"no answer came within {seconds:.0f} seconds", "an answer", "Run again.")


def refuse_unfit(address: str, name: str) -> None:
    """Raise LosscliError for an address with credentials, and for what is no address of one file."""
    user, scheme = user_of(address), scheme_of(address)
    if user and (is_web(address) or ":" in user):
        raise LosscliError(
            name,
            "the address has a user or a password in it",
            "an address without them, since command lines are seen by others",
            "Credentials are found where the tools of the store look: variables and files of its own.",
        )
    if scheme in ("file", "local"):
        raise LosscliError(name, "this is a file of this machine", "its path, without file://")
    if "::" in address and not is_web(address):
        raise LosscliError(name, "an address within an address (::)", "the address of one file or folder")
