"""Single objects of Swagger 2.0 in the words of OpenAPI 3.0 (spec.openapis.org/oas/v2.0 and v3.0.3)."""

from __future__ import annotations

from typing import Any

_STYLES = {"ssv": "spaceDelimited", "pipes": "pipeDelimited"}
_FLOW_KEYS = ("flow", "authorizationUrl", "tokenUrl", "scopes")
_FLOWS = {"application": "clientCredentials", "accessCode": "authorizationCode"}


def set_style(parameter: dict[str, Any], written: dict[str, Any]) -> None:
    """`collectionFormat` says how an array is written; without one it is `csv`."""
    if written.get("type") != "array":
        return
    format = written.get("collectionFormat", "csv")
    if format == "csv":
        parameter["explode"] = False
    elif format == "multi":
        parameter["style"], parameter["explode"] = "form", True
    else:
        parameter["style"], parameter["explode"] = _STYLES.get(str(format), str(format)), False


def security_scheme(written: Any) -> Any:
    """A `securityDefinitions` entry as 3.0 has it; what is none stays as it is."""
    if not isinstance(written, dict):
        return written
    kept = {key: below for key, below in written.items() if key not in _FLOW_KEYS}
    if written.get("type") == "basic":
        return {**kept, "type": "http", "scheme": "basic"}
    if written.get("type") != "oauth2":
        return kept
    flow = str(written.get("flow"))
    said = {key: written[key] for key in ("authorizationUrl", "tokenUrl") if key in written}
    return {**kept, "flows": {_FLOWS.get(flow, flow): {**said, "scopes": written.get("scopes", {})}}}
