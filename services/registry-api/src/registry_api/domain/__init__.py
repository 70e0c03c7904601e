"""What is true of a social organization, in pure Python."""
