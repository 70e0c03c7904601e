"""A whole city of invented social organizations on real streets, the same at every run."""
