"""Where data comes from: the film demo, MovieLens, own files."""
