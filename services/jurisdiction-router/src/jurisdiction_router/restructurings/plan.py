"""A restructuring as a plan: what each change does to areas and bodies from one day on.

Pure: the directory and the changes go in, the areas and bodies that are to be replaced come out,
whole, with every successor named. Whether the result is sound is the directory checks' affair.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from jurisdiction_router.core.directory.areas_and_bodies import (
    Area,
    Body,
    FormerName,
    ParentEdge,
    Succession,
    name_on,
)
from jurisdiction_router.core.directory.change import AreaEntry, DirectoryChange
from jurisdiction_router.core.directory.checks import SEVERAL_ALLOWED
from jurisdiction_router.core.directory.directory import Directory
from jurisdiction_router.core.periods import holds_on
from servicekit.errors import Violation

Change = Mapping[str, Any]
"""One change as a request gives it: `op` and what it needs (see `api.restructuring_schemas`)."""


_Named = TypeVar("_Named", Area, Body)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a restructuring does, and where in the request each area and body was named."""

    change: DirectoryChange
    pointers: Mapping[str, str]
    violations: Sequence[Violation]


def plan(before: Directory, on: date, changes: Iterable[Change]) -> Plan:
    """Return what `changes`, applied in their order from `on` on, make of the directory."""
    draft = _Draft(before, on)
    for index, change in enumerate(changes):
        draft.pointer = f"/changes/{index}"
        draft.taken.clear()
        try:
            _OPERATIONS[change["op"]](draft, change)
            draft.refuse_strangers(_recoding(change))
        except _CannotError as error:
            draft.violations.append(error.violation)
    return Plan(
        DirectoryChange(list(draft.areas.values()), list(draft.bodies.values())),
        draft.pointers,
        draft.violations,
    )


class _CannotError(Exception):
    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.rule)
        self.violation = violation


@dataclass
class _Draft:
    """The directory in the making: what was touched so far, over what there was before."""

    before: Directory
    on: date
    areas: dict[str, AreaEntry] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    pointers: dict[str, str] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    pointer: str = ""

    def area(self, code: str) -> AreaEntry:
        entry = self.areas.get(code)
        if entry is None and code in self.before.areas:
            entry = AreaEntry.of(self.before, code)
        if entry is None or not holds_on(entry.area, self.on):
            raise self.cannot("area_not_there", code)
        return entry

    def body(self, body_id: str) -> Body:
        body = self.bodies.get(body_id) or self.before.bodies.get(body_id)
        if body is None or not holds_on(body, self.on):
            raise self.cannot("body_not_there", body_id)
        return body

    def cannot(self, rule: str, value: str) -> _CannotError:
        return _CannotError(Violation(self.pointer, rule, value, {"on": self.on.isoformat()}))

    def refuse_strangers(self, codes: Mapping[str, str]) -> None:
        """New codes are only for what the change has taken along: a slip must not be ignored."""
        for code in sorted(codes.keys() - self.taken):
            raise self.cannot("recoded_elsewhere", code)

    def put_area(self, entry: AreaEntry) -> None:
        self.areas[entry.area.code] = entry
        self.pointers.setdefault(entry.area.code, self.pointer)

    def put_body(self, body: Body) -> None:
        self.bodies[body.id] = body
        self.pointers.setdefault(body.id, self.pointer)

    def begin_area(self, code: str, name: str, level: str, parent: str | None) -> None:
        if code in self.before.areas or code in self.areas:
            raise self.cannot("code_taken", code)
        edges = () if parent is None else (ParentEdge(code, parent, self.on),)
        self.put_area(AreaEntry(Area(code, name, level, self.on), edges))

    def end_area(self, code: str, heirs: Iterable[str]) -> None:
        entry = self.area(code)
        edges = [
            replace(edge, valid_until=_sooner(edge.valid_until, self.on))
            for edge in entry.edges
            if edge.valid_from < self.on
        ]
        ended = replace(entry.area, valid_until=self.on)
        self.put_area(AreaEntry(ended, tuple(edges), self.succeeded(entry, heirs)))

    def succeeded(self, entry: AreaEntry, heirs: Iterable[str]) -> tuple[Succession, ...]:
        code = entry.area.code
        return (*entry.successions, *(Succession(code, heir, self.on) for heir in heirs))

    def move(self, code: str, parent: str) -> None:
        """Give an area another parent from the day on."""
        entry = self.area(code)
        until = next((e.valid_until for e in entry.edges if holds_on(e, self.on)), None)
        edges = [
            replace(edge, valid_until=_sooner(edge.valid_until, self.on))
            for edge in entry.edges
            if edge.valid_from < self.on
        ]
        later = [edge for edge in entry.edges if edge.valid_from > self.on]
        moved = ParentEdge(code, parent, self.on, until)
        self.put_area(replace(entry, edges=(*edges, moved, *later)))

    def parent(self, entry: AreaEntry) -> str | None:
        return next((e.parent for e in entry.edges if holds_on(e, self.on)), None)

    def children(self, code: str) -> list[str]:
        codes = [*self.before.areas, *(c for c in self.areas if c not in self.before.areas)]
        children = []
        for each in codes:
            edges = self.areas[each].edges if each in self.areas else self.before.edges_of(each)
            if any(e.parent == code and holds_on(e, self.on) for e in edges):
                children.append(each)
        return sorted(children)

    def bodies_of(self, code: str) -> list[Body]:
        every = {**self.before.bodies, **self.bodies}
        return [b for _, b in sorted(every.items()) if b.area_code == code and holds_on(b, self.on)]

    def end_body(self, body: Body, successor: str | None) -> None:
        self.put_body(replace(body, valid_until=self.on, successor=successor))

    def like(self, body: Body, old: Area, new: Area) -> Body:
        """The body of another area that is to `new` what `body` is to `old`."""
        rest = body.id.removeprefix(old.code)
        if rest == body.id:
            rest = f"-{body.kind}" + (f"-{body.system}" if body.system else "")
        name, former = name_on(body, self.on), name_on(old, self.on)
        if former in name:
            name = name.replace(former, new.name)
        else:
            name = name.replace(_stem(former), _stem(new.name))
        return Body(f"{new.code}{rest}", body.kind, name, new.code, body.system, self.on)

    def hand_over(self, old: Area, new: Area) -> None:
        """End the bodies of `old` in favour of their likes in `new`, which begin if need be."""
        there = {(body.kind, body.system): body for body in self.bodies_of(new.code)}
        for body in self.bodies_of(old.code):
            heir = there.get((body.kind, body.system))
            if heir is None or body.kind in SEVERAL_ALLOWED:
                heir = self.like(body, old, new)
                self.put_body(heir)
            self.end_body(body, heir.id)

    def renumber(
        self, code: str, new: str, name: str, parent: str | None, codes: Mapping[str, str]
    ) -> None:
        """Let an area go on under another code, with all that lies in it."""
        entry = self.area(code)
        children = self.children(code)
        self.begin_area(new, name, entry.area.level, parent)
        for child in children:
            self.take_along(child, code, new, codes)
        self.hand_over(entry.area, self.areas[new].area)
        self.end_area(code, [new])

    def take_along(self, child: str, old: str, new: str, codes: Mapping[str, str]) -> None:
        """Move a child, under another code where one is given or its digits begin with `old`."""
        self.taken.add(child)
        other = codes.get(child) or (new + child[len(old) :] if child.startswith(old) else child)
        if other == child or old == new:
            self.move(child, new)
        else:
            self.renumber(child, other, name_on(self.area(child).area, self.on), new, codes)


def _recoding(change: Change) -> Mapping[str, str]:
    name = "codes_of_children" if change["op"] == "merge_areas" else "codes"
    return change.get(name) or {}


def _rename_area(draft: _Draft, change: Change) -> None:
    entry = draft.area(change["code"])
    draft.put_area(replace(entry, area=_renamed(entry.area, change["name"], draft.on)))


def _rename_body(draft: _Draft, change: Change) -> None:
    draft.put_body(_renamed(draft.body(change["id"]), change["name"], draft.on))


def _upgrade_area(draft: _Draft, change: Change) -> None:
    entry, into = draft.area(change["code"]), change["into"]
    parent = into.get("parent") or draft.parent(entry)
    draft.renumber(change["code"], into["code"], into["name"], parent, change.get("codes") or {})


def _split_area(draft: _Draft, change: Change) -> None:
    code, parts = change["code"], change["parts"]
    entry = draft.area(code)
    goes_on = next((part for part in parts if part["code"] == code), None)
    children, bodies = draft.children(code), draft.bodies_of(code)
    given_away = [child for part in parts for child in part.get("children") or ()]
    for child in {*given_away} - {*children}:
        raise draft.cannot("split_child_elsewhere", child)
    left = [child for child in children if child not in given_away]
    if goes_on is None and left:
        raise draft.cannot("split_child_left", left[0])
    for part in parts:
        if part is goes_on:
            continue
        draft.begin_area(part["code"], part["name"], entry.area.level, draft.parent(entry))
        for child in part.get("children") or ():
            draft.take_along(child, code, part["code"], change.get("codes") or {})
        new = draft.areas[part["code"]].area
        for body in bodies:
            if body.kind not in SEVERAL_ALLOWED:
                draft.put_body(draft.like(body, entry.area, new))
    others = [part["code"] for part in parts if part is not goes_on]
    if goes_on is None:
        draft.hand_over(entry.area, draft.areas[others[0]].area)
        draft.end_area(code, others)
        return
    area = entry.area
    if goes_on["name"] != area.name:
        area = _renamed(area, goes_on["name"], draft.on)
    draft.put_area(replace(entry, area=area, successions=draft.succeeded(entry, others)))


def _merge_areas(draft: _Draft, change: Change) -> None:
    codes, into = list(change["codes"]), change["into"]
    first = draft.area(codes[0])
    if into["code"] in codes:
        codes.remove(into["code"])
        target = draft.area(into["code"])
        if into["name"] != target.area.name:
            draft.put_area(replace(target, area=_renamed(target.area, into["name"], draft.on)))
    else:
        draft.begin_area(into["code"], into["name"], first.area.level, draft.parent(first))
    for code in codes:
        old = draft.area(code).area
        for child in draft.children(code):
            draft.take_along(child, code, into["code"], change.get("codes_of_children") or {})
        draft.hand_over(old, draft.area(into["code"]).area)
        draft.end_area(code, [into["code"]])


def _transfer_area(draft: _Draft, change: Change) -> None:
    draft.move(change["code"], change["parent"])


def _create_body(draft: _Draft, change: Change) -> None:
    draft.put_body(_new_body(draft, change["body"]))


def _succeed_bodies(draft: _Draft, change: Change) -> None:
    by = change["by"]
    known = by["id"] in draft.before.bodies or by["id"] in draft.bodies
    heir = draft.body(by["id"]) if known else _new_body(draft, by)
    draft.put_body(heir)
    for body_id in change["ids"]:
        if body_id != heir.id:
            draft.end_body(draft.body(body_id), heir.id)


def _transfer_body(draft: _Draft, change: Change) -> None:
    """A body's area is its for good: it goes on in another one as a body of the same kind."""
    body, into = draft.body(change["id"]), change["into"]
    name = into.get("name") or name_on(body, draft.on)
    new = {"id": into["id"], "kind": body.kind, "name": name, "area_code": change["area_code"],
           "system": body.system}  # fmt: skip
    draft.put_body(_new_body(draft, new))
    draft.end_body(body, into["id"])


def _split_body(draft: _Draft, change: Change) -> None:
    """Its parts begin; whoever is still referred to it, by an override say, finds the successor."""
    body, parts = draft.body(change["id"]), change["parts"]
    successor = change.get("successor") or parts[0]["id"]
    if successor not in {part["id"] for part in parts}:
        raise draft.cannot("split_successor_elsewhere", successor)
    for part in parts:
        draft.put_body(_new_body(draft, part))
    draft.end_body(body, successor)


def _end_body(draft: _Draft, change: Change) -> None:
    draft.end_body(draft.body(change["id"]), change.get("successor"))


_OPERATIONS = {
    "rename_area": _rename_area,
    "rename_body": _rename_body,
    "upgrade_area": _upgrade_area,
    "split_area": _split_area,
    "merge_areas": _merge_areas,
    "transfer_area": _transfer_area,
    "create_body": _create_body,
    "succeed_bodies": _succeed_bodies,
    "transfer_body": _transfer_body,
    "split_body": _split_body,
    "end_body": _end_body,
}


def _new_body(draft: _Draft, request: Mapping[str, Any]) -> Body:
    if request["id"] in draft.before.bodies or request["id"] in draft.bodies:
        raise draft.cannot("body_id_taken", request["id"])
    return Body(
        request["id"],
        request["kind"],
        request["name"],
        request["area_code"],
        request.get("system"),
        draft.on,
    )


def _renamed(thing: _Named, name: str, on: date) -> _Named:
    if thing.valid_from == on:
        return replace(thing, name=name)
    names = [former for former in thing.former_names if former.until < on]
    names.append(FormerName(name_on(thing, on), on))
    return replace(thing, name=name, former_names=tuple(names))


def _stem(name: str) -> str:
    """An area's name without its level's word, as the names of its bodies often begin."""
    for ending in ("新区", "街道", "社区", "区", "镇"):
        if name.endswith(ending) and name != ending:
            return name.removesuffix(ending)
    return name


def _sooner(one: date | None, other: date) -> date:
    return other if one is None else min(one, other)
