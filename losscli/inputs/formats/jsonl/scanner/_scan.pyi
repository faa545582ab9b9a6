import numpy as np
from numpy.typing import NDArray

SOURCES: int

class Scanner:
    place: int
    row: int
    at: int
    needed: int
    def __init__(
        self, nodes: list[tuple[int, int, int, int, int, int]], keys: bytes, columns: int, most_odd: int
    ) -> None: ...
    def bind(
        self,
        wanted: list[tuple[int, int, NDArray[np.uint8], int, int]],
        most_rows: int,
        row: int,
    ) -> None: ...
    def scan(self, text: bytes | bytearray, place: int) -> int: ...
    def odd(self) -> list[tuple[int, int, int, int]]: ...
