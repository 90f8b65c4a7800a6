"""What the screen Recommendations asks for."""
