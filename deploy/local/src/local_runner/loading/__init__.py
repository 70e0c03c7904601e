"""The first load through the public REST API, its progress and its report."""
