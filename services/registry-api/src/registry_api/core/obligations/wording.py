"""Obligations in words, for answers and files."""

from datetime import date
from typing import Any

from registry_api.core.code_lists import code_lists
from registry_api.core.obligations.derive import Obligation, rules


def in_words(owed: Obligation, day: date, language: str) -> dict[str, Any]:
    """An obligation as it is told on `day`, in "zh" or "en"; dates stay dates."""
    rule = rules()[owed.kind]
    return {
        "kind": owed.kind,
        "title": code_lists()["obligation_kind"].values[owed.kind].say(language),
        "since": owed.since,
        "due_on": owed.due_on,
        "overdue": owed.overdue_on(day),
        "clause": rule.clause.say(language),
        "source": rule.source,
        "basis": rule.basis,
        "discharge": rule.discharge.say(language),
        "discharged_by": list(rule.discharged_by),
    }
