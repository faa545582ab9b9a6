"""The shape of the first row, as the compiled scanner takes it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from losscli.inputs.formats.jsonl.shape import ARRAY, OBJECT, SKIPPED, Node

Nodes = list[tuple[int, int, int, int, int, int]]


def template(tree: Node, kinds: Sequence[int]) -> tuple[Nodes, bytes]:
    """Return the nodes of a tree, children side by side behind their parent, and the keys that they point to.

    Args:
        tree: the first row, as far as it is wanted.
        kinds: what the values of each wanted column are.
    """
    nodes: Nodes = []
    keys = bytearray()
    # Who is still to be described, and where its key stands.
    waiting: list[tuple[Node | None, int, int]] = [(tree, 0, 0)]
    for node, key, size in waiting:
        if node is None:
            nodes.append((SKIPPED, 0, 0, key, size, 0))
        elif node.column is not None:
            nodes.append((kinds[node.column], 0, 0, key, size, node.column))
        else:
            first, members = len(waiting), isinstance(node.value, dict)
            for part in node.value if members else range(len(node.value)):
                name = json.dumps(part, ensure_ascii=False).encode() if members else b""
                waiting.append((node.parts.get(part), len(keys), len(name)))
                keys += name
            nodes.append((OBJECT if members else ARRAY, first, len(waiting) - first, key, size, 0))
    return nodes, bytes(keys)
