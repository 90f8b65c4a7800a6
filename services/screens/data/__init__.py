"""What the screen Data asks for."""
