"""The copies of a group's data outside the service: the objects that imports read and jobs wrote, files to upload."""

import shutil
from collections.abc import Iterable, Mapping

from services.backend import Backend
from services.library.names import check_name
from services.personalize.datasets import pages
from services.personalize.states import JOB_RUNNING


def remove_all(backend: Backend, name: str) -> None:
    """Remove every object under the group's name, with what batch jobs and exports wrote, and the files to upload."""
    check_name(name)
    for url in backend.objects.list(f"s3://{backend.bucket}/{name}/"):
        backend.objects.delete(url)
    if backend.capabilities is not None:  # objects of the embedded engine are files: partial ones and folders too
        shutil.rmtree(backend.home / "objects" / backend.bucket / name, ignore_errors=True)
    shutil.rmtree(backend.home / "uploads" / name, ignore_errors=True)


def remove_older(backend: Backend, name: str, datasets: Iterable[str], urls: Mapping[str, str]) -> None:
    """Remove the objects of earlier imports of these types; urls are the newest ones, which stay.

    While another import runs nothing is removed: it may be reading its object.
    """
    for arn in datasets:
        jobs = pages(backend.personalize, "list_dataset_import_jobs", "datasetImportJobs", datasetArn=arn)
        if any(job["status"] in JOB_RUNNING for job in jobs):
            return
    folder = f"s3://{backend.bucket}/{name}/"
    for url in backend.objects.list(folder):
        for dataset_type, newest in urls.items():
            if url != newest and url.startswith(f"{folder}{dataset_type.lower()}-") and url.endswith(".csv"):
                backend.objects.delete(url)
