"""Frozen values to JSON and back, by their types."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

OVERSIZED = "l-"  # begins the id of a message whose body was too large to be fetched
Value = TypeVar("Value")
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}  # making one is dear, using it is cheap


def to_json(kind: Any, value: object) -> Any:
    """``value`` of the type ``kind`` as JSON's lists, objects, strings and numbers."""
    return _adapter(kind).dump_python(value, mode="json")


def from_json(kind: type[Value], data: object) -> Value:
    """The value that :func:`to_json` wrote. Raises pydantic.ValidationError."""
    value: Value = _adapter(kind).validate_python(data)
    return value


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
