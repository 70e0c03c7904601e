"""SQL that the rows of several rooms share."""
