"""aws-hrnn-metadata: the hierarchical recurrent network with columns of items, users and interactions."""
