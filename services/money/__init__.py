"""What Amazon Personalize bills: a dated table of prices, what is billed now and per month, and how to stop it."""
