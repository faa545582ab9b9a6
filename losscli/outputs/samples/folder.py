"""Every sample of a run in parts, streamed to a folder: a file for each part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from losscli.common.files import atomic_folder, atomic_write
from losscli.outputs.samples import formats
from losscli.outputs.samples.file import SampleFile

Make = Callable[[str], SampleFile]


@dataclass(frozen=True)
class SampleFolder:
    """The files of samples, which any process can open.

    Attributes:
        path: of the folder, from anywhere.
        suffix: of the files.
        make: returns the file with a path.
    """

    path: str
    suffix: str
    make: Make

    def part(self, number: int, parts: int) -> Callable[[], SampleFile]:
        """Return what opens the file of one of so many parts; in the order of their names they are one."""
        width = max(5, len(str(parts - 1)))
        return partial(self.make, str(Path(self.path, f"part-{number:0{width}}{self.suffix}")))

    def finish(self) -> None:
        """Give parts without rows the header of the others, and remove what is no file of theirs."""
        # A worker that was given up on may have begun to write.
        for left in Path(self.path).glob(".*"):
            left.unlink(missing_ok=True)
        files = sorted(Path(self.path).iterdir()) if self.suffix == ".csv" else []
        empty = [file for file in files if not file.stat().st_size]
        if len(empty) < len(files):
            with next(file for file in files if file not in empty).open("rb") as told:
                header = told.readline()
            for file in empty:
                with atomic_write(file, "bytes") as stream:
                    stream.write(header)

    def clear(self) -> None:
        """Remove what was written."""
        for file in Path(self.path).iterdir():
            file.unlink()


@contextmanager
def samples_to(path: str, make: Make, *, in_parts: bool) -> Iterator[SampleFile | SampleFolder]:
    """Open what a path names: a file, or with a `/` at its end a folder, of one file if not `in_parts`."""
    if not path.endswith("/"):
        with make(path) as file:
            yield file
        return
    with atomic_folder(path) as temporary:
        folder = SampleFolder(str(temporary), formats.suffix_in(path), make)
        if in_parts:
            yield folder
            folder.finish()
            return
        with folder.part(0, 1)() as file:
            yield file
