"""Objects in stores that the package fsspec knows, such as S3: found, and read in ranges.

What fsspec and the libraries below it raise has no common base: all of it becomes an error of ours, without
the address that may stand in it.
"""

from __future__ import annotations

import copy
import glob
from typing import Any

from losscli.common.addresses import HIDDEN, scheme_of, scrubbed
from losscli.common.errors import LosscliError
from losscli.inputs.streams.failures import changed, refuse_unfit, silent

SECONDS = 60.0
"""How long a store may take to answer, with all that its library tries again."""
_STAMPS = frozenset(
    (
        *("etag", "versionid", "version_id", "version", "generation", "md5hash", "md5", "crc32c", "checksum"),
        *("lastmodified", "last_modified", "mtime", "modified", "updated", "created", "contentmd5", "sha"),
    )
)
"""What stores call what changes with an object, without dashes, in small letters."""
_WITHOUT_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "DefaultCredentialsError")
_UNREACHED = ("EndpointConnectionError", "ClientConnectorError", "ClientConnectorDNSError", "ConnectError")


class StoredObject:
    """One object; see `remote.Store`."""

    ranges = True

    def __init__(self, address: str, name: str) -> None:
        """Look at the object. Raises LosscliError where there is none that can be read."""
        self.name = name
        self._store = Stores(address, name)
        info = self._store.info()
        if info.get("type") == "directory":
            raise LosscliError(name, "this is a folder", "a file")
        size = info.get("size")
        if not isinstance(size, int):
            raise LosscliError(name, "the store does not say how long it is", "a store that does")
        self.size: int | None = size
        self.stamp = _stamp(info)

    def get(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to `stop`; see `remote.Store`."""
        data = self._store.call("cat_file", start=start, end=stop)
        # Behind the bytes: what they are of was not replaced before.
        if self.look() != self.stamp:
            raise changed(self.name)
        if len(data) != stop - start:
            found = f"{len(data)} bytes came instead of {stop - start}"
            raise LosscliError(self.name, found, "the entire file", "Run again.")
        return bytes(data)

    def look(self) -> tuple[object, ...]:
        """Return the stamp as it is now."""
        return _stamp(self._store.info())

    def close(self) -> None:
        """Do nothing: connections are those of the library, which shares them."""


def objects_of(address: str, name: str) -> dict[str, str] | None:
    """Return the objects of a folder or a glob: by their names below it, the address of each.

    None for one object, and for what is not there. Raises LosscliError where the store does not answer.
    """
    refuse_unfit(address, name)
    store = Stores(address, name)
    kind = store.kind()
    folder, pattern = store.path, glob.has_magic(store.path)
    if kind is None and pattern:
        matches = store.call("glob", detail=True)
        parts = folder.split("/")
        folder = "/".join(parts[: next(place for place, part in enumerate(parts) if glob.has_magic(part))])
        found = [path for path, info in matches.items() if info.get("type") != "directory"]
        for path, info in matches.items():
            if info.get("type") == "directory":
                found += store.at(path).below()
    elif kind == "directory" or (kind and address.endswith("/")):
        found = store.below()
    else:
        return None
    start = f"{folder.rstrip('/')}/" if folder else ""
    return {path.removeprefix(start): store.address_of(path) for path in found}


class Stores:
    """The store of an address, and the path there.

    Attributes:
        path: as fsspec calls it.
        files: the filesystem.
    """

    def __init__(self, address: str, name: str) -> None:
        """Find the library. Raises LosscliError where it is missing, or nobody knows the scheme."""
        self._name, self._scheme = name, scheme_of(address)
        try:
            from fsspec.core import url_to_fs
            from fsspec.registry import known_implementations as known
            from fsspec.registry import registry
        except ImportError:
            raise self._without("fsspec", "pip install 'losscli[remote]'") from None
        try:
            if self._scheme not in {*known, *registry}:
                raise LosscliError(
                    name,
                    f"fsspec does not know {self._scheme}://",
                    "an address such as s3://, gs://, az:// or https://",
                )
            self.files, self.path = url_to_fs(address)
        except ImportError as error:
            package = known.get(self._scheme, {}).get("class", "").partition(".")[0].replace("_", "-")
            if package in ("", "fsspec"):
                package = (error.name or getattr(error.__cause__, "name", "") or "").partition(".")[0]
            install = f"pip install 'losscli[remote]' {package}".strip()
            raise self._without(package or "of that store", install) from None
        except LosscliError:
            raise
        except Exception as error:
            raise self.failed(error) from None

    def kind(self) -> str | None:
        """Return `file` or `directory`, None where there is neither."""
        try:
            return str(self.info().get("type"))
        except LosscliError as error:
            if isinstance(error.__context__, FileNotFoundError):
                return None
            raise

    def at(self, path: str) -> Stores:
        """Return the same store at another path."""
        other = copy.copy(self)
        other.path = path
        return other

    def address_of(self, path: str) -> str:
        """Return the address of a path, with the scheme that was asked for where a library has several."""
        rest = str(self.files.unstrip_protocol(path)).partition("://")[2]
        return f"{self._scheme}://{rest}"

    def below(self) -> list[str]:
        """Return the paths of all objects below this folder; objects that mark a folder are none."""
        found = self.call("find", detail=True)
        return [
            path
            for path, info in found.items()
            if info.get("type") != "directory" and not path.endswith("/") and path != self.path
        ]

    def info(self) -> dict[str, Any]:
        """Return what the store says of the path, asked now."""
        self.files.invalidate_cache()
        found: dict[str, Any] = self.call("info")
        return found

    def call(self, method: str, **arguments: Any) -> Any:
        """Call a method of the filesystem for the path. Raises LosscliError for all that goes wrong."""
        from fsspec.asyn import AsyncFileSystem, sync

        try:
            if isinstance(self.files, AsyncFileSystem):
                work = getattr(self.files, f"_{method}")
                return sync(self.files.loop, work, self.path, timeout=SECONDS, **arguments)
            return getattr(self.files, method)(self.path, **arguments)
        except Exception as error:
            raise self.failed(error) from None

    def failed(self, error: Exception) -> LosscliError:
        """Return what is raised where a store does not do what it is asked for."""
        kinds = {one.__name__ for one in type(error).__mro__}
        needed, remedy = "", ""
        if isinstance(error, FileNotFoundError):
            found, needed = "there is no such file, folder or bucket", "the address of one"
        elif isinstance(error, PermissionError):
            found, needed = "access is forbidden", "the right to read it"
            remedy = f"Look at the credentials that are found for {self._scheme}://"
        elif kinds & {*_WITHOUT_CREDENTIALS}:
            found, needed = "no credentials were found", f"credentials for {self._scheme}://"
            remedy = "They belong in the environment, or in a file where the tools of the store look."
        elif isinstance(error, TimeoutError) or "FSTimeoutError" in kinds:
            return silent(self._name, SECONDS)
        elif kinds & {*_UNREACHED} or isinstance(error, ConnectionRefusedError):
            found, needed = "cannot connect to the store", "a store that can be reached"
        else:
            said = " ".join(scrubbed(str(error)).split())
            # What is not whole may be a secret in part.
            said = type(error).__name__ if HIDDEN in said or not said else said[:200]
            found, needed = f"reading failed: {said}", ""
        return LosscliError(self._name, found, needed, remedy)

    def _without(self, package: str, install: str) -> LosscliError:
        found = f"{self._scheme}:// needs the package {package}, which is not installed"
        return LosscliError(self._name, found, "", f"Install it: {install}")


def _stamp(info: dict[str, Any]) -> tuple[object, ...]:
    found = {key: info[key] for key in info if key.lower().replace("-", "") in _STAMPS}
    return info.get("size"), *((key, str(found[key])) for key in sorted(found))
