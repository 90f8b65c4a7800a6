"""Where the data of a group that was made elsewhere can be read back from: read first, without changing anything."""

from dataclasses import dataclass

from services.backend import Backend, engine_errors
from services.errors import DataError, service_errors
from services.personalize.datasets import GroupView, epoch, find_group, pages
from services.personalize.states import Status

FULL = "FULL"


@dataclass(frozen=True)
class Origin:
    """What is known of one data set."""

    dataset_type: str
    schema: str
    """The Avro schema, JSON."""
    urls: tuple[str, ...]
    """The CSV files of the newest full import and of those that added to it, oldest first; empty when one is gone."""

    @property
    def needs_export(self) -> bool:
        """Whether it must be written out by an export job first."""
        return not self.urls


@dataclass(frozen=True)
class Plan:
    """How a group can be attached."""

    group: str
    origins: tuple[Origin, ...]

    @property
    def exports(self) -> tuple[str, ...]:
        """The types of the data sets that an export job must write first."""
        return tuple(origin.dataset_type for origin in self.origins if origin.needs_export)


def plan(backend: Backend, name: str) -> Plan:
    """Return how the data of a group can be read back. Raises DataError when there is none."""
    with service_errors():
        group = find_group(backend, name)
        if group is None or not group.imported:
            raise DataError(f"Nothing was imported into {name}, so there is nothing to explore yet.")
        return Plan(name, tuple(_origins(backend, group)))


def _origins(backend: Backend, group: GroupView) -> list[Origin]:
    origins = []
    for view in group.datasets:
        if not view.imported or view.dataset_type.lower() not in ("interactions", "items", "users"):
            continue
        schema = backend.personalize.describe_schema(schemaArn=view.schema_arn)["schema"]["schema"]
        origins.append(Origin(view.dataset_type.capitalize(), schema, files_of(backend, view.arn)))
    return origins


def files_of(backend: Backend, dataset_arn: str) -> tuple[str, ...]:
    """Return the files of all imports that the data set consists of; () when one of them is no longer there."""
    listed = pages(backend.personalize, "list_dataset_import_jobs", "datasetImportJobs", datasetArn=dataset_arn)
    jobs = sorted(
        (job for job in listed if job["status"] == Status.ACTIVE), key=lambda job: epoch(job["creationDateTime"])
    )
    since_full = max((n for n, job in enumerate(jobs) if job.get("importMode", FULL) == FULL), default=0)
    urls: list[str] = []
    for job in jobs[since_full:]:
        described = backend.personalize.describe_dataset_import_job(datasetImportJobArn=job["datasetImportJobArn"])
        location = str(described["datasetImportJob"]["dataSource"].get("dataLocation", ""))
        with engine_errors():
            found = backend.objects.list(location) or backend.objects.list(f"{location}/")
        if not found:
            return ()
        urls += found
    return tuple(urls)
