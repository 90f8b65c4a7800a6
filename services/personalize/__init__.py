"""Every call of the Amazon Personalize API that more than one screen makes."""
