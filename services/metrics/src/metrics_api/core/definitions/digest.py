"""What an indicator counts, as one digest: two numbers with the same digest were counted alike."""

import hashlib
from collections.abc import Mapping
from typing import Any

from metrics_api.core.definitions.indicators import Indicator, Parameter
from metrics_api.core.definitions.predicate_documents import predicate_document
from metrics_api.core.definitions.weight_documents import measure_document
from metrics_api.core.facts.predicates import parameter_names
from servicekit.ledger import canonical_json


def definition_digest(indicator: Indicator, parameters: Mapping[str, Parameter]) -> str:
    """SHA-256 (hex) of what an indicator counts.

    It is taken over the RFC 8785 text of both predicates, the numbers they refer to and the measure
    of a ratio of sums. Titles and references are left out: words that explain a number do not
    change it.
    """
    names = parameter_names(indicator.denominator) | parameter_names(indicator.condition)
    counted: dict[str, Any] = {
        "denominator": predicate_document(indicator.denominator),
        "numerator": predicate_document(indicator.condition),
        "parameters": {
            name: [[span.start.isoformat(), span.value.number] for span in parameters[name].values]
            for name in sorted(names)
        },
    }
    if not indicator.is_share:
        counted["measure"] = measure_document(indicator.measure)
    return hashlib.sha256(canonical_json(counted)).hexdigest()
