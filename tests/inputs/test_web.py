"""Files on web servers: read as files are, or refused in one message; what is secret is never shown."""

import bz2
import gzip
import io
import json
import random
import socket
import zipfile
from contextlib import closing
from http.client import HTTPMessage
from urllib.error import HTTPError
from urllib.request import Request

import pytest
from helpers.calls import losscli as call
from helpers.calls import process
from helpers.web import served

import losscli
from losscli.common.errors import LosscliError
from losscli.inputs.streams import remote, web
from losscli.inputs.streams.opened import OpenedFile

ROWS = 400
TEXT = "".join(
    ["id,prediction,label\n", *(f"{k},{(7 * k) % 23 / 9},{(5 * k) % 19 / 8}\n" for k in range(ROWS))]
).encode()
LABELS = "".join(["id,label\n", *(f"{k},{(5 * k) % 19 / 8}\n" for k in range(ROWS))]).encode()


def _zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("p.csv", TEXT)
    return file.getvalue()


FILES = {
    "p.csv": TEXT,
    "a b é.csv": TEXT,
    "p.tsv": TEXT.replace(b",", b"\t"),
    "l.csv": LABELS,
    "p.csv.gz": gzip.compress(TEXT),
    "p.csv.bz2": bz2.compress(TEXT),
    "p.csv.zip": _zipped(),
    "empty.csv": b"",
}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "*")


@pytest.fixture
def server():
    with served(FILES) as found:
        yield found


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch):
    monkeypatch.setattr(remote, "FIRST_BYTES", 1000)
    monkeypatch.setattr(remote, "MOST_BYTES", 3000)


@pytest.fixture(scope="module")
def cost(tmp_path_factory):
    file = tmp_path_factory.mktemp("local") / "p.csv"
    file.write_bytes(TEXT)
    return losscli.evaluate(str(file), loss="mse").results[0].cost


def cost_of(*inputs, **asked):
    return losscli.evaluate(*inputs, loss="mse", **asked).results[0].cost


def _first_cost(document):
    """Return the first cost of a document, wherever it stands."""
    parts = document.values() if isinstance(document, dict) else document
    if isinstance(document, dict) and "cost" in document:
        return document["cost"]
    found = (_first_cost(part) for part in parts if isinstance(part, (dict, list)))
    return next((cost for cost in found if cost is not None), None)


def refusal(*inputs):
    with pytest.raises(LosscliError) as caught:
        losscli.evaluate(*inputs, loss="mse")
    return str(caught.value)


@pytest.mark.parametrize(
    "path",
    [
        *("ranges/p.csv", "ranges/p.csv?sig=1", "ranges/p.tsv", "ranges/a b é.csv", "weak/p.csv"),
        *("ranges/p.csv.gz", "ranges/p.csv.gz?x=.zip", "ranges/p.csv.bz2", "ranges/p.csv.zip"),
        *("no_ranges/p.csv", "no_ranges/p.csv.gz", "chunked/p.csv", "chunked/p.csv.gz"),
        *("moved/p.csv", "moved/p.csv?sig=1", "ranges/p.csv#top"),
    ],
)
def test_a_file_on_a_server_gives_the_figures_of_the_file(server, cost, path):
    assert cost_of(server.at(path)) == cost


def test_ranges_grow_and_are_of_one_file(server, cost):
    assert cost_of(server.at("ranges/p.csv")) == cost
    asked = [one[1] for one in server.asked]
    assert asked[:3] == ["bytes=0-999", "bytes=1000-3999", "bytes=4000-6999"]
    assert asked[-1] == "bytes=0-0"
    assert [one[2] for one in server.asked] == [None, *['"one"'] * (len(asked) - 1)]


def test_two_files_are_paired_and_one_may_be_local(server, cost, tmp_path):
    assert cost_of(server.at("ranges/p.csv"), server.at("no_ranges/l.csv")) == cost
    (tmp_path / "l.csv").write_bytes(LABELS)
    assert cost_of(server.at("ranges/p.csv"), str(tmp_path / "l.csv")) == cost


@pytest.mark.parametrize("how", ["ranges", "no_ranges", "chunked"])
def test_bytes_are_hashed_and_seen_again(server, how):
    with closing(OpenedFile(server.at(f"{how}/p.csv"), hashed=True)) as file:
        size, digest = file.fingerprint()
        with closing(OpenedFile(server.at(f"{how}/p.csv"))) as other:
            other.verify_same(file)
    from hashlib import sha256

    assert (size, digest) == (len(TEXT), sha256(TEXT).hexdigest())


def test_any_place_can_be_read(server):
    with closing(OpenedFile(server.at("ranges/p.csv"))) as file:
        draw = random.Random(7)
        assert file.regular
        for _ in range(60):
            place, size = draw.randrange(len(TEXT) + 10), draw.randrange(5000)
            assert file.bytes.seek(place) == place
            assert file.bytes.read(size) == TEXT[place : place + size]
            assert file.bytes.tell() == max(place, min(len(TEXT), place + size))
        assert file.bytes.seek(-5, 2) == len(TEXT) - 5
        assert file.bytes.read(-1) == TEXT[-5:]


def test_a_server_without_ranges_is_told_to_who_needs_them(server):
    said = refusal(server.at("no_ranges/p.csv.zip"))
    assert "sends no parts of files (ranges)" in said
    assert "Download the file" in said


def test_a_library_reads_a_binary_file_here_and_there(server):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    table = pa.table({"x": range(5000), "y": [k / 7 for k in range(5000)]})
    file = io.BytesIO()
    pq.write_table(table, file, row_group_size=700)
    server.files["p.parquet"] = file.getvalue()
    with closing(OpenedFile(server.at("ranges/p.parquet?sig=1"), hashed=True)) as found:
        assert found.called.endswith("p.parquet")
        assert pq.ParquetFile(found.bytes, pre_buffer=False).read().equals(table)
        assert found.fingerprint()[0] == len(server.files["p.parquet"])
    for how, said in (("no_ranges", "sends no parts"), ("changed", "changed while")):
        with (
            closing(OpenedFile(server.at(f"{how}/p.parquet"))) as found,
            pytest.raises(LosscliError, match=said),
        ):
            pq.ParquetFile(found.bytes, pre_buffer=False).read()


BROKEN = {
    "weak_changed/p.csv": "the file changed while it was being read",
    "changed/p.csv": "the file changed while it was being read",
    "changed_at_the_end/p.csv": "the file changed while it was being read",
    "no_ranges_changed/p.csv": "the file changed while it was being read",
    "grown/p.csv": "the file changed while it was being read",
    "shifted/p.csv": "the server sent something else than bytes 1000 to 3999",
    "all_later/p.csv": "the server sent something else than bytes 1000 to 3999",
    "breaks_later/p.csv": "the connection broke",
    "short/p.csv": "the connection broke",
    "short/p.csv.gz": "the connection broke",
    "chunked_short/p.csv": "the connection broke",
    "no_length/p.csv": "does not say how long the file is",
    "status/403": "access is forbidden (HTTP 403)",
    "status/401": "access is forbidden (HTTP 401)",
    "status/404": "there is no such file on the server (HTTP 404)",
    "status/500": "the server answered HTTP 500",
    "status/204": "the server answered HTTP 204",
    "loop/p.csv": "HTTP 302",
    "elsewhere/p.csv": "HTTP 302",
    "rubbish/p.csv": "does not speak HTTP",
    "ranges/empty.csv": "the file is empty",
    "no_ranges/empty.csv": "the file is empty",
}


@pytest.mark.parametrize("path", BROKEN)
def test_what_is_broken_is_one_message_and_nothing_is_written(server, path, tmp_path):
    outputs = ["--output", tmp_path / "r.json", "--per-sample", tmp_path / "s.csv", "--traceback"]
    done = call("evaluate", server.at(f"{path}?sig=SECRET"), "-l", "mse", *outputs)
    assert done.returncode == 2
    last = done.stderr.rstrip().splitlines()[-1]
    assert f"{server.at(path)}?…: " in last
    assert BROKEN[path] in last
    assert "SECRET" not in done.stdout + done.stderr
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("how", ["silent", "stalls"])
def test_a_server_that_says_nothing_is_waited_for_in_vain(server, how, monkeypatch):
    monkeypatch.setattr(web, "SECONDS", 0.4)
    assert "no answer came within" in refusal(server.at(f"{how}/p.csv"))


def test_a_range_that_takes_too_long_is_given_up(server, monkeypatch):
    monkeypatch.setattr(web, "RANGE_SECONDS", -1.0)
    assert "a faster connection" in refusal(server.at("ranges/p.csv"))


def test_a_server_that_is_not_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot connect: connection refused" in refusal(f"http://127.0.0.1:{port}/p.csv")
    assert "cannot be opened" in refusal("http://")
    assert "cannot be opened" in refusal("http://127.0.0.1:port/p.csv?SECRET")


def test_a_name_that_no_server_has(monkeypatch):
    def unknown(*_args, **_more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "there is no server of this name" in refusal("http://nowhere.invalid/p.csv")


def test_a_safe_connection_stays_one():
    request = Request("https://host/p.csv?SECRET")
    with pytest.raises(HTTPError, match="not safe"):
        web._Redirects().redirect_request(
            request, io.BytesIO(), 302, "Found", HTTPMessage(), "http://host/p.csv"
        )


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://user:SECRET@host/p.csv", "a user or a password"),
        ("https://SECRET@host/p.csv?x=SECRET", "a user or a password"),
        ("s3://key:SECRET@bucket/p*.csv", "a user or a password"),
        ("file:///p.csv", "a file of this machine"),
        ("simplecache::https://host/p.csv?SECRET", "an address within an address"),
    ],
)
def test_addresses_that_are_refused(address, found):
    done = call("evaluate", address, "-l", "mse", "--traceback")
    assert done.returncode == 2
    assert found in done.stderr
    assert "SECRET" not in done.stderr


@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "markdown", "html", "csv"])
def test_no_format_shows_a_secret(server, format_, tmp_path):
    done = call(
        *("evaluate", server.at("ranges/p.csv?sig=SECRET"), server.at("ranges/l.csv?sig=SECRET")),
        *("-l", "mse", "--format", format_, "--per-sample", tmp_path / "s.csv", "--receipt", tmp_path / "r"),
        *("--gate", "mse <= 0.001", "--report", f"junit={tmp_path / 'j.xml'}"),
        *("--report", f"openmetrics={tmp_path / 'o.prom'}"),
    )
    assert done.returncode == 1, done.stderr
    written = "".join(file.read_text() for file in tmp_path.iterdir())
    assert "SECRET" not in done.stdout + done.stderr + written
    assert f"{server.at('ranges/p.csv')}?…" in written


def test_two_addresses_that_are_shown_alike_are_two_inputs(server):
    done = call(
        *("evaluate", server.at("ranges/p.csv?a"), server.at("ranges/p.csv?b")),
        *("-l", "mse", "--prediction", "prediction", "--label", "label"),
    )
    assert done.returncode == 0, done.stderr
    assert "predictions and labels" not in done.stdout


def test_a_receipt_is_replayed_from_an_address_that_is_named(server, tmp_path):
    address = server.at("ranges/p.csv?sig=SECRET")
    assert call("evaluate", address, "-l", "mse", "--receipt", tmp_path / "r").returncode == 0
    before = len(server.asked)
    done = call("replay", tmp_path / "r")
    assert done.returncode == 2
    assert len(server.asked) == before
    assert "opened only if it is named" in done.stderr
    for named in (address, server.at("no_ranges/p.csv?sig=SECRET")):
        done = call("replay", tmp_path / "r", "--predictions", named, "--format", "json")
        assert done.returncode == 0, done.stderr
        assert "SECRET" not in done.stdout + done.stderr
    server.files["p.csv"] = TEXT + b"400,1,2\n"
    done = call("replay", tmp_path / "r", "--predictions", address)
    assert done.returncode == 1
    assert "SECRET" not in done.stdout + done.stderr


def test_checks_read_an_address_once_and_repeat_it_without_secrets(server, tmp_path, cost):
    address = server.at("ranges/p.csv?sig=SECRET")
    (tmp_path / "losscli.toml").write_text(
        f'[[check]]\npredictions = "{address}"\nloss = "mse"\ngate = "mse <= 0.1"\n'
        f'[[check]]\npredictions = "{address}"\nloss = "mae"\n'
    )
    before = len(server.asked)
    done = call("check", tmp_path / "losscli.toml", "--format", "json")
    assert done.returncode == 1, done.stderr
    assert "SECRET" not in done.stdout + done.stderr
    assert cost == _first_cost(json.loads(done.stdout))
    assert sum(one[1] == "bytes=1000-3999" for one in server.asked[before:]) == 1
    done = call("check", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert f"{server.at('ranges/p.csv')}?…" in done.stdout + done.stderr
    assert "SECRET" not in done.stdout + done.stderr


def test_mistakes_in_a_call_show_no_secret(server):
    address = server.at("ranges/p.csv?sig=SECRET")
    for words in (
        ("evaluate", address, address, address, "-l", "mse"),
        (address, "-l", "mse"),
        ("evaluate", address),
        ("evaluate", address, "-l", "mse", "--prediction", "nix"),
        ("evaluate", address, "-l", "mse", "--output", address),
        ("evaluate", address, "-l", "mse", "--per-sample", f"{address}.csv"),
        ("evaluate", address, "-l", "mse", "--receipt", address),
        ("evaluate", address, "-l", "mse", "--report", f"junit={address}"),
        ("fit", address, "-l", "mse", "--save-predictions", address),
        ("losses", "--output", f"{address}.json"),
        ("replay", address),
        ("evaluate", address, "-l", "mse", "--baseline", address),
    ):
        done = call(*words)
        assert done.returncode in (2, 74), done.stdout
        assert "SECRET" not in done.stdout + done.stderr, words


def test_other_commands_read_addresses(server, tmp_path):
    address = server.at("ranges/p.csv?sig=SECRET")
    done = call("fit", address, "-l", "mse", "--save-predictions", tmp_path / "c.csv", "--epochs", "2")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "c.csv").read_bytes().count(b"\n") == ROWS + 1
    for words in (("recommend", address), ("gradient", address, "-l", "mse")):
        done = call(*words)
        assert done.returncode == 0, done.stderr
        assert "SECRET" not in done.stdout + done.stderr


def test_a_very_long_query_is_no_trouble(server, cost):
    address = server.at(f"ranges/p.csv?sig={'x' * 5000}")
    assert cost_of(address) == cost
    for words in (
        ("recommend", address),
        ("evaluate", address),
        ("fit", address, "-l", "mse", "--epochs", "1"),
    ):
        done = call(*words)
        assert done.returncode in (0, 2), done.stderr
        assert "bug" not in done.stderr
        assert "xxxx" not in done.stdout + done.stderr


def test_the_program_reads_a_large_file_and_needs_no_package(server, tmp_path):
    rows = "".join(f"{k},{k % 7 / 3},{k % 5 / 2}\n" for k in range(100_000))
    server.files["big.csv"] = f"id,prediction,label\n{rows}".encode()
    (tmp_path / "big.csv").write_bytes(server.files["big.csv"])
    local = process("evaluate", tmp_path / "big.csv", "-l", "mse", "-q")
    done = process("evaluate", server.at("ranges/big.csv?SECRET"), "-l", "mse", "-q", no_proxy="*")
    assert (done.returncode, done.stdout, done.stderr) == (0, local.stdout, "")
    done = process("evaluate", server.at("breaks_later/big.csv?SECRET"), "-l", "mse", no_proxy="*")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "SECRET" not in done.stderr
