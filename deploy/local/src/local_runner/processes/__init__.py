"""Child processes that end with the runner, and the ports they listen on."""
