"""Commands for people and pipelines: what they do with files, and with a router by REST."""
