"""Domain dataset groups: the rules of their schemas, recommenders, and what campaigns and recommenders serve."""
