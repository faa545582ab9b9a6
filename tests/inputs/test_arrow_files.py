"""Parquet, Arrow files and streams as files: whole and unchanged, or refused; little of them in memory."""

import contextlib
import os
import subprocess
import sys

import numpy as np
import pytest
from helpers.calls import SAMPLES, losscli, process, shell
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli import evaluate
from losscli.common.errors import LosscliError
from losscli.inputs.chunk import Want
from losscli.inputs.header import UNKNOWN, TextFormat
from losscli.inputs.opening import open_source

pa = pytest.importorskip("pyarrow", reason="the extra arrow")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra arrow")

from helpers.arrow_files import WRITERS  # noqa: E402

ROWS = 5_000
TABLE = pa.table(
    {
        "id": np.arange(ROWS),
        "prediction": np.arange(ROWS) / 8,
        "label": np.arange(ROWS) / 8 + 1,
        "text": [f"{place:0>100}" for place in range(ROWS)],
    }
)
SUM = float(ROWS)


@pytest.fixture(params=WRITERS)
def kind(request):
    return request.param


@pytest.fixture
def path(kind, tmp_path):
    return WRITERS[kind](TABLE, tmp_path / f"p.{kind}", row_group_size=700)


def refused(*arguments, **options):
    with pytest.raises(LosscliError) as caught:
        evaluate(*arguments, **{"loss": "mse", **options})
    return str(caught.value)


@pytest.mark.parametrize("name", ["p", "p.csv", "p.parquet", "p.txt", "p.arrow"])
def test_they_are_known_by_their_first_bytes(path, name):
    other = path.rename(path.with_name(name))
    assert evaluate(other, loss="mse").results[0].sum == SUM


@pytest.mark.parametrize("name", ["p.parquet", "p.PQ", "p.arrow", "p.feather", "p.arrows", "p.ipc"])
def test_text_under_their_name_is_refused(tmp_path, name):
    (tmp_path / name).write_text("prediction,label\n1,2\n")
    said = refused(tmp_path / name)
    assert "the name is that of a" in said
    assert "file, and the bytes are not" in said
    done = losscli("evaluate", tmp_path / name, "--loss", "mse", "--input-format", "csv")
    assert done.returncode == 0


def test_a_format_can_be_forced(path, kind):
    name = "parquet" if kind == "parquet" else "arrow"
    words = ("evaluate", path, "--loss", "mse", "--input-format")
    assert losscli(*words, name).returncode == 0
    other = "arrow" if kind == "parquet" else "parquet"
    assert "that cannot be read" in losscli(*words, other).stderr
    assert losscli(*words, "csv").returncode == 2


def test_lz4_and_other_codecs(tmp_path):
    for codec in ("snappy", "gzip", "brotli", "zstd", "lz4", "none"):
        pq.write_table(TABLE, tmp_path / "p.parquet", compression=codec)
        assert evaluate(tmp_path / "p.parquet", loss="mse").results[0].sum == SUM
    for codec in ("lz4", "zstd"):
        options = pa.ipc.IpcWriteOptions(compression=codec)
        with pa.ipc.new_stream(tmp_path / "p.arrows", TABLE.schema, options=options) as writer:
            writer.write_table(TABLE)
        assert evaluate(tmp_path / "p.arrows", loss="mse").results[0].sum == SUM


@pytest.mark.parametrize("dictionary", [False, True])
def test_row_groups_without_rows(tmp_path, dictionary):
    with pq.ParquetWriter(tmp_path / "p.parquet", TABLE.schema, use_dictionary=dictionary) as writer:
        for part in (
            TABLE.slice(0, 0),
            TABLE.slice(0, 7),
            TABLE.slice(0, 0),
            TABLE.slice(7),
            TABLE.slice(0, 0),
        ):
            writer.write_table(part)
    assert evaluate(tmp_path / "p.parquet", loss="mse").results[0].sum == SUM


def test_a_shard_without_rows(tmp_path, kind):
    for name, part in (("a", TABLE.slice(0, 0)), ("b", TABLE), ("c", TABLE.slice(0, 0))):
        WRITERS[kind](part, tmp_path / f"{name}.{kind}")
    assert evaluate(tmp_path, loss="mse").results[0].sum == SUM


def test_feather(tmp_path):
    feather = pytest.importorskip("pyarrow.feather")
    feather.write_feather(TABLE, tmp_path / "p.feather")
    assert evaluate(tmp_path / "p.feather", loss="mse").results[0].sum == SUM
    (tmp_path / "old.feather").write_bytes(b"FEA1" + bytes(60) + b"FEA1")
    assert "this is Feather of version 1; needed: version 2, or Parquet" in refused(tmp_path / "old.feather")


class TestNothing:
    def test_no_rows(self, kind, tmp_path):
        path = WRITERS[kind](TABLE.slice(0, 0), tmp_path / f"p.{kind}")
        (tmp_path / "p.csv").write_text("prediction,label\n")
        of_csv = refused(tmp_path / "p.csv").replace("p.csv", path.name)
        assert refused(path) == of_csv

    def test_no_columns(self, kind, tmp_path):
        path = WRITERS[kind](pa.table({}), tmp_path / f"p.{kind}")
        assert f"{path}: a table without columns; needed: at least one" in refused(path)

    def test_no_row_groups(self, kind, tmp_path):
        path = tmp_path / "p"
        schema = TABLE.schema
        if kind == "parquet":
            pq.ParquetWriter(path, schema).close()
        else:
            (pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream)(path, schema).close()
        assert "row" in refused(path)

    def test_empty_batches_between(self, kind, tmp_path):
        path = tmp_path / "p"
        parts = [TABLE.slice(0, 10), TABLE.slice(0, 0), TABLE.slice(10, 1)]
        if kind == "parquet":
            with pq.ParquetWriter(path, TABLE.schema) as writer:
                for part in parts:
                    writer.write_table(part)
        else:
            with (pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream)(path, TABLE.schema) as writer:
                for part in parts:
                    for batch in part.to_batches() or [pa.RecordBatch.from_pylist([], schema=TABLE.schema)]:
                        writer.write_batch(batch)
        assert evaluate(path, loss="mse").results[0].n == 11


class TestDamage:
    def test_cut_anywhere(self, path):
        data = path.read_bytes()
        places = {*range(4, 40), *np.linspace(40, len(data) - 1, 120, dtype=int).tolist(), len(data) - 8}
        for place in sorted(places):
            path.write_bytes(data[:place])
            assert str(path) in refused(path)

    def test_a_stream_cut_between_two_batches(self, tmp_path):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, TABLE.schema) as writer:
            writer.write_table(TABLE, 1_000)
        data = sink.getvalue().to_pybytes()
        (tmp_path / "p.arrows").write_bytes(data[:-8])
        assert "the stream breaks off: there is no mark at its end" in refused(tmp_path / "p.arrows")
        (tmp_path / "p.arrows").write_bytes(data + data)
        assert "there are bytes behind the end of the stream" in refused(tmp_path / "p.arrows")
        (tmp_path / "p.arrows").write_bytes(data)
        assert evaluate(tmp_path / "p.arrows", loss="mse").results[0].sum == SUM

    @pytest.mark.parametrize("codec", ["none", "snappy"])
    def test_a_page_whose_checksum_does_not_hold(self, tmp_path, codec):
        path = WRITERS["parquet"](TABLE, tmp_path / "p.parquet", compression=codec, use_dictionary=False)
        column = pq.ParquetFile(path).metadata.row_group(0).column(1)
        data = bytearray(path.read_bytes())
        data[column.data_page_offset + column.total_compressed_size // 2] ^= 1
        path.write_bytes(data)
        assert "that cannot be read" in refused(path)
        assert "checksum" in refused(path).lower() or "crc" in refused(path).lower()
        # The other columns are whole.
        assert evaluate(path, loss="mse", prediction="id").results[0].n == ROWS

    def test_bytes_changed_anywhere_never_end_in_a_bug(self, path):
        data = path.read_bytes()
        random = np.random.default_rng(7)
        for place in random.integers(0, len(data), 150).tolist():
            changed = bytearray(data)
            changed[place] ^= int(random.integers(1, 256))
            path.write_bytes(changed)
            with contextlib.suppress(LosscliError):
                evaluate(path, loss="mse")

    def test_two_files_joined(self, kind, tmp_path):
        left = WRITERS[kind](TABLE.select([1, 2]), tmp_path / "one")
        other = TABLE.select([1, 2]).set_column(
            0, "prediction", TABLE["prediction"].take(pa.array([*range(ROWS)][::-1]))
        )
        right = WRITERS[kind](other, tmp_path / "two")
        (tmp_path / "joined").write_bytes(left.read_bytes() + right.read_bytes())
        said = refused(tmp_path / "joined")
        assert {"parquet": "two Parquet files in one", "arrow": "two files in one"}.get(
            kind, "behind the end"
        ) in said

    def test_a_file_joined_with_one_without_rows(self, tmp_path):
        one = WRITERS["parquet"](TABLE, tmp_path / "one").read_bytes()
        for number, empty in enumerate((TABLE.slice(0, 0), TABLE.schema.empty_table())):
            with pq.ParquetWriter(tmp_path / "two", TABLE.schema) as writer:
                if number:
                    writer.write_table(empty)
            (tmp_path / "joined").write_bytes(one + (tmp_path / "two").read_bytes())
            assert "two Parquet files in one" in refused(tmp_path / "joined")

    def test_no_file_of_the_kind(self, tmp_path):
        for data in (
            b"PAR1",
            b"PAR1" + bytes(60) + b"PAR1",
            b"ARROW1\0\0",
            b"\xff\xff\xff\xff\x10\0\0\0" + bytes(16),
        ):
            (tmp_path / "p").write_bytes(data)
            assert "that cannot be read" in refused(tmp_path / "p")

    def test_it_is_changed_while_it_is_read(self, path):
        source = open_source(str(path), "predictions", UNKNOWN)
        chunks = source.chunks([Want("prediction", (1,))], 100)
        next(chunks)
        with path.open("r+b") as file:
            file.seek(50)
            file.write(b"\0")
        os.utime(path, ns=(1, 1))
        with pytest.raises(LosscliError, match="changed while it was being read"):
            list(chunks)
        source.close()

    def test_it_is_cut_while_it_is_read(self, path):
        source = open_source(str(path), "predictions", UNKNOWN)
        chunks = source.chunks([Want("prediction", (1,))], 100)
        next(chunks)
        os.truncate(path, 3_000)
        with pytest.raises(LosscliError, match="changed while it was being read"):
            list(chunks)
        source.close()

    def test_encrypted(self, tmp_path):
        encryption = pytest.importorskip("pyarrow.parquet.encryption")

        class Clear(encryption.KmsClient):
            """Wraps keys in nothing."""

            def __init__(self, config):
                encryption.KmsClient.__init__(self)

            def wrap_key(self, key_bytes, master_key_identifier):
                return key_bytes.hex()

            def unwrap_key(self, wrapped_key, master_key_identifier):
                return bytes.fromhex(wrapped_key)

        for open_footer in (False, True):
            settings_ = encryption.EncryptionConfiguration(
                footer_key="f", column_keys={"c": ["prediction"]}, plaintext_footer=open_footer
            )
            made = encryption.CryptoFactory(Clear)
            how = made.file_encryption_properties(encryption.KmsConnectionConfig(), settings_)
            with pq.ParquetWriter(tmp_path / "p.parquet", TABLE.schema, encryption_properties=how) as writer:
                writer.write_table(TABLE)
            assert "a Parquet file that is encrypted; needed: plain data" in refused(tmp_path / "p.parquet")


class TestPipes:
    def test_a_stream_is_read_from_a_pipe(self, tmp_path):
        path = WRITERS["arrows"](TABLE, tmp_path / "p.arrows", row_group_size=700)
        done = losscli("evaluate", "-", "--loss", "mse", "--format", "json", stdin=path.read_bytes())
        assert '"sum": 5000.0' in done.stdout

    def test_lists_in_one(self, tmp_path):
        table = pa.table({"probs": pa.array([None, [0.5, 0.5]]), "label": [0, 1]})
        path = WRITERS["arrows"](table, tmp_path / "p.arrows", row_group_size=1)
        words = ("evaluate", "-", "--loss", "cross_entropy", "--bad-rows", "drop", "--format", "json")
        done = losscli(*words, stdin=path.read_bytes())
        assert '"n": 1' in done.stdout

    @pytest.mark.parametrize("kind", ["parquet", "arrow"])
    def test_what_is_read_from_its_end_is_not(self, path):
        done = losscli("evaluate", "-", "--loss", "mse", stdin=path.read_bytes())
        assert done.returncode == 2
        assert "from a pipe; needed: a file" in done.stderr
        assert "Save it, and name the file." in done.stderr

    def test_a_file_as_standard_input(self, path):
        done = shell(f"losscli evaluate - --loss mse --format json < '{path}'")
        assert '"sum": 5000.0' in done.stdout

    def test_compressed_as_a_whole(self, path, kind):
        import gzip

        other = path.with_suffix(".gz")
        other.write_bytes(gzip.compress(path.read_bytes()))
        assert refused(other)


def test_without_pyarrow(path):
    code = (
        "import sys; sys.modules['pyarrow'] = None; from losscli.cli.main import main; "
        f"sys.exit(main(['evaluate', {str(path)!r}, '--loss', 'mse']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2
    assert (
        "needs the package pyarrow, which is not installed. Install it: pip install 'losscli[arrow]'"
        in done.stderr
    )


def test_text_starts_without_pyarrow():
    evaluated = "losscli.evaluate('diabetes.csv', loss='mse')"
    code = f"import losscli, sys\n{evaluated}\nsys.exit('pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=SAMPLES)
    assert done.returncode == 0


def test_what_is_said_of_text_is_refused(path):
    done = losscli("evaluate", path, "--loss", "mse", "--delimiter", ";")
    assert done.returncode == 2
    assert "is not text with separators" in done.stderr


def test_the_bytes_have_a_fingerprint(path):
    import hashlib

    source = open_source(str(path), "predictions", TextFormat(), hashed=True)
    assert sum(map(len, source.chunks([Want("prediction", (1,))], 1000))) == ROWS
    assert source.fingerprint() == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    source.close()


def test_only_what_is_wanted_is_read(path, kind):
    if kind == "arrows":
        pytest.skip("a stream is read from one end to the other")
    source = open_source(str(path), "predictions", UNKNOWN)
    assert sum(map(len, source.chunks([Want("prediction", (1,))], 1000))) == ROWS
    assert source.consumed < path.stat().st_size / 3 if kind == "arrow" else 1.0
    source.close()


def test_rows_in_another_order_go_by_id(path, kind, tmp_path):
    order = np.random.default_rng(1).permutation(ROWS)
    other = WRITERS[kind](TABLE.take(order).select(["id", "label"]), tmp_path / "l", row_group_size=999)
    found = evaluate(TABLE.select(["id", "prediction"]).to_pandas(), other, loss="mse")
    assert found.results[0].sum == SUM
    left = WRITERS[kind](TABLE.select(["id", "prediction"]), tmp_path / "q", row_group_size=321)
    assert evaluate(left, other, loss="mse").results[0].sum == SUM
    assert evaluate(other, left, loss="mse", prediction="label", label="prediction").results[0].sum == SUM


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_memory_stays_small_whatever_the_row_groups(kind, tmp_path):
    rows = 4_000_000
    rng = np.random.default_rng(0)
    table = pa.table({"prediction": rng.random(rows), "label": rng.random(rows), "other": rng.random(rows)})
    options = {"row_group_size": rows} if kind == "parquet" else {"row_group_size": 250_000}
    path = WRITERS[kind](table, tmp_path / f"p.{kind}", **options)
    code = (
        "import re, losscli; "
        f"losscli.evaluate({str(path)!r}, loss='mse'); "
        "print(int(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1]) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) <= 250


NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=64, min_value=-1e100, max_value=1e100),
    st.integers(-(2**53), 2**53).map(float),
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp", "Cs", "Cf")),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(data=st.data())
def test_a_table_gives_the_same_figures_as_csv_and_as_parquet(tmp_path_factory, data):
    rows = data.draw(st.integers(1, 30))
    folder = tmp_path_factory.mktemp("t")
    ids = data.draw(
        st.one_of(
            st.lists(st.integers(-(2**63), 2**63 - 1), min_size=rows, max_size=rows, unique=True),
            st.lists(TEXTS.map(lambda text: "i" + text), min_size=rows, max_size=rows, unique=True),
        )
    )
    columns = {
        "id": ids,
        "prediction": data.draw(st.lists(NUMBERS, min_size=rows, max_size=rows)),
        "label": data.draw(st.lists(NUMBERS, min_size=rows, max_size=rows)),
        "w": data.draw(st.lists(st.integers(1, 1000), min_size=rows, max_size=rows)),
        "g": data.draw(st.lists(TEXTS.map(lambda text: "g" + text), min_size=rows, max_size=rows)),
    }
    table = pa.table(columns)
    as_csv = folder / "t.csv"
    table.to_pandas().to_csv(as_csv, index=False)
    options = {"loss": ["mse", "mae", "log_cosh"], "weight": "w", "group": "g", "top": 5}
    documents = []
    dictionary = table.set_column(4, "g", table["g"].dictionary_encode())
    paths = [as_csv]
    for name, write in WRITERS.items():
        paths.append(write(table, folder / f"t.{name}", row_group_size=data.draw(st.integers(1, 30))))
        paths.append(write(dictionary, folder / f"d.{name}", row_group_size=7))
    for path in paths:
        document = evaluate(path, **options, block_rows=data.draw(st.integers(1, 40))).to_dict()
        documents.append({**document, "inputs": None})
    for other in documents[1:]:
        assert _lines_left_out(other) == _lines_left_out(documents[0])


def _lines_left_out(found):
    if isinstance(found, dict):
        return {
            name: _lines_left_out(one)
            for name, one in found.items()
            if name not in ("line", "path", "predictions", "labels")
        }
    return [*map(_lines_left_out, found)] if isinstance(found, list) else found


def test_per_sample_output_says_what_csv_says(path, tmp_path):
    as_csv = tmp_path / "p.csv"
    TABLE.to_pandas().to_csv(as_csv, index=False)
    words = ("--loss", "mse", "--show", "text", "--per-sample")
    for one, out in ((path, "a.csv"), (as_csv, "b.csv")):
        assert process("evaluate", one, *words, tmp_path / out).returncode == 0
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()
