"""A plan to take along: the boto3 program, the CloudFormation template and the data in one zip archive."""

import io
import tempfile
import zipfile
from pathlib import Path

from services.backend import Backend
from services.changes import changing_home
from services.errors import service_errors
from services.moving.contents import Contents
from services.moving.data import fetch
from services.moving.plan import MovingPlan
from services.moving.script import script
from services.moving.template import template


def script_name(plan: MovingPlan) -> str:
    """Return how the program is called."""
    return f"move_{plan.name.replace('-', '_')}.py"


def template_name(plan: MovingPlan) -> str:
    """Return how the template is called."""
    return f"{plan.name}.template.yaml"


def parcel(source: Backend, found: Contents, plan: MovingPlan) -> bytes:
    """Return the archive; the data is written by export jobs of the source. Raises PlainError."""
    changing_home(source.home, "ExportGroup", plan.group)
    packed = io.BytesIO()
    with (
        tempfile.TemporaryDirectory(prefix="moving-") as folder,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        service_errors(),
    ):
        archive.writestr(script_name(plan), script(plan, script_name(plan)))
        archive.writestr(template_name(plan), template(plan))
        for data in found.data:
            path = fetch(source, plan.group, data, Path(folder))
            archive.write(path, f"data/{path.name}")
    return packed.getvalue()
