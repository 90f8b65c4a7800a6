"""The guided story: its steps and the stage that they are computed from."""
