"""One command, one table: `python -m benchmarks.NAME`, or all of them with `make bench`."""
