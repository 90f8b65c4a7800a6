"""What Check calls ready, imports: generated files of a person's own through guess, check, chosen fixes and import.

    python -m benchmarks.own_files [--files 3000] [--seed 0]

Files differ in separator, encoding, line ends, form of dates and numbers, names of columns and languages, ids with
zeros, gaps, odd cells, doubles, missing people, event types and what items and users say. Each is read and mapped as
the Data screen proposes it; fixes that are chosen by themselves are applied. The table counts files by how they
end; one that Check passes and the import refuses is printed with its seed, and the exit status is 1.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.checks.finding import STOP
from services.checks.fixes import apply_fixes
from services.checks.report import check
from services.engine import Engine
from services.engine.testing import ROLE, test_engine
from services.errors import PlainError
from services.library.prepared import FILE_ORDER, PreparedData, write_csvs
from services.sources.joins import recognise_all
from services.sources.own_files import OwnTable, prepare
from services.sources.table_files import RawTable, read_table

USERS = ("user_id", "Kunden-Nr.", "id_client", "Usuario", "customer", "session_id", "visitorid", "wer")
ITEMS = ("item_id", "Artikel-Nr.", "référence", "Artículo", "sku", "movieId", "was")
TIMES = ("timestamp", "Bestelldatum", "fecha", "event_time", "date")
FORMS = (
    *("%s", "%s000", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S UTC", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M:%S %p"),
    *("%d %b %Y", "%Y%m%d%H%M%S", "%a, %d %b %Y %H:%M:%S +0000", "%d/%m/%y %H:%M", ""),
)
ODD_CELLS = ("", "n/a", "-", "NULL", "Summe", "x" * 300, "1e999", '"quoted"', "a\\b", "é", "0x10", "a|b", " ")
FILES_OF_A_HOME = 200
"""An account may have 500 schemas."""
REPORT_EVERY = 25
READY, STOPPED, REFUSED, BROKEN = "imported", "stopped by Check", "refused while reading", "BROKEN: Check passed it"


def draw_files(draw: random.Random) -> dict[str, tuple[str, bytes]]:
    """Return name and content of generated files by kind."""
    n = draw.choice((1_000, 1_100, 1_400, 400))
    form, zeros = draw.choice(FORMS), draw.random() < 0.5
    item_ids = [f"{k:04d}" if zeros else f"i{k}" for k in range(draw.choice((20, 60)))]
    start = datetime(2023, 2, 3, 4, 5, 6, tzinfo=UTC)
    columns = {draw.choice(USERS): [f"u{k * 7 % 40}" for k in range(n)]}
    columns[draw.choice(ITEMS)] = [item_ids[(k * 11 + k // 5) % len(item_ids)] for k in range(n)]
    if form:
        moments = [start + timedelta(minutes=97 * k) for k in range(n)]
        columns[draw.choice(TIMES)] = [
            str(int(moment.timestamp())) + form[2:] if form.startswith("%s") else moment.strftime(form)
            for moment in moments
        ]
    if draw.random() < 0.6:
        n_types = draw.choice((1, 2, 5, 9, 12))
        columns["event_type"] = [f"type{k % n_types}" for k in range(n)]
    if draw.random() < 0.5:
        amounts = ("1", "4,5", "3.5", "1.200,00")
        columns[draw.choice(("rating", "Menge", "value"))] = [draw.choice(amounts) for _ in range(n)]
    for m in range(draw.choice((0, 0, 2, 8))):
        columns[f"context {m}"] = [draw.choice(("a", "b", "7,54", "10 %", "['x', 'y']")) for _ in range(n)]
    files = {"Interactions": ("events.csv", _written(draw, columns))}
    if draw.random() < 0.6:
        items = {draw.choice(("id", "item_id", "sku", "nr")): item_ids, "Titel": [f"T, {i}" for i in item_ids]}
        if draw.random() < 0.6:
            items["Preis"] = [f"{k},{k % 10}0 €" for k in range(len(item_ids))]
        if draw.random() < 0.5:
            items["genres"] = [draw.choice(("['A', 'B']", "A;B", "A|B", "A > B", "")) for _ in item_ids]
        files["Items"] = ("items.csv", _written(draw, items))
    if draw.random() < 0.4:
        users = {"user_id": [f"u{k}" for k in range(40)], "name": [f"N {k}" for k in range(40)]}
        if draw.random() < 0.6:
            users["plz"] = [f"0{1000 + k}" for k in range(40)]
        files["Users"] = ("users.csv", _written(draw, users))
    return files


def _written(draw: random.Random, columns: dict[str, list[str]]) -> bytes:
    """Return a table as text, sometimes with odd cells, doubles and a last line of sums."""
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    if draw.random() < 0.3:
        for _ in range(draw.choice((1, 5, len(rows) // 10))):
            row = draw.choice(rows)
            row[draw.randrange(len(row))] = draw.choice(ODD_CELLS)
    if draw.random() < 0.2:
        rows += rows[: draw.choice((5, len(rows) // 5))]
    if draw.random() < 0.1:
        rows.append(["Summe", *[""] * (len(columns) - 1)])
    separator, end = draw.choice((",", ";", "\t", "|")), draw.choice(("\n", "\r\n", "\r"))
    lines = [list(columns), *rows]
    text = end.join(separator.join(_cell(cell, separator) for cell in row) for row in lines) + end
    return text.encode(draw.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252")), "replace")


def _cell(cell: str, separator: str) -> str:
    quoted = cell.replace('"', '""')
    return f'"{quoted}"' if any(mark in cell for mark in (separator, '"', "\n")) else cell


def proposed(tables: dict[str, RawTable]) -> PreparedData:
    """Return what the Data screen makes of files when nobody changes anything."""
    guesses = recognise_all(tables)
    own = {kind: OwnTable(tables[kind], {g.column: g.role for g in guesses[kind]}) for kind in tables}
    events = own["Interactions"]
    if "TIMESTAMP" not in events.mapping.values():
        events = replace(events, time_kind=FILE_ORDER)
    return prepare(events, own.get("Items"), own.get("Users"), name="own")


def outcome(engine: Engine, folder: Path, seed: int) -> tuple[str, str]:
    """Return how the files of a seed end, and the reason of a refusal."""
    try:
        files = draw_files(random.Random(seed))
        data = proposed({kind: read_table(content, name) for kind, (name, content) in files.items()})
        problems = check(data)
        chosen = problems.loc[problems["ticked"], "tick"].tolist()
        if chosen:
            data = apply_fixes(data, chosen)
            problems = check(data)
    except PlainError as error:
        return REFUSED, str(error)
    stops = problems[problems["severity"] == STOP]
    if len(stops):
        return STOPPED, str(stops["message"].iloc[0])
    reason = refused_by_the_import(engine, data, folder, f"own-{seed}")
    return (BROKEN, reason) if reason else (READY, "")


def refused_by_the_import(engine: Engine, data: PreparedData, folder: Path, name: str) -> str:
    """Import data into an engine whose jobs run at once; return why it is refused, "" where it is not."""
    personalize = engine.client("personalize")
    group = personalize.create_dataset_group(name=name)["datasetGroupArn"]
    for file in write_csvs(data, folder / name):
        kind = file.dataset_type
        try:
            schema = personalize.create_schema(name=f"{name}-{kind}", schema=file.schema)["schemaArn"]
        except personalize.exceptions.InvalidInputException as error:
            return f"{kind}: {error}"
        dataset = personalize.create_dataset(name=kind, datasetType=kind, datasetGroupArn=group, schemaArn=schema)
        url = f"s3://{name}/{kind}.csv"
        engine.objects.put_bytes(url, file.csv.read_bytes())
        job = personalize.create_dataset_import_job(
            jobName=f"{name}-{kind}", datasetArn=dataset["datasetArn"], dataSource={"dataLocation": url}, roleArn=ROLE
        )["datasetImportJobArn"]
        found = personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
        if found["status"] != "ACTIVE":
            return f"{kind}: {found.get('failureReason', found['status'])} {json.loads(file.schema)['fields']}"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    ends: Counter[str] = Counter()
    after = arguments.seed + arguments.files
    for first in range(arguments.seed, after, FILES_OF_A_HOME):
        with tempfile.TemporaryDirectory() as folder, test_engine(Path(folder) / "home") as engine:
            for seed in range(first, min(first + FILES_OF_A_HOME, after)):
                end, reason = outcome(engine, Path(folder), seed)
                ends[end] += 1
                if end == BROKEN:
                    print(f"seed {seed}: {reason}", flush=True)
                if ends.total() % REPORT_EVERY == 0:
                    print(f"to seed {seed}: {dict(ends)}", flush=True)
    for end, count in ends.most_common():
        print(f"{count:>6,}  {end}")
    return 1 if ends[BROKEN] else 0


if __name__ == "__main__":
    sys.exit(main())
