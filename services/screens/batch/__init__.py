"""What the screen Batch asks for."""
