"""What every laboratory shares: runs, stages, data set groups of their own, estimates, metrics."""
