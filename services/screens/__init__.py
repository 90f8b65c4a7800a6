"""One room for each screen, named as its page: what that screen alone asks for."""
