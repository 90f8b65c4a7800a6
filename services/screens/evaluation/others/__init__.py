"""Lists of other recommenders in an evaluation: the same people, the same truth, the same metrics."""
