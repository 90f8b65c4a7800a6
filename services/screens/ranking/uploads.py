"""A list of items from a file: the ids of the column that holds item ids."""

from services.errors import SampleError
from services.language.vocabulary import Words
from services.library.columns import ITEM_ID
from services.lists.item_lists import pasted_list
from services.sources.column_guesses import recognise
from services.sources.table_files import read_table


def uploaded_ids(content: bytes, file_name: str) -> list[str]:
    """Return the ids of a file: the column that holds item ids, or one id per line. Raises SampleError."""
    try:
        table = read_table(content, file_name)
    except SampleError:
        if content.startswith(b"PAR1"):
            raise
        text = content.decode("utf-8-sig", errors="replace")
        ids = list(pasted_list(text, Words()).item_ids)
        if not ids:
            raise
        return ids
    guessed = next((g.column for g in recognise(table, "Items") if g.role == ITEM_ID), table.frame.columns[0])
    return [str(value) for value in table.frame[guessed].dropna()]
