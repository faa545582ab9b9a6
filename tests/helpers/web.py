"""A web server on this machine that answers as servers do, and as broken ones do.

The first part of a path says how the file behind it is sent; see the methods of `_Answers`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from urllib.parse import unquote, urlsplit


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format, *args):  # noqa: A002
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        url = urlsplit(self.path)
        self.server.asked.append((self.path, self.headers.get("Range"), self.headers.get("If-Match")))
        _, how, *name = url.path.split("/")
        data = self.server.files.get(unquote("/".join(name)), b"")
        getattr(self, f"_{how}")(data)

    def _send(self, status, body, *, cut=None, **headers):
        self.send_response(status)
        for key, value in {"Content_Length": str(len(body)), **headers}.items():
            if value:
                self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True

    def _part(self, data, *, tag='"one"', cut=None, shift=0):
        """Send a range, or the file if none is asked for."""
        wanted = self.headers.get("Range", "").removeprefix("bytes=")
        if self.headers.get("If-Match") not in (None, tag):
            return self._send(412, b"")
        if not wanted:
            return self._send(200, data, ETag=tag)
        start, stop = (int(end) for end in wanted.split("-"))
        if start >= len(data):
            return self._send(416, b"", Content_Range=f"bytes */{len(data)}")
        body = data[start : stop + 1]
        place = f"bytes {start + shift}-{start + shift + len(body) - 1}/{len(data)}"
        return self._send(206, body, cut=cut, ETag=tag, Content_Range=place)

    @property
    def _later(self):
        """Whether the first range was sent before."""
        return not self.headers.get("Range", "bytes=0-").startswith("bytes=0-")

    def _ranges(self, data):
        self._part(data)

    def _weak(self, data):
        self._part(data, tag='W/"one"')

    def _weak_changed(self, data):
        self._part(data, tag='W/"two"' if self._later else 'W/"one"')

    def _changed(self, data):
        self._part(data, tag='"two"' if self._later else '"one"')

    def _changed_at_the_end(self, data):
        self._part(data, tag='"two"' if self.headers.get("Range") == "bytes=0-0" else '"one"')

    def _grown(self, data):
        self._part(data + b"1" if self._later else data, tag="")

    def _shifted(self, data):
        self._part(data, shift=1 if self._later else 0)

    def _all_later(self, data):
        if self._later:
            self._send(200, data, ETag='"one"')
        else:
            self._part(data)

    def _breaks_later(self, data):
        self._part(data, cut=100 if self._later else None)

    def _no_ranges(self, data):
        self._send(200, data, Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")

    def _no_ranges_changed(self, data):
        self.server.count += 1
        self._send(200, data, Last_Modified=f"Mon, 01 Jan 2024 00:00:{self.server.count:02} GMT")

    def _short(self, data):
        self._send(200, data, cut=len(data) // 2)

    def _chunked(self, data, *, whole=True):
        self._send(200, b"", Content_Length="", Transfer_Encoding="chunked")
        for start in range(0, len(data) if whole else len(data) // 2, 500):
            part = data[start : start + 500]
            self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        if whole:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    def _chunked_short(self, data):
        self._chunked(data, whole=False)

    def _no_length(self, data):
        self.close_connection = True
        self._send(200, data, Content_Length="", Connection="close")

    def _silent(self, data):
        self.server.stopped.wait(20)

    def _stalls(self, data):
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:100])
        self.wfile.flush()
        self.server.stopped.wait(20)

    def _status(self, data):
        self._send(int(urlsplit(self.path).path.split("/")[2]), b"")

    def _moved(self, data):
        query = urlsplit(self.path).query
        self._send(
            302, b"", Location=self.path.replace("/moved/", "/ranges/", 1) if query else "/ranges/p.csv"
        )

    def _loop(self, data):
        self._send(302, b"", Location=self.path)

    def _elsewhere(self, data):
        self._send(302, b"", Location="file:///etc/hostname")

    def _rubbish(self, data):
        self.wfile.write(b"this is not HTTP\r\n\r\n")
        self.close_connection = True

    def _bucket(self, data):
        """Answer as a store of objects that nobody may read."""
        self._send(403, b"")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, files: Mapping[str, bytes], context: SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.scheme = "http" if context is None else "https"
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.files, self.count = dict(files), 0
        self.asked: list[tuple[str, str | None, str | None]] = []
        self.stopped = threading.Event()

    def handle_error(self, request, client_address):
        """Say nothing: who asked hung up."""

    def at(self, path: str) -> str:
        """Return the address of a path."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}/{path}"


@contextmanager
def served(files: Mapping[str, bytes], context: SSLContext | None = None) -> Iterator[_Server]:
    """Serve some files, by their names, as long as the block lasts; with a context by HTTPS."""
    server = _Server(files, context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
