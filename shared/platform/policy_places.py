"""Where in a YAML file a thing stands: lines counted from 1, and paths as people write them."""

from collections.abc import Iterator

from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

Loc = tuple[int | str, ...]


def duplicates(node: Node, loc: Loc) -> Iterator[tuple[int, Loc]]:
    """Line and place of every key that stands twice in one mapping."""
    if isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                yield key.start_mark.line + 1, (*loc, name)
            seen.add(name)
            yield from duplicates(value, (*loc, name))
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield from duplicates(item, (*loc, index))


def find(root: Node, loc: Loc, kind: str) -> tuple[int, Loc]:
    """The line that a location of pydantic means, and the location without its parts that are not in the file.

    `kind` is pydantic's error type: a missing key is named on the line of what lacks it.
    """
    node, line, path = root, root.start_mark.line + 1, []
    for part in loc:
        key, value = _child(node, part)
        if value is None:
            if kind == "missing" and part == loc[-1]:
                path.append(part)
            continue
        node = value
        at_key = kind == "extra_forbidden" or isinstance(value, MappingNode | SequenceNode)
        line = (key if key is not None and at_key else value).start_mark.line + 1
        path.append(part)
    return line, tuple(path)


def _child(node: Node, part: int | str) -> tuple[Node | None, Node | None]:
    if isinstance(node, MappingNode):
        return next(((key, value) for key, value in node.value if str(key.value) == str(part)), (None, None))
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return None, node.value[part]
    return None, None


def written(loc: Loc) -> str:
    """`tiers[2].clock`."""
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
