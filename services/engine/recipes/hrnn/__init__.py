"""aws-hrnn: the hierarchical recurrent network, its training and its serving model."""
