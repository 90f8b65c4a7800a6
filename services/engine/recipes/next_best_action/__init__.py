"""aws-next-best-action: the action that a person will most probably take."""
