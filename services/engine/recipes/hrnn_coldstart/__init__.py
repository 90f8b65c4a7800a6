"""aws-hrnn-coldstart: recommends new items from their columns."""
