"""Lists that another recommender made: read from a file, kept beside the data, checked against it."""
