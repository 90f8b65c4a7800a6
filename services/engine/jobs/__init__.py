"""Long work in its own process: queue, worker, progress, artifacts, metrics."""
