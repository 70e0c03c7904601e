"""What falls due until a day, and the organizations behind it."""
