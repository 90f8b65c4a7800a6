"""The recipes: arrays in, scores out; no files, no SQL, no boto3."""
