"""Reading the files that people send: formats, layouts, cells."""
