"""Exact arithmetic on boxes: sets of attribute combinations that are products of value sets.

A rule's condition is a box. "Is there a combination no rule matches?" is the domain box minus the
rules' boxes; "do two rules overlap where nothing settles it?" is an intersection minus boxes. Both
are answered by splitting boxes, never by listing combinations, so twelve attributes of twenty
values (4·10^15 combinations) cost no more than a few thousand splits.

A box is a tuple with one bit mask of allowed values per attribute; an empty box is no box.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

Box = tuple[int, ...]


class Space:
    """The attributes and their finite domains; turns conditions into boxes and back."""

    def __init__(self, attributes: Mapping[str, Sequence[str]]) -> None:
        self.attributes = {name: tuple(values) for name, values in attributes.items()}
        self.whole: Box = tuple((1 << len(values)) - 1 for values in self.attributes.values())

    def box(self, condition: Mapping[str, Iterable[str]]) -> Box:
        """Return the box of a condition. Errors: `ValueError` for a value outside its domain."""
        masks = []
        for (name, values), everything in zip(self.attributes.items(), self.whole, strict=True):
            allowed = condition.get(name)
            if allowed is None:
                masks.append(everything)
            else:
                masks.append(sum(1 << values.index(value) for value in set(allowed)))
        return tuple(masks)

    def condition(self, box: Box) -> dict[str, list[str]]:
        """Return the attributes a box restricts, with the values it leaves them."""
        return {
            name: [value for bit, value in enumerate(values) if mask >> bit & 1]
            for (name, values), mask, everything in zip(
                self.attributes.items(), box, self.whole, strict=True
            )
            if mask != everything
        }

    def size(self, box: Box) -> int:
        """Return how many combinations the box holds."""
        count = 1
        for mask in box:
            count *= mask.bit_count()
        return count


def intersect(one: Box, other: Box) -> Box | None:
    """Return what both boxes hold, or None when that is nothing."""
    masks = tuple(a & b for a, b in zip(one, other, strict=True))
    return masks if all(masks) else None


def remainder(box: Box, removed: Iterable[Box]) -> Iterator[Box]:
    """Yield disjoint boxes that together hold what `box` holds and none of `removed` does.

    Lazy and depth-first, so that one witness is cheap even where all of them would be millions.
    Boxes that no longer meet the piece in hand are dropped on the way, which keeps the search
    small; in the worst case the question is NP-hard and stays so.
    """
    meeting = [gone for gone in removed if intersect(box, gone) is not None]
    if not meeting:
        yield box
        return
    widest = min(meeting, key=lambda gone: _restrictions(box, gone))
    current = list(box)
    for axis, (mask, gone) in enumerate(zip(box, widest, strict=True)):
        outside = mask & ~gone
        if outside:
            yield from remainder((*current[:axis], outside, *current[axis + 1 :]), meeting)
            current[axis] = mask & gone


def _restrictions(box: Box, gone: Box) -> int:
    """Count the attributes along which `gone` does not span the whole of `box`."""
    return sum(1 for mask, other in zip(box, gone, strict=True) if mask & ~other)
