"""What is counted and how, in pure Python: no I/O, no framework, no clock."""
