"""NumPy's files of one array as a format of input."""

from losscli.inputs.format import BinaryFormat
from losscli.inputs.formats.npy.header import MAGIC
from losscli.inputs.formats.npy.source import NpySource
from losscli.inputs.stretch import cuts_of_file

FORMAT = BinaryFormat(
    what="a NumPy array file",
    suffixes=(".npy",),
    begins=lambda head, _path: head.startswith(MAGIC),
    open=NpySource,
    cut=cuts_of_file,
)
