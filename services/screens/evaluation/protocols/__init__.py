"""How events are held out by session, and what a protocol would ask before anything is started."""
