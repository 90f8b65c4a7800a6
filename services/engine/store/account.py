"""The account of a home's ARNs, set once: ARNs that programs have stored must go on naming the same resources."""

from services.engine.errors import InvalidSetting
from services.engine.store.database import Database

DEFAULT = "000000000000"


def account_of(database: Database, requested: str | None, *, keep: bool = True) -> str:
    """Return the account of a home; keep a requested one in a home without resources, unless keep is False.

    Raises InvalidSetting when the home's resources carry another account than the requested one.
    """
    carried = database.reader().execute("SELECT arn FROM resources ORDER BY rowid DESC LIMIT 1").fetchone()
    kept = database.reader().execute("SELECT value FROM home_facts WHERE name = 'account'").fetchone()
    present: str | None = carried["arn"].split(":")[4] if carried else kept["value"] if kept else None
    if requested is None or requested == present:
        return present or DEFAULT
    if carried:
        raise InvalidSetting(
            f"The resources of this home carry the account {present}, and {requested} was asked for. Leave "
            "PERSONALIZE_ACCOUNT_ID and --account-id out, or use another home."
        )
    if not keep:  # read-only mode
        return requested
    with database.atomic() as connection:
        connection.execute("INSERT OR REPLACE INTO home_facts (name, value) VALUES ('account', ?)", (requested,))
    return requested
