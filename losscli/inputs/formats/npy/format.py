"""NumPy's files of one array as a format of input."""

from losscli.inputs.file_rows import cuts_of_file
from losscli.inputs.format import BinaryFormat
from losscli.inputs.formats.npy.header import MAGIC
from losscli.inputs.formats.npy.source import NpySource

FORMAT = BinaryFormat(
    what="a NumPy array file",
    suffixes=(".npy",),
    begins=lambda head, _path: head.startswith(MAGIC),
    open=NpySource,
    cut=cuts_of_file,
)
