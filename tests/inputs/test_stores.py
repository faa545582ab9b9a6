"""Objects in a store: an S3 server on this machine, and fsspec's own memory."""

import json
import logging
import socket
import sys
import threading

import pytest
from helpers.calls import losscli as call
from helpers.calls import process
from helpers.web import served

import losscli
from losscli.common.errors import LosscliError
from losscli.inputs.streams import objects, remote

fsspec = pytest.importorskip("fsspec")

HEAD = "id,prediction,label\n"
ROWS = [f"{k},{(7 * k) % 23 / 9},{(5 * k) % 19 / 8}\n" for k in range(300)]
TEXT = (HEAD + "".join(ROWS)).encode()


def shards(head=HEAD, rows=ROWS):
    return [(head + "".join(rows[start : start + 100])).encode() for start in (0, 100, 200)]


OBJECTS = {
    "p.csv": TEXT,
    "p.tsv": TEXT.replace(b",", b"\t"),
    "odd [1]?#.csv": TEXT,
    "empty.csv": b"",
    "preds/": b"",
    "preds/_SUCCESS": b"",
    "preds/.hidden.csv": b"x",
    "preds/_temporary/part-9.csv": b"x",
    **{f"preds/part-{number}.csv": data for number, data in enumerate(shards())},
    "preds2/x.csv": b"x",
    **{f"fold/f={number}/part.csv": data for number, data in enumerate(shards())},
    "unfinished/part-0.csv": TEXT,
    "unfinished/part-1.csv.tmp": TEXT,
}


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch):
    monkeypatch.setattr(remote, "FIRST_BYTES", 1000)
    monkeypatch.setattr(remote, "MOST_BYTES", 3000)


@pytest.fixture(scope="module")
def bucket():
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "SECRET",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "no_proxy": "*",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        import boto3

        client = boto3.client("s3")
        client.create_bucket(Bucket="bucket")
        for key, data in OBJECTS.items():
            client.put_object(Bucket="bucket", Key=key, Body=data)
        yield client
        client.close()
    running.stop()


@pytest.fixture
def moved(bucket, monkeypatch):
    """Return a function that says that the store is at another address."""

    def at(address):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        fsspec.filesystem("s3").clear_instance_cache()

    yield at
    monkeypatch.undo()
    fsspec.filesystem("s3").clear_instance_cache()


@pytest.fixture
def memory():
    files = fsspec.filesystem("memory")
    for key, data in OBJECTS.items():
        if not key.endswith("/"):
            files.pipe(f"/bucket/{key}", data)
    yield files
    files.rm("/bucket", recursive=True)


@pytest.fixture(params=["s3", "memory"])
def store(request):
    request.getfixturevalue({"s3": "bucket", "memory": "memory"}[request.param])
    return f"{request.param}://bucket"


def cost_of(*inputs, **asked):
    return losscli.evaluate(*inputs, loss="mse", **asked).results[0].cost


@pytest.fixture(scope="module")
def cost(tmp_path_factory):
    file = tmp_path_factory.mktemp("local") / "p.csv"
    file.write_bytes(TEXT)
    return cost_of(str(file))


def refusal(*inputs, **asked):
    with pytest.raises(LosscliError) as caught:
        losscli.evaluate(*inputs, loss="mse", **asked)
    return str(caught.value)


@pytest.mark.parametrize(
    "path",
    [
        *("p.csv", "p.tsv", "preds", "preds/", "preds/*.csv", "preds/part-?.csv", "preds/part-[0-2].csv"),
        *("pre*s", "odd [1]?#.csv"),
    ],
)
def test_objects_and_folders_of_them_give_the_figures_of_the_file(store, cost, path):
    assert cost_of(f"{store}/{path}") == cost


def test_folders_say_columns_as_those_of_this_machine_do(store, cost):
    done = call("evaluate", f"{store}/fold", "-l", "mse", "--group", "f", "--hive", "--json")
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)["results"]
    assert result["cost"] == cost
    assert [group["group"] for group in result["groups"]] == ["0", "1", "2"]
    assert "If they are columns: hive=True" in refusal(f"{store}/fold")


def test_shards_are_named_below_their_folder(store):
    document = losscli.evaluate(f"{store}/preds", loss="mse").to_dict()
    assert {one["shard"] for one in document["results"][0]["worst"]} <= {f"part-{k}.csv" for k in range(3)}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("nix.csv", "there is no such file, folder or bucket"),
        ("nix/part-*.csv", "there is no file"),
        ("empty.csv", "the file is empty"),
        ("unfinished", "seems to be still written"),
    ],
)
def test_what_is_not_there_is_told(store, path, found):
    said = refusal(f"{store}/{path}")
    assert found in said
    assert said.startswith(f"{store}/{path}")


def test_a_bucket_that_is_not_there_is_told(bucket):
    assert "no such file, folder or bucket" in refusal("s3://no-such-bucket/p.csv")


def test_any_place_can_be_read(store):
    with remote.open_remote(f"{store}/p.csv", "p") as file:
        assert file.size == len(TEXT)
        for place, size in ((0, 10), (len(TEXT) - 5, 100), (2000, 6500), (500, 0), (len(TEXT), 9), (3, -1)):
            assert file.seek(place) == place
            assert file.read(size) == TEXT[place:][: size if size >= 0 else None]


@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_object_that_is_overwritten_in_the_middle_is_refused(store, request, after, monkeypatch, tmp_path):
    path = f"{store}/changing-{after}.csv"
    data = TEXT.replace(b"1", b"2")

    def put(body):
        if store.startswith("s3"):
            request.getfixturevalue("bucket").put_object(
                Bucket="bucket", Key=f"changing-{after}.csv", Body=body
            )
        else:
            request.getfixturevalue("memory").pipe(f"/bucket/changing-{after}.csv", body)

    put(TEXT)
    real, count = objects.StoredObject.get, 0

    def get(self, start, stop):
        nonlocal count
        count += 1
        if count == after:
            put(data)
        return real(self, start, stop)

    monkeypatch.setattr(objects.StoredObject, "get", get)
    done = call("evaluate", path, "-l", "mse", "--output", tmp_path / "r.json")
    assert done.returncode == 2
    assert "changed while it was being read" in done.stderr
    assert count == after
    assert not [*tmp_path.iterdir()]


def test_an_object_that_is_overwritten_behind_its_end_is_refused(memory, monkeypatch):
    real = remote.RemoteFile.look

    def look(self):
        memory.pipe("/bucket/p.csv", TEXT.replace(b"1", b"2"))
        return real(self)

    monkeypatch.setattr(remote.RemoteFile, "look", look)
    assert "changed while it was being read" in refusal("memory://bucket/p.csv")


def test_a_body_that_is_cut_short_is_refused(memory, monkeypatch):
    real = type(memory).cat_file
    monkeypatch.setattr(
        type(memory), "cat_file", lambda self, *args, **asked: real(self, *args, **asked)[:-1]
    )
    assert "bytes came instead of" in refusal("memory://bucket/p.csv")


def test_a_store_that_forbids_is_told(moved):
    with served({}) as server:
        moved(server.at("").rstrip("/"))
        said = refusal("s3://bucket/p.csv")
    assert "access is forbidden" in said
    assert "SECRET" not in said


def test_a_store_that_is_not_there_is_told(moved):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        moved(f"http://127.0.0.1:{free.getsockname()[1]}")
        assert "cannot connect to the store" in refusal("s3://bucket/p.csv")


def test_a_store_that_says_nothing_is_waited_for_in_vain(moved, monkeypatch):
    monkeypatch.setattr(objects, "SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        moved(f"http://127.0.0.1:{server.getsockname()[1]}")
        assert "no answer came within 2 seconds" in refusal("s3://bucket/p.csv")


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    said = refusal("gs://bucket/p.csv")
    assert "gs:// needs the package gcsfs, which is not installed" in said
    assert said.endswith("pip install 'losscli[remote]' gcsfs")
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    said = refusal("s3://bucket/p.csv")
    assert "s3:// needs the package fsspec, which is not installed" in said
    assert said.endswith("pip install 'losscli[remote]'")


def test_schemes_that_nobody_knows_are_told():
    assert "fsspec does not know foo://" in refusal("foo://bucket/p.csv")
    assert "an address within an address" in refusal("s3://bucket/a::b.csv")


def test_an_error_of_a_library_shows_no_secret(memory, monkeypatch):
    def fail(*_args, **_more):
        raise RuntimeError("https://host/p.csv?sig=SECRET failed")

    with monkeypatch.context() as patch:
        patch.setattr(type(memory), "info", fail)
        said = refusal("memory://bucket/p.csv")
    assert said == "memory://bucket/p.csv: reading failed: RuntimeError"


def test_inputs_are_paired_file_by_file_and_replayed(store, cost, tmp_path):
    asked = ("-l", "mse", "--prediction", "prediction", "--label", "label")
    done = call("evaluate", f"{store}/preds", f"{store}/fold/*/*.csv", *asked, "--hive")
    assert done.returncode == 0, done.stderr
    receipt = tmp_path / "r"
    done = call("evaluate", f"{store}/preds", "-l", "mse", "--receipt", receipt)
    assert done.returncode == 0, done.stderr
    assert call("replay", receipt).returncode == 2
    done = call("replay", receipt, "--predictions", f"{store}/preds")
    assert done.returncode == 0, done.stderr


def test_the_program_reads_a_store_and_leaves_nothing_behind(bucket, cost):
    done = process("evaluate", "s3://bucket/preds", "-l", "mse", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{cost!r}\n", "")
    done = process("evaluate", "s3://bucket/nix.csv", "-l", "mse")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


def test_two_threads_read_one_object_each_for_itself(memory):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(cost_of("memory://bucket/p.csv"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({*found}) == 1
    assert len(found) == 4
