"""JSON Schemas of the rule files, so that editors complete and check them while one types.

They say what the readers in this package accept, from the same lists of words; what needs more than one file (that a
signal exists, say) only `load` can tell.
"""

from __future__ import annotations

import json
from typing import Any, Final, get_args

from csaudit.pack.cases import IN_ENGLISH
from csaudit.pack.cases import SPEAKERS as CASE_SPEAKERS
from csaudit.pack.conditions import PLACES, SPEAKERS
from csaudit.pack.kinds import KINDS, STATES
from csaudit.pack.matchers import ENTITIES, THRESHOLDS, VIEWS
from csaudit.pack.model import Status
from csaudit.pack.values import COMPARISONS, ORDERED
from csaudit.schema import ROLES

Schema = dict[str, Any]

FILES: Final = ("rule", "signals", "lexicon", "taxonomy", "pack", "targets", "facts")
"""Names of the schemas; each is written as ``<name>.schema.json``."""

TEXT: Final[Schema] = {"type": "string", "minLength": 1}
NUMBER: Final[Schema] = {"type": "number"}
FLAG: Final[Schema] = {"type": "boolean"}
DATE: Final[Schema] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
DURATION: Final[Schema] = {"type": "string", "pattern": r"^\d+(\.\d+)? +(s|min|h|d)$"}
QUANTITY: Final[Schema] = {"anyOf": [NUMBER, DURATION]}
COUNT: Final[Schema] = {"type": "integer", "minimum": 1}


def schemas() -> dict[str, Schema]:
    """All schemas by name."""
    tops = {
        "rule": _ref("rule"),
        "signals": _object({"signals": _list(_ref("signal"))}, "signals"),
        "lexicon": _ref("lexicon"),
        "taxonomy": _object({"grades": _list(TEXT), "classes": _list(_ref("class"))}),
        "pack": _object({"name": TEXT, "version": TEXT, "retired": _some(TEXT)}),
        "targets": _object({"points": _map(NUMBER), "targets": _map(QUANTITY)}),
        "facts": _map(_map(QUANTITY)),
    }
    return {name: _document(name, tops[name]) for name in FILES}


def files() -> dict[str, str]:
    """Each schema as the text of its file."""
    return {f"{name}.schema.json": json.dumps(schema, indent=2) + "\n" for name, schema in schemas().items()}


# ---- how a schema is put together -----------------------------------------------------------------------------------


def _document(name: str, top: Schema) -> Schema:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"csaudit: {name}"}
    used = _used(top)
    return {**head, **top, **({"$defs": {key: _DEFINITIONS[key] for key in sorted(used)}} if used else {})}


def _used(schema: object) -> set[str]:
    """Names of the definitions a schema refers to, and of those these refer to."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(_DEFINITIONS[name])
            waiting += part.values()
    return found


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(properties: dict[str, Schema], *required: str) -> Schema:
    asked = {"required": list(required)} if required else {}
    return {"type": "object", "properties": properties, "additionalProperties": False, **asked}


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _some(items: Schema) -> Schema:
    """One thing, or a list of them."""
    return {"anyOf": [items, _list(items)]}


def _enum(*values: str) -> Schema:
    return {"enum": list(values)}


# ---- the language ---------------------------------------------------------------------------------------------------

_SCALAR: Final[Schema] = {"type": ["string", "number", "boolean"]}
_COMPARED: Final[dict[str, Schema]] = {
    **dict.fromkeys(("is", "not"), _SCALAR),
    **{op: _some(TEXT) for op in ("in", "not_in")},
    **dict.fromkeys(ORDERED, QUANTITY),
    "missing": FLAG,
}
_SIGNALS: Final[Schema] = _some(TEXT)
_WINDOW: Final[dict[str, Schema]] = {
    "where": _enum(*PLACES),
    "within": _ref("span"),
    "times": COUNT,
    "by": _enum(*SPEAKERS),
    "cite": FLAG,
}
_TERM: Final[dict[str, Schema]] = {
    "weight": NUMBER,
    "title": _ref("words"),
    "scale": _enum("once", "times"),
    "cap": COUNT,
}


def _conditions(extra: dict[str, Schema], *required: str) -> Schema:
    """Each form of a condition, with further keys beside it."""
    forms: tuple[tuple[str, dict[str, Schema]], ...] = (
        ("has", {"has": _SIGNALS, **_WINDOW}),
        ("lacks", {"lacks": _SIGNALS, **_WINDOW}),
        ("any", {"any": _list(_ref("condition"))}),
        ("all", {"all": _list(_ref("condition"))}),
        ("not", {"not": _ref("conditions")}),
        ("at_least", {"at_least": _object({"n": COUNT, "of": _list(_ref("condition"))}, "n", "of")}),
        (
            "reply",
            {"reply": _object({"role": _enum("agent", "customer"), **_COMPARED, "column": TEXT, "op": TEXT}, "role")},
        ),
        ("field", {"field": _map(_ref("compare"))}),
    )
    return {"anyOf": [_object({**keys, **extra}, name, *required) for name, keys in forms]}


_KINDS: Final[dict[str, Schema]] = {
    "pattern": _object({"anchor": _ref("anchor"), "when": _ref("conditions")}),
    "scorecard": _object(
        {
            "anchor": _ref("anchor"),
            "when": _ref("conditions"),
            "threshold": NUMBER,
            "terms": _list(_conditions(_TERM, "weight", "title")),
        },
        "threshold",
        "terms",
    ),
    "sequence": _object(
        {
            "anchor": _ref("anchor"),
            "steps": _list(_object({"id": TEXT, "has": _SIGNALS, "within": _ref("span")}, "id", "has")),
            "fires_on": _map(_some(_enum(*STATES))),
        },
        "anchor",
        "steps",
        "fires_on",
    ),
    "promise": _object(
        {"anchor": _ref("anchor"), "breach": _ref("conditions"), "kept": _ref("conditions"), "silence": FLAG}, "anchor"
    ),
    "fact": _object(
        {"anchor": _ref("anchor"), "fact": TEXT, "wrong_if": _enum("is", "not", *ORDERED), "when": _ref("conditions")},
        "anchor",
        "fact",
        "wrong_if",
    ),
    "contact": _object(
        {
            "anchor": _ref("anchor"),
            "same": _enum("customer", "order_id"),
            "within": DURATION,
            "direction": _enum("earlier", "later", "either"),
            "other": _SIGNALS,
            "when": _ref("conditions"),
        },
        "anchor",
        "within",
    ),
}

_FIELDS: Final = _map(_SCALAR)
_LINE: Final[Schema] = _object(
    {
        **dict.fromkeys((*CASE_SPEAKERS, *IN_ENGLISH), TEXT),
        "after": DURATION,
        "contact": DURATION,
        "fields": _FIELDS,
    }
)
_CASE: Final[dict[str, Schema]] = {
    "platform": TEXT,
    "shop": TEXT,
    "cut": FLAG,
    "times": FLAG,
    "fields": _FIELDS,
    "note": TEXT,
    "dialogue": {"anyOf": [TEXT, _ref("line"), _list(_ref("line"))]},
}

# A team's file may give only the keys it changes, so nothing but the id is required of a rule, signal, lexicon or class.
_DEFINITIONS: Final[dict[str, Schema]] = {
    "words": {"anyOf": [TEXT, _object({"zh": TEXT, "en": TEXT}, "zh")]},
    "span": _some({"type": "string", "pattern": r"^\d+(\.\d+)? +((message|(agent |customer )?turn)s?|s|min|h|d)$"}),
    "compare": {"anyOf": [_SCALAR, _object({**_COMPARED, "column": TEXT, "op": _enum(*COMPARISONS)})]},
    "matcher": {
        "anyOf": [
            TEXT,
            _object({"regex": TEXT}, "regex"),
            _object({"lexicon": TEXT}, "lexicon"),
            _object({"signal": TEXT}, "signal"),
            _object({"act": TEXT, "threshold": {"anyOf": [NUMBER, _enum(*THRESHOLDS)]}}, "act"),
            _object({"entity": _enum(*ENTITIES), **_COMPARED, "column": TEXT, "op": TEXT}, "entity"),
            _object({"similar_to": _some(TEXT), "at_least": NUMBER}, "similar_to"),
            _object({"repeats": NUMBER, "look_back": COUNT}, "repeats"),
        ]
    },
    "near": _object({"any_of": _some(_ref("matcher")), "within": COUNT}, "any_of"),
    "signal": _object(
        {
            "id": TEXT,
            "title": _ref("words"),
            "role": _some(_enum(*ROLES)),
            **{key: _some(_ref("matcher")) for key in ("any_of", "all_of", "none_of", "except")},
            "views": _some(_enum(*VIEWS)),
            "at_least": _object({"n": COUNT, "of": _some(_ref("matcher"))}, "n", "of"),
            "near": _ref("near"),
            "not_near": _ref("near"),
            "word": FLAG,
            "negation": _enum("keep", "skip", "only"),
            "length": _object(dict.fromkeys(("is", *ORDERED), NUMBER)),
            "field": _map(_ref("compare")),
            "add": {"type": "object"},
        },
        "id",
    ),
    "lexicon": _object(
        {
            "id": TEXT,
            "title": _ref("words"),
            "terms": _list({"anyOf": [TEXT, _object({"term": TEXT, "note": TEXT}, "term")]}),
            "remove": _some(TEXT),
            "replace": FLAG,
        },
        "id",
    ),
    "condition": _conditions({}),
    "conditions": _some(_ref("condition")),
    "anchor": {
        "anyOf": [
            _SIGNALS,
            _object({"has": _SIGNALS, "pick": {"anyOf": [COUNT, _enum("each", "first", "last")]}, "cite": FLAG}, "has"),
        ]
    },
    "line": _LINE,
    "case": {"anyOf": [TEXT, _ref("line"), _list(_ref("line")), _object(_CASE, "dialogue")]},
    "rule": _object(
        {
            "id": {"type": "string", "pattern": r"^[A-Z][0-9]+[a-z]-[a-z0-9-]+$"},
            "class": TEXT,
            "scenario": TEXT,
            **{key: _ref("words") for key in ("title", "why", "reason", "advice")},
            "status": _enum(*get_args(Status)),
            "confidence": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            "false_positives": _some(TEXT),
            "valid_from": DATE,
            "valid_to": DATE,
            **{name: _KINDS[name] for name in KINDS},
            "cases": _object({"hits": _list(_ref("case")), "passes": _list(_ref("case"))}),
            "add": {"type": "object"},
        },
        "id",
    ),
    "class": _object(
        {
            "id": TEXT,
            "grade": TEXT,
            **{key: _ref("words") for key in ("name", "summary", "advice")},
            "scenarios": _map(_ref("words")),
            "scenario_advice": _map(_ref("words")),
            "not_an_incident": _some(_ref("words")),
            "add": {"type": "object"},
        },
        "id",
    ),
}
