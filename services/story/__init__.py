"""The guided story: its steps, their numbers, and the data that they are computed from."""
