"""What the screen Evaluation asks for."""
