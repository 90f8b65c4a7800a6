"""What can be said of recommended lists: reasons, evidence, moves, overlap, samples."""
