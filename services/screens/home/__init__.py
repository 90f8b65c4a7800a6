"""What the screen Home asks for."""
