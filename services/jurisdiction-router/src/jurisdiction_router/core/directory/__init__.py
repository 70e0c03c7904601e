"""Areas and Party bodies with their dates, and what must be true of the directory they make up."""
