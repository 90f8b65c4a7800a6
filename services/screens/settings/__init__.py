"""What Settings asks for: who answers, what is missing at AWS, what is billed, what the explorer made there."""
