"""Jobs that read and write datasets: imports, exports, and the content of a dataset for a training."""
