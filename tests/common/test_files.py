"""Files appear whole or not at all, and every failure to write says where and what to do."""

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from helpers.calls import python

from losscli.common.errors import ExitStatus, OutputError
from losscli.common.files import ReaderGone, Sink, atomic_write, output_error


def names(folder):
    return [path.name for path in folder.iterdir()]


class Planned(Exception):  # noqa: N818
    pass


def test_a_file_appears_with_what_was_written(tmp_path):
    with atomic_write(tmp_path / "out.txt") as file:
        file.write("é\n")
        assert not (tmp_path / "out.txt").exists()
    assert (tmp_path / "out.txt").read_bytes() == b"\xc3\xa9\n"
    assert names(tmp_path) == ["out.txt"]


def test_bytes_are_written_as_they_are(tmp_path):
    with atomic_write(tmp_path / "out.bin", "bytes") as file:
        file.write(b"\r\n\x00\xff")
    assert (tmp_path / "out.bin").read_bytes() == b"\r\n\x00\xff"


def test_a_longer_file_is_replaced_by_a_shorter_one(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("long " * 1000)
    with atomic_write(str(path)) as file:
        file.write("short")
    assert path.read_text() == "short"


@pytest.mark.parametrize("failure", [Planned, KeyboardInterrupt, SystemExit, OSError, MemoryError])
def test_whatever_goes_wrong_leaves_the_earlier_file_and_nothing_else(tmp_path, failure):
    path = tmp_path / "out.txt"
    path.write_text("before")

    def write():
        with atomic_write(path) as file:
            file.write("half" * 100_000)
            raise failure

    with pytest.raises(failure):
        write()
    assert path.read_text() == "before"
    assert names(tmp_path) == ["out.txt"]


def test_an_error_of_the_block_is_no_error_of_the_output(tmp_path):
    with pytest.raises(OSError, match="reading failed"), atomic_write(tmp_path / "out.txt"):
        raise OSError(errno.EIO, "reading failed")


def test_a_new_file_has_the_permissions_that_the_umask_leaves(tmp_path):
    earlier = os.umask(0o027)
    try:
        with atomic_write(tmp_path / "out.txt") as file:
            file.write("x")
    finally:
        os.umask(earlier)
    assert stat.S_IMODE((tmp_path / "out.txt").stat().st_mode) == 0o640


def test_a_replaced_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("before")
    path.chmod(0o604)
    with atomic_write(path) as file:
        file.write("after")
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


def test_a_symbolic_link_keeps_pointing_where_it_did(tmp_path):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target.txt", tmp_path / "link.txt"
    for before in ("dangling", "existing"):
        if before == "dangling":
            link.symlink_to(target)
        with atomic_write(link) as file:
            file.write(before)
        assert link.is_symlink()
        assert target.read_text() == before
        assert names(tmp_path / "folder") == ["target.txt"]


def failure(path):
    with pytest.raises(OutputError) as raised, atomic_write(path) as file:
        file.write("x" * 1_000_000)
    assert raised.value.status is ExitStatus.OUTPUT_FAILED
    return str(raised.value)


def test_a_missing_folder_is_told(tmp_path):
    path = tmp_path / "missing" / "out.txt"
    remedy = f"Create the folder first: mkdir -p {tmp_path / 'missing'}"
    assert failure(path) == f"{path}: cannot be written: no such file or directory. {remedy}"


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path):
    remedy = f"Name a file in it, such as {tmp_path / 'report.json'}"
    assert failure(tmp_path) == f"{tmp_path}: cannot be written: is a directory. {remedy}"


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    assert "not a directory" in failure(tmp_path / "file" / "out.txt")


def test_a_name_that_is_too_long_is_told(tmp_path):
    assert "file name too long" in failure(tmp_path / ("x" * 300))


def test_a_long_name_that_the_file_system_takes_is_written(tmp_path):
    path = tmp_path / ("x" * 250)
    with atomic_write(path) as file:
        file.write("x")
    assert path.read_text() == "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told(tmp_path):
    tmp_path.chmod(0o500)
    try:
        assert "permission denied" in failure(tmp_path / "out.txt")
    finally:
        tmp_path.chmod(0o700)


def test_a_read_only_file_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "out.txt"
    path.write_text("before")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "permission denied. Choose a place that you can write to." in failure(path)
    assert path.read_text() == "before"


def test_a_full_disk_is_told():
    assert failure("/dev/full") == (
        "/dev/full: cannot be written: no space left on device. Free some space, or write to another disk."
    )


def test_a_disk_that_is_full_at_the_very_end_leaves_nothing(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "no space left on device" in failure(tmp_path / "out.txt")
    assert names(tmp_path) == []


def test_a_file_beyond_the_limit_on_sizes_is_told_and_removed(tmp_path):
    # In a process of its own: the limit cannot be lifted again.
    program = """if True:
        import resource, signal, sys
        from losscli.common.files import atomic_write
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        with atomic_write(sys.argv[1]) as file:
            file.write("x" * 100_000)
    """
    path = tmp_path / "out.txt"
    done = python(program, path)
    assert "OutputError" in done.stderr
    assert "file too large" in done.stderr
    assert names(tmp_path) == []


def test_a_fifo_is_written_to_and_stays(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    read = []
    reader = threading.Thread(target=lambda: read.append(fifo.read_text()))
    reader.start()
    with atomic_write(fifo) as file:
        file.write("through")
    reader.join(10)
    assert read == ["through"]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_a_reader_that_goes_away_is_no_failure_of_the_output(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reader = threading.Thread(target=lambda: os.close(os.open(fifo, os.O_RDONLY)))
    reader.start()

    def write():
        with atomic_write(fifo) as file:
            reader.join(10)
            file.write("x" * 1_000_000)

    with pytest.raises(ReaderGone):
        write()


def test_dev_stdout_goes_where_stdout_goes_and_appends(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("before\n")
    program = """if True:
        from losscli.common.files import atomic_write
        print("first")
        with atomic_write("/dev/stdout") as file:
            file.write("second\\n")
        print("third")
    """
    # Unbuffered, nothing could come in the wrong order.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with path.open("a") as stdout:
        subprocess.run([sys.executable, "-c", program], stdout=stdout, check=True, env=env)
    assert path.read_text() == "before\nfirst\nsecond\nthird\n"
    assert python(program, PYTHONUNBUFFERED="").stdout == "first\nsecond\nthird\n"


def test_a_descriptor_named_as_a_path_is_used_as_it_is(tmp_path):
    read, write = os.pipe()
    with atomic_write(f"/dev/fd/{write}") as file:
        file.write("through")
    os.close(write)
    assert os.read(read, 100) == b"through"
    os.close(read)


def test_a_descriptor_that_is_full_for_the_moment_is_waited_for():
    read, write = os.pipe()
    os.set_blocking(write, False)
    amount = 1_000_000
    seen = []

    def drain():
        while sum(seen) < amount:
            seen.append(len(os.read(read, 65_536)))

    reader = threading.Thread(target=drain)
    reader.start()
    with Sink(write, "pipe") as sink:
        left = b"x" * amount
        while left:
            written = sink.write(left)
            assert written > 0
            left = left[written:]
    reader.join(10)
    assert sum(seen) == amount
    os.close(read)


def test_every_error_number_has_a_message():
    assert str(output_error("out", OSError("odd"))) == "out: cannot be written: odd"
    assert str(output_error("out", OSError())) == "out: cannot be written: oserror"
    assert "is closed" in str(output_error("out", OSError(errno.EBADF, "Bad file descriptor")))


def test_hidden_temporary_files_lie_beside_the_target(tmp_path):
    with atomic_write(tmp_path / "out.txt"):
        (temporary,) = tmp_path.iterdir()
    assert temporary.name.startswith(".out.txt.")
    assert temporary.parent == Path(tmp_path)
