"""Moves a data set group from this machine to an account of AWS, and back: a plan, its execution, a script."""
