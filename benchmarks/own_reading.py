"""CPU seconds from a large file to what is imported: reading, recognising columns, preparing, and each form of date.

    python -m benchmarks.own_reading [--rows 1000000]

The file is a shop's export with semicolons, ids with leading zeros, German dates and decimal commas; every moment is
different, so that nothing is read once for many rows. A redraw of Data pays "recognise" once for each file.
"""

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd

from services.sources.joins import recognise_all
from services.sources.own_files import accept, prepare
from services.sources.table_files import read_table
from services.sources.time_units import find_unit, to_epoch_seconds

FORMS = (
    *("%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d/%m/%y %H:%M"),
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S UTC", "%d %b %Y %H:%M:%S", "%a, %d %b %Y %H:%M:%S +0000"),
)
T = TypeVar("T")


def timed(name: str, work: Callable[[], T]) -> T:
    """Print the CPU seconds of some work and return what it returns."""
    begin = time.process_time()
    result = work()
    print(f"| {name} | {time.process_time() - begin:.2f} |", flush=True)
    return result


def export(moments: pd.Series, n_rows: int) -> bytes:
    """Return a shop's export."""
    random = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "Kunden-Nr.": random.integers(0, max(n_rows // 20, 2), n_rows),
            "Artikel-Nr.": pd.Series(random.integers(0, 20_000, n_rows)).astype("str").str.zfill(6),
            "Bestelldatum": moments.dt.strftime("%d.%m.%Y %H:%M:%S"),
            "Menge": random.integers(1, 9, n_rows),
            "Preis": pd.Series(random.integers(100, 99_999, n_rows) / 100).map("{:.2f}".format).str.replace(".", ","),
            "Status": random.choice(["bezahlt", "storniert"], n_rows),
        }
    )
    return frame.to_csv(sep=";", index=False).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    n_rows = parser.parse_args().rows
    seconds = np.sort(np.random.default_rng(0).integers(1_600_000_000, 1_700_000_000, n_rows))
    moments = pd.Series(pd.to_datetime(seconds, unit="s"))
    content = export(moments, n_rows)
    print(f"| {n_rows:,} rows | CPU s |\n| --- | ---: |")
    table = timed("read", lambda: read_table(content, "orders.csv"))
    timed("recognise", lambda: recognise_all({"Interactions": table}))
    own = accept(table, "Interactions")
    timed("prepare", lambda: prepare(own))
    for form in FORMS:
        column = pd.Series(moments.dt.strftime(form), dtype="str")
        unit = find_unit(column)
        if unit is None:
            print(f"| {form} | not read |")
            continue
        timed(form, lambda column=column, unit=unit: to_epoch_seconds(column, unit))


if __name__ == "__main__":
    main()
