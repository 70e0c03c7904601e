"""HTTP of a service: the app, access, limits on requests, pages, calls to other services."""

from servicekit.http.access import KNOWN_CALLER, require
from servicekit.http.app import Parts, build_app
from servicekit.http.dependencies import (
    USUAL,
    AsOfQuery,
    KnownAt,
    KnownAtQuery,
    Language,
    ValidOn,
    by_class,
    provided,
)
from servicekit.http.health import Readiness
from servicekit.http.outbound import forwarding_client, service_client
from servicekit.http.page import CountedPage, Page, counted_page_json, next_cursor, page_json
from servicekit.http.pagination import CursorText, Limit, decode_cursor, encode_cursor
from servicekit.http.preconditions import IfMatch, check_if_match, etag
from servicekit.http.request_slots import TAKEN_SLOTS, RequestSlots, takes_transfer_slot
from servicekit.http.strict_query import refuse_unknown_parameters

__all__ = [
    "KNOWN_CALLER",
    "TAKEN_SLOTS",
    "USUAL",
    "AsOfQuery",
    "CountedPage",
    "CursorText",
    "IfMatch",
    "KnownAt",
    "KnownAtQuery",
    "Language",
    "Limit",
    "Page",
    "Parts",
    "Readiness",
    "RequestSlots",
    "ValidOn",
    "build_app",
    "by_class",
    "check_if_match",
    "counted_page_json",
    "decode_cursor",
    "encode_cursor",
    "etag",
    "forwarding_client",
    "next_cursor",
    "page_json",
    "provided",
    "refuse_unknown_parameters",
    "require",
    "service_client",
    "takes_transfer_slot",
]
