"""What is kept: resources and jobs in SQLite, files in the object store."""
