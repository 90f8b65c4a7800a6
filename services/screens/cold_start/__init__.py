"""What the screen Cold start asks for."""
