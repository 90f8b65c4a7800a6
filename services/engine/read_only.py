"""The read-only mode: which operations it serves, and the sentence with which it refuses the others."""

from services.engine.errors import AccessDenied

READS = ("Describe", "Get", "List")
"""The first word of every operation of the three services that changes nothing."""
REFUSAL = (
    "Nothing can be changed here, because this server runs in read-only mode. On a machine of your own, start it "
    "without PERSONALIZE_MODE=read-only."
)


def changes(operation: str) -> bool:
    """Return whether an operation of the API may change something; one with an unknown first word may."""
    return not operation.startswith(READS)


def refuse() -> None:
    """Raise AccessDenied with the sentence of the mode."""
    raise AccessDenied(REFUSAL)
