"""A file on a web server, read with HTTP: in ranges, else, where the server sends none, in order.

Every answer has to be of the file that was opened, and complete: the entity tag (or the time of the last
change), the size and the place of a range are compared, and a body that ends early raises.
"""

from __future__ import annotations

import re
import string
import time
from contextlib import suppress
from http.client import HTTPException, HTTPResponse, IncompleteRead, InvalidURL, RemoteDisconnected
from socket import gaierror
from ssl import SSLCertVerificationError, SSLError
from typing import Any, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urldefrag
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from losscli.common.addresses import is_web, scrubbed
from losscli.common.errors import LosscliError
from losscli.common.version import __version__
from losscli.inputs.streams.failures import changed, silent

SECONDS = 30.0
"""How long a server may be silent."""
RANGE_SECONDS = 600.0
"""How long a range may take that comes byte by byte."""
_PIECE_BYTES = 1 << 16
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_EMPTY = re.compile(r"bytes \*/0")


class WebFile:
    """One file; see `remote.Store`."""

    def __init__(self, address: str, name: str, first_bytes: int) -> None:
        """Ask for the first bytes. Raises LosscliError where they are not to be had."""
        self.name = name
        self._url = quote(urldefrag(address).url, safe=string.punctuation)
        self._tag = ""
        self._first: bytes | None = None
        self._body: HTTPResponse | None = None
        answer = self._ask(f"0-{first_bytes - 1}")
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", "")) if answer.status == 206 else None
        if answer.status == 206 and found is None:
            # Of a size that the server does not know there are no ranges.
            answer.close()
            answer = self._ask("")
        self.ranges = found is not None or answer.status == 416
        self.size = _size(answer)
        self.stamp = self._stamp(answer)
        if found is not None:
            self._first = self._whole(answer, 0, min(first_bytes, int(found[3])))
        elif answer.status == 416:
            answer.close()
            self._first = b""
        else:
            self._body = answer
            if self.size is None and not answer.chunked:
                answer.close()
                raise LosscliError(
                    name,
                    "the server does not say how long the file is, so that an early end could not be told",
                    "a server that does",
                    "Download the file, and name the copy.",
                )
        strong = (answer.headers.get("ETag") or "").strip()
        self._tag = strong if strong.startswith('"') else ""

    def get(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to `stop`; see `remote.Store`."""
        if self._body is not None:
            return self._next(self._body, stop - start)
        first = self._first
        if first is not None and start < len(first):
            return first[start:stop] if stop <= len(first) else first[start:]
        return self._whole(self._ask(f"{start}-{stop - 1}"), start, stop)

    def look(self) -> tuple[object, ...]:
        """Return the stamp as it is now."""
        with self._ask("0-0" if self.ranges else "") as answer:
            return self._stamp(answer)

    def close(self) -> None:
        """Let go of the connection."""
        if self._body is not None:
            self._body.close()

    def _ask(self, wanted: str) -> HTTPResponse:
        """Return the answer to a request for some bytes, of the file with the tag alone."""
        headers = {"Accept-Encoding": "identity", "User-Agent": f"losscli/{__version__}"}
        if wanted:
            headers["Range"] = f"bytes={wanted}"
        if self._tag:
            headers["If-Match"] = self._tag
        try:
            answer: HTTPResponse = _opener().open(Request(self._url, headers=headers), timeout=SECONDS)
        except HTTPError as error:
            if error.code == 416 and _EMPTY.fullmatch(error.headers.get("Content-Range", "")):
                return cast("HTTPResponse", error)
            error.close()
            raise self._refused(error.code, error.reason) from None
        except Exception as error:
            raise self._failed(error) from None
        if answer.status not in (200, 206):
            answer.close()
            raise self._refused(answer.status, answer.reason)
        return answer

    def _whole(self, answer: HTTPResponse, start: int, stop: int) -> bytes:
        """Return the body of an answer, which has to be that range of the same file."""
        with answer:
            found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
            if self._stamp(answer) != self.stamp:
                raise changed(self.name)
            if answer.status != 206 or found is None or (int(found[1]), int(found[2]) + 1) != (start, stop):
                wanted = f"bytes {start} to {stop - 1}"
                raise LosscliError(self.name, f"the server sent something else than {wanted}", "that range")
            parts, count, until = [], 0, time.monotonic() + RANGE_SECONDS
            while count < stop - start:
                part = self._next(answer, stop - start - count)
                if not part:
                    raise self._broken(start + count)
                if time.monotonic() > until:
                    found_ = f"{count} bytes came in {RANGE_SECONDS:.0f} seconds"
                    raise LosscliError(self.name, found_, "a faster connection", "Download the file first.")
                parts.append(part)
                count += len(part)
            return b"".join(parts)

    def _next(self, answer: HTTPResponse, size: int) -> bytes:
        """Return the next bytes of a body, none at its end. Raises where it ends early."""
        try:
            data = answer.read1(min(size, _PIECE_BYTES))
        except Exception as error:
            raise self._failed(error) from None
        # Python tells the early end of some bodies only where all of it is read at once.
        left = answer.length
        if not data and left:
            raise self._broken(None)
        return data

    def _stamp(self, answer: HTTPResponse) -> tuple[object, ...]:
        headers = answer.headers
        return headers.get("ETag") or headers.get("Last-Modified") or "", _size(answer)

    def _refused(self, status: int, reason: str) -> LosscliError:
        told = f"HTTP {status}"
        if status in (401, 403, 407):
            remedy = "A signed address may have expired, or is of another method than GET."
            return LosscliError(self.name, f"access is forbidden ({told})", "the right to read it", remedy)
        if status in (404, 410):
            return LosscliError(self.name, f"there is no such file on the server ({told})", "a file")
        if status in (412, 416):
            return changed(self.name)
        return LosscliError(self.name, f"the server answered {told} ({scrubbed(str(reason))})", "the file")

    def _failed(self, error: Exception) -> LosscliError:
        """Return what is raised where a connection fails."""
        reason: Any = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, LosscliError):
            return reason
        if isinstance(reason, TimeoutError):
            return silent(self.name, SECONDS)
        if isinstance(reason, (IncompleteRead, RemoteDisconnected, ConnectionResetError, BrokenPipeError)):
            return self._broken(None)
        if isinstance(reason, gaierror):
            return LosscliError(self.name, "there is no server of this name", "a server that can be reached")
        if isinstance(reason, SSLCertVerificationError):
            return LosscliError(
                self.name,
                f"its certificate is not trusted: {reason.verify_message.rstrip('.')}",
                "a server with a valid certificate",
                "If it is of an authority of your own, name the certificate of that: SSL_CERT_FILE=FILE",
            )
        if isinstance(reason, SSLError):
            said = reason.reason or type(reason).__name__
            return LosscliError(self.name, f"no safe connection: {said}", "a server with a valid certificate")
        if isinstance(reason, OSError):
            said = (reason.strerror or type(reason).__name__).lower()
            return LosscliError(self.name, f"cannot connect: {said}", "a server that can be reached")
        said = type(error).__name__
        if isinstance(error, HTTPException) and not isinstance(error, InvalidURL):
            return LosscliError(self.name, f"the server does not speak HTTP as it should ({said})", "HTTP")
        return LosscliError(self.name, f"the address cannot be opened ({said})", "an address of a file")

    def _broken(self, place: int | None) -> LosscliError:
        behind = "" if place is None else f" behind byte {place}"
        found = f"the connection broke{behind}, or the answer was cut short"
        return LosscliError(self.name, found, "the entire file", "Run again.")


class _Redirects(HTTPRedirectHandler):
    """Goes where a server sends it, but not from a safe connection to an open one, nor off the web."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        open_now = not newurl.lower().startswith("https://")
        if not is_web(newurl) or (req.full_url.lower().startswith("https://") and open_now):
            raise HTTPError(req.full_url, code, "it redirects to an address that is not safe", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> OpenerDirector:
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        HTTPHandler(),
        HTTPSHandler(),
        _Redirects(),
        HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
        UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _size(answer: HTTPResponse) -> int | None:
    """Return the bytes of the file that an answer is about."""
    if answer.status == 416:
        return 0
    found = _RANGE.fullmatch(answer.headers.get("Content-Range", "")) if answer.status == 206 else None
    if found is not None:
        return int(found[3])
    with suppress(ValueError):
        return None if answer.chunked else int(answer.headers.get("Content-Length", ""))
    return None
