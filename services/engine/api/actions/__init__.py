"""Next best actions: actions and their events that are put one by one, and recommendations of actions."""
