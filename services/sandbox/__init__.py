"""Copies of users that live events are sent to: what is sent, what the campaign answers, and removing it again."""
