"""Calls of the Amazon Personalize API that more than one screen makes."""
