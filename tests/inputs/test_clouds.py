"""Stores of Google and Azure, as fsspec has them: read by their addresses as S3 is, without their servers."""

import sys
from itertools import count
from typing import ClassVar

import pytest

import losscli
from losscli.common.errors import LosscliError
from losscli.inputs.streams import remote

fsspec = pytest.importorskip("fsspec")
asyn = pytest.importorskip("fsspec.asyn")
registry = pytest.importorskip("fsspec.registry")

ROWS = [f"{k},{(7 * k) % 23 / 9},{(5 * k) % 19 / 8}\n" for k in range(300)]
PARTS = [("id,prediction,label\n" + "".join(ROWS[start : start + 100])).encode() for start in (0, 100, 200)]
WHOLE = ("id,prediction,label\n" + "".join(ROWS)).encode()
SCHEMES = {"gs": ("gs", "gcs"), "az": ("abfs", "az", "abfss"), "abfs": ("abfs", "az", "abfss")}
TOLD = {
    "gs": lambda number: {"etag": f"e{number}", "generation": str(number), "updated": "2026-11-27"},
    "az": lambda number: {"etag": f"0x{number}", "last_modified": number, "content_settings": {}},
}
TOLD["abfs"] = TOLD["az"]


def store_of(scheme):
    """Return a filesystem as the packages of these stores make them: asynchronous, with no leading slash."""

    class Cloud(asyn.AsyncFileSystem):
        protocol = SCHEMES[scheme]
        cachable = False
        objects: ClassVar[dict] = {}
        numbers = count()
        asked: ClassVar[list] = []

        @classmethod
        def _strip_protocol(cls, path):
            for name in cls.protocol:
                path = path.removeprefix(f"{name}://")
            return path.rstrip("/")

        async def _info(self, path, **_):
            if path in self.objects:
                number, data = self.objects[path]
                return {"name": path, "size": len(data), "type": "file", **TOLD[scheme](number)}
            if any(name.startswith(f"{path}/") for name in self.objects):
                return {"name": path, "size": 0, "type": "directory"}
            raise FileNotFoundError(path)

        async def _ls(self, path, detail=True, **_):
            below = [name for name in self.objects if name.startswith(f"{path}/")]
            names = dict.fromkeys("/".join(name.split("/")[: path.count("/") + 2]) for name in below)
            return [await self._info(name) for name in names] if detail else [*names]

        async def _cat_file(self, path, start=None, end=None, **_):
            self.asked.append((path, start, end))
            return self.objects[path][1][start:end]

        @classmethod
        def put(cls, path, data):
            cls.objects[path] = next(cls.numbers), data

    return Cloud


@pytest.fixture(params=["gs", "az", "abfs"])
def store(request, monkeypatch):
    found = store_of(request.param)
    found.put("bucket/p.csv", WHOLE)
    for number, data in enumerate(PARTS):
        found.put(f"bucket/preds/part-{number}.csv", data)
    found.put("bucket/preds/_SUCCESS", b"")
    for scheme in found.protocol:
        monkeypatch.setitem(registry._registry, scheme, found)
    monkeypatch.setattr(remote, "FIRST_BYTES", 1000)
    monkeypatch.setattr(remote, "MOST_BYTES", 3000)
    found.address = f"{request.param}://bucket"
    return found


def evaluated(*inputs):
    return losscli.evaluate(*inputs, loss="mse")


def refusal(address):
    with pytest.raises(LosscliError) as raised:
        evaluated(address)
    return str(raised.value)


@pytest.mark.parametrize("path", ["p.csv", "preds", "preds/", "preds/part-*.csv", "pre*s"])
def test_objects_and_folders_are_read(store, tmp_path, path):
    (tmp_path / "p.csv").write_bytes(WHOLE)
    report = evaluated(f"{store.address}/{path}")
    assert report.cost == evaluated(str(tmp_path / "p.csv")).cost
    assert report.predictions.path == f"{store.address}/{path}"
    names = ["part-0.csv", "part-1.csv", "part-2.csv"]
    if path != "p.csv":
        assert [shard.path.rpartition("/")[2] for shard in report.predictions.shards] == names
    # In ranges.
    assert len({(start, end) for _, start, end in store.asked}) > 2


def test_files_are_called_by_the_scheme_that_was_asked_for(store):
    store.put("bucket/preds/part-1.csv", PARTS[1].replace(b"100,", b"100,x"))
    assert refusal(f"{store.address}/preds").startswith(f"{store.address}/preds/part-1.csv row 1 (line 2): ")


def test_an_object_that_is_overwritten_is_refused(store):
    real = store._cat_file

    async def overwritten(self, path, start=None, end=None, **more):
        data = await real(self, path, start, end, **more)
        if start:
            self.put(path, WHOLE)
        return data

    store._cat_file = overwritten
    address = f"{store.address}/p.csv"
    assert refusal(address).startswith(f"{address}: the file changed while it was being read")


def test_what_is_not_there_or_forbidden(store):
    address = f"{store.address}/none.csv"
    assert refusal(address).startswith(f"{address}: there is no such file, folder or bucket")
    scheme = address.partition(":")[0]

    class DefaultCredentialsError(Exception):
        pass

    for kind, told in (
        (DefaultCredentialsError, f"no credentials were found; needed: credentials for {scheme}://"),
        (PermissionError, "access is forbidden; "),
    ):

        async def fail(self, path, kind=kind, **_):
            raise kind(f"{path}?secret=1")

        store._info = fail
        assert told in refusal(address)
        assert "secret" not in refusal(address)


@pytest.mark.parametrize(("scheme", "package"), [("gs", "gcsfs"), ("az", "adlfs"), ("abfs", "adlfs")])
def test_the_package_of_a_store_is_named(monkeypatch, scheme, package):
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(registry._registry, scheme, raising=False)
    said = refusal(f"{scheme}://bucket/p.csv")
    assert f"{scheme}:// needs the package {package}, which is not installed" in said
    assert said.endswith(f"pip install 'losscli[remote]' {package}")
