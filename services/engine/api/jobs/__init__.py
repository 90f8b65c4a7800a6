"""Jobs that read people from files: user segments, and the deletion of users' data."""
