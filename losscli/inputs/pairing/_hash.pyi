from losscli.common.array import Array
from losscli.inputs.pairing.hash_table import Words

SOURCES: int

def build(held: Words, seed: int) -> tuple[Array, Array]: ...
def find(slots: Array, held: Words, asked: Words, seed: int) -> Array: ...
