"""The register: what is true of each social organization, and everything that happened to it."""
