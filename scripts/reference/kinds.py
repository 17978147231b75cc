"""Says in a few words what a JSON schema allows. Knows nothing of where the schema comes from."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_LOWEST = {"minimum": "from", "exclusiveMinimum": "above", "minLength": "at least", "minItems": "at least"}
_HIGHEST = {"maximum": "to", "exclusiveMaximum": "below", "maxLength": "at most", "maxItems": "at most"}
_UNITS = {"minLength": " characters", "maxLength": " characters"}


def kind_of(schema: Schema) -> str:
    """The type with its bounds, in Markdown; a schema that has a name is a link to its heading."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    alternatives = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if alternatives:
        return " or ".join(dict.fromkeys(map(kind_of, alternatives)))
    if "enum" in schema or "const" in schema:
        return " or ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}))}{_bounds(schema)}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object of {kind_of(schema['additionalProperties'])}"
    if schema.get("type") == "null":
        return "null"
    return f"{schema.get('format') or schema.get('type') or 'anything'}{_bounds(schema)}"


def cell(text: object) -> str:
    """`text` on one line of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def _bounds(schema: Schema) -> str:
    said = [
        f"{word} {schema[name]}{_UNITS.get(name, '')}"
        for words in (_LOWEST, _HIGHEST)
        for name, word in words.items()
        if name in schema
    ]
    return f", {' '.join(said)}" if said else ""
