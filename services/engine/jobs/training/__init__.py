"""The training job and the checkpoints of long trainings."""
