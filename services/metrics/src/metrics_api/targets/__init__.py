"""Goals with a date: those of the service, those of users, and how they stand."""
