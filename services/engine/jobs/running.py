"""The functions that run each kind of job."""

from services.engine.jobs.tools import Runner


def runner_of(kind: str) -> Runner:
    """Return the function that runs a kind of job; imports only the modules of that kind."""
    if kind == "import":
        from services.engine.jobs.datasets.import_job import run_import

        return run_import
    if kind == "export":
        from services.engine.jobs.datasets.export_job import run_export

        return run_export
    if kind == "update":
        from services.engine.jobs.training.update_job import run_update

        return run_update
    if kind in ("train", "recommender"):
        from services.engine.jobs.training.training_job import run_training

        return run_training
    if kind == "batch":
        from services.engine.jobs.batch.batch_job import run_batch

        return run_batch
    if kind == "segment":
        from services.engine.jobs.batch.segment_job import run_segments

        return run_segments
    if kind == "deletion":
        from services.engine.jobs.datasets.deletion_job import run_deletion

        return run_deletion
    if kind == "increment":
        from services.engine.jobs.training.increment_job import run_increment

        return run_increment
    if kind == "map":
        from services.engine.jobs.maps.map_job import run_map

        return run_map
    raise ValueError(f"unknown kind of job: {kind}")
